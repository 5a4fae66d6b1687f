"""A change 状态变化: one transition of one rule on one sensor, object or group."""

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from anlan.terms.levels import Level
from anlan.terms.times import format_time


class Kind(IntEnum):
    """What happened; the lower-case name is the word on the wire."""

    RAISED = 1  # none → level
    RISEN = 2  # to a higher level
    FALLEN = 3  # to a lower level that still holds
    CLEARED = 4  # level → none
    STALE = 5  # no fresh reading; from = to
    FRESH = 6  # readings are back; from = to
    CORRECTED = 7  # late data changed what the level is from `at` on

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a change happened.

    limit: threshold in force (unit), limit_source its document · value: the deciding value ·
    first_at: first crossing, ms UTC · n, min, max: contributing readings since then ·
    coverage: observed over expected readings, 0–1 · quality: good or uncertain.
    """

    rule_version: str = ""
    limit: float | None = None
    limit_source: str = ""
    value: float | None = None
    first_at: int | None = None
    n: int = 0
    min: float | None = None
    max: float | None = None
    coverage: float | None = None
    quality: str = "good"
    unit: str = ""
    formula: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One transition; `at` is the event time of the reading or tick that made it due."""

    sensor: str | None
    object: str
    rule: str
    kind: Kind
    before: Level
    after: Level
    at: int
    evidence: Evidence

    def as_dict(self) -> dict[str, Any]:
        """The fields as they go over the wire, in order."""
        e = self.evidence
        return {
            "sensor": self.sensor,
            "object": self.object,
            "rule": self.rule,
            "kind": self.kind.word,
            "from": self.before.word,
            "to": self.after.word,
            "at": format_time(self.at),
            "evidence": {
                "rule_version": e.rule_version,
                "limit": e.limit,
                "limit_source": e.limit_source,
                "value": e.value,
                "first_at": None if e.first_at is None else format_time(e.first_at),
                "n": e.n,
                "min": e.min,
                "max": e.max,
                "coverage": e.coverage,
                "quality": e.quality,
                "unit": e.unit,
                "formula": e.formula,
            },
        }

    def as_line(self) -> str:
        """One line of NDJSON without its line end."""
        return json.dumps(self.as_dict(), ensure_ascii=False, separators=(",", ":"))

    @property
    def order(self) -> tuple[int, str, str]:
        """Sort key of a change file: by at, sensor, rule."""
        return (self.at, self.sensor or "", self.rule)
