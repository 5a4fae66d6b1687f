"""Rows into a file: CSV, Excel, GeoJSON; row by row, whatever their number."""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any

import shapely
import xlsxwriter
from django.utils.translation import gettext as _

from anlan.desk.sheet.fields import Field, Kind
from anlan.terms.errors import Refused

MOST_EXCEL_ROWS = 1_048_575
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
Cell = str | float | int | None
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}


def safe(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.startswith(_FORMULAS):
        return "'" + cell
    return cell


def write_file(form: str, fields: Sequence[Field], rows: Iterable[Any]) -> IO[bytes]:
    """A temporary file that holds the rows, at its beginning; gone when it is closed."""
    out = tempfile.TemporaryFile(prefix="anlan-export-")  # noqa: SIM115 - closed by whoever sends it
    try:
        _WRITERS[form](out, fields, rows)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out


def _csv(out: IO[bytes], fields: Sequence[Field], rows: Iterable[Any]) -> None:
    # The byte-order mark tells Excel that it is UTF-8.
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    for cells in cells_of(fields, rows):
        writer.writerow([safe(cell) for cell in cells])
    text.detach()


def _xlsx(out: IO[bytes], fields: Sequence[Field], rows: Iterable[Any]) -> None:
    plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
             "strings_to_numbers": False, "in_memory": False}  # fmt: skip
    book = xlsxwriter.Workbook(out, plain)
    page = book.add_worksheet()
    page.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for number, cells in enumerate(cells_of(fields, rows)):
        if number > MOST_EXCEL_ROWS:
            raise Refused(_("More rows than an Excel sheet holds. Take CSV, or filter the list."))
        for column, cell in enumerate(cells):
            _put(page, (number, column), safe(cell), None if number else bold)
    book.close()


def _put(page: Any, place: tuple[int, int], cell: Cell, look: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        page.write_string(*place, cell[:32_767], look)
    else:
        page.write_number(*place, cell, look)


def _geojson(out: IO[bytes], fields: Sequence[Field], rows: Iterable[Any]) -> None:
    out.write(b'{"type":"FeatureCollection","features":[')
    for number, row in enumerate(rows):
        feature = {
            "type": "Feature",
            "geometry": _geometry(fields, row),
            "properties": {f.name: f.written(row) for f in fields if f.kind is not Kind.SHAPE},
        }
        text = json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
        out.write((",\n" if number else "\n").encode() + text.encode())
    out.write(b"\n]}\n")


def _geometry(fields: Sequence[Field], row: Any) -> Any:
    shape = next((f.value(row) for f in fields if f.kind is Kind.SHAPE), None)
    return None if shape is None else json.loads(shapely.to_geojson(shape))


def cells_of(fields: Sequence[Field], rows: Iterable[Any]) -> Iterator[list[Cell]]:
    """The head of a table, then its rows; a shape is longitude, latitude and, where it is more
    than a point, its text."""
    has_shape = any(f.kind is Kind.SHAPE for f in fields)
    plain = [f for f in fields if f.kind is not Kind.SHAPE]
    shapes = [f for f in fields if f.kind is Kind.SHAPE]
    head: list[Cell] = [_head(f) for f in plain]
    yield [*head, *(["lon", "lat", str(shapes[0].title)] if has_shape else [])]
    for row in rows:
        yield [*(f.written(row) for f in plain), *(_place(shapes[0], row) if has_shape else [])]


def _head(field: Field) -> str:
    return f"{field.title}*" if field.is_required else str(field.title)


def _place(field: Field, row: Any) -> list[Cell]:
    shape = field.value(row)
    if shape is None or shape.is_empty:
        return [None, None, None]
    middle = shape.representative_point()
    text = None if shape.geom_type == "Point" else field.written(row)
    return [round(middle.x, 7), round(middle.y, 7), text]


_WRITERS: dict[str, Callable[[IO[bytes], Sequence[Field], Iterable[Any]], None]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "geojson": _geojson,
}
