"""Tables that leave the site: CSV and workbooks whose cells no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter
from django.http import HttpResponse

from anlan.desk.sheet.exchange.writing import safe

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOM = "\ufeff"
_NAME_LENGTH, _WIDTH = 31, 18


@dataclass(frozen=True)
class Sheet:
    """A table: its title, its head and its rows of texts, numbers and local times."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]


def as_csv(sheet: Sheet, name: str) -> HttpResponse:
    """UTF-8 with a mark, as Excel in Chinese reads it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(sheet.head)
    writer.writerows([_written(cell) for cell in row] for row in sheet.rows)
    answer = HttpResponse(_BOM + text.getvalue(), content_type="text/csv; charset=utf-8")
    return _named(answer, f"{name}.csv")


def _written(cell: Any) -> Any:
    return f"{cell:%Y-%m-%d %H:%M:%S}" if isinstance(cell, datetime) else safe(cell)


def as_xlsx(sheets: Iterable[Sheet], name: str) -> HttpResponse:
    """A workbook with a sheet for each table."""
    body = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(body, options) as book:
        bold = book.add_format({"bold": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.title[:_NAME_LENGTH])
            page.freeze_panes(1, 0)
            page.set_column(0, max(0, len(sheet.head) - 1), _WIDTH)
            page.write_row(0, 0, sheet.head, bold)
            for number, row in enumerate(sheet.rows, 1):
                _write(page, number, row, moment=moment)
    answer = HttpResponse(body.getvalue(), content_type=_XLSX)
    return _named(answer, f"{name}.xlsx")


def _write(page: Any, number: int, row: Sequence[Any], *, moment: Any) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, datetime):
            page.write_datetime(number, column, cell, moment)
        elif isinstance(cell, str):
            page.write_string(number, column, safe(cell))
        elif cell is not None:
            page.write(number, column, cell)


def _named(answer: HttpResponse, name: str) -> HttpResponse:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
