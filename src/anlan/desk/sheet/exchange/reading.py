"""A file as rows of cells: CSV, Excel or GeoJSON, by its content as much as by its name.

A row's number is the one that a person sees: the line of a spreadsheet, of a CSV file without
line breaks in its cells, the place of a feature from 1.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from anlan.desk.sheet.exchange.workbook import sheet_rows
from anlan.terms.errors import Malformed

MOST_ROWS, MOST_COLUMNS, MOST_CELL = 50_000, 200, 1_000_000
_SIGNS = ",;\t"


class Line(NamedTuple):
    """One row: its number, and its cells by the file's own column names; shape: of a feature."""

    number: int
    cells: dict[str, Any]
    shape: Any = None


class Table(NamedTuple):
    """A file's columns and rows; form: csv, xlsx or geojson."""

    form: str
    columns: list[str]
    lines: list[Line]


def read_table(name: str, content: bytes) -> Table:
    """The rows of a file; Malformed says in the reader's words what cannot be read, and where."""
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Malformed(_("This is an old Excel file (.xls) or one with a password. "
                          "Save it as .xlsx without a password."))  # fmt: skip
    if name.lower().endswith((".xlsm", ".xltm", ".xlsb")):
        raise Malformed(_("Files with macros are not taken. Save it as .xlsx."))
    if content[:2] == b"PK":
        return _table("xlsx", _numbered(_workbook(content)))
    text = _text(content)
    if text.lstrip()[:1] == "{":
        return _features(text)
    return _table("csv", _csv(text))


def _table(form: str, rows: Iterator[tuple[int, list[Any]]]) -> Table:
    head_row = next(rows, (0, []))
    columns = [str(cell or "").strip().removeprefix("\ufeff") for cell in head_row[1]]
    while columns and not columns[-1]:
        columns.pop()
    named = [one for one in columns if one]
    if not named:
        raise Malformed(_("The first row must hold the names of the columns."))
    if len(columns) > MOST_COLUMNS:
        raise Malformed(_("More than %(most)s columns.") % {"most": MOST_COLUMNS})
    twice = sorted({one for one in named if named.count(one) > 1})
    if twice:
        raise Malformed(_("The column “%(column)s” stands twice.") % {"column": twice[0][:50]})
    lines = [
        Line(number, dict(zip(columns, cells, strict=False)))
        for number, cells in rows
        if any(cell not in (None, "") for cell in cells)
    ]
    return _bounded(Table(form, columns, lines))


def _bounded(table: Table) -> Table:
    if len(table.lines) > MOST_ROWS:
        raise Malformed(
            _("More than %(most)s rows. Cut the file into parts.") % {"most": MOST_ROWS}
        )
    if not table.lines:
        raise Malformed(_("The file has no rows below its column names."))
    return table


def _workbook(content: bytes) -> Iterator[list[Any]]:
    try:
        return sheet_rows(content, most_rows=MOST_ROWS, most_columns=MOST_COLUMNS)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise Malformed(_("This is not an Excel file that can be read.")) from error


def _numbered(rows: Iterator[list[Any]]) -> Iterator[tuple[int, list[Any]]]:
    return enumerate(rows, start=1)


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise Malformed(_("This is no text in UTF-8 or GB18030, and no Excel file."))


def _csv(text: str) -> Iterator[tuple[int, list[Any]]]:
    head = text.split("\n", 1)[0]
    sign = max(_SIGNS, key=head.count)
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    try:
        for cells in islice(reader, MOST_ROWS + 2):
            yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise Malformed(
            _("Line %(line)s cannot be read as CSV (%(why)s).")
            % {"line": reader.line_num, "why": error}
        ) from error


def _features(text: str) -> Table:
    try:
        found = json.loads(text)
        features = found["features"] if isinstance(found, dict) else None
    except (ValueError, KeyError, RecursionError) as error:
        raise Malformed(_("This is not GeoJSON with features.")) from error
    if not isinstance(features, list):
        raise Malformed(_("This is not GeoJSON with features."))
    lines = [_feature(number, one) for number, one in enumerate(features, start=1)]
    columns = list(dict.fromkeys(name for line in lines for name in line.cells))
    return _bounded(Table("geojson", columns, lines))


def _feature(number: int, one: Any) -> Line:
    properties = one.get("properties") if isinstance(one, dict) else None
    if not isinstance(one, dict) or not isinstance(properties, (dict, type(None))):
        raise Malformed(_("Feature %(number)s is none.") % {"number": number})
    cells = {
        str(name): json.dumps(value, ensure_ascii=False)
        if isinstance(value, (dict, list))
        else value
        for name, value in (properties or {}).items()
    }
    return Line(number, cells, json.dumps(one["geometry"]) if one.get("geometry") else None)
