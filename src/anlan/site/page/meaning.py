"""What keys mean to a person: names, units, titles and the plain words of an alarm."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from anlan.engine.plan import quantity_in
from anlan.engine.rules import Rule
from anlan.packs import Pack, QuantitySpec
from anlan.packs import Words as Title
from anlan.packs.units import unit_of
from anlan.sandtable import Basin
from anlan.site.page.board import Board, Standing
from anlan.site.page.words import Words
from anlan.terms.changes import Change, Kind
from anlan.terms.levels import Level
from anlan.terms.sensors import Sensor

_DECIMALS = {"m": 2, "MPa": 3, "deg": 2, "[ppm]": 0, "mm/d": 0}
"""Decimal places by UCUM unit; one where it is not named."""

_UPWARDS = (Kind.RAISED, Kind.RISEN)
_HIGH = "{measured} {value}, above {name} {limit}"
_LOW = "{measured} {value}, below {name} {limit}"
_AT = "{measured} {value}, at {name} {limit}"
_LEAVING = "{measured} {value}, not yet clear of {name} {limit}"


@dataclass(frozen=True)
class Meaning:
    """Names and words of one site. basin: the fictional one, where it is shown."""

    packs: Mapping[str, Pack]
    basin: Basin | None

    def spec(self, sensor: Sensor) -> tuple[str, QuantitySpec] | None:
        """The pack and the quantity of a sensor."""
        for name, pack in self.packs.items():
            quantity = quantity_in(name, sensor.quantity)
            if quantity and quantity in pack.quantities:
                return name, pack.quantities[quantity]
        return None

    def rule(self, key: str) -> Rule | None:
        pack = self.packs.get(key.partition(".")[0])
        rules = pack.rule_set.rules if pack else ()
        return next((rule for rule in rules if rule.key == key), None)

    def is_measured(self, key: str) -> bool:
        """Whether a rule judges something else than the newest value: a sum, a rate."""
        rule = self.rule(key)
        return rule is not None and any(level.measure != "value" for level in rule.levels)

    def rule_title(self, key: str, words: Words) -> str:
        """The name of a rule or promotion."""
        pack = self.packs.get(key.partition(".")[0])
        note = pack.notes.get(key) if pack else None
        return words.pick(note.title.zh, note.title.en) if note else key

    def mark(self, key: str, level: Level) -> Title | None:
        """What reaching a level of a rule is called."""
        pack = self.packs.get(key.partition(".")[0])
        note = pack.notes.get(key) if pack else None
        return note.marks.get(level) if note else None

    def pack_title(self, name: str, words: Words) -> str:
        pack = self.packs.get(name)
        return words.pick(pack.title.zh, pack.title.en.partition(":")[0]) if pack else name

    def place_name(self, board: Board, key: str, words: Words) -> str:
        """The name of an object or group."""
        place = self.basin.places.get(key) if self.basin else None
        if place is not None:
            return words.pick(place.zh, place.en)
        group = board.groups.get(key)
        return (group.name if group else "") or key

    def measured(self, sensor: Sensor, words: Words) -> str:
        """What a sensor measures, in a word or two."""
        instrument = self.basin.instruments.get(sensor.key) if self.basin else None
        if instrument is not None:
            return words.pick(instrument.zh, instrument.en)
        spec = self.spec(sensor)
        return words.pick(spec[1].title.zh, spec[1].title.en) if spec else sensor.quantity

    def unit(self, sensor: Sensor) -> str:
        """UCUM code of what a sensor measures."""
        spec = self.spec(sensor)
        return spec[1].unit if spec else ""


def sign_of(unit: str) -> str:
    """A unit the way a person writes it."""
    known = unit_of(unit)
    return known.en if known else unit


def shown(value: float | None, unit: str) -> str:
    """A number with its unit, the way a person writes it; a dash for none."""
    if value is None or math.isnan(value):
        return "—"
    sign = sign_of(unit)
    number = f"{value:,.{_DECIMALS.get(unit, 1)}f}".replace(",", "\u2009").replace("-", "−")
    return f"{number}\u00a0{sign}" if sign else number


def source_words(source: str, words: Words) -> str:
    """The document of a limit; an overlay names who approved it as well."""
    document, approved, by = source.partition(", approved by ")
    return words("{document}, approved by {by}", document=document, by=by) if approved else source


def level_word(level: Level, words: Words) -> str:
    return words(("normal", "blue", "yellow", "orange", "red")[level])


def plainly(standing: Standing, board: Board, meaning: Meaning, *, words: Words) -> str:
    """Why an alarm stands, in plain words without its duration."""
    change = standing.told.change
    if change.sensor is None:
        return _grouped(change, meaning, words)
    sensor = board.sensors[board.handle[change.sensor]]
    if meaning.is_measured(change.rule):
        return _measured(change, sensor, meaning, words=words)
    return _compared(change, sensor, (board, meaning), words=words)


def _grouped(change: Change, meaning: Meaning, words: Words) -> str:
    title = meaning.rule_title(change.rule, words)
    return words("Raised by its members, after the rule: {title}", title=title)


def _measured(change: Change, sensor: Sensor, meaning: Meaning, *, words: Words) -> str:
    """For sums and rates: the rule's own mark, and the value that reached it."""
    evidence = change.evidence
    mark = meaning.mark(change.rule, change.after)
    measured = _capital(meaning.measured(sensor, words))
    name = words.pick(mark.zh, mark.en) if mark else meaning.rule_title(change.rule, words)
    if change.kind not in _UPWARDS:
        return words("{measured}: still at {name}", measured=measured, name=name)
    value, limit = shown(evidence.value, evidence.unit), shown(evidence.limit, evidence.unit)
    if mark:
        return words(
            "{measured} {value}, reached {name}", measured=measured, value=value, name=name
        )
    return words("{name} {value}, limit {limit}", name=_capital(name), value=value, limit=limit)


def _compared(change: Change, sensor: Sensor, at: tuple[Board, Meaning], *, words: Words) -> str:
    """For a value against the limit of the level that stands: both, as they are now."""
    board, meaning = at
    latest = board.latest.get(board.handle[sensor.key])
    known = latest is not None and not math.isnan(latest.value)
    value = latest.value if known and latest is not None else change.evidence.value
    is_low = any(limit.direction == "low" for limit in board.limits.get(sensor.key, ()))
    limit = _limit_of(change, board, meaning)
    mark = meaning.mark(change.rule, change.after)
    message = _LOW if is_low else _HIGH
    if value is not None and limit is not None and (value > limit if is_low else value < limit):
        message = _LEAVING
    figures = shown(value, change.evidence.unit), shown(limit, change.evidence.unit)
    if figures[0] == figures[1]:
        message = _AT
    return words(
        message,
        measured=_capital(meaning.measured(sensor, words)),
        value=figures[0],
        name=words.pick(mark.zh, mark.en) if mark else words("the limit"),
        limit=figures[1],
    )


def _limit_of(change: Change, board: Board, meaning: Meaning) -> float | None:
    """The limit of the level that stands; a change downwards tells that of the level it left."""
    if change.kind in _UPWARDS:
        return change.evidence.limit
    own = [one for one in board.limits.get(change.sensor or "", ()) if one.level == change.after]
    in_force = [one for one in own if one.valid_from <= change.at < one.valid_to]
    if in_force:
        return in_force[-1].value
    rule = meaning.rule(change.rule)
    levels = rule.levels if rule else ()
    return next((one.threshold for one in levels if one.level == change.after), None)


def _capital(text: str) -> str:
    """The same with a capital first letter, where letters have one."""
    return text[:1].upper() + text[1:]
