"""Runs the rule tests of a pack through the engine, as a replay would."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from anlan.engine.engine import Engine
from anlan.engine.plan import compile_plan
from anlan.packs.model import Expected, Pack, RuleTest
from anlan.terms.changes import Change, Kind
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level
from anlan.terms.quality import Quality
from anlan.terms.readings import Batch
from anlan.terms.sensors import Sensor
from anlan.terms.times import NEVER, format_duration


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one rule test: the changes that were missing and those too many."""

    test: RuleTest
    expected: tuple[str, ...]
    got: tuple[str, ...]
    error: str = ""

    @property
    def is_passed(self) -> bool:
        return not self.error and self.expected == self.got


def rehearse(pack: Pack, tests: Iterable[RuleTest] | None = None) -> list[Verdict]:
    """A verdict for each rule test of the pack."""
    return [_judge(pack, test) for test in (pack.rule_tests if tests is None else tests)]


def changes_of(pack: Pack, test: RuleTest) -> list[Change]:
    """All changes that the test's readings cause under the pack's whole rule set."""
    sensors = [
        Sensor(
            key=name,
            quantity=quantity,
            object=test.objects[name],
            interval_ms=test.interval_ms,
        )
        for name, quantity in test.sensors.items()
    ]
    plan = compile_plan(sensors, test.limits, [pack.rule_set], test.groups)
    engine = Engine(plan)
    found = engine.describe(engine.apply(_batch(test, plan.handle), inline_ticks=True).changes)
    if test.until_ms is not None:
        found += engine.describe(engine.tick(test.start_ms + test.until_ms).changes)
    return found


def _batch(test: RuleTest, handle: dict[str, int]) -> Batch:
    rows = sorted((r.offset_ms, handle[r.sensor], r.value) for r in test.readings)
    values = np.array([value for _, _, value in rows], np.float64)
    missing = np.where(np.isnan(values), Quality.MISSING, Quality.GOOD).astype(np.uint8)
    return Batch(
        sensor=np.array([sensor for _, sensor, _ in rows], np.int32),
        time=np.array([test.start_ms + offset for offset, _, _ in rows], np.int64),
        value=values,
        quality=missing,
        received=np.full(len(rows), NEVER, np.int64),
    )


def _judge(pack: Pack, test: RuleTest) -> Verdict:
    expected = tuple(_said(change) for change in test.expected)
    try:
        found = [change for change in changes_of(pack, test) if change.rule == test.rule]
    except Malformed as error:
        return Verdict(test, expected, (), error=str(error))
    got = tuple(_told(test, change, at) for at, change in enumerate(found))
    return Verdict(test, expected, got)


def _said(change: Expected) -> str:
    before = "" if change.before is None else f"{_word(change.before)} → "
    scope = f" {change.scope}" if change.scope else ""
    after = "" if change.kind in (Kind.STALE, Kind.FRESH) else f" {before}{_word(change.after)}"
    return f"{format_duration(change.offset_ms)}{scope} {change.kind.word}{after}"


def _told(test: RuleTest, change: Change, at: int) -> str:
    """A change in the words of what was expected in its place, as far as that went."""
    wanted = test.expected[at] if at < len(test.expected) else None
    scope = (change.sensor or change.object) if wanted is None or wanted.scope else ""
    before = change.before if wanted is not None and wanted.before is not None else None
    return _said(
        Expected(
            offset_ms=change.at - test.start_ms,
            scope=scope,
            kind=change.kind,
            after=change.after,
            before=before,
        ),
    )


def _word(level: Level) -> str:
    return level.word or "none"
