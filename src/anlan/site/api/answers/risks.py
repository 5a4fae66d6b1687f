"""Risks: as lists, and one with its course, who was told of it, and what may be done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.apps.people.asker import Person
from anlan.apps.warning.acts import SEE_RISKS
from anlan.apps.warning.models import Risk, RiskPush, RiskStep
from anlan.apps.warning.queries.course.origin import origins_of
from anlan.apps.warning.queries.risk import Asked as Wanted
from anlan.apps.warning.queries.risk import possible, risk_for
from anlan.apps.warning.queries.risk.listing import leafed
from anlan.site.api.door import asker_with
from anlan.site.api.paging import Asked
from anlan.terms.errors import Malformed
from anlan.terms.levels import RAISED_LEVELS, Level

router = Router(tags=["risks"])
LEVELS = {level.word: int(level) for level in RAISED_LEVELS}
_PLAIN = (
    "key", "status", "state", "pack", "kind", "region", "owner", "thing", "thing_name", "text",
    "holder", "holder_name", "holder_office", "opener_name", "opened_at", "changed_at", "taken_at",
    "reported_at", "closed_at", "take_by", "report_by", "close_by", "version",
)  # fmt: skip


class RiskOut(Schema):
    """A risk; state: pushed, taken, asked (waits for verification) or closed · kind: an event of
    the pack · thing: key of the object or enterprise, or empty · origin, cause: what it was opened
    from (hand, alarm, warning, incoming), and the key of that where the asker may see it ·
    holder: the account in charge · late: what is overdue: take, report or close; else empty."""

    key: str
    status: str
    state: str
    level: str
    pack: str
    kind: str
    region: str
    owner: str
    thing: str
    thing_name: str
    text: str
    origin: str
    cause: str
    holder: str
    holder_name: str
    holder_office: str
    opener_name: str
    opened_at: datetime
    changed_at: datetime
    taken_at: datetime | None
    reported_at: datetime | None
    closed_at: datetime | None
    take_by: datetime
    report_by: datetime
    close_by: datetime
    late: str
    version: int


class StepOut(Schema):
    """Something that was done; who: empty for the platform · pictures: how many."""

    kind: str
    at: datetime
    who: str
    who_name: str
    text: str
    state: str
    pictures: int


class PushOut(Schema):
    """Who was told, without telephones. why: plan, take, report, close, left, assigned, verify or
    returned · seat: enterprise, grid, town, department or leader · gap: why the next one up was
    told in its place (none, place, thing), or empty · person: empty where nobody is left · ways:
    kinds of letters that went out; none: only a call reaches · by_at: when it is to be taken
    over."""

    at: datetime
    why: str
    seat: str
    gap: str
    person: str
    organisation: str
    is_holder: bool
    ways: list[str]
    by_at: datetime | None


class RiskMore(RiskOut):
    """A risk with its steps, who was told, and what the asker may do to it now."""

    steps: list[StepOut]
    pushes: list[PushOut]
    may: list[str]


class Risks(Schema):
    """A page of risks."""

    items: list[RiskOut]
    next: str


class Filters(Asked):
    """Which risks."""

    state: str = Field("", description="pushed, taken, asked, closed; open: all but closed.")
    level: str = Field("", description="blue, yellow, orange or red.")
    event: str = Field("", description="`pack:kind`, such as `flood:river_flood`.")
    region: str = Field("", description="Code; what lies in it.")
    text: str = Field("", description="Of the thing, the description or who is in charge.")
    late: bool = Field(False, description="1: something is overdue.")
    mine: bool = Field(False, description="1: the asker is in charge.")


@router.get("/risks", response=Risks, summary="Risks, the newest first")
def list_risks(request: HttpRequest, asked: Query[Filters]) -> Any:
    """The filters are those of the list in the pages."""
    asker = asker_with(request, SEE_RISKS)
    wanted = Wanted(
        level=LEVELS.get(asked.level, -1) if asked.level else 0,
        **asked.dict(include={"state", "event", "region", "text", "late", "mine"}),
    )
    found, after = leafed(asker, wanted, after=asked.after, size=asked.limit)
    return {"items": shown(asker, found), "next": after}


@router.get("/risks/{slug:key}", response=RiskMore, summary="One risk with its course")
def one_risk(request: HttpRequest, key: str) -> Any:
    """404 also where it is not in the jurisdiction."""
    asker = asker_with(request, SEE_RISKS)
    return more(asker, risk_for(asker, key))


def shown(asker: Person, ones: Sequence[Risk]) -> list[dict[str, Any]]:
    """Risks as they are sent."""
    return [
        {name: getattr(one, name) for name in _PLAIN}
        | {"level": Level(one.level).word, "late": one.late(asker.now)}
        | {"origin": origin.kind, "cause": origin.key}
        for one, origin in zip(ones, origins_of(asker, ones), strict=True)
    ]


def more(asker: Person, one: Risk) -> dict[str, Any]:
    """A risk with what became of it."""
    return shown(asker, [one])[0] | {
        "steps": [_step(row) for row in one.steps.prefetch_related("pictures")],
        "pushes": [_push(row) for row in one.pushes.all()],
        "may": sorted(possible(asker, one)),
    }


def _step(one: RiskStep) -> dict[str, Any]:
    names = ("kind", "at", "who", "who_name", "text", "state")
    return {name: getattr(one, name) for name in names} | {"pictures": len(one.pictures.all())}


def _push(one: RiskPush) -> dict[str, Any]:
    names = ("at", "why", "seat", "gap", "person", "organisation", "is_holder", "by_at")
    return {name: getattr(one, name) for name in names} | {"ways": sorted(one.ways)}


def level_of(word: str) -> int:
    """The number of a level; Malformed for what is none."""
    if word not in LEVELS:
        raise Malformed("blue, yellow, orange or red", where="level")
    return LEVELS[word]
