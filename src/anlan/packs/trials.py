"""Reads tests.toml: readings and the changes that a rule must make of them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from anlan.engine.rules import Group
from anlan.packs.model import TEST_CASES, Expected, Given, QuantitySpec, RuleTest
from anlan.packs.source.document import Document, Table
from anlan.packs.source.fields import LEVEL_WORDS, read_level
from anlan.terms.changes import Kind
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level, level_named
from anlan.terms.sensors import Limit
from anlan.terms.times import parse_duration, parse_time

_REPEATED = re.compile(r"(-?\d+(?:\.\d+)?|nan)\s*\*\s*(\d{1,5})")
_KINDS = tuple(kind.word for kind in Kind)
_START = "2026-07-01T00:00:00+08:00"


@dataclass(frozen=True, slots=True)
class Subjects:
    """What tests may speak of: rule key → its quantity (empty for a promotion)."""

    pack: str
    rules: dict[str, str]
    quantities: Mapping[str, QuantitySpec]


def read_tests(document: Document, subjects: Subjects) -> tuple[RuleTest, ...]:
    """All rule tests of the file."""
    root = document.root
    found = [_Reader(table, subjects).read() for table in root.tables("test")]
    root.finish()
    return tuple(test for test in found if test is not None)


class _Reader:
    def __init__(self, table: Table, subjects: Subjects) -> None:
        self.table = table
        self.subjects = subjects

    def read(self) -> RuleTest | None:
        table = self.table
        rule = f"{self.subjects.pack}.{table.text('rule')}"
        if rule not in self.subjects.rules:
            table.wrong(f"no rule {rule!r}", "rule")
            return None
        sensors = self.read_names("sensors")
        readings = self.read_readings(sensors, self.subjects.rules[rule])
        for name, quantity in sensors.items():
            if quantity not in self.subjects.quantities:
                table.wrong(f"sensor {name}: no quantity {quantity!r}", "sensors")
                return None
        objects = self.read_names("objects")
        test = RuleTest(
            rule=rule,
            case=table.choice("case", TEST_CASES),  # type: ignore[arg-type]  # checked
            name=table.text("name", ""),
            start_ms=self.read_time("start", _START),
            sensors=sensors,
            objects={name: objects.get(name, "object") for name in sensors},
            readings=tuple(readings),
            expected=tuple(self.read_expected(part) for part in table.tables("expect")),
            limits=tuple(
                limit for part in table.tables("limits") for limit in self.limits(part, sensors)
            ),
            groups=tuple(self.read_group(part) for part in table.tables("groups")),
            interval_ms=table.duration("interval", None),
            until_ms=table.duration("until", None),
            where=table.place,
        )
        self.judge(test)
        table.finish()
        return test

    def judge(self, test: RuleTest) -> None:
        if test.case == "quiet" and test.expected:
            self.table.wrong("a quiet case expects no change", "expect")
        if test.case == "raise" and not test.expected:
            self.table.wrong("a raise case expects at least one change")
        if not test.readings:
            self.table.wrong("a test needs readings")

    def read_names(self, key: str) -> dict[str, str]:
        """A table of sensor → quantity, or sensor → object."""
        part = self.table.table(key)
        return {name: part.text(name) for name in part.data}

    def read_time(self, key: str, default: str) -> int:
        try:
            return parse_time(self.table.text(key, default))
        except Malformed as error:
            self.table.wrong(error.message, key)
            return 0

    def read_readings(self, sensors: dict[str, str], quantity: str) -> list[Given]:
        """Values at even intervals, `value*count` repeated, or [offset, value] pairs."""
        part = self.table.table("readings")
        interval = self.table.duration("interval", None)
        found: list[Given] = []
        for name in part.data:
            sensors.setdefault(name, quantity)
            spec = self.subjects.quantities.get(sensors[name])
            step = interval or (spec.gate.interval_ms if spec else 60_000)
            found += self.read_series(part, name, step=step)
        return found

    def read_series(self, part: Table, name: str, *, step: int) -> list[Given]:
        found: list[Given] = []
        offset = 0
        for item in part.items(name):
            values = _values(item)
            if values is None:
                pair = _pair(item)
                if pair is None:
                    part.wrong(
                        f"cannot read {item!r}: a number, 'value*count' or [offset, value]", name
                    )
                    continue
                found.append(Given(name, pair[0], pair[1]))
                offset = pair[0] + step
                continue
            for value in values:
                found.append(Given(name, offset, value))
                offset += step
        return found

    def read_expected(self, table: Table) -> Expected:
        names = [key for key in ("sensor", "object") if table.has(key)]
        scope = table.text(names[0]) if names else ""
        kind = table.choice("kind", _KINDS)
        if len(names) > 1:
            table.wrong("a change is of a sensor or of an object, not of both")
        expected = Expected(
            offset_ms=table.duration("at"),
            scope=scope,
            kind=Kind[kind.upper()],
            after=_level_or_none(table, "to"),
            before=_level_or_none(table, "from") if table.has("from") else None,
        )
        table.finish()
        return expected

    def limits(self, table: Table, sensors: dict[str, str]) -> list[Limit]:
        """One row, or the same row for every sensor when none is named."""
        names = [table.text("sensor")] if table.has("sensor") else list(sensors)
        level = read_level(table, "level")
        value = table.number("value")
        direction = table.choice("direction", ("high", "low"), "high")
        deadband = table.number("deadband", 0.0)
        table.finish()
        return [
            Limit(
                sensor=name,
                level=level,
                value=value,
                direction=direction,  # type: ignore[arg-type]  # checked
                deadband=deadband,
                source="test",
            )
            for name in names
        ]

    def read_group(self, table: Table) -> Group:
        group = Group(
            key=table.text("key"),
            kind=table.text("kind", "object"),
            parent=table.text("parent", "") or None,
        )
        table.finish()
        return group


def _level_or_none(table: Table, key: str) -> Level:
    word = table.choice(key, (*LEVEL_WORDS, "none"), "none")
    return Level.NONE if word == "none" else level_named(word)


def _values(item: Any) -> list[float] | None:
    """The values of one element: a number, or `value*count`."""
    if isinstance(item, int | float) and not isinstance(item, bool):
        return [float(item)]
    match = _REPEATED.fullmatch(item) if isinstance(item, str) else None
    return [float(match[1])] * int(match[2]) if match else None


def _pair(item: Any) -> tuple[int, float] | None:
    match item:
        case [str() as offset, int() | float() as value] if not isinstance(value, bool):
            try:
                return parse_duration(offset), float(value)
            except Malformed:
                return None
    return None


def check_complete(
    tests: tuple[RuleTest, ...], places: dict[str, str], report: Callable[[str, str], None]
) -> None:
    """Reports each rule that lacks a raise, border or quiet test; places: rule key → file:line."""
    have = {(test.rule, test.case) for test in tests}
    for rule, where in places.items():
        missing = [case for case in TEST_CASES if (rule, case) not in have]
        if missing:
            report(where, f"rule {rule} has no {' and no '.join(missing)} test in tests.toml")
