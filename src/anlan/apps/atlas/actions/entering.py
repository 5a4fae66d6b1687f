"""Entries go through the door of the ordered log, while no writer of the records waits for it."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from anlan.apps.atlas.acts import NOT_ENTERED
from anlan.desk.asker import Asker
from anlan.desk.seams import deed
from anlan.live.reach import Desk
from anlan.live.supervisor import use_cache
from anlan.terms.errors import AnlanError, Refused, Unavailable

_PATIENCE_S, _STEP_S = 30.0, 0.05


def enter(entries: list[dict[str, Any]]) -> None:
    """Puts entries into the registry, all or none; Unavailable where the site cannot now."""
    data = settings.PLACE.data
    use_cache(data)
    try:
        with Desk(data, alone=not settings.PLACE.is_served) as door:
            door.enter(entries)
    except (Unavailable, OSError) as error:
        told = _("The live service takes no entries now (%(why)s). Nothing was changed.")
        raise Unavailable(told % {"why": error}) from error
    except AnlanError as error:
        told = _("The registry refused this (%(why)s). Nothing was changed.")
        raise Refused(told % {"why": error}) from error


def enter_for(
    asker: Asker, target: str, entries: list[dict[str, Any]], *, region: str = ""
) -> None:
    """Enters what an audit line before it tells; where the log does not take it, another says so.

    The line is committed first: a slow log holds up nobody who writes records, and nothing is
    entered without a line.
    """
    try:
        enter(entries)
    except AnlanError as error:
        with deed(asker, NOT_ENTERED, target, region=region) as detail:
            detail["error"] = type(error).__name__
        raise


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """While it holds nobody else decides on a limit; Unavailable after half a minute of waiting.

    Between the check of a proposal and its entry no other may slip in, and no transaction may span
    the two. The system frees the lock when its holder dies.
    """
    end = time.monotonic() + _PATIENCE_S
    with (settings.PLACE.data / "desk" / "limits.lock").open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > end:
                    raise Unavailable(
                        _("Another limit is being entered at this moment. Try again.")
                    ) from error
                time.sleep(_STEP_S)
        yield
