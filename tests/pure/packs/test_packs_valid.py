"""The packs that come with anlan: whole, sourced, tested, and named as promised."""

import re

import pytest

from anlan.engine.expression import parse
from anlan.packs import Pack, load_pack, load_packs, own_shelf
from anlan.packs.rehearsal import rehearse
from anlan.packs.units import UNITS
from anlan.terms.levels import RAISED_LEVELS

NAMES = [
    "bridge", "chemical", "co", "elevator", "fire_host", "fireworks", "flood", "gas_station",
    "geohazard", "mine", "outlet", "pipe", "tailings", "tunnel", "vehicle", "wind",
]  # fmt: skip


@pytest.fixture(scope="module")
def packs() -> dict[str, Pack]:
    return load_packs()


def test_the_promised_packs_are_there() -> None:
    assert set(NAMES) <= set(own_shelf().names)


@pytest.mark.parametrize("name", NAMES)
def test_rule_tests_pass(name: str) -> None:
    failed = [verdict for verdict in rehearse(load_pack(name)) if not verdict.is_passed]
    assert not failed, "\n".join(f"{v.test.where} {v.expected} {v.got} {v.error}" for v in failed)


@pytest.mark.parametrize("name", NAMES)
def test_every_quantity_has_its_graded_rule(packs: dict[str, Pack], name: str) -> None:
    pack = packs[name]
    rules = {rule.key: rule for rule in pack.rule_set.rules}
    for quantity in pack.quantities:
        rule = rules[f"{name}.{quantity}.level"]
        assert rule.takes_limits
        assert rule.scope == "sensor"
        assert tuple(level.level for level in rule.levels) == RAISED_LEVELS
        assert quantity in pack.rule_set.gates


@pytest.mark.parametrize("name", NAMES)
def test_every_threshold_has_a_source(packs: dict[str, Pack], name: str) -> None:
    pack = packs[name]
    for rule in pack.rule_set.rules:
        for level in rule.levels:
            if level.threshold is None and not parse(level.measure).is_boolean:
                continue
            source = pack.notes[rule.key].sources[level.level]
            assert source.unverified or (source.standard and source.clause and source.read_in)
            assert level.source == source.text
    for promotion in pack.rule_set.promotions:
        assert promotion.source


@pytest.mark.parametrize("name", NAMES)
def test_what_is_to_be_checked_is_said_in_both_languages(packs: dict[str, Pack], name: str) -> None:
    pack = packs[name]
    sources = [s for note in pack.notes.values() for s in note.sources.values()]
    sources += [line.source for line in pack.guidance]
    for told in filter(None, (source.unverified for source in sources)):
        assert re.search("[\u4e00-\u9fff]{2}", told.zh)
        assert not re.match("[\u4e00-\u9fff]", told.en)


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_a_raise_a_border_and_a_quiet_test(
    packs: dict[str, Pack], name: str
) -> None:
    pack = packs[name]
    have = {(test.rule, test.case) for test in pack.rule_tests}
    keys = [rule.key for rule in pack.rule_set.rules]
    keys += [promotion.key for promotion in pack.rule_set.promotions]
    assert have == {(key, case) for key in keys for case in ("raise", "border", "quiet")}


@pytest.mark.parametrize("name", NAMES)
def test_units_are_known_and_keys_are_as_promised(packs: dict[str, Pack], name: str) -> None:
    pack = packs[name]
    for spec in pack.quantities.values():
        assert spec.display is UNITS[spec.unit]
    for rule in pack.rule_set.rules:
        assert re.fullmatch(rf"{name}\.[a-z0-9_]+\.[a-z0-9_]+", rule.key)
        assert rule.unit in UNITS


@pytest.mark.parametrize("name", NAMES)
def test_what_to_do_is_said_at_every_level_in_both_languages(
    packs: dict[str, Pack], name: str
) -> None:
    pack = packs[name]
    assert {line.level for line in pack.guidance} == set(RAISED_LEVELS)
    assert all(line.text.zh and line.text.en and line.source.text for line in pack.guidance)
    named = {pack.icon, *(kind.icon for kind in pack.object_types.values())}
    assert named == set(pack.icons)  # each is drawn, and nothing else is
    assert pack.charts
    assert all(kind.sensors for kind in pack.object_types.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_quantity_belongs_to_an_object_and_a_rule_note(
    packs: dict[str, Pack], name: str
) -> None:
    pack = packs[name]
    expected = {q for kind in pack.object_types.values() for q in kind.sensors}
    assert set(pack.quantities) <= expected


def test_flood_defaults_are_the_promised_ones(packs: dict[str, Pack]) -> None:
    flood = packs["flood"]
    level = flood.quantities["water_level"]
    assert level.unit == "m"
    assert (level.gate.spike, level.gate.rate_per_h) == ("confirm", 2)
    assert level.gate.interval_ms == 3_600_000
    rain = flood.quantities["rain"]
    assert rain.unit == "mm"
    assert rain.gate.low == 0
    assert rain.gate.high < 741878091
    rule = next(r for r in flood.rule_set.rules if r.key == "flood.water_level.level")
    assert all(r.on_delay_ms == 0 and r.threshold is None for r in rule.levels)


def test_what_is_unverified_says_so(packs: dict[str, Pack]) -> None:
    promotions = packs["tailings"].rule_set.promotions
    assert [p.verified for p in promotions] == [False, False]
    line = next(r for r in packs["geohazard"].rule_set.rules if r.key.endswith("usgs_line"))
    assert line.verified
