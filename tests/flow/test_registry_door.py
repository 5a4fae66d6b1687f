"""What can mean nothing is refused at the registry's door; a log that holds it still loads."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.engine.rules import Group, LevelRule, Promotion, RuleSet
from anlan.history.codec import encode_changes, encode_registry
from anlan.history.log import Log, Record, RecordKind, store_in
from anlan.history.registry import group_entry, limits_entry, rule_set_entry, sensor_entry
from anlan.live.loop.heart import Heart
from anlan.live.reach import Desk
from anlan.terms.changes import Kind
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level
from anlan.terms.readings import Batch
from anlan.terms.sensors import Limit, Sensor
from tests.flow.conftest import found_town, own_rules

BEGIN = 1_782_000_000_000
ORANGE = {"sensor": "a-0", "level": "orange", "value": 5.0}
SENSOR = {"type": "sensor", "key": "x", "quantity": "t.v", "object": "o"}
A_UNDER_B = group_entry(Group(key="A", kind="village", parent="B"))
B_UNDER_A = group_entry(Group(key="B", kind="town", parent="A"))


def ruled(*levels: LevelRule) -> dict[str, Any]:
    """The town's rules with other conditions."""
    rules = own_rules()
    return rule_set_entry(replace(rules, rules=(replace(rules.rules[0], levels=levels),)))


NONSENSE = [
    ([{**SENSOR, "key": ""}], "a sensor's key is 1 to 128 printable"),
    ([{**SENSOR, "key": "a\nb"}], r"a sensor's key .* not 'a\\nb'"),
    ([{**SENSOR, "object": ""}], "the object of sensor 'x' is"),
    ([{"type": "limit", **ORANGE, "deadband": -1}], "limit of sensor 'a-0' has a deadband of -1"),
    ([{"type": "limit", **ORANGE, "level": None}], "'a-0' has no level"),
    ([{"type": "limits_of", "sensor": "a-0", "limits": [{**ORANGE, "deadband": -2}]}], "-2; it is"),
    ([ruled(LevelRule(level=Level.RED, deadband=-1))], "t.v.level, red: the deadband is -1"),
    ([ruled(LevelRule(level=Level.RED, min_coverage=1.5))], "red: min_coverage is 1.5"),
    ([ruled(LevelRule(level=Level.RED, min_coverage=-0.1))], "red: min_coverage is -0.1"),
    ([ruled(LevelRule(level=Level.NONE))], "a condition without a level"),
    ([ruled(*[LevelRule(level=Level.RED)] * 2)], "t.v.level says twice when red holds"),
    ([A_UNDER_B, B_UNDER_A], "in a circle: A under B under A"),
    ([group_entry(Group(key="A", parent="A"))], "in a circle: A under A"),
]


@pytest.mark.parametrize(("entries", "reason"), NONSENSE)
def test_nonsense_is_refused_with_a_plain_reason(
    tmp_path: Path, entries: list[dict[str, Any]], reason: str
) -> None:
    found_town(tmp_path, {"a": 1})
    with Desk(tmp_path) as desk, pytest.raises(Malformed, match=reason) as told:
        desk.enter(entries)
    assert "entry" not in str(told.value)
    with Log.open(store_in(tmp_path)) as log:
        assert log.last() == 2  # the packs on the shelf and the town: nothing since


def promoted() -> RuleSet:
    """The town's rules, with a promotion of every kind of group in the circle."""
    kinds = ("object", "village", "town")
    up = tuple(Promotion(key=f"t.{kind}", kind=kind, highest=True) for kind in kinds)
    return replace(own_rules(), promotions=up)


def test_what_an_older_log_holds_still_loads_and_raises(tmp_path: Path) -> None:
    """A circle of groups, a deadband below zero, an empty key: the site starts and alarms."""
    limit = Limit(sensor="", level=Level.ORANGE, value=5.0, deadband=-1.0)
    entries = [
        rule_set_entry(promoted()),
        sensor_entry(Sensor(key="", quantity="t.v", object="O")),
        limits_entry("", [limit]),
        group_entry(Group(key="O", parent="A")),
        A_UNDER_B,
        B_UNDER_A,
    ]
    with Log.open(store_in(tmp_path), write=True) as log:
        body = encode_registry([{"key": "", **entry} for entry in entries])
        log.append([Record(RecordKind.REGISTRY, BEGIN, body, encode_changes([]))])
    heart = Heart(tmp_path)
    for second in range(5):
        at = np.array([BEGIN + 1000 * second])
        columns = (np.zeros(1, np.int32), at, np.full(1, 9.0), np.zeros(1, np.uint8), at)
        heart.take(Batch(*columns), at=BEGIN + 1000 * second)
    told = [one.change for one in heart.commit()]
    heart.close()
    assert [(c.rule, c.object) for c in told if c.kind is Kind.RAISED] == [
        ("t.v.level", "O"),
        ("t.object", "O"),
        ("t.village", "A"),
    ]
