"""Warnings: as lists, and one with its course and every message as it was sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import CONTENT, Message, Step, Warning
from anlan.apps.warning.queries import Wanted, listing, possible, warning_for
from anlan.apps.warning.queries.course.origin import origins_of
from anlan.desk.asker import Asker
from anlan.site.api.door import asker_with
from anlan.site.api.paging import Asked
from anlan.terms.levels import RAISED_LEVELS, Level

router = Router(tags=["warnings"])
_PLAIN = ("key", "status", "state", "standing", "kind", "region", "owner", "pack",
          *(name for name in CONTENT if name not in ("level", "shape")),
          "writer_name", "created_at", "changed_at", "due_at", "version")  # fmt: skip
_LEVELS = {level.word: int(level) for level in RAISED_LEVELS}


class WarningOut(Schema):
    """A warning; state: of what is in the making, or of the course · standing: of what is out,
    empty before it is issued · origin, cause: what it was drafted from (hand, alarm, incoming), and
    the key of that where the asker may see it · kind: of the next or last message · texts: what
    that says · regions: codes of the places warned · shape: GeoJSON · due_at: when what is out
    expires."""

    key: str
    status: str
    state: str
    standing: str
    kind: str
    level: str | None
    event: str
    event_zh: str
    event_en: str
    category: str
    urgency: str
    certainty: str
    headline_zh: str
    headline_en: str
    description_zh: str
    description_en: str
    caution_zh: str
    caution_en: str
    measures_zh: str
    measures_en: str
    area_zh: str
    area_en: str
    regions: list[str]
    shape: dict[str, Any] | None
    onset: datetime | None
    effective: datetime | None
    expires: datetime | None
    contact: str
    region: str
    owner: str
    pack: str
    origin: str
    cause: str
    writer_name: str
    created_at: datetime
    changed_at: datetime
    due_at: datetime | None
    version: int


class MessageOut(Schema):
    """A message as it was sent; digest: SHA-256 of cap in UTF-8 · cap: the CAP message."""

    order: int
    kind: str
    identifier: str
    references: str
    issued_at: datetime
    digest: str
    cap: str


class StepOut(Schema):
    """Something that was done; who: empty for the platform."""

    kind: str
    at: datetime
    who: str
    who_name: str
    text: str
    state: str


class WarningMore(WarningOut):
    """A warning with its messages, its steps, and what the asker may do to it now."""

    messages: list[MessageOut]
    steps: list[StepOut]
    may: list[str]


class Warnings(Schema):
    """A page of warnings."""

    items: list[WarningOut]
    next: str


class Filters(Asked):
    """Which warnings."""

    level: str = Field("", description="blue, yellow, orange or red.")
    status: str = Field("", description="Actual, Exercise or Test.")
    region: str = Field("", description="Code; what is issued by an office in it.")
    text: str = Field("", description="Of the headline or the event.")
    in_force: str = Field("", description="1: people are warned by it now; 0: not.")


@router.get("/warnings", response=Warnings, summary="Warnings, the newest first")
def list_warnings(request: HttpRequest, asked: Query[Filters]) -> Any:
    """Drafts and those in the making as well."""
    asker = asker_with(request, SEE)
    wanted = Wanted(
        levels=(_LEVELS.get(asked.level, -1),) if asked.level else (),
        status=asked.status, region=asked.region, text=asked.text,
        in_force={"1": True, "0": False}.get(asked.in_force),
    )  # fmt: skip
    found = listing(asker, wanted, after=asked.after, size=asked.limit)
    return {"items": shown(asker, found.rows), "next": found.after}


@router.get("/warnings/{slug:key}", response=WarningMore, summary="One warning with its course")
def one_warning(request: HttpRequest, key: str) -> Any:
    """404 also where it is not in the jurisdiction."""
    asker = asker_with(request, SEE)
    return more(asker, warning_for(asker, key))


def shown(asker: Asker, ones: Sequence[Warning]) -> list[dict[str, Any]]:
    """Warnings as they are sent."""
    return [
        {name: getattr(one, name) for name in _PLAIN}
        | {"level": Level(one.level).word, "origin": origin.kind, "cause": origin.key}
        | {"shape": one.shape.__geo_interface__ if one.shape is not None else None}
        for one, origin in zip(ones, origins_of(asker, ones), strict=True)
    ]


def more(asker: Asker, one: Warning) -> dict[str, Any]:
    """A warning with what became of it."""
    return shown(asker, [one])[0] | {
        "messages": [_message(row) for row in one.messages.order_by("order")],
        "steps": [_step(row) for row in one.steps.order_by("id")],
        "may": sorted(possible(asker, one)),
    }


def _message(row: Message) -> dict[str, Any]:
    names = ("order", "kind", "identifier", "references", "issued_at", "digest")
    return {name: getattr(row, name) for name in names} | {"cap": row.xml.decode()}


def _step(row: Step) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("kind", "at", "who", "who_name", "text", "state")}
