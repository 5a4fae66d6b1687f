"""What a pack says of official warnings that come in, and what becomes of limits by it."""

from pathlib import Path
from typing import Any

import pytest

from anlan.packs import Lower, PackError, load_pack, load_packs
from anlan.packs.warning.lowering import Span, lay
from anlan.terms.levels import Level
from anlan.terms.response import ResponseLevel
from anlan.terms.sensors import Limit
from tests.pure.packs.build import write_pack

WHOLE = """\
[storm]
codes = ["11B03"]
[storm.red]
automatic = true
response = "II"
reason = { zh = "因", en = "since" }
unverified = "a test"
[storm.red.lower.depth]
factor = 0.8
levels = ["orange"]
"""


def _load(folder: Path, text: str) -> Any:
    shelf = write_pack(folder)
    (folder / "tiny" / "incoming.toml").write_text(text, encoding="utf-8")
    return load_pack("tiny", shelf=shelf)


def test_a_pack_says_what_a_warning_bears_upon(tmp_path: Path) -> None:
    (one,) = _load(tmp_path, WHOLE).bearings
    assert (one.codes, one.level, one.is_automatic) == (("11B03",), Level.RED, True)
    assert one.lower == (Lower(quantity="depth", factor=0.8, levels=(Level.ORANGE,)),)
    assert one.response is ResponseLevel.II
    ours = [bearing for pack in load_packs().values() for bearing in pack.bearings]
    assert ours
    assert not any(bearing.is_automatic for bearing in ours)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('"11B03"', '"99Z99"', 2, "no code of the national table"),
        ('["11B03"]', "[]", 2, "which events?"),
        ("[storm.red]", "[storm.pink]", 3, "'pink' is no level"),
        ('"II"', '"V"', 5, "response must be one of"),
        ('reason = { zh = "因", en = "since" }', "", 3, "reason is missing"),
        ('unverified = "a test"', "", 3, "needs standard and clause"),
        ("lower.depth", "lower.width", 8, "no quantity 'width'"),
        ("0.8", "1.2", 9, "between 0 and 1"),
        ("factor = 0.8", "grade = 4", 9, "at most 3"),
        ("factor = 0.8", "by = 0", 9, "above 0"),
        ("factor = 0.8", "factor = 0.8\nby = 1", 8, "one of factor, by and grade"),
        ('"orange"', '"grey"', 10, "'grey' is no level"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    assert old in WHOLE
    with pytest.raises(PackError) as caught:
        _load(tmp_path, WHOLE.replace(old, new, 1))
    told = [str(problem) for problem in caught.value.problems]
    assert any(f"incoming.toml:{line}:" in one and reason in one for one in told), told


def test_a_city_lays_its_own_figures_over(tmp_path: Path) -> None:
    city = tmp_path / "flood"
    city.mkdir()
    (city / "incoming.toml").write_text(
        'source = "city plan 3"\napprover = "city office"\n'
        "[rainstorm.red.lower.water_level]\nby = 0.8\n"
        "[rainstorm.blue.lower.water_level]\nby = 0.1\n"
    )
    found = {one.level: one for one in load_pack("flood", tmp_path).bearings
             if one.name == "rainstorm"}  # fmt: skip
    assert next(x.by for x in found[Level.RED].lower if x.quantity == "water_level") == 0.8
    assert [(x.quantity, x.by) for x in found[Level.BLUE].lower] == [("water_level", 0.1)]


def _limit(level: Level, value: float, **more: Any) -> Limit:
    return Limit(sensor="s", level=level, value=value, source="plan", **more)


def _span(since: int, until: int, source: str = "lowered:a", **how: Any) -> Span:
    return Span(lower=Lower(quantity="q", **how), since=since, until=until, source=source)


BASE = [_limit(Level.YELLOW, 2.0), _limit(Level.ORANGE, 3.0), _limit(Level.RED, 4.0)]


@pytest.mark.parametrize(
    ("how", "values"),
    [
        ({"factor": 0.5}, [1.0, 1.5, 2.0]),
        ({"by": 0.25}, [1.75, 2.75, 3.75]),
        ({"by": 0.25, "levels": (Level.RED,)}, [3.75]),
        ({"grade": 1}, [2.0, 3.0]),
        ({"grade": 3}, [2.0, 2.0]),
    ],
)
def test_limits_are_lowered_as_the_pack_says(how: Any, values: list[float]) -> None:
    found = lay(BASE, [_span(10, 20, **how)])
    assert sorted(one.value for one in found) == values
    assert {(one.valid_from, one.valid_to, one.source) for one in found} == {(10, 20, "lowered:a")}


def test_a_limit_that_is_reached_from_above_rises_towards_it() -> None:
    low = [_limit(Level.RED, 2.0, direction="low"), _limit(Level.ORANGE, -2.0, direction="low")]
    assert sorted(x.value for x in lay(low, [_span(1, 2, factor=0.9)])) == [-1.8, 2.2]


def test_the_row_that_is_reached_first_holds_and_ends_with_its_own_warning() -> None:
    base = [_limit(Level.RED, 4.0, valid_to=15), _limit(Level.RED, 6.0, valid_from=15)]
    spans = [_span(10, 30, by=1.0), _span(12, 20, "lowered:b", by=2.0)]
    found = [(x.valid_from, x.valid_to, x.value, x.source[-1]) for x in lay(base, spans)]
    assert sorted(found) == [
        (10, 12, 3.0, "a"), (12, 15, 2.0, "b"), (15, 20, 4.0, "b"), (20, 30, 5.0, "a")
    ]  # fmt: skip
