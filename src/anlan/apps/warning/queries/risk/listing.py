"""Lists of risks: filters, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from anlan.apps.warning.models import Risk
from anlan.apps.warning.queries.reach import plain
from anlan.apps.warning.queries.risk.reach import risks
from anlan.desk.asker import Asker

_STATES = Risk.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a list is cut to; what is empty does not cut.

    state: also `open` for all that are not closed · event: `pack:name` · late: something is
    overdue · mine: the asker is in charge.
    """

    state: str = ""
    level: int = 0
    event: str = ""
    region: str = ""
    text: str = ""
    late: bool = False
    mine: bool = False


def listed(asker: Asker, asked: Asked) -> QuerySet[Risk]:
    """The risks that the asker sees and wants."""
    pack, _colon, kind = asked.event.partition(":")
    cut: dict[str, Any] = {
        "level": asked.level, "pack": plain(pack), "kind": plain(kind),
        "region__startswith": plain(asked.region), "holder": asker.key if asked.mine else "",
    }  # fmt: skip
    rows = risks(asker).filter(**{name: value for name, value in cut.items() if value})
    if asked.state:
        states = Risk.OPEN if asked.state == "open" else (asked.state,)
        rows = rows.filter(state__in=states)
    for word in plain(asked.text).split()[:8]:
        rows = rows.filter(
            Q(thing_name__icontains=word) | Q(text__icontains=word) | Q(holder_name__icontains=word)
            | Q(key=word)
        )  # fmt: skip
    return rows.filter(overdue(asker.now)) if asked.late else rows


def leafed(asker: Asker, asked: Asked, *, after: str = "", size: int) -> tuple[list[Risk], str]:
    """A page of them, the newest first, and the key that the next one goes on after; empty at the
    end.

    after: the key of a risk that the asker sees; for any other the page is empty.
    """
    rows = listed(asker, asked).order_by("-pk")
    if after:
        rows = rows.filter(pk__lt=risks(asker).filter(key=plain(after)[:16]).values("pk")[:1])
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].key if len(found) > size else ""


def overdue(now: datetime) -> Q:
    """A condition that holds for what something is late of; as `Risk.late` says of one."""
    late = (
        Q(taken_at=None, take_by__lte=now) & ~Q(state=_STATES.ASKED)
        | Q(reported_at=None, report_by__lte=now)
        | Q(close_by__lte=now)
    )
    return Q(state__in=Risk.OPEN) & late


def waiting_for(asker: Asker) -> QuerySet[Risk]:
    """What the asker is in charge of and has not asked to close; the gravest first."""
    rows = risks(asker).filter(holder=asker.key, state__in=(_STATES.PUSHED, _STATES.TAKEN))
    return rows.order_by("-level", "close_by")
