"""One JSON object by itself, in plain Python: the reading that it is, or why it is none."""

from anlan.live.replay.reading.loose import WRONG_JSON, cells_in
from anlan.terms.errors import Malformed
from anlan.terms.readings import Reading
from anlan.terms.rows import FIELDS, read_row

__all__ = ["FIELDS", "WRONG_JSON", "Reading", "cells_in", "read_line"]


def read_line(line: bytes) -> Reading:
    """The reading of one JSON object; Malformed says why it is none."""
    try:
        cells = cells_in(line)
    except WRONG_JSON as error:
        raise Malformed(f"not JSON ({error})") from error
    return read_row(cells)
