"""The packs of this site, as its live process has them."""

import time
from pathlib import Path

from django.conf import settings

from anlan.live.reach import running
from anlan.packs import Pack, load_packs
from anlan.terms.errors import AnlanError

_LOOK_S = 5.0


class Shelf:
    """Looks every few seconds whether the live process was started anew, or with another overlay.

    While it does not answer, what was known of it goes on.
    """

    def __init__(self) -> None:
        self._looked, self._packs = float("-inf"), dict[str, Pack]()
        self._of: tuple[Path | None, int] | None = None

    def packs(self) -> dict[str, Pack]:
        """The packs by name."""
        if time.monotonic() - self._looked > _LOOK_S:
            self._look(_overlay(settings.PLACE.data))
            self._looked = time.monotonic()
        return self._packs

    def _look(self, found: tuple[Path | None, int] | None) -> None:
        if found is not None and found != self._of:
            self._packs, self._of = dict(load_packs(found[0])), found
        elif not self._packs:
            self._packs = dict(load_packs())


def _overlay(data: Path) -> tuple[Path | None, int] | None:
    """The overlay that the live process was started with, and its start; None: it is not there."""
    try:
        begun = (data / "live" / "running.json").stat().st_mtime_ns
        live = running(data)
    except (AnlanError, OSError):
        return None
    if live is None:
        return None
    live.close()
    return live.packs, begun


packs = Shelf().packs
