"""Reads rules.toml: graded rules, their thresholds and where those come from."""

from dataclasses import dataclass, replace

from anlan.engine.expression import Expression, parse
from anlan.engine.rules import MOST_REMEMBERED, LevelRule, Rule, Season
from anlan.packs.model import QuantitySpec, RuleNote, Source, Words
from anlan.packs.quantities import read_unit
from anlan.packs.source.document import Document, Table
from anlan.packs.source.fields import LEVEL_WORDS, read_source, read_words
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level, level_named

GRADED = "level"
"""The name of the rule that takes the limits of each sensor."""


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule with its note, and the place it was read at.

    is_enabled: False when it is switched off; then it may still be spoken of.
    """

    rule: Rule
    note: RuleNote
    where: str
    is_overlaid: bool
    is_enabled: bool


def read_rules(
    document: Document, pack: str, quantities: dict[str, QuantitySpec]
) -> list[ReadRule]:
    """All rules; every quantity gets its graded rule, written or not."""
    root = document.root
    by_quantity = root.named_tables()
    root.finish()
    for quantity, table in by_quantity.items():
        if quantity not in quantities:
            table.wrong(f"rules for {quantity!r}, which quantities.toml does not define")
    found: list[ReadRule] = []
    for quantity, spec in quantities.items():
        table = by_quantity.get(quantity, Table(document, (quantity,), {}))
        named = table.named_tables()
        table.finish()
        named.setdefault(GRADED, Table(document, (quantity, GRADED), {}))
        reader = _Reader(pack, spec, quantities)
        found += [reader.read_rule(name, named[name]) for name in sorted(named)]
    return found


class _Reader:
    """Reads the rules of one quantity."""

    def __init__(self, pack: str, spec: QuantitySpec, quantities: dict[str, QuantitySpec]) -> None:
        self.pack = pack
        self.spec = spec
        self.quantities = quantities

    def read_rule(self, name: str, table: Table) -> ReadRule:
        is_graded = name == GRADED
        title = read_words(table, required=bool(table.data) and not is_graded)
        enabled = table.flag("enabled", default=True)
        scope = table.choice("scope", ("sensor", "object"), "sensor")
        if is_graded and scope != "sensor":
            table.wrong("the rule named level stands on single sensors", "scope")
        levels, note = self.read_levels(table, takes_limits=is_graded, scope=scope)
        rule = Rule(
            key=f"{self.pack}.{self.spec.name}.{name}",
            quantity=self.spec.name,
            levels=levels,
            scope=scope,  # type: ignore[arg-type]  # checked: sensor or object
            takes_limits=is_graded,
            version=table.text("version", "1"),
            unit=read_unit(table, "unit", self.spec.unit).code,
            max_age_ms=table.duration("max_age", None),
            verified=all(source.is_verified for source in note.sources.values()),
        )
        table.finish()
        self.check_order(table, rule)
        if is_graded and not enabled:  # it stays for the limits of each sensor
            rule = replace(rule, levels=tuple(replace(r, threshold=None) for r in rule.levels))
        return ReadRule(
            rule=rule,
            note=replace(note, title=title),
            where=table.place,
            is_overlaid=any(
                path[: len(table.path)] == table.path for path in table.document.stamps
            ),
            is_enabled=enabled or is_graded,
        )

    def read_levels(
        self, table: Table, *, takes_limits: bool, scope: str
    ) -> tuple[tuple[LevelRule, ...], RuleNote]:
        rules: list[LevelRule] = []
        sources: dict[Level, Source] = {}
        marks: dict[Level, Words] = {}
        for word in LEVEL_WORDS:
            if not table.has(word) and not takes_limits:
                table.asked.add(word)
                continue
            level = level_named(word)
            own = table.table(word)
            rule = self.read_level(own, table, level=level, takes_limits=takes_limits, scope=scope)
            needs = rule.threshold is not None or not takes_limits
            source = read_source(own, around=table, what=f"level {word}" if needs else "")
            if needs:
                sources[level] = source
            if own.has("mark"):
                marks[level] = read_words(own, "mark")
            own.finish()
            rules.append(replace(rule, source=source.text if needs else ""))
        if not rules:
            table.wrong("the rule has no level: blue, yellow, orange or red")
        return tuple(rules), RuleNote(title=Words("", ""), sources=sources, marks=marks)

    def read_level(
        self, own: Table, around: Table, *, level: Level, takes_limits: bool, scope: str
    ) -> LevelRule:
        rule = read_condition(own, around, level=level)
        holder = own if own.has("measure") else around
        expression = self.read_measure(holder, rule.measure, scope=scope)
        if expression is None:
            return rule
        if expression.is_boolean and takes_limits:
            holder.wrong("the rule named level compares with limits: a number is needed", "measure")
        elif expression.is_boolean and rule.threshold is not None:
            own.wrong("a comparison needs no threshold", "threshold")
        elif not expression.is_boolean and rule.threshold is None and not takes_limits:
            own.wrong(f"level {level.word} has no threshold")
        return rule

    def read_measure(self, holder: Table, text: str, *, scope: str) -> Expression | None:
        try:
            expression = parse(text)
        except Malformed as error:
            holder.wrong(error.message, "measure")
            return None
        for name in expression.inputs:
            if name == "value":
                continue
            if name not in self.quantities:
                holder.wrong(f"no quantity {name!r} for the expression {text!r}", "measure")
            elif scope == "sensor":
                holder.wrong(
                    f'{name!r} in {text!r}: write value for the sensor itself, or scope = "object"',
                    "measure",
                )
        return expression

    def check_order(self, table: Table, rule: Rule) -> None:
        """Thresholds of one measure must not fall behind a lower level's."""
        below: dict[tuple[str, str], tuple[LevelRule, float]] = {}
        for high in rule.levels:
            if high.threshold is None:
                continue
            low, least = below.get((high.measure, high.direction), (high, high.threshold))
            below[high.measure, high.direction] = (high, high.threshold)
            step = high.threshold - least
            if (step if high.direction == "high" else -step) < 0:
                word = high.level.word or ""
                at = Table(table.document, (*table.path, word), table.data.get(word, {}))
                at.wrong(
                    f"thresholds are not in order: {word} {high.threshold:g} "
                    f"after {low.level.word} {least:g}",
                    "threshold",
                )


def read_condition(own: Table, around: Table, *, level: Level) -> LevelRule:
    """One level's condition; what the level does not say the rule says for all levels."""

    def side(key: str) -> Table:
        own.asked.add(key)
        around.asked.add(key)
        return own if own.has(key) else around

    k = side("k").whole("k", 1, least=1)
    n = side("n").whole("n", 1, least=1)
    if n > MOST_REMEMBERED:
        side("n").wrong(f"n must be at most {MOST_REMEMBERED}", "n")
    if k > n:
        side("k").wrong(f"k of n: {k} of {n} can never be", "k")
    return LevelRule(
        level=level,
        measure=side("measure").text("measure", "value"),
        threshold=own.number("threshold", None),
        direction=side("direction").choice("direction", ("high", "low"), "high"),  # type: ignore[arg-type]  # checked
        deadband=_not_negative(side("deadband"), "deadband", 0.0),
        on_delay_ms=side("on_delay").duration("on_delay", 0),
        off_delay_ms=side("off_delay").duration("off_delay", 0),
        min_hold_ms=side("min_hold").duration("min_hold", 0),
        mode=side("mode").choice("mode", ("evidence", "hold"), "evidence"),  # type: ignore[arg-type]  # checked
        k=k,
        n=n,
        min_coverage=_share(side("min_coverage"), "min_coverage", 0.8),
        lower_bound=side("lower_bound").flag("lower_bound", default=True),
        season=_read_season(side("season")),
    )


def _not_negative(table: Table, key: str, default: float) -> float:
    value = table.number(key, default)
    if value < 0:
        table.wrong(f"{key} must not be negative", key)
    return float(value)


def _share(table: Table, key: str, default: float) -> float:
    value = table.number(key, default)
    if not 0 <= value <= 1:
        table.wrong(f"{key} must lie between 0 and 1", key)
    return float(value)


def _read_season(table: Table) -> Season | None:
    if not table.has("season"):
        return None
    season = table.table("season")
    first, last = _read_day(season, "first"), _read_day(season, "last")
    offset = season.text("offset", "+08:00")
    season.finish()
    minutes = _offset_minutes(offset)
    if minutes is None:
        season.wrong(f"offset must look like +08:00, not {offset!r}", "offset")
    return Season(first=first, last=last, offset_min=minutes or 0)


def _read_day(table: Table, key: str) -> tuple[int, int]:
    text = table.text(key)
    days = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    parts = text.split("-")
    if len(parts) == 2 and all(part.isdecimal() and len(part) == 2 for part in parts):
        month, day = int(parts[0]), int(parts[1])
        if 1 <= month <= 12 and 1 <= day <= days[month - 1]:
            return month, day
    if text:
        table.wrong(f"{key} must be a day such as 06-01, not {text!r}", key)
    return 1, 1


def _offset_minutes(text: str) -> int | None:
    sign, hours, minutes = text[:1], text[1:3], text[4:]
    if sign not in "+-" or text[3:4] != ":" or not (hours + minutes).isdecimal() or len(text) != 6:
        return None
    total = int(hours) * 60 + int(minutes)
    return total if sign == "+" else -total
