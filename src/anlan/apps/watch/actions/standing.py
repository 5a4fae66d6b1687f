"""An alarm and its parts in memory, while changes are taken up."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from anlan.apps.watch.models import Alarm, Part, Step
from anlan.apps.watch.queries.placing import Place
from anlan.apps.watch.queries.quiet import Quiets
from anlan.terms.changes import Change, Evidence, Kind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ACTUAL = "Actual"
_SILENCE = (Kind.STALE, Kind.FRESH)


def moment(ms: int) -> datetime:
    """The time of milliseconds UTC."""
    return _EPOCH + timedelta(milliseconds=ms)


def facts(evidence: Evidence) -> dict[str, Any]:
    """The evidence of a change as a page shows it, without what is unknown."""
    said = {name: getattr(evidence, name) for name in Evidence.__slots__}
    if evidence.first_at is not None:
        said["first_at"] = moment(evidence.first_at).isoformat()
    return {name: value for name, value in said.items() if value not in (None, "")}


class Standing:
    """One alarm: takes up changes in the order of the log, and says what it then stands at."""

    def __init__(self, alarm: Alarm, parts: Iterable[Part] = ()) -> None:
        self.alarm = alarm
        self.parts = {(part.sensor_key, part.rule): part for part in parts}
        self.moved: dict[tuple[str, str], Part] = {}
        self._levels = Counter(part.level for part in self.parts.values())
        self._silent = sum(part.is_stale for part in self.parts.values())

    def take(
        self, change: Change, cursor: str, revision: int, *, limit: float | None = None
    ) -> Step:
        """Takes up a change of one of its sensors; the step that tells it.

        limit: of the level that the sensor is at now, where the evidence is of the one it left.
        """
        at, alarm = moment(change.at), self.alarm
        part = self._part_of(change, at)
        self._levels[part.level] -= 1
        self._silent -= part.is_stale
        if change.kind in _SILENCE:
            part.is_stale = change.kind is Kind.STALE
        else:
            if change.before == 0:
                alarm.repeats += 1
            part.evidence = _remembered(part.evidence, change, limit)
            part.level, part.at = int(change.after), at
        part.cursor = cursor
        self._levels[part.level] += 1
        self._silent += part.is_stale
        alarm.first_at, alarm.changed_at = min(alarm.first_at, at), at
        alarm.is_stale, alarm.revision = self._silent > 0, revision
        self._stand()
        return Step(alarm=alarm, at=at, kind=change.kind.word, sensor_key=part.sensor_key,
                    level=part.level, is_stale=part.is_stale, cause=cursor,
                    detail=self._told(change))  # fmt: skip

    def _told(self, change: Change) -> dict[str, Any]:
        return {"from": int(change.before), "to": int(change.after), "alarm": self.alarm.level,
                **facts(change.evidence)}  # fmt: skip

    def _part_of(self, change: Change, at: datetime) -> Part:
        name = (change.sensor or "", change.rule)
        part = self.parts.get(name)
        if part is None:
            part = self.parts[name] = Part(
                alarm=self.alarm, sensor_key=name[0], rule=name[1], level=int(change.before),
                at=at, evidence={},
            )  # fmt: skip
            self._levels[part.level] += 1
        self.moved[name] = part
        return part

    def _stand(self) -> None:
        alarm = self.alarm
        alarm.level = max((level for level, n in self._levels.items() if n > 0), default=0)
        alarm.peak = max(alarm.peak, alarm.level)
        if alarm.level:
            alarm.recovered_at = None
        elif alarm.recovered_at is None:
            alarm.recovered_at = max(part.at for part in self.parts.values())
        alarm.weigh()

    def decide(self) -> None:
        """Puts the deciding part's figures where lists show them; once it has recovered, those
        of its highest level."""
        if not self.parts:
            return
        alarm = self.alarm
        part = max(self.parts.values(), key=lambda p: (
            p.level if alarm.level else _peak(p), p.at, p.sensor_key, p.rule))  # fmt: skip
        said = part.evidence if alarm.level else part.evidence.get("peak", {})
        alarm.sensor_key, alarm.quantity = part.sensor_key, quantity_of(part.rule)
        alarm.value, alarm.limit = said.get("value"), said.get("limit")
        alarm.unit = str(said.get("unit", ""))[:32]

    def hush(self, quiets: Quiets, now: datetime) -> Step | None:
        """Keeps it quiet or lets it call again by what is in force; the step where that changed."""
        alarm = self.alarm
        if not alarm.is_open:
            return None
        all_parts = self.parts.values()
        standing = {p.sensor_key for p in all_parts if p.level} or {p.sensor_key for p in all_parts}
        before = alarm.is_quiet
        alarm.suppressed_by, alarm.shelved_until = quiets.over(alarm.object_key, standing)
        if alarm.is_quiet == before:
            return None
        until = alarm.shelved_until.isoformat() if alarm.shelved_until else ""
        return Step(alarm=alarm, at=now, kind="suppressed" if alarm.is_quiet else "released",
                    detail={"by": alarm.suppressed_by, "until": until})  # fmt: skip


def made_real(alarm: Alarm, at: datetime) -> list[Step]:
    """An exercise's or a test's alarm counts as real from now on, and calls as if just raised;
    the step that tells it, none where it is real already."""
    if alarm.status == ACTUAL:
        return []
    was, alarm.status, alarm.called = alarm.status, ACTUAL, 0
    return [Step(alarm=alarm, at=at, kind="real", detail={"was": was})]


def _peak(part: Part) -> int:
    return int(part.evidence.get("peak", {}).get("level", 0))


def _remembered(
    before: dict[str, Any], change: Change, limit: float | None
) -> dict[str, Any]:  # fmt: skip
    """The evidence of a part after a change of its level, with that of its highest level."""
    said = facts(change.evidence)
    if change.after < change.before and change.after:
        # The evidence of a fall is that of the level left; lists show the level that is.
        said.pop("limit", None)
        said.pop("limit_source", None)
        said |= {"limit": limit} if limit is not None else {}
    peak = before.get("peak", {"level": 0})
    if change.after > change.before and change.after >= peak["level"]:
        e = change.evidence
        peak = {"level": int(change.after), "value": e.value, "limit": e.limit, "unit": e.unit}
    return {**said, "peak": peak}


def placed(alarm: Alarm, found: Place | None) -> bool:
    """Gives an alarm of an unknown place its place; whether there was one."""
    if alarm.region or found is None or not found.region:
        return False
    alarm.object_name, alarm.kind = found.name[:128], found.kind
    alarm.pack = found.pack or alarm.pack
    alarm.region, alarm.owner = found.region, found.owner
    alarm.lon, alarm.lat = found.lon, found.lat
    return True


def quantity_of(rule: str) -> str:
    """The quantity of a rule: `flood.rain` of `flood.rain.level`; empty for a group's rule."""
    pack, _, rest = rule.partition(".")
    quantity, _, name = rest.partition(".")
    return f"{pack}.{quantity}" if name else ""
