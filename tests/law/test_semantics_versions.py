"""Clauses 13.1–13.6: what becomes of standing alarms when the rules change."""

from dataclasses import replace

import pytest

from anlan.engine.adopt import Policy
from anlan.engine.engine import Engine
from anlan.engine.plan import Plan, compile_plan
from anlan.engine.rules import Gate, LevelRule, Rule, RuleSet
from anlan.terms.changes import Change
from anlan.terms.levels import Level
from anlan.terms.sensors import Sensor
from tests.law.case import MINUTE, PATIENT, Store, every_minute, reading
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
        outcome = self.store.feed(self.engine, list(rows), "none")
        return told(self.engine.describe(outcome.changes))

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


def test_13_3_reset_tells_silence_anew() -> None:
    gate = Gate(stale_ms=5 * MINUTE)
    site = Site(plan(rule("x", 5), gate=gate))
    site.read(*every_minute(1))
    assert site.read(("tick", 6 * MINUTE)) == [("x", "stale none>none", 6)]
    site.adopt(plan(rule("x", 5, version="2"), gate=gate), "reset")
    assert site.read(reading(7, 1)) == []
    assert site.read(("tick", 13 * MINUTE)) == [("x", "stale none>none", 13)]
    assert site.read(reading(14, 1)) == [("x", "fresh none>none", 14)]


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
