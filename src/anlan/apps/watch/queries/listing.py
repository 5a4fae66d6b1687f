"""Lists of alarms: filters, and pages by key, the most urgent first."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from anlan.apps.watch.models import Alarm, Deadline
from anlan.apps.watch.queries.reach import alarms, mine, plain
from anlan.desk.asker import Asker
from anlan.terms.errors import Malformed

_OPEN, _CLOSED = Q(closed_at=None), Q(urgency=0)
MOST_ROWS = 500
_MOST_URGENT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is cut to; what is None or empty does not cut.

    levels: standing now · peaks: highest ever · region: a prefix · text: of name, key or rule ·
    since, until: of raised_at · is_open: not closed · recovered: open but back to normal ·
    quiet: shelved or in a maintenance window · statuses: Actual, Exercise, Test · stale: with a
    silent sensor · late: past a deadline.
    """

    levels: tuple[int, ...] = ()
    peaks: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    kind: str = ""
    pack: str = ""
    region: str = ""
    object_key: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    is_open: bool | None = None
    mine: bool = False
    unacknowledged: bool = False
    recovered: bool | None = None
    quiet: bool | None = None
    stale: bool | None = None
    late: bool | None = None
    is_false: bool | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the mark that the next ones come after; empty at the end."""

    rows: list[Alarm]
    after: str


def selected(asker: Asker, wanted: Wanted) -> QuerySet[Alarm]:
    """The alarms that the asker sees and wants."""
    rows = alarms(asker).filter(_plain(wanted), _handled(wanted))
    if wanted.late is not None:
        late = Q(overdue(asker.now))
        rows = rows.filter(late if wanted.late else ~late)
    return rows.filter(mine(asker)) if wanted.mine else rows


def overdue(now: datetime) -> Exists:
    """A condition that holds for an alarm of which something was due and is not done."""
    return Exists(Deadline.objects.filter(alarm=OuterRef("pk"), done_at=None, due_at__lte=now))


def _plain(wanted: Wanted) -> Q:
    """What is asked of the facts."""
    asked: dict[str, Any] = {
        "level__in": wanted.levels, "peak__in": wanted.peaks, "state__in": wanted.states,
        "status__in": wanted.statuses,
        "kind": wanted.kind, "pack": wanted.pack, "object_key": wanted.object_key,
        "region__startswith": wanted.region, "raised_at__gte": wanted.since,
        "raised_at__lt": wanted.until,
    }  # fmt: skip
    condition = Q(**{name: _clean(value) for name, value in asked.items() if value})
    for word in plain(wanted.text).split()[:8]:
        condition &= (
            Q(object_name__icontains=word) | Q(object_key__icontains=word)
            | Q(sensor_key__icontains=word) | Q(rule__icontains=word)
        )  # fmt: skip
    return condition


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    return [_clean(one) for one in value] if isinstance(value, tuple) else value


def _handled(wanted: Wanted) -> Q:
    """What is asked of the handling."""
    back = Q(closed_at=None, level=0)
    quiet = ~Q(suppressed_by="") | Q(shelved_until__isnull=False)
    asked = (
        (True if wanted.unacknowledged else None, Q(state=Alarm.State.RAISED)),
        (wanted.recovered, back),
        (wanted.quiet, quiet),
        (wanted.stale, Q(is_stale=True)),
        (wanted.is_false, Q(is_false=True)),
    )
    # Both as equalities, for the indexes that lists go by.
    condition = Q() if wanted.is_open is None else (_OPEN if wanted.is_open else _CLOSED)
    for want, one in asked:
        if want is not None:
            condition &= one if want else ~one
    return condition


def listing(asker: Asker, wanted: Wanted, *, after: str = "", size: int = 50) -> Page:
    """A page of alarms, the most urgent first; `after` is the mark of the page before.

    Raises Malformed for a mark that is none.
    """
    size = max(1, min(size, MOST_ROWS))
    rows = selected(asker, wanted).order_by("-urgency", "-raised_at", "-id")
    mark = _mark_of(after) if after else None
    if mark:
        rows = rows.filter(_below(mark))
    found: list[Alarm] = []
    # Open ones come before closed ones: asked for one after the other, each by its index.
    for part in (_OPEN, _CLOSED) if wanted.is_open is None else (Q(),):
        is_over = part is _OPEN and mark is not None and not mark.urgency
        if len(found) <= size and not is_over:
            found += rows.filter(part)[: size + 1 - len(found)]
    return Page(found[:size], _mark(found[size - 1]) if len(found) > size else "")


class _Mark(NamedTuple):
    """The last alarm of a page."""

    urgency: int
    raised_at: datetime
    key: str


def _below(mark: _Mark) -> Q:
    place = Alarm.objects.filter(key=plain(mark.key)).values("pk")[:1]
    older = Q(raised_at__lt=mark.raised_at) | Q(raised_at=mark.raised_at, pk__lt=place)
    if not mark.urgency:
        return Q(urgency=0, raised_at__lte=mark.raised_at) & older
    return Q(urgency__lt=mark.urgency) | Q(urgency=mark.urgency) & older


def _mark(alarm: Alarm) -> str:
    text = json.dumps([alarm.urgency, alarm.raised_at.isoformat(), alarm.key])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _mark_of(text: str) -> _Mark:
    try:
        urgency, raised_at, key = json.loads(base64.urlsafe_b64decode(text.encode()))
        at = datetime.fromisoformat(raised_at).astimezone(UTC)
        return _Mark(int(urgency) % _MOST_URGENT, at, str(key))
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise Malformed(_("This page of the list does not exist.")) from error
