"""Alarms: as lists, as one with its timeline, as what changed since, and as figures."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.apps.watch.acts import SEE
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import (
    Entry,
    alarm_for,
    alarms,
    counts,
    deadlines_of,
    listing,
    parts_of,
    possible,
    revision_for,
    timeline,
)
from anlan.apps.watch.sentence import sentence
from anlan.apps.watch.views.lists.asked import wanted
from anlan.site.api.door import asker_with
from anlan.site.api.paging import MOST, Asked, page
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level

_MOST_PARTS = 500
router = Router(tags=["alarms"])
_PLAIN = (
    "key", "status", "state", "object_key", "object_name", "kind", "pack", "rule", "region",
    "owner", "lon", "lat", "sensor_key", "quantity", "value", "limit", "unit", "raised_at",
    "changed_at", "acknowledged_at", "answered_at", "recovered_at", "closed_at", "is_stale",
    "is_false", "false_reason", "cause", "measure", "assigned_to", "assignee", "assignee_name",
    "shelved_until", "repeats", "version", "revision",
)  # fmt: skip


class AlarmOut(Schema):
    """An alarm; level: now, null when recovered; peak: the highest so far · why: in words ·
    version: to be sent with every act · revision: grows with every change of any alarm."""

    key: str
    status: str
    level: str | None
    peak: str | None
    state: str
    why: str
    object_key: str
    object_name: str
    kind: str
    pack: str
    rule: str
    region: str
    owner: str
    lon: float | None
    lat: float | None
    sensor_key: str
    quantity: str
    value: float | None
    limit: float | None
    unit: str
    raised_at: datetime
    changed_at: datetime
    acknowledged_at: datetime | None
    answered_at: datetime | None
    recovered_at: datetime | None
    closed_at: datetime | None
    is_stale: bool
    is_false: bool
    is_quiet: bool
    false_reason: str
    cause: str
    measure: str
    assigned_to: str
    assignee: str
    assignee_name: str
    shelved_until: datetime | None
    repeats: int
    version: int
    revision: int


class PartOut(Schema):
    """What one sensor says now; sensor_key is empty for the object itself."""

    sensor_key: str
    rule: str
    level: str | None
    is_stale: bool
    at: datetime


class EntryOut(Schema):
    """A line of the timeline, or a run of changes in one; who: empty for the platform."""

    kind: str
    at: datetime
    until: datetime
    who: str
    who_name: str
    text: str
    sensor_key: str
    level: str | None
    changes: int


class Due(Schema):
    """What is due: acknowledge, answer or close."""

    what: str
    due_at: datetime


class AlarmMore(AlarmOut):
    """An alarm with its parts, its timeline, what is due, and what the asker may do to it now."""

    parts: list[PartOut]
    timeline: list[EntryOut]
    deadlines: list[Due]
    may: list[str]


class Alarms(Schema):
    """A page of alarms."""

    items: list[AlarmOut]
    next: str


class Changed(Schema):
    """What changed, the oldest change first; cursor: to ask with next · more: ask again at once."""

    items: list[AlarmOut]
    cursor: str
    more: bool


class Figures(Schema):
    """Open alarms: by level without quiet ones, unacknowledged, late, and so on."""

    red: int
    orange: int
    yellow: int
    blue: int
    unacknowledged: int
    urgent: int
    mine: int
    recovered: int
    quiet: int
    stale: int
    late: int
    total: int


class Filters(Asked):
    """Which alarms: what the filters of the page are."""

    level: list[str] = Field([], description="Standing now, 0 (none) to 4 (red).")
    peak: list[str] = Field([], description="Highest so far, 0 to 4.")
    state: list[str] = Field([], description="raised, acknowledged, assigned, working …")
    status: list[str] = Field([], description="Actual, Exercise or Test.")
    kind: str = ""
    pack: str = ""
    region: str = Field("", description="Code; what lies in it.")
    object: str = ""
    text: str = Field("", description="Of name, key or rule.")
    since: str = Field("", description="Raised at or after: a date or a time.")
    until: str = Field("", description="Raised before.")
    open: str = Field("", description="1: not closed; 0: closed.")
    mine: str = Field("", description="1: to be dealt with by the asker.")
    unacknowledged: str = Field("", description="1 or 0.")
    recovered: str = Field("", description="1 or 0.")
    shelved: str = Field("", description="1 or 0.")
    offline: str = Field("", description="1: with a silent sensor.")
    false: str = Field("", description="1: marked as false.")


class Since(Schema):
    """From where on."""

    cursor: str = Field("", max_length=40, description="Of the answer before; empty: all.")
    limit: int = Field(100, ge=1, le=MOST)


@router.get("/alarms", response=Alarms, summary="Alarms, the most urgent first")
def list_alarms(request: HttpRequest, asked: Query[Filters]) -> Any:
    """The filters are those of the list in the pages."""
    asker = asker_with(request, SEE)
    found = listing(asker, wanted(request.GET), after=asked.after, size=asked.limit)
    return {"items": [shown(one) for one in found.rows], "next": found.after}


@router.get("/alarms/changes", response=Changed, summary="Alarms that changed since a cursor")
def changes(request: HttpRequest, asked: Query[Since]) -> Any:
    """Every alarm once, as it is now. 422 for a cursor from before a restore: begin anew."""
    asker = asker_with(request, SEE)
    rows = alarms(asker)
    if asked.cursor:
        revision, last = _cursor(asked.cursor)
        if revision > revision_for(asker):
            raise Malformed("Nothing has come so far: the records were restored.", where="cursor")
        rows = rows.filter(revision__gte=revision)
        rows = rows.filter(Q(revision__gt=revision) | Q(pk__gt=last))
    found = page(rows, Asked(limit=asked.limit, after=""), order=("revision", "pk"))
    end = found.rows[-1] if found.rows else None
    cursor = f"{end.revision}.{end.pk}" if end else asked.cursor
    items = [shown(one) for one in found.rows]
    return {"items": items, "cursor": cursor, "more": bool(found.next)}


@router.get("/alarms/{slug:key}", response=AlarmMore, summary="One alarm with its timeline")
def one_alarm(request: HttpRequest, key: str) -> Any:
    """404 also where it is not in the jurisdiction."""
    asker = asker_with(request, SEE)
    alarm = alarm_for(asker, key)
    return shown(alarm) | {
        "parts": [_part(one) for one in list(parts_of(alarm))[:_MOST_PARTS]],
        "timeline": [_entry(one) for one in timeline(alarm)],
        "deadlines": [{"what": one.what, "due_at": one.due_at} for one in deadlines_of(alarm)],
        "may": sorted(act.rpartition(".")[2] for act in possible(asker, alarm)),
    }


@router.get("/counts", response=Figures, summary="How many alarms are open")
def figures(request: HttpRequest) -> Any:
    """The figures above the desk."""
    return asdict(counts(asker_with(request, SEE)))


def shown(alarm: Alarm) -> dict[str, Any]:
    """An alarm as it is sent."""
    return {name: getattr(alarm, name) for name in _PLAIN} | {
        "level": Level(alarm.level).word,
        "peak": Level(alarm.peak).word,
        "is_quiet": alarm.is_quiet,
        "why": sentence(alarm),
    }


def _part(one: Any) -> dict[str, Any]:
    names = ("sensor_key", "rule", "is_stale", "at")
    return {name: getattr(one, name) for name in names} | {"level": Level(one.level).word}


def _entry(entry: Entry) -> dict[str, Any]:
    step = entry.first
    level = Level(entry.highest if entry.is_run else step.level or 0)
    return {
        "kind": step.kind, "at": step.at, "until": entry.last.at, "who": step.who,
        "who_name": step.who_name, "text": step.text, "level": level.word,
        "sensor_key": "" if entry.is_run else step.sensor_key, "changes": entry.many,
    }  # fmt: skip


def _cursor(text: str) -> tuple[int, int]:
    parts = text.split(".")
    if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) < 19 for p in parts):
        raise Malformed("This is no cursor.", where="cursor")
    return int(parts[0]), int(parts[1])
