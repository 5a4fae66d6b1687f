"""GB 18218 grading of a site: the chemical pack's tables and the site's stock from a file."""

import csv
import io
import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from anlan.hazard.gb18218 import Assessment, Category, Stock, Substance, Tables, assess
from anlan.packs.model import Pack, Sheet
from anlan.packs.source.document import Document, Problems, Table, open_document
from anlan.terms.errors import Malformed

COLUMNS = ("unit", "substance", "cas", "category", "tonnes", "persons_500m")
GRADES = {1: "一级", 2: "二级", 3: "三级", 4: "四级"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteUnit:
    """One production or storage unit 单元 with its stock."""

    name: str
    persons_500m: int
    stocks: tuple[Stock, ...]


def tables_of(pack: Pack) -> Tables:
    """The tables of GB 18218 from the pack's sheets; Malformed when the pack has none."""
    sheets = pack.sheets
    missing = [
        name
        for name in ("substances", "categories", "toxic_gases", "people", "grades")
        if f"gb18218_{name}" not in sheets
    ]
    if missing:
        raise Malformed(f"pack {pack.name} has no table gb18218_{missing[0]}")
    return Tables(
        substances=[_substance(row) for row in _rows(sheets["gb18218_substances"])],
        categories={
            row["symbol"]: Category(
                symbol=row["symbol"],
                title=row["title"],
                critical_t=fraction(row["critical_t"]),
                beta=fraction(row["beta"]),
            )
            for row in _rows(sheets["gb18218_categories"])
        },
        toxic={
            int(row["number"]): fraction(row["beta"])
            for row in _rows(sheets["gb18218_toxic_gases"])
        },
        people=[
            (int(row["persons_at_least"]), fraction(row["alpha"]))
            for row in _rows(sheets["gb18218_people"])
        ],
        grades=[
            (fraction(row["r_at_least"]), int(row["grade"]))
            for row in _rows(sheets["gb18218_grades"])
        ],
    )


def _substance(row: dict[str, Any]) -> Substance:
    return Substance(
        number=int(row["number"]),
        name=row["name"],
        cas=row["cas"],
        critical_t=fraction(row["critical_t"]),
        category=row["category"],
    )


def _rows(sheet: Sheet) -> list[dict[str, Any]]:
    return [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]


def fraction(value: object) -> Fraction:
    """The number as written: 0.3 is 3/10, not the nearest binary number."""
    return Fraction(str(value))


def grade_site(units: list[SiteUnit], tables: Tables) -> list[tuple[SiteUnit, Assessment]]:
    """Each unit with its S, R and grade; a Malformed names the unit."""
    found = []
    for unit in units:
        try:
            found.append((unit, assess(unit.stocks, unit.persons_500m, tables)))
        except Malformed as error:
            raise Malformed(error.message, where=f"unit {unit.name}") from error
    return found


def read_site(path: Path) -> list[SiteUnit]:
    """The units of a site from a TOML, JSON or CSV file; Malformed with file and line."""
    if path.suffix.lower() == ".csv":
        return _read_csv(path)
    problems = Problems()
    document = _open(path, problems)
    problems.raise_if_any()
    root = document.root
    persons = root.whole("persons_500m", 0)
    root.text("site", "-")
    units = [_read_unit(table, persons) for table in root.tables("unit")]
    root.finish()
    if not units:
        root.wrong("the site has no [[unit]]")
    problems.raise_if_any()
    return units


def _open(path: Path, problems: Problems) -> Document:
    if path.suffix.lower() == ".json":
        try:
            data = json.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise Malformed(f"cannot be read: {error.strerror}", where=str(path)) from error
        except (ValueError, RecursionError) as error:
            raise Malformed(f"not valid JSON: {error}", where=str(path)) from error
        if not isinstance(data, dict):
            raise Malformed("an object with unit is needed", where=str(path))
        return Document(str(path), data, {(): 1}, problems)
    if not path.is_file():
        raise Malformed("no such file", where=str(path))
    return open_document(path.parent, path.name, label=str(path.parent), problems=problems)


def _read_unit(table: Table, persons: int) -> SiteUnit:
    unit = SiteUnit(
        name=table.text("name"),
        persons_500m=table.whole("persons_500m", persons),
        stocks=tuple(_read_stock(part) for part in table.tables("stock")),
    )
    if not unit.stocks:
        table.wrong("the unit has no [[unit.stock]]")
    table.finish()
    return unit


def _read_stock(table: Table) -> Stock:
    tonnes = table.number("tonnes")
    if tonnes < 0:
        table.wrong("tonnes must not be negative", "tonnes")
    stock = Stock(
        tonnes=fraction(tonnes),
        substance=table.text("substance", ""),
        cas=table.text("cas", ""),
        category=table.text("category", ""),
    )
    if not (stock.substance or stock.cas or stock.category):
        table.wrong("a stock needs a substance, a cas or a category")
    table.finish()
    return stock


def _read_csv(path: Path) -> list[SiteUnit]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8 text", where=str(path)) from error
    reader = csv.DictReader(io.StringIO(text))
    missing = {"unit", "tonnes"} - set(reader.fieldnames or ())
    if missing:
        raise Malformed(f"no column {sorted(missing)[0]}", where=f"{path}:1")
    units: dict[str, tuple[int, list[Stock]]] = {}
    for row in reader:
        where = f"{path}:{reader.line_num}"
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        persons, stocks = units.setdefault(cells["unit"], (_whole(cells, where), []))
        if cells["persons_500m"] and _whole(cells, where) != persons:
            raise Malformed(f"unit {cells['unit']} has two persons_500m", where=where)
        stocks.append(_csv_stock(cells, where))
    if not units:
        raise Malformed("no row", where=str(path))
    return [
        SiteUnit(name=name, persons_500m=persons, stocks=tuple(stocks))
        for name, (persons, stocks) in units.items()
    ]


def _whole(cells: dict[str, str], where: str) -> int:
    text = cells["persons_500m"] or "0"
    if not text.isdecimal():
        raise Malformed(f"persons_500m must be a whole number, not {text!r}", where=where)
    return int(text)


def _csv_stock(cells: dict[str, str], where: str) -> Stock:
    try:
        tonnes = Fraction(cells["tonnes"])
    except (ValueError, ZeroDivisionError) as error:
        message = f"tonnes must be a number, not {cells['tonnes']!r}"
        raise Malformed(message, where=where) from error
    if tonnes < 0:
        raise Malformed("tonnes must not be negative", where=where)
    if not (cells["substance"] or cells["cas"] or cells["category"]):
        raise Malformed("a stock needs a substance, a cas or a category", where=where)
    return Stock(
        tonnes=tonnes,
        substance=cells["substance"],
        cas=cells["cas"],
        category=cells["category"],
    )
