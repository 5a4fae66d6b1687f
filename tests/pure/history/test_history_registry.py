"""The registry is what its entries amount to, and a cursor belongs to one epoch."""

from pathlib import Path
from typing import Any

import pytest

from anlan.engine.rules import Gate, Group, LevelRule, Rule, RuleSet, Season
from anlan.history.codec import encode_changes, encode_registry
from anlan.history.cursor import Cursor, changes_since
from anlan.history.log import Log, Record, RecordKind
from anlan.history.registry import (
    Registry,
    group_entry,
    limit_entry,
    limits_entry,
    sensor_entry,
)
from anlan.history.registry.keys import SourceKey, hash_key, new_key
from anlan.history.registry.rulebook import rule_set_entry
from anlan.terms.changes import Change, Evidence, Kind
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit, Sensor

A = Sensor(key="甲 (1)", quantity="water_level", object="河")
B = Sensor(key="b", quantity="rain", object="河", lon=120.5, lat=30.25, interval_ms=300_000)
HIGH = Limit(sensor="b", level=Level.ORANGE, value=5.0, valid_from=10, source="doc")


def folded(*entries: dict[str, Any]) -> Registry:
    registry = Registry()
    registry.fold(entries)
    return registry


def test_handles_are_given_once_and_survive_changes_and_retirement() -> None:
    moved = Sensor(key=A.key, quantity="water_level", object="塘")
    registry = folded(
        sensor_entry(A),
        {"type": "retire", "sensor": A.key},
        sensor_entry(B),
        sensor_entry(moved),
    )
    assert registry.sensors == [moved, B]
    assert registry.handle == {A.key: 0, "b": 1}
    assert registry.retired == set()
    registry.fold([{"type": "retire", "sensor": "b"}])
    assert registry.retired == {"b"}
    assert registry.handle["b"] == 1


def test_limits_are_added_replaced_and_taken_away() -> None:
    low = Limit(sensor="b", level=Level.BLUE, value=1.0, direction="low", deadband=0.5)
    registry = folded(sensor_entry(A), sensor_entry(B), limit_entry(HIGH), limit_entry(low))
    assert registry.limits == [HIGH, low]
    registry.fold([limits_entry("b", [low])])
    assert registry.limits_of("b") == [low]
    registry.fold([limits_entry("b", [])])
    assert registry.limits == []


def test_groups_calendars_and_rule_sets() -> None:
    rules = RuleSet(
        pack="flood",
        gates={"rain": Gate(low=0.0, interval_ms=300_000), "level": Gate(spike="confirm")},
        rules=(
            Rule(
                key="flood.rain.day",
                quantity="rain",
                levels=(
                    LevelRule(
                        level=Level.RED, threshold=100, season=Season(first=(6, 1), last=(9, 30))
                    ),
                ),
            ),
        ),
    )
    town = Group(key="town", kind="township", parent="county")
    registry = folded(
        group_entry(town),
        {"type": "calendar", "key": "flood season", "first": [5, 1], "last": [10, 15]},
        rule_set_entry(rules, policy="rebuild"),
    )
    assert registry.groups == {"town": town}
    assert registry.calendars == {"flood season": Season(first=(5, 1), last=(10, 15))}
    assert registry.rule_sets == {"flood": rules}
    assert registry.policy == {"flood": "rebuild"}
    registry.fold([{"type": "retire", "group": "town"}, {"type": "retire", "pack": "flood"}])
    assert not registry.groups
    assert not registry.rule_sets


def test_a_source_has_two_keys_while_they_are_exchanged() -> None:
    keys = [new_key("河务站", ["a*", "b"], at=n) for n in range(3)]
    registry = folded(*(entry for _, entry in keys))
    assert [key.at for key in registry.keys_of("河务站")] == [1, 2]
    assert registry.keys_of("河务站")[1].is_of(keys[2][0])
    registry.fold([{"type": "retire", "source_key": keys[1][1]["id"]}])
    assert [key.at for key in registry.keys_of("河务站")] == [2]


def test_a_key_is_stored_as_a_hash_and_opens_only_its_sensors() -> None:
    text, entry = new_key("x", ["站*", "q[1]?"], at=0)
    assert text not in str(entry)
    key = folded(entry).keys[entry["id"]]
    assert key == SourceKey(
        id=entry["id"], source="x", hash=hash_key(text), sensors=("站*", "q[1]?"), at=0
    )
    assert [key.may_write(s) for s in ("站12", "站", "q[1]?", "q1x", "other")] == [
        True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "sensr"},
        {"type": "sensor", "key": "x"},
        {"type": "limit", "sensor": "x", "level": "purple", "value": 1},
        {"type": "retire", "sensor": "never seen"},
    ],
)
def test_a_wrong_entry_is_malformed_and_its_number_named(entry: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match="entry 1"):
        folded(sensor_entry(A), entry)


def _change(at: int) -> Change:
    return Change(
        sensor="b",
        object="河",
        rule="flood.rain.level",
        kind=Kind.RAISED,
        before=Level.NONE,
        after=Level.BLUE,
        at=at,
        evidence=Evidence(),
    )


def _fill(folder: Path) -> str:
    with Log.open(folder, write=True) as log:
        log.append(
            [
                Record(RecordKind.REGISTRY, 0, encode_registry([sensor_entry(A)])),
                Record(RecordKind.TICK, 1, b"", encode_changes([_change(1), _change(2)])),
                Record(RecordKind.TICK, 2, b""),
                Record(RecordKind.REGISTRY, 3, encode_registry([sensor_entry(B)])),
                Record(RecordKind.TICK, 4, b"", encode_changes([_change(4)])),
            ]
        )
        return log.epoch


def test_the_registry_follows_the_log(tmp_path: Path) -> None:
    _fill(tmp_path)
    with Log.open(tmp_path) as log:
        registry = Registry.from_log(log)
        assert registry.sensors == [A, B]
        assert registry.seq == 4
        assert not registry.catch_up(log)


def test_changes_are_told_once_each_whatever_the_step(tmp_path: Path) -> None:
    epoch = _fill(tmp_path)
    with Log.open(tmp_path) as log:
        for step in (1, 2, 10):
            cursor, seen = Cursor(epoch), []
            while told := changes_since(log, cursor, step):
                assert len(told) <= step
                cursor = Cursor.parse(str(told[-1][0]), epoch=epoch)
                seen += [change.at for _, change in told]
            assert seen == [1, 2, 4]


def test_a_cursor_of_another_epoch_or_no_cursor_is_malformed(tmp_path: Path) -> None:
    epoch = _fill(tmp_path)
    old = Cursor("0123456789ab", 3, 1)
    with Log.open(tmp_path) as log, pytest.raises(Malformed, match="restored"):
        changes_since(log, old)
    with pytest.raises(Malformed, match="restored"):
        Cursor.parse(str(old), epoch=epoch)
    for wrong in ("12", f"{epoch}:1", f"{epoch}:a:b", f"{epoch}:-1:0"):
        with pytest.raises(Malformed, match="not a cursor"):
            Cursor.parse(wrong, epoch=epoch)
    assert Cursor.parse("start", epoch=epoch) == Cursor(epoch, 0, 0)


@pytest.mark.parametrize("interval_ms", [2**62, 2**70, -5])
def test_an_interval_that_no_clock_can_count_is_refused(interval_ms: int) -> None:
    entry = {**sensor_entry(A), "interval_ms": interval_ms}
    with pytest.raises(Malformed, match="interval_ms must be 0 to"):
        folded(entry)


@pytest.mark.parametrize(
    ("gate", "level", "what"),
    [
        ({"stale_ms": 2**70}, {}, "stale_ms must be"),
        ({"max_gap_ms": -1}, {}, "max_gap_ms must be"),
        ({}, {"on_delay_ms": 2**62}, "on_delay_ms must be"),
        ({}, {"k": 2, "n": 63}, "k of n must be"),
        ({}, {"k": 3, "n": 2}, "k of n must be"),
    ],
)
def test_a_rule_set_that_the_engine_cannot_count_is_refused(
    gate: dict[str, int], level: dict[str, int], what: str
) -> None:
    rule = {"key": "p.w.x", "quantity": "w", "levels": [{"level": 4, "threshold": 1, **level}]}
    rules = {"pack": "p", "gates": {"w": gate}, "rules": [rule]}
    with pytest.raises(Malformed, match=what):
        folded({"type": "rule_set", "rules": rules})


@pytest.mark.parametrize("source", ["operator", "broker:mqtt", "gateway:hj212"])
def test_no_key_bears_the_name_of_a_source_of_the_site(source: str) -> None:
    with pytest.raises(Malformed, match="own sources"):
        new_key(source, ["a"], at=0)
