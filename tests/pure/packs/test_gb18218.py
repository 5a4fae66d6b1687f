"""S, R and grade: cases worked by hand from the formula, and every boundary."""

from fractions import Fraction
from pathlib import Path

import pytest

from anlan.hazard.gb18218 import Stock, Tables, assess
from anlan.packs import PackError, load_pack
from anlan.packs.stock import grade_site, read_site, tables_of
from anlan.terms.errors import Malformed, OutOfRange


@pytest.fixture(scope="module")
def tables() -> Tables:
    return tables_of(load_pack("chemical"))


def stock(tonnes: str, substance: str = "", category: str = "", cas: str = "") -> Stock:
    return Stock(tonnes=Fraction(tonnes), substance=substance, category=category, cas=cas)


WORKED = [
    # stocks, persons, S, R, grade
    ([stock("40", "氨")], 60, "4", "12", 3),
    ([stock("50", "氯")], 120, "10", "80", 2),
    ([stock("3", "光气")], 30, "10", "240", 1),
    ([stock("400", "汽油"), stock("1000", "甲醇")], 0, "4", "2", 4),
    ([stock("49", "天然气")], 10, "0.98", "1.47", None),
    ([stock("250", "氨")], 10, "25", "50", 2),
    ([stock("50", "氨")], 10, "5", "10", 3),
]


@pytest.mark.parametrize(("stocks", "persons", "s", "r", "grade"), WORKED)
def test_worked_cases(
    tables: Tables, stocks: list[Stock], persons: int, s: str, r: str, grade: int | None
) -> None:
    found = assess(stocks, persons, tables)
    assert (found.s, found.r, found.grade) == (Fraction(s), Fraction(r), grade)
    assert found.is_major_hazard == (grade is not None)


@pytest.mark.parametrize(
    ("persons", "alpha"),
    [
        (0, "0.5"),
        (1, "1"),
        (29, "1"),
        (30, "1.2"),
        (49, "1.2"),
        (50, "1.5"),
        (99, "1.5"),
        (100, "2"),
        (10_000, "2"),
    ],
)
def test_people_within_500_m(tables: Tables, persons: int, alpha: str) -> None:
    assert assess([stock("10", "氨")], persons, tables).alpha == Fraction(alpha)


@pytest.mark.parametrize(
    ("tonnes", "grade"),
    [("49.999", 4), ("50", 3), ("249.999", 3), ("250", 2), ("499.999", 2), ("500", 1)],
)
def test_grades_change_exactly_at_10_50_100(tables: Tables, tonnes: str, grade: int) -> None:
    assert assess([stock(tonnes, "氨")], 1, tables).grade == grade


def test_tenths_that_make_one_are_one(tables: Tables) -> None:
    stocks = [stock("0.1", category="W1.1") for _ in range(10)]
    found = assess(stocks, 0, tables)
    assert found.s == 1
    assert found.is_major_hazard
    assert assess(stocks[:9], 0, tables).grade is None


def test_nothing_stored_is_no_major_hazard(tables: Tables) -> None:
    found = assess([], 0, tables)
    assert (found.s, found.r, found.grade) == (Fraction(0), Fraction(0), None)


@pytest.mark.parametrize(
    ("symbol", "critical", "beta"),
    [("J1", 5, "4"), ("W2", 10, "1.5"), ("W5.4", 5000, "1"), ("W1.1", 1, "2"), ("W11", 200, "1")],
)
def test_categories(tables: Tables, symbol: str, critical: int, beta: str) -> None:
    part = assess([stock(str(critical), category=symbol)], 1, tables).parts[0]
    assert (part.share, part.beta) == (Fraction(1), Fraction(beta))


def test_names_and_cas_numbers_find_the_same_row(tables: Tables) -> None:
    by_name = assess([stock("1", "碳酰氯")], 1, tables)
    assert by_name == assess([stock("1", "光气")], 1, tables)
    assert by_name == assess([stock("1", cas="75-44-5")], 1, tables)


def test_a_toxic_gas_takes_table_3_whatever_its_category(tables: Tables) -> None:
    assert assess([stock("10", "氨", category="J3")], 1, tables).parts[0].beta_from == "table 3"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (stock("1", "独角兽"), "not in table 1"),
        (stock("1", cas="9004-70-0"), "several rows"),
        (stock("1", category="W99"), "no category 'W99'"),
        (stock("1", "三氧化硫"), "give its hazard category"),
    ],
)
def test_what_cannot_be_placed_is_told(tables: Tables, wrong: Stock, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        assess([wrong], 1, tables)


def test_negative_numbers_are_out_of_range(tables: Tables) -> None:
    with pytest.raises(OutOfRange):
        assess([stock("-1", "氨")], 1, tables)
    with pytest.raises(OutOfRange):
        assess([stock("1", "氨")], -1, tables)


def test_the_tables_are_complete(tables: Tables) -> None:
    assert [s.number for s in tables.substances] == list(range(1, 86))
    assert len(tables.categories) == 24
    assert len(tables.toxic) == 14
    for substance in tables.substances:
        assert not substance.cas or check_digit(substance.cas), substance
        assert not substance.category or substance.category in tables.categories


def check_digit(cas: str) -> bool:
    digits = cas.replace("-", "")
    total = sum(i * int(d) for i, d in enumerate(reversed(digits[:-1]), start=1))
    return total % 10 == int(digits[-1])


SITE_TOML = """\
site = "虚构化工一厂"
persons_500m = 60
[[unit]]
name = "液氨罐区"
[[unit.stock]]
substance = "氨"
tonnes = 40
[[unit]]
name = "油库"
persons_500m = 0
[[unit.stock]]
substance = "汽油"
tonnes = 400
[[unit.stock]]
cas = "67-56-1"
tonnes = 1000
"""
SITE_JSON = """\
{"site": "x", "persons_500m": 60, "unit": [
 {"name": "液氨罐区", "stock": [{"substance": "氨", "tonnes": 40}]},
 {"name": "油库", "persons_500m": 0, "stock": [
  {"substance": "汽油", "tonnes": 400}, {"cas": "67-56-1", "tonnes": 1000}]}]}
"""
SITE_CSV = """\
unit,substance,cas,tonnes,persons_500m
液氨罐区,氨,,40,60
油库,汽油,,400,0
油库,,67-56-1,1000,0
"""


@pytest.mark.parametrize(
    ("name", "text"), [("s.toml", SITE_TOML), ("s.json", SITE_JSON), ("s.csv", SITE_CSV)]
)
def test_a_site_is_read_from_each_form(
    tmp_path: Path, tables: Tables, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    graded = grade_site(read_site(tmp_path / name), tables)
    assert [(unit.name, result.grade, result.r) for unit, result in graded] == [
        ("液氨罐区", 3, Fraction(12)),
        ("油库", 4, Fraction(2)),
    ]


@pytest.mark.parametrize(
    ("name", "text", "where", "reason"),
    [
        ("s.toml", SITE_TOML.replace("tonnes = 40\n", ""), ":5", "tonnes is missing"),
        ("s.toml", SITE_TOML.replace("tonnes = 40\n", "tons = 40\n"), ":5", "tonnes is missing"),
        ("s.toml", SITE_TOML.replace("= 40\n", "= -40\n"), ":7", "must not be negative"),
        ("s.toml", "site = 1 2", ":1", "not valid TOML"),
        ("s.toml", 'site = "x"\n', ":1", r"no \[\[unit\]\]"),
        ("s.json", "[]", "", "an object"),
        ("s.json", "{", "", "not valid JSON"),
        ("s.csv", SITE_CSV.replace("400,0", "much,0"), ":3", "tonnes must be a number"),
        ("s.csv", SITE_CSV.replace("1000,0", "1000,7"), ":4", "two persons_500m"),
        ("s.csv", "unit,substance\n", ":1", "no column tonnes"),
    ],
)
def test_a_broken_site_is_told_by_line(
    tmp_path: Path, name: str, text: str, where: str, reason: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Malformed, match=reason) as caught:
        read_site(tmp_path / name)
    problems = caught.value.problems if isinstance(caught.value, PackError) else []
    assert any(p.where.endswith(where) for p in problems) or caught.value.where.endswith(where)
