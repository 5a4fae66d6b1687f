"""Changes become alarms: one per object and cause, in memory; `writing` puts them down."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from anlan.apps.watch.actions.limits import Limits
from anlan.apps.watch.actions.standing import ACTUAL, Standing, made_real, moment, placed
from anlan.apps.watch.models import Alarm, Part, Step
from anlan.apps.watch.models.timetable import GROUPING
from anlan.apps.watch.queries.placing import Place, chunks, places_of
from anlan.apps.watch.queries.quiet import Quiets, Trials, trials_between
from anlan.history.cursor import Cursor
from anlan.terms.changes import Change, Kind
from anlan.terms.levels import RAISED_LEVELS

Cause = tuple[str, str]
"""(object, rule without a level): what there is one alarm of."""
_LEVEL_ENDS = tuple(f".{level.word}" for level in RAISED_LEVELS)
_REPEATED = Alarm.State.ACKNOWLEDGED


def cause_of(change: Change) -> Cause:
    """The object and the rule that a change belongs to."""
    rule = change.rule
    for end in _LEVEL_ENDS:
        rule = rule.removesuffix(end)
    return change.object, rule


def key_of(cause: Cause, change: Change, cursor: Cursor) -> str:
    """The name of the alarm that a change opens: the same whenever the log is read anew."""
    text = f"{cause[0]}\n{cause[1]}\n{change.at}\n{cursor.seq}\n{cursor.index}"
    return f"{moment(change.at):%y%m%d}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


@dataclass
class Gathering:
    """What is known of the causes that some changes touch, and what the changes made of it.

    renewing: the log is read anew, so alarms that were closed meanwhile may still take up what
    was before that, and those put aside are waited for.
    """

    now: datetime
    revision: int
    quiets: Quiets
    renewing: bool = False
    newest: dict[Cause, Standing] = field(default_factory=dict)
    kept: dict[tuple[str, str, datetime], Alarm] = field(default_factory=dict)
    opened: list[Standing] = field(default_factory=list)
    touched: dict[int, Standing] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)
    trials: Trials = field(default_factory=Trials)
    _places: dict[str, Place] = field(default_factory=dict)

    def load(self, changes: Sequence[Change]) -> None:
        """Reads the alarms of the causes of some changes, locked, with their parts."""
        self.limits = Limits.of(c for c in changes if c.after < c.before)
        times = [moment(change.at) for change in changes]
        self.trials = trials_between(min(times), max(times)) if times else Trials()
        causes = {cause_of(change) for change in changes}
        keys = sorted({object_key for object_key, _ in causes})
        for some in chunks(keys):
            rows = Alarm.objects.filter(object_key__in=some).select_for_update().order_by("pk")
            for alarm in rows.filter(is_newest=True):
                if (alarm.object_key, alarm.rule) in causes:
                    self.newest[alarm.object_key, alarm.rule] = Standing(alarm)
            for alarm in rows.filter(is_kept=True) if self.renewing else ():
                self.kept[alarm.object_key, alarm.rule, alarm.raised_at] = alarm
        self._load_parts()
        raised = {change.object for change in changes if change.after > change.before}
        astray = {k for (k, _), s in self.newest.items() if not s.alarm.region}
        self._places = places_of(sorted(raised | astray))

    def _load_parts(self) -> None:
        by_id = {standing.alarm.pk: standing.alarm for standing in self.newest.values()}
        parts: dict[int, list[Part]] = {pk: [] for pk in by_id}
        for some in chunks(by_id):
            for part in Part.objects.filter(alarm_id__in=some):
                part.alarm = by_id[part.alarm_id]
                parts[part.alarm_id].append(part)
        self.newest = {cause: Standing(s.alarm, parts[s.alarm.pk])
                       for cause, s in self.newest.items()}  # fmt: skip

    def take(self, told: Sequence[tuple[Cursor, Change]]) -> None:
        """Takes up changes in the order of the log."""
        for cursor, change in told:
            self.revision += 1
            standing = self._standing_for(change, cursor)
            if standing is None:
                continue
            before = standing.alarm.peak
            limit = self.limits.at(change) if change.after < change.before else None
            self.steps.append(standing.take(change, str(cursor), self.revision, limit=limit))
            self.touched[id(standing)] = standing
            self._ask_again(standing.alarm, before)
            if change.after > change.before and self._status_of(change) == ACTUAL:
                self.steps += made_real(standing.alarm, moment(change.at))
            hushed = standing.hush(self.quiets, self.now)
            if hushed:
                self.steps.append(hushed)
        for standing in self.touched.values():
            standing.decide()
            placed(standing.alarm, self._places.get(standing.alarm.object_key))

    def _standing_for(self, change: Change, cursor: Cursor) -> Standing | None:
        """The alarm that a change belongs to, opened where it needs a new one."""
        cause, at = cause_of(change), moment(change.at)
        standing = self.newest.get(cause)
        if change.after <= change.before or change.kind in (Kind.STALE, Kind.FRESH):
            return standing if standing and self._knows(standing, change) else None
        if (*cause, at) in self.kept:
            return self._open(cause, self._revived(self.kept.pop((*cause, at))))
        if standing is None or self._is_over(standing.alarm, at):
            return self._open(cause, self._new(cause, change, cursor))
        return standing

    @staticmethod
    def _knows(standing: Standing, change: Change) -> bool:
        """Whether what ends or falls silent was raised here; else it belongs to an older one."""
        return ((change.sensor or "", change.rule) in standing.parts) or not standing.parts

    def _is_over(self, alarm: Alarm, at: datetime) -> bool:
        """Whether what is raised now belongs to a new alarm."""
        if not alarm.is_open:
            return not (self.renewing and alarm.closed_at is not None and at < alarm.closed_at)
        return alarm.recovered_at is not None and at - alarm.recovered_at > GROUPING

    def _status_of(self, change: Change) -> str:
        return self.trials.status(moment(change.at), change.object, change.sensor or "")

    def _open(self, cause: Cause, alarm: Alarm) -> Standing:
        before = self.newest.get(cause)
        if before is not None:
            before.alarm.is_newest = False
            self.touched[id(before)] = before
        standing = self.newest[cause] = Standing(alarm)
        if alarm._state.adding:
            self.opened.append(standing)
        return standing

    def _new(self, cause: Cause, change: Change, cursor: Cursor) -> Alarm:
        at = moment(change.at)
        place = self._places.get(cause[0]) or Place(cause[0])
        return Alarm(
            key=key_of(cause, change, cursor), object_key=cause[0], rule=cause[1], level=0, peak=0,
            object_name=place.name[:128], kind=place.kind, region=place.region, owner=place.owner,
            pack=place.pack or cause[1].partition(".")[0], lon=place.lon, lat=place.lat,
            raised_at=at, first_at=at, changed_at=at, revision=self.revision,
            repeats=0 if change.before == 0 else 1, status=self._status_of(change),
        )  # fmt: skip

    @staticmethod
    def _revived(alarm: Alarm) -> Alarm:
        """An alarm that was put aside, as it was before its first change; its handling stays."""
        alarm.level = alarm.peak = alarm.repeats = 0
        alarm.is_stale = alarm.is_kept = False
        alarm.is_newest, alarm.recovered_at = True, None
        alarm.first_at = alarm.changed_at = alarm.raised_at
        return alarm

    def _ask_again(self, alarm: Alarm, peak: int) -> None:
        """What has become worse than ever is to be acknowledged again."""
        if alarm.peak > peak > 0 and alarm.state == _REPEATED and not self.renewing:
            alarm.state = Alarm.State.RAISED
            self.steps[-1].state = alarm.state
            alarm.weigh()
