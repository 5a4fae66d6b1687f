"""A file → its rows, each with its line and its cells by the names of their columns."""

import csv
import json
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any, TextIO

from anlan.connectors.folder import book
from anlan.connectors.folder.map import Folder
from anlan.connectors.folder.row import Row
from anlan.terms.errors import Malformed

MOST_BYTES = 512 << 20
_MOST_BOOK, _MOST_UNFOLDED, _PROBE = 64 << 20, 512 << 20, 1 << 16
_SEPARATORS = ",;\t|"
_BOOKS = (".xlsx", ".xls", ".ods")
_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DIED = "is a workbook too large to be read, such as one with a cell far from the others"


def rows_of(path: Path, folder: Folder) -> Iterator[Row]:
    """The rows of a file; Malformed where it cannot be read as a whole, or from a line on."""
    if folder.form == "waterml2":
        from anlan.connectors.folder.waterml import rows_of as points_of

        yield from points_of(path)
    elif folder.form == "shef":
        from anlan.connectors.folder.shef import rows_of as values_of

        yield from values_of(path)
    else:
        yield from _table(path, folder)


def _table(path: Path, folder: Folder) -> Iterator[Row]:
    size = path.stat().st_size
    is_book = path.suffix.lower() in _BOOKS
    if size > (_MOST_BOOK if is_book else MOST_BYTES):
        raise Malformed(f"{size / 1e6:,.0f} MB are too much; put it there in parts")
    lines = _book(path, folder.sheet) if is_book else _text(path, folder.separator)
    names: list[str] | None = None
    for line, cells in lines:
        if line < folder.head:
            continue
        if line == folder.head:
            names = [str(cell).strip() for cell in cells]
            continue
        if folder.head and names is None:
            break
        named = _named(cells, names)
        if named:
            yield Row(line, named)
    if folder.head and names is None:
        raise Malformed(f"has no line {folder.head} with the names of its columns")


def _named(cells: Sequence[Any], names: list[str] | None) -> dict[str, Any]:
    """Cells by name; of columns with one name the first counts."""
    named: dict[str, Any] = {}
    for n, cell in enumerate(cells):
        name = str(n + 1) if names is None else names[n] if n < len(names) else ""
        if name and name not in named and cell is not None and cell != "":
            named[name] = cell
    return named


def _text(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Lines in UTF-8, or else in GB18030."""
    encoding = "utf-8-sig" if _is_utf8(path) else "gb18030"
    try:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file, delimiter=separator or _separator(file))
            for cells in reader:
                yield reader.line_num, [cell.strip() for cell in cells]
    except UnicodeDecodeError as error:
        raise Malformed("is neither UTF-8 nor GB18030") from error
    except csv.Error as error:
        raise Malformed(f"is no CSV ({error})") from error


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            while file.read(_PROBE):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _separator(file: TextIO) -> str:
    """The one that stands most often in the first lines."""
    first = file.read(_PROBE)
    file.seek(0)
    return max(_SEPARATORS, key=first.count)


def _book(path: Path, sheet: str) -> Iterator[tuple[int, list[Any]]]:
    """Rows of a sheet that are not empty, from line 1."""
    _look(path)
    command = [sys.executable, "-m", book.__name__, str(path), sheet]
    with Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL) as reader:  # noqa: S603 - ours
        try:
            for told in reader.stdout or ():
                row = json.loads(told)
                if isinstance(row, dict):
                    raise Malformed(row["error"])
                yield row[0], row[1]
            reader.wait()
        except ValueError as error:  # it ended in the middle of a row
            raise Malformed(_DIED) from error
        finally:
            reader.kill()
    if reader.returncode:
        raise Malformed(_DIED)


def _look(path: Path) -> None:
    """Malformed where it is no workbook by its first bytes, or unfolds to too much."""
    try:
        with path.open("rb") as file:
            is_book = file.read(4) in _MAGIC
        if not is_book:
            raise Malformed("is no workbook that can be read")
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as parts:
                if sum(one.file_size for one in parts.infolist()) > _MOST_UNFOLDED:
                    raise Malformed("unfolds to more than can be read")
    except (zipfile.BadZipFile, ValueError) as error:
        raise Malformed(f"is no workbook that can be read ({error})") from error
