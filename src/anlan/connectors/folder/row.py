"""A row of a file."""

from typing import Any, NamedTuple


class Row(NamedTuple):
    """line: of the file, from 1 · cells: those that are not empty · why: it holds no row, for that
    reason."""

    line: int
    cells: dict[str, Any]
    why: str = ""
