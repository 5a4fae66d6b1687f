"""Clauses 13.1–13.6: what becomes of standing alarms when the rules change."""

import math
from dataclasses import replace

import pytest

from anlan.engine.adopt import Policy
from anlan.engine.engine import Engine
from anlan.engine.plan import Plan, compile_plan
from anlan.engine.rules import Gate, LevelRule, Rule, RuleSet
from anlan.terms.changes import Change
from anlan.terms.levels import Level
from anlan.terms.sensors import Sensor
from tests.law.case import MINUTE, PATIENT, Store, every_minute, parts, reading
from tests.oracle_told import Row

POLICIES: tuple[Policy, ...] = ("carry", "reset", "rebuild")
SENSORS = [Sensor(key="a", quantity="w", object="o"), Sensor(key="b", quantity="w", object="p")]


def rule(key: str, threshold: float, *, on_minutes: int = 0, version: str = "1") -> Rule:
    level = LevelRule(level=Level.YELLOW, threshold=threshold, on_delay_ms=on_minutes * MINUTE)
    return Rule(key=f"p.w.{key}", quantity="w", levels=(level,), version=version)


def plan(*rules: Rule, gate: Gate = PATIENT) -> Plan:
    return compile_plan(SENSORS, [], [RuleSet(pack="p", gates={"w": gate}, rules=rules)])


class Site:
    """An engine with its stored readings."""

    def __init__(self, under: Plan) -> None:
        self.store = Store()
        self.engine = Engine(under, window=self.store.window)

    def read(self, *rows: Row) -> list[tuple[str, str, int]]:
        found: list[tuple[str, str, int]] = []
        for part in parts(rows, len(rows)):
            outcome = self.store.feed(self.engine, part, "none")
            found += told(self.engine.describe(outcome.changes))
        return found

    def adopt(self, under: Plan, policy: Policy) -> list[tuple[str, str, int]]:
        return told(self.engine.adopt(under, policy=policy))


def told(changes: list[Change]) -> list[tuple[str, str, int]]:
    """(rule's last word, what happened, minute)."""
    return [
        (
            c.rule.rpartition(".")[2],
            f"{c.kind.word} {c.before.word or 'none'}>{c.after.word or 'none'}",
            c.at // MINUTE,
        )
        for c in changes
    ]


@pytest.mark.parametrize("policy", POLICIES)
def test_13_1_a_rule_that_is_the_same_goes_on(policy: Policy) -> None:
    same = rule("same", 5, on_minutes=3)
    site = Site(plan(same, rule("other", 50)))
    site.read(*every_minute(6, 6))
    assert site.adopt(plan(same, rule("other", 40, version="2")), policy) == []
    assert site.read(reading(2, 6)) == []
    assert site.read(reading(3, 6)) == [("same", "raised none>yellow", 3)]


def test_13_1_another_gate_makes_another_rule() -> None:
    site = Site(plan(rule("x", 5)))
    site.read(*every_minute(6))
    strict = replace(PATIENT, low=0.0)
    assert site.adopt(plan(rule("x", 5), gate=strict), "reset") == [
        ("x", "corrected yellow>none", 0)
    ]


def test_13_2_carry_keeps_levels_and_delays() -> None:
    site = Site(plan(rule("x", 5, on_minutes=3)))
    site.read(*every_minute(6, 6))
    assert site.adopt(plan(rule("x", 5, on_minutes=2, version="2")), "carry") == []
    assert site.read(reading(2, 6)) == [("x", "raised none>yellow", 2)]
    assert site.adopt(plan(rule("x", 7, version="3")), "carry") == []
    assert site.read(reading(3, 6)) == [("x", "cleared yellow>none", 3)]


def test_13_3_reset_begins_blank() -> None:
    site = Site(plan(rule("x", 5, on_minutes=1)))
    site.read(*every_minute(6, 6, 6))
    changed = plan(rule("x", 5, on_minutes=2, version="2"))
    assert site.adopt(changed, "reset") == [("x", "corrected yellow>none", 2)]
    assert site.read(reading(3, 6), reading(4, 6)) == []
    assert site.read(reading(5, 6)) == [("x", "raised none>yellow", 5)]


def test_13_4_rebuild_judges_the_stored_readings() -> None:
    site = Site(plan(rule("x", 50)))
    site.read(*every_minute(1, 6, 6, 6), reading(3, 1, "b"))
    changed = plan(rule("x", 5, on_minutes=2, version="2"))
    assert site.adopt(changed, "rebuild") == [("x", "corrected none>yellow", 3)]
    assert site.read(reading(4, 1)) == [("x", "cleared yellow>none", 4)]


def test_13_4_rebuild_does_not_begin_with_the_old_rule_s_level() -> None:
    site = Site(plan(rule("x", 5)))
    site.read(*every_minute(6, 6))
    changed = plan(rule("x", 7, version="2"))
    assert site.adopt(changed, "rebuild") == [("x", "corrected yellow>none", 1)]


@pytest.mark.parametrize("policy", POLICIES)
def test_13_5_a_level_whose_rule_is_gone_ends(policy: Policy) -> None:
    site = Site(plan(rule("x", 5), rule("y", 4)))
    site.read(*every_minute(6))
    assert site.adopt(plan(rule("y", 4)), policy) == [("x", "corrected yellow>none", 0)]


@pytest.mark.parametrize("policy", POLICIES)
def test_13_6_what_an_old_version_told_is_not_corrected(policy: Policy) -> None:
    site = Site(plan(rule("x", 50)))
    site.read(*every_minute(6, 6, 1, 1))
    site.adopt(plan(rule("x", 5, version="2")), policy)
    assert site.read(reading(0.5, 6)) == []
    assert site.read(reading(4, 6)) == [("x", "raised none>yellow", 4)]


def test_13_6_after_a_late_reading_the_log_and_the_state_agree() -> None:
    site = Site(plan(rule("x", 5)))
    site.read(*every_minute(6, 6, 6))
    changed = plan(rule("x", 5, version="2"))
    assert site.adopt(changed, "reset") == [("x", "corrected yellow>none", 2)]
    assert site.read(reading(1.5, 6)) == [("x", "corrected none>yellow", 2)]
    assert site.read(reading(3, 1)) == [("x", "cleared yellow>none", 3)]


@pytest.mark.parametrize("policy", POLICIES)
def test_13_5_silence_stays_as_told(policy: Policy) -> None:
    gate = Gate(stale_ms=5 * MINUTE)
    site = Site(plan(rule("x", 5), gate=gate))
    site.read(*every_minute(1))
    assert site.read(("tick", 6 * MINUTE)) == [("x", "stale none>none", 6)]
    assert site.adopt(plan(rule("x", 5, version="2"), gate=gate), policy) == []
    assert site.read(reading(7, 1)) == [("x", "fresh none>none", 7)]
    assert site.read(("tick", 13 * MINUTE)) == [("x", "stale none>none", 13)]


def test_13_5_a_rule_that_goes_takes_its_silence_with_it() -> None:
    gate = Gate(stale_ms=5 * MINUTE)
    site = Site(plan(rule("x", 5), rule("y", 4), gate=gate))
    site.read(*every_minute(1), ("tick", 6 * MINUTE))
    assert site.adopt(plan(rule("y", 4), gate=gate), "carry") == [("x", "fresh none>none", 6)]
    assert site.read(reading(7, 1)) == [("y", "fresh none>none", 7)]


def test_13_5_an_object_that_loses_its_silent_sensor_is_fresh() -> None:
    gate = Gate(stale_ms=5 * MINUTE)
    rules = RuleSet(pack="p", gates={"w": gate}, rules=(replace(rule("x", 5), scope="object"),))
    both = [Sensor(key="a", quantity="w", object="o"), Sensor(key="b", quantity="w", object="o")]
    site = Site(compile_plan(both, [], [rules]))
    site.read(reading(0, 1, "b"), *every_minute(1, 1, 1, 1, 1))
    assert site.read(("tick", 6 * MINUTE)) == [("x", "stale none>none", 6)]
    assert site.adopt(compile_plan(both[:1], [], [rules]), "carry") == [("x", "fresh none>none", 6)]


@pytest.mark.parametrize("policy", POLICIES)
def test_13_6_a_missing_value_and_a_tick_show_a_moment_too(policy: Policy) -> None:
    site = Site(plan(rule("x", 50)))
    site.read(*every_minute(1, 6, 6), reading(60, math.nan))
    site.adopt(plan(rule("x", 5, version="2")), policy)
    assert all(minute >= 60 for _, _, minute in site.read(reading(30, 6)))
    site = Site(plan(rule("x", 5)))
    site.read(*every_minute(6), ("tick", 30 * MINUTE))
    changed = plan(rule("x", 50, version="2"))
    assert site.adopt(changed, "reset") == [("x", "corrected yellow>none", 30)]
