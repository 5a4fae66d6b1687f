"""The first sheet of an Excel file, after a look at what it would unpack to.

A small file can say that it holds gigabytes, or one cell in the last row and column: both are
found out before the reader makes room for them.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from anlan.terms.errors import Malformed

_MOST_BYTES, _MOST_PARTS, _PIECE = 200_000_000, 2_000, 1 << 20
_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\sr\s*=\s*["']([A-Za-z]{1,4})(\d{1,9})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\sr\s*=\s*["'](\d{1,9})["']""")
_MOST_CELLS = 2_000_000


def sheet_rows(content: bytes, *, most_rows: int, most_columns: int) -> Iterator[list[Any]]:
    """The rows of the first sheet, from row 1, as texts and numbers; Malformed says why not."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        _look(archive)
        _measure(archive, most_rows=most_rows + 1, most_columns=most_columns)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if not book.sheet_names:
            raise Malformed(_("The workbook has no sheet."))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as error:
        raise Malformed(_("This is not an Excel file that can be read.")) from error
    return ([_plain(cell) for cell in row] for row in rows)


def _look(archive: zipfile.ZipFile) -> None:
    """Refuses macros, links to other files, and what unpacks to too much."""
    parts = archive.infolist()
    names = [part.filename.lower() for part in parts]
    if any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise Malformed(_("Files with macros are not taken. Save it as .xlsx."))
    if any("externallinks/" in name for name in names):
        raise Malformed(_("The workbook has links to other files. Paste values only, then save."))
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        raise Malformed(_("This is not an Excel file that can be read."))
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES:
        raise Malformed(_("The workbook unpacks to more than can be read."))


def _measure(archive: zipfile.ZipFile, *, most_rows: int, most_columns: int) -> None:
    """Refuses a cell beyond the bounds; what is unpacked is counted, not believed.

    Every part is looked at: the workbook may call any of them a sheet.
    """
    size, reach = 0, (0, 0)
    for part in archive.infolist():
        with archive.open(part) as stream:
            tail = b""
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > _MOST_BYTES:
                    raise Malformed(_("The workbook unpacks to more than can be read."))
                reach = _reach(tail + piece, reach)
                tail = piece[-2000:]
    if reach[0] > most_rows:
        most = {"most": most_rows - 1}
        raise Malformed(_("More than %(most)s rows. Cut the file into parts.") % most)
    if reach[1] > most_columns:
        raise Malformed(_("More than %(most)s columns.") % {"most": most_columns})
    if reach[0] * reach[1] > _MOST_CELLS:
        raise Malformed(_("The workbook unpacks to more than can be read."))


def _reach(text: bytes, reach: tuple[int, int]) -> tuple[int, int]:
    """The last row and column so far."""
    row, column = reach
    row = max(row, *(int(found) for found in _ROW.findall(text)), 0)
    for letters, number in _CELL.findall(text):
        row, column = max(row, int(number)), max(column, _column(letters.upper()))
    return row, column


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _plain(cell: Any) -> Any:
    """A cell as a person reads it: whole numbers without a point, dates in ISO form."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (datetime, date, time, timedelta)):
        return str(cell)
    return str(cell).strip() if cell is not None else ""
