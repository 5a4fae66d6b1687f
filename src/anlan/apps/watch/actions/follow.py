"""The alarms follow the change log: exactly once, whatever is interrupted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from anlan.apps.watch.actions.gathering import Gathering
from anlan.apps.watch.models import Alarm, Part, Source, Step
from anlan.apps.watch.queries.placing import chunks
from anlan.apps.watch.queries.quiet import quiets_at
from anlan.history.cursor import Cursor, changes_since
from anlan.history.log import Log
from anlan.terms.errors import Malformed

_AT_ONCE = 1000
_PART_COLUMNS = ("level", "is_stale", "at", "evidence", "cursor")
_LEFT_ALONE = {"id", "key"}


_SEEN: dict[str, Cursor] = {}
"""By the cursor that is written down: how far this process has seen that nothing follows it.

The cursor is written with the changes it stands after; between two of them there may be hours of
readings, which are not to be read again at every look.
"""
_MOST_UNWRITTEN = 5000


def follow_changes(log: Log, now: datetime, *, limit: int = 2000) -> int:
    """Takes up at most `limit` further changes; how many there were, 0 once there are no more.

    Alarms, parts, steps and the cursor are written in one transaction. Raises Malformed where
    the cursor is of another epoch or ahead of the log: the store was restored, see `start_over`.
    """
    known = Source.objects.filter(pk=1).first() or Source(pk=1)
    last, begin = log.last(), Cursor.parse(known.cursor, epoch=log.epoch)
    if begin.seq > last:
        raise Malformed(f"cursor {begin} is ahead of the log, which ends at {last}: it is not the "
                        "log that the alarms followed; start them over")  # fmt: skip
    told = changes_since(log, max(begin, _SEEN.get(str(begin), begin)), limit)
    end = told[-1][0] if told else begin
    if len(told) < limit:
        end = max(end, Cursor(log.epoch, last))  # a record without changes, or one of those told
    if not told and not known.renewing and end.seq - begin.seq < _MOST_UNWRITTEN:
        _SEEN.clear()
        _SEEN[str(begin)] = end
        return 0
    with transaction.atomic():
        source = locked_source()
        if source.cursor != known.cursor:
            return 1  # another worker was quicker: look again
        gathering = Gathering(now, source.revision, quiets_at(now), source.renewing)
        gathering.load([change for _, change in told])
        gathering.take(told)
        write(gathering)
        source.revision, source.cursor = gathering.revision, str(end)
        if not told and source.renewing:
            _settle(source, now)
        source.save()
    return len(told)


def locked_source() -> Source:
    """The one row that whoever writes alarms locks first."""
    Source.objects.get_or_create(pk=1)
    return Source.objects.select_for_update().get(pk=1)


def write(gathering: Gathering) -> None:
    """Puts down what was gathered; within the caller's transaction."""
    touched = [standing.alarm for standing in gathering.touched.values()]
    old = sorted((a for a in touched if not a._state.adding), key=lambda a: a.is_newest)
    renew(Alarm, old, [f.name for f in Alarm._meta.concrete_fields if f.name not in _LEFT_ALONE])
    Alarm.objects.bulk_create([s.alarm for s in gathering.opened], batch_size=_AT_ONCE)
    parts = [part for s in gathering.touched.values() for part in s.moved.values()]
    renew(Part, [part for part in parts if not part._state.adding], _PART_COLUMNS)
    Part.objects.bulk_create([p for p in parts if p._state.adding], batch_size=_AT_ONCE)
    Step.objects.bulk_create(gathering.steps, batch_size=_AT_ONCE)


def renew(model: type[models.Model], rows: Sequence[Any], columns: Sequence[str]) -> None:
    """Writes columns of rows that exist, many at once: an UPDATE a row is twenty times slower."""
    model._default_manager.bulk_create(
        rows, batch_size=_AT_ONCE, update_conflicts=True, unique_fields=["id"],
        update_fields=columns,
    )  # fmt: skip


def start_over(now: datetime) -> None:
    """Lets the alarms follow the log from its beginning, after the store was restored.

    What people did stays: alarms are put aside with their handling, and taken back when the
    change that raised them is read again (same object, rule and time). Those that the store
    does not know any more are told to be so at the end.
    """
    with transaction.atomic():
        source = locked_source()
        Step.objects.filter(level__isnull=False).delete()
        Part.objects.all().delete()
        source.revision += 1
        Alarm.objects.update(is_newest=False, is_kept=True, revision=source.revision)
        source.cursor, source.renewing = "", True
        source.save()


def _settle(source: Source, now: datetime) -> None:
    """Ends reading anew: alarms that the store does not know recover, or go if nobody saw them."""
    source.revision += 1
    source.renewing = False
    kept = Alarm.objects.filter(is_kept=True)
    seen = set(
        Step.objects.filter(alarm__is_kept=True).exclude(who="").values_list("alarm", flat=True)
    )
    for some in chunks(kept.exclude(pk__in=seen).values_list("pk", flat=True)):
        Alarm.objects.filter(pk__in=some).delete()
    for alarm in kept:
        alarm.level, alarm.is_kept, alarm.is_stale = 0, False, False
        alarm.recovered_at = alarm.recovered_at or now
        alarm.revision = source.revision
        alarm.weigh()
        alarm.save()
        Step.objects.create(alarm=alarm, at=now, kind="forgotten")
