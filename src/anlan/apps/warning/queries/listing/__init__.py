"""Lists of warnings: filters, and pages by key, the newest first."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from anlan.apps.warning.models import Signature, Warning
from anlan.apps.warning.queries.reach import plain, warnings
from anlan.desk.asker import Asker

MOST_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is cut to; what is None or empty does not cut.

    region: a prefix · text: of the headline, the event or the key · in_force: people are warned
    by it now · in_the_making: a message is being written or decided on · mine: waits for the
    asker's own signature.
    """

    states: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    status: str = ""
    region: str = ""
    text: str = ""
    cause: str = ""
    in_force: bool | None = None
    in_the_making: bool | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the key that the next ones come after; empty at the end."""

    rows: list[Warning]
    after: str


def selected(asker: Asker, wanted: Wanted) -> QuerySet[Warning]:
    """The warnings that the asker sees and wants."""
    asked: dict[str, Any] = {
        "state__in": wanted.states, "level__in": wanted.levels, "status": plain(wanted.status),
        "region__startswith": plain(wanted.region), "cause": plain(wanted.cause),
    }  # fmt: skip
    condition = Q(**{name: value for name, value in asked.items() if value})
    for word in plain(wanted.text).split()[:8]:
        condition &= (Q(headline_zh__icontains=word) | Q(headline_en__icontains=word)
                      | Q(event_zh__icontains=word) | Q(key=word))  # fmt: skip
    for want, names, states in (
        (wanted.in_force, "standing__in", Warning.IN_FORCE),
        (wanted.in_the_making, "state__in", Warning.IN_THE_MAKING),
    ):
        if want is not None:
            one = Q(**{names: states})
            condition &= one if want else ~one
    rows = warnings(asker).filter(condition)
    return rows.filter(waiting_for(asker)) if wanted.mine else rows


def waiting_for(asker: Asker) -> Q:
    """A condition that holds for what waits for the asker's signature now."""
    waiting = Signature.objects.filter(warning=OuterRef("pk"), asked=asker.key, signed_at=None)
    return Q(Exists(waiting), state__in=(Warning.State.REVIEWED, Warning.State.SIGNED))


def listing(asker: Asker, wanted: Wanted, *, after: str = "", size: int = 50) -> Page:
    """A page of warnings, the newest first; `after`: the key that the page before ended with."""
    size = max(1, min(size, MOST_ROWS))
    rows = selected(asker, wanted).order_by("-pk")
    if after:
        last = warnings(asker).filter(key=plain(after)).values("pk")[:1]
        rows = rows.filter(pk__lt=last)
    found = list(rows[: size + 1])
    return Page(found[:size], found[size - 1].key if len(found) > size else "")
