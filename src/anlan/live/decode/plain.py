"""One JSON object by itself, in plain Python: the reading that it is, or why it is none."""

import json
from typing import Any, NoReturn

import msgspec

from anlan.terms.errors import Malformed
from anlan.terms.readings import Reading
from anlan.terms.rows import FIELDS, read_row

__all__ = ["FIELDS", "WRONG_JSON", "Reading", "cells_in", "read_line"]

WRONG_JSON = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


def read_line(line: bytes) -> Reading:
    """The reading of one JSON object; Malformed says why it is none."""
    try:
        cells = cells_in(line)
    except WRONG_JSON as error:
        raise Malformed(f"not JSON ({error})") from error
    return read_row(cells)


def cells_in(text: bytes | msgspec.Raw) -> Any:
    """What a JSON text says; a number beyond every double is infinite. Raises WRONG_JSON."""
    try:
        return msgspec.json.decode(text)
    except msgspec.ValidationError as error:  # JSON all right, as far as it was read
        try:
            return json.loads(bytes(text).decode(), parse_constant=_no_constant)
        except ValueError:
            raise error from None


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
