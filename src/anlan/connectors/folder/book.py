"""The rows of a workbook, as a process of its own: `python -m anlan.connectors.folder.book PATH
SHEET`, a line of JSON for each row, [number, cells], or {"error": why}.

The library makes a dense table of a sheet, as large as its last cell lies far out, and ends its
process where there is no room for that: a file of a kilobyte must not end whoever reads it.
"""

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

_MOST_BYTES, _MOST_S = 2 << 30, 300


def bound() -> None:
    """Bounds the memory and the processor time of this process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_S, _MOST_S))


def tell(path: str, sheet: str) -> None:
    """Writes the rows, or why there are none."""
    try:
        for row in _rows(path, sheet):
            sys.stdout.write(json.dumps(row) + "\n")
    except (CalamineError, OSError, ValueError) as error:
        sys.stdout.write(json.dumps({"error": f"is no workbook that can be read ({error})"}))


def _rows(path: str, sheet: str) -> Iterator[Any]:
    """Rows that are not empty, from line 1."""
    with Path(path).open("rb") as file:  # the library itself opens no name but in UTF-8
        book = CalamineWorkbook.from_filelike(file)
    if sheet and sheet not in book.sheet_names:
        yield {"error": f"has no sheet {sheet!r}"}
    elif not book.sheet_names:
        yield {"error": "has no sheet"}
    else:
        found = book.get_sheet_by_name(sheet or book.sheet_names[0])
        left = [""] * (found.start or (0, 0))[1]
        for line, cells in enumerate(found.iter_rows(), 1):
            if any(cell != "" for cell in cells):
                yield line, [*left, *map(_plain, cells)]


def _plain(cell: Any) -> Any:
    """Whole numbers are such, times are ISO 8601."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, str):
        return cell.strip()
    return cell if isinstance(cell, int | float) else str(cell)


if __name__ == "__main__":
    bound()
    tell(*sys.argv[1:3])
