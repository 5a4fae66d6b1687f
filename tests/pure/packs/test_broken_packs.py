"""Every mistake in a pack is named by file, line and reason."""

from pathlib import Path

import pytest

from anlan.packs import PackError, load_pack
from anlan.terms.errors import Malformed
from tests.pure.packs.build import write_pack

MISTAKES = [
    # file, old text, new text, line, part of the reason
    ("pack", 'name = "tiny"', 'name = "big"', 1, "name must be the folder's: 'tiny'"),
    ("pack", 'version = "1"', "version = 1", 2, "version must be a text, not 1"),
    ("pack", 'icon = "drop"', 'icon = "Big Drop!"', 3, "icon must be a name"),
    ("pack", 'icon = "spot"', 'icon = "sport"', 9, "no icon 'sport' in icons.toml"),
    ("icons", "M12 12h.01", 'M1 1z\\"/><script>', 2, "the path of a drawing"),
    ("icons", "M12 12h.01", f"M1 1{'h1' * 400}", 2, "at most 800 characters"),
    ("pack", 'en = "tiny"', 'english = "tiny"', 4, "unknown key 'english'"),
    ("pack", 'about = { zh = "试验", en = "for tests" }', "", 1, "about is missing"),
    ("pack", "sensors = { depth = 1 }", "sensors = { width = 1 }", 10, "no quantity 'width'"),
    ("pack", "sensors = { depth = 1 }", "sensors = { depth = -1 }", 10, "at least 0"),
    ("pack", 'choices = ["a", "b"]', "choices = []", 13, "at least two choices"),
    ("pack", 'table = "grades"', 'table = "nothing"', 14, "no table 'nothing'"),
    ("pack", 'span = "24h"', 'span = "a day"', 19, "not a duration: 'a day'"),
    ("pack", 'span = "24h"', 'span = "24h"\ncolour = 1', 20, "unknown key 'colour'"),
    ("quantities", 'unit = "m"', 'unit = "metre"', 3, "unknown unit 'metre'"),
    ("quantities", "low = 0", "low = 20", 6, "the plausible range is empty"),
    ("quantities", "low = 0", 'low = "none"', 6, "low must be a number"),
    ("quantities", '"confirm"', '"confrim"', 8, "(did you mean 'confirm'?)"),
    ("quantities", "rate_per_h = 2", "", 8, "spike = 'confirm' needs rate_per_h"),
    ("quantities", "rate_per_h = 2", "rate_per_hour = 2", 9, "(did you mean 'rate_per_h'?)"),
    ("quantities", 'interval = "1h"', "", 5, "interval is missing"),
    ("quantities", 'interval = "1h"', 'interval = "0h"', 10, "longer than nothing"),
    ("quantities", 'basis = "a test"', "", 5, "basis is missing"),
    ("quantities", 'unit = "m"', 'unit = "{state}"', 1, "0 is missing"),
    ("quantities", "high = 10", "high = inf", 7, "high must be finite"),
    ("quantities", "high = 10", f"high = 1{'0' * 400}", 7, "high must be finite"),
    ("rules", "threshold = 5", "threshold = nan", 12, "threshold must be finite"),
    ("rules", "[depth.sum.blue]", "[width.sum.blue]", 10, "quantities.toml does not define"),
    ("rules", "[depth.sum.blue]", "[depth.sum.green]", 10, "unknown key 'green'"),
    ("rules", "threshold = 5", "", 10, "level blue has no threshold"),
    ("rules", "threshold = 5", 'threshold = "5"', 12, "threshold must be a number"),
    ("rules", "red = { threshold = 3 }", "red = { threshold = 0.5 }", 5, "not in order"),
    ("rules", "sum(value, 3h)", "sum(value 3h)", 11, "cannot read the expression"),
    ("rules", "sum(value, 3h)", "sum(width, 3h)", 11, "no quantity 'width'"),
    ("rules", "sum(value, 3h)", "sum(depth, 3h)", 11, 'scope = "object"'),
    ("rules", "sum(value, 3h)", "value > 3", 12, "a comparison needs no threshold"),
    ("rules", 'clause = "1"\n', "", 10, "without its clause"),
    ("rules", 'read_in = "the standard itself"\n', "", 10, "needs read_in"),
    ("rules", 'unverified = "a test"\n', "", 3, "needs standard and clause, or unverified"),
    ("rules", "threshold = 5", "threshold = 5\nk = 3\nn = 2", 13, "3 of 2 can never be"),
    ("rules", "threshold = 5", "threshold = 5\nn = 63", 13, "n must be at most 62"),
    ("rules", "threshold = 5", "threshold = 5\ndeadband = -1", 13, "must not be negative"),
    ("rules", "threshold = 5", "threshold = 5\nmin_coverage = 2", 13, "between 0 and 1"),
    ("rules", "threshold = 5", 'threshold = 5\nmode = "both"', 13, "evidence, hold"),
    (
        "rules",
        "threshold = 5",
        'threshold = 5\nseason = { first = "02-30", last = "03-01" }',
        13,
        "must be a day such as 06-01",
    ),
    (
        "rules",
        "threshold = 5",
        'threshold = 5\nseason = { first = "02-01", last = "03-01", offset = "8h" }',
        13,
        "offset must look like +08:00",
    ),
    ("rules", "[depth.level]", '[depth.level]\nscope = "object"', 2, "stands on single sensors"),
    ("rules", "[depth.level]", '[depth.level]\nmeasure = "value > 1"', 2, "a number is needed"),
    ("rules", "[depth.sum]", "[depth.Sum]\n[depth.sum]", 7, "'Sum' is no name"),
    ("promotions", "at_least = 2", "at_least = 0", 4, "at least 1"),
    ("promotions", 'to = "red"', 'to = "purple"', 4, "to must be one of blue"),
    ("promotions", 'unverified = "a test"', "", 1, "the promotion needs standard"),
    ("promotions", "counts = [", 'rules = ["depth.none"]\ncounts = [', 4, "no rule"),
    (
        "promotions",
        'counts = [{ at_least = 2, level = "yellow", to = "red" }]',
        "",
        1,
        "gives no level",
    ),
    ("guidance", 'level = "red"', "", 1, "level is missing"),
    ("guidance", 'en = "go"', 'en = " "', 4, "en is empty"),
    ("tests", 'case = "raise"', 'case = "rise"', 4, "(did you mean 'raise'?)"),
    ("tests", 'rule = "depth.level"', 'rule = "depth.levle"', 3, "no rule 'tiny.depth.levle'"),
    ("tests", "s = [1.5]", 's = ["1.5 x"]', 5, "cannot read '1.5 x'"),
    ("tests", 'to = "yellow" }]', 'to = "yellow", of = 1 }]', 6, "unknown key 'of'"),
    ("tables__grades", '["two", 2.5]', '["two"]', 6, "a row needs 2 cells"),
    ("tables__grades", '["two", 2.5]', '["two", "2.5"]', 6, "'2.5' is no number"),
    ("tables__grades", 'unverified = "a test"', "", 1, "the table needs standard"),
]


def test_the_tiny_pack_is_whole(tmp_path: Path) -> None:
    assert load_pack("tiny", shelf=write_pack(tmp_path)).name == "tiny"


@pytest.mark.parametrize(("stem", "old", "new", "line", "reason"), MISTAKES)
def test_mistakes_are_named(
    tmp_path: Path, stem: str, old: str, new: str, line: int, reason: str
) -> None:
    shelf = write_pack(tmp_path, **{stem: (old, new)})
    with pytest.raises(PackError) as caught:
        load_pack("tiny", shelf=shelf)
    where = f"packs/tiny/{stem.replace('__', '/')}.toml:{line}"
    assert any(p.where == where and reason in p.message for p in caught.value.problems), "\n".join(
        map(str, caught.value.problems)
    )


def test_the_error_itself_says_where_and_why(tmp_path: Path) -> None:
    shelf = write_pack(tmp_path, quantities=('unit = "m"', 'unit = "ell"'))
    with pytest.raises(Malformed) as caught:
        load_pack("tiny", shelf=shelf)
    assert caught.value.where == "packs/tiny/quantities.toml:3"
    assert "unknown unit 'ell'" in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    shelf = write_pack(
        tmp_path,
        quantities=('unit = "m"', 'unit = "ell"'),
        rules=("threshold = 5", "threshold = true"),
        guidance=('zh = "走"\n', ""),
    )
    with pytest.raises(PackError) as caught:
        load_pack("tiny", shelf=shelf)
    files = {problem.where.split(":")[0] for problem in caught.value.problems}
    assert {f"packs/tiny/{name}.toml" for name in ("quantities", "rules", "guidance")} <= files


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = = 2\n", 2),
        ("a = 1\na = 2\n", 2),
        ('a = "x\n', 1),
        (f"a = {'9' * 5000}", 1),
        ("a = " + "[" * 5000, 1),
    ],
    ids=["equals", "twice", "open", "digits", "nested"],
)
def test_broken_toml_is_named_by_line(tmp_path: Path, text: str, line: int) -> None:
    shelf = write_pack(tmp_path)
    (tmp_path / "tiny" / "rules.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack("tiny", shelf=shelf)
    assert caught.value.where == f"packs/tiny/rules.toml:{line}"
    assert "not valid TOML" in caught.value.message


def test_text_in_another_encoding_is_named(tmp_path: Path) -> None:
    shelf = write_pack(tmp_path)
    (tmp_path / "tiny" / "rules.toml").write_bytes('a = "水旱灾害"'.encode("gb18030"))
    with pytest.raises(PackError, match="not UTF-8"):
        load_pack("tiny", shelf=shelf)


def test_missing_and_stray_files_are_named(tmp_path: Path) -> None:
    shelf = write_pack(tmp_path)
    (tmp_path / "tiny" / "guidance.toml").rename(tmp_path / "tiny" / "guidence.toml")
    with pytest.raises(PackError) as caught:
        load_pack("tiny", shelf=shelf)
    said = {problem.where: problem.message for problem in caught.value.problems}
    assert said["packs/tiny/guidance.toml:1"] == "the file is missing"
    assert said["packs/tiny/guidence.toml:1"] == "no such file in a pack"


def test_a_pack_without_drawings_is_right(tmp_path: Path) -> None:
    shelf = write_pack(tmp_path)
    (tmp_path / "tiny" / "icons.toml").unlink()
    assert load_pack("tiny", shelf=shelf).icons == {}


def test_a_rule_without_its_three_tests_is_named(tmp_path: Path) -> None:
    shelf = write_pack(tmp_path)
    (tmp_path / "tiny" / "tests.toml").write_text("", encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_pack("tiny", shelf=shelf)
    assert any(
        p.where == "packs/tiny/rules.toml:7"
        and "tiny.depth.sum has no raise and no border and no quiet test" in p.message
        for p in caught.value.problems
    )


def test_an_unknown_pack_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="no pack 'huge'; there are tiny"):
        load_pack("huge", shelf=write_pack(tmp_path))
