"""A city's overlay changes thresholds by key, says who answers for them, and nothing else."""

from pathlib import Path

import pytest

from anlan.packs import Pack, PackError, Shelf, load_pack, load_packs
from anlan.packs.rehearsal import rehearse
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level
from tests.pure.packs.build import write_pack

ANSWERS = 'source = "city plan 3"\napprover = "flood office"\n'


def overlay(folder: Path, **files: str) -> tuple[Shelf, Path]:
    return write_pack(folder / "packs"), lain(folder, **files)


def lain(folder: Path, **files: str) -> Path:
    city = folder / "city" / "tiny"
    city.mkdir(parents=True)
    for stem, text in files.items():
        (city / f"{stem}.toml").write_text(text, encoding="utf-8")
    return city.parent


def load(folder: Path, **files: str) -> Pack:
    shelf, city = overlay(folder, **files)
    return load_pack("tiny", city, shelf=shelf)


def refused(folder: Path, **files: str) -> list[str]:
    with pytest.raises(PackError) as caught:
        load(folder, **files)
    return [str(problem) for problem in caught.value.problems]


def test_a_threshold_is_changed_by_key(tmp_path: Path) -> None:
    pack = load(tmp_path, rules=f"[depth.level]\n{ANSWERS}[depth.level.yellow]\nthreshold = 0.5\n")
    rule = next(rule for rule in pack.rule_set.rules if rule.key == "tiny.depth.level")
    thresholds = {r.level: r.threshold for r in rule.levels if r.threshold is not None}
    assert thresholds == {Level.YELLOW: 0.5, Level.RED: 3}
    yellow = next(r for r in rule.levels if r.level is Level.YELLOW)
    assert yellow.source == "city plan 3, approved by flood office"
    assert rule.version == "1+city"
    (change,) = pack.overrides
    assert (change.key, change.before, change.after) == (
        "rules.depth.level.yellow.threshold",
        1,
        0.5,
    )
    assert change.where == f"{tmp_path}/city/tiny/rules.toml:5"
    assert (change.source, change.approver) == ("city plan 3", "flood office")


def test_the_pack_itself_stays_as_it_is(tmp_path: Path) -> None:
    shelf, city = overlay(
        tmp_path, rules=f"[depth.level]\n{ANSWERS}[depth.level.yellow]\nthreshold = 0.5\n"
    )
    load_pack("tiny", city, shelf=shelf)
    plain = load_pack("tiny", shelf=shelf)
    assert plain.overrides == ()
    assert all(rule.version == "1" for rule in plain.rule_set.rules)


def test_a_level_a_rule_and_its_tests_are_added(tmp_path: Path) -> None:
    pack = load(
        tmp_path,
        rules=f"""{ANSWERS}
[depth.level.blue]
threshold = 0.2
[depth.mean]
title = {{ zh = "均", en = "mean" }}
[depth.mean.orange]
measure = "mean(value, 2h)"
threshold = 4
""",
        tests="""
[[test]]
rule = "depth.mean"
case = "raise"
readings = { s = [5, 5, 5] }
expect = [{ at = "1h", kind = "raised", to = "orange" }]
[[test]]
rule = "depth.level"
case = "raise"
readings = { s = [0.3] }
expect = [{ at = "0h", kind = "raised", to = "blue" }]
""",
    )
    assert {test.rule for test in pack.rule_tests} >= {"tiny.depth.mean", "tiny.depth.level"}
    assert all(verdict.is_passed for verdict in rehearse(pack))
    own = [test for test in pack.rule_tests if test.where.startswith(str(tmp_path / "city"))]
    assert len(own) == 2


def test_a_rule_is_switched_off(tmp_path: Path) -> None:
    pack = load(tmp_path, rules=f"[depth.sum]\n{ANSWERS}enabled = false\n", tests="")
    assert {rule.key for rule in pack.rule_set.rules} == {"tiny.depth.level"}


def test_gates_and_guidance_may_change(tmp_path: Path) -> None:
    pack = load(
        tmp_path,
        quantities=f"[depth.gate]\n{ANSWERS}rate_per_h = 9\n",
        guidance='[[line]]\nlevel = "blue"\nzh = "看"\nen = "look"\nunverified = "a test"\n',
    )
    assert pack.quantities["depth"].gate.rate_per_h == 9
    assert [line.text.en for line in pack.guidance] == ["go", "look"]


@pytest.mark.parametrize(("low", "high"), [(0, 12), (0, 100_000), (1, 2)])
def test_states_without_a_name_in_a_citys_range_are_told_as_numbers(
    tmp_path: Path, low: int, high: int
) -> None:
    names = "".join(f'{n} = {{ zh = "态{n}", en = "state {n}" }}\n' for n in range(11))
    states = ('basis = "a test"\n', f'basis = "a test"\n[depth.states]\n{names}')
    shelf = write_pack(tmp_path / "packs", quantities=('unit = "m"', 'unit = "{state}"'))
    file = tmp_path / "packs/tiny/quantities.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(*states), encoding="utf-8")
    gate = f"[depth.gate]\n{ANSWERS}low = {low}\nhigh = {high}\n"
    pack = load_pack("tiny", lain(tmp_path, quantities=gate), shelf=shelf)
    depth = pack.quantities["depth"]
    assert (depth.gate.low, depth.gate.high) == (low, high)
    assert {n: words.en for n, words in depth.states.items()} == {
        n: f"state {n}" for n in range(11)
    }


@pytest.mark.parametrize(
    ("files", "place", "reason"),
    [
        (
            {"rules": "[depth.level.yellow]\nthreshold = 0.5\n"},
            "rules.toml:2",
            "needs source and approver",
        ),
        (
            {"rules": '[depth.level.yellow]\nsource = "x"\nthreshold = 0.5\n'},
            "rules.toml:1",
            "needs approver",
        ),
        (
            {"rules": f'[depth.sum.blue]\n{ANSWERS}measure = "value"\n'},
            "rules.toml:4",
            "an overlay may not change this",
        ),
        (
            {"rules": f'[depth.sum.blue]\n{ANSWERS}threshold = "low"\n'},
            "rules.toml:4",
            "threshold must be a number",
        ),
        (
            {"rules": f"[depth.level.yellow]\n{ANSWERS}threshold = 7\n"},
            "",
            "thresholds are not in order",
        ),
        (
            {"rules": f"[depth.level.yellow]\n{ANSWERS}thresold = 7\n"},
            "rules.toml:4",
            "the pack has no such key",
        ),
        ({"rules": f"[width.level.red]\n{ANSWERS}threshold = 7\n"}, "rules.toml:1", "no such key"),
        (
            {"quantities": f'[depth]\n{ANSWERS}unit = "cm"\n'},
            "quantities.toml:4",
            "may not change this",
        ),
        ({"pack": f'{ANSWERS}name = "other"\n'}, "pack.toml:3", "may not change this"),
        ({"stray": "a = 1\n"}, "stray.toml:1", "no such file in a pack"),
        ({"rules": "a = = 1\n"}, "rules.toml:1", "not valid TOML"),
    ],
)
def test_what_an_overlay_may_not_do(
    tmp_path: Path, files: dict[str, str], place: str, reason: str
) -> None:
    said = refused(tmp_path, **files)
    assert any(
        (f"{tmp_path}/city/tiny/{place}" in problem or not place) and reason in problem
        for problem in said
    ), said


def test_an_overlay_of_an_unknown_pack_is_refused(tmp_path: Path) -> None:
    shelf, city = overlay(tmp_path)
    (city / "tinny").mkdir()
    with pytest.raises(Malformed, match="no pack 'tinny' to overlay"):
        load_packs(city, shelf=shelf)


def test_an_overlay_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="no such folder"):
        load_packs(tmp_path / "none", shelf=write_pack(tmp_path))
