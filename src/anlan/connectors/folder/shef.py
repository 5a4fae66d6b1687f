"""SHEF, the Standard Hydrometeorological Exchange Format → rows: one a value.

The library shef-parser reads the messages .A, .B and .E; it makes English units of all.
"""

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from anlan.connectors.folder.reports import lines_of
from anlan.connectors.folder.row import Row
from anlan.terms.errors import Malformed

MOST_BYTES = 16 << 20
_MISSING = -9_999.0
"""What the library gives for `M` and for what was not told."""
_BAD, _UNSURE = "BR", "DEFLQSW"
"""Qualifiers. D and L are estimates from parts, W was entered in place of what was measured."""
_FORECASTS = "FC"
_PLAIN = "Z"


def rows_of(path: Path) -> Iterator[Row]:
    """The values of all messages; Malformed for too much. What cannot be read is told by its line.

    A value's cells are `station`, `quantity` (its two letters), `parameter` (all seven), `time`,
    `value`, `unit`, `quality` (good, uncertain or bad), `qualifier`, `revised`, `source` and the
    value again under its parameter, and under its quantity where it is no extreme.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Malformed(f"more than {MOST_BYTES >> 20} MB; put it there in parts")
    # Whatever ends its lines.
    text = io.StringIO(path.read_bytes().decode("latin-1"), newline=None).read()
    lines = text.split("\n")
    parser = _reading()(1)
    parser.set_input(io.StringIO(text))
    while True:
        before = parser.line
        try:
            message = parser.get_next_message()
            found = list(parser.parse_message()) if message else []
        except Exception as error:  # noqa: BLE001 - a library over strange text: a message is lost, no more
            message, found = "?", []
            parser.wrongs.append(str(error) or type(error).__name__)
        line = parser.line
        for why in parser.take_wrongs():
            yield Row(line, {}, why)
        if not message:
            return
        for one, at in _places(found, lines[before:line], before + 1):
            try:
                yield _row(parser, one, at)
            except Exception as error:  # noqa: BLE001 - the same, for one value
                yield Row(at, {}, str(error) or type(error).__name__)


def _places(found: list[Any], message: list[str], first: int) -> Iterator[tuple[Any, int]]:
    """Each value of a message with its line, of .A and .E the last."""
    dotted = [n for n, one in enumerate(message) if one.startswith(".")] or [0]
    start, end = dotted[0], dotted[-1]
    if message[start:] and message[start][1:2].upper() == "B":
        return lines_of(found, message[start:], first + start)
    return ((one, first + end) for one in found)


@cache
def _reading() -> Any:
    """The library's parser, which tells what is wrong instead of writing it into a log."""
    from shef.shef_parser import ShefParser  # imported where it is needed: it is large

    class Parser(ShefParser):  # type: ignore[misc]  # the library has no types
        def __init__(self, output_format: int) -> None:
            self.wrongs: list[str] = []
            super().__init__(output_format)

        @property
        def line(self) -> int:
            return int(self._line_number)

        @property
        def units(self) -> dict[str, tuple[str | None, str | None]]:
            return dict(self._pe_units)

        def take_wrongs(self) -> list[str]:
            wrongs, self.wrongs = self.wrongs, []
            return wrongs

        def error(self, message_text: str, count_error: bool = True) -> None:
            self.wrongs.append(message_text[:300])

        def critical(self, message_text: str) -> None:
            self.wrongs.append(message_text[:300])

        def warning(self, message_text: str) -> None:
            """What was read all the same."""

        info = debug = warning

    return Parser


def _row(parser: Any, found: Any, line: int) -> Row:
    if found.type_code in _FORECASTS:
        return Row(line, {}, f"{found.location} {found.parameter_code}: a forecast, no reading")
    found.duration_code_number  # noqa: B018 - refuses a duration that is not told
    quantity, at = found.physical_element_code, found.obstime
    value = None if found.value == _MISSING else found.value
    letter = found.qualifier
    cells = {
        "station": found.location, "quantity": quantity, "parameter": found.parameter_code,
        "time": f"{at.year:04d}-{at.month:02d}-{at.day:02d}"
                f"T{at.hour:02d}:{at.minute:02d}:{at.second:02d}Z",
        "value": value, "unit": (parser.units.get(quantity) or ("",))[0] or "",
        "quality": "bad" if letter in _BAD else "uncertain" if letter in _UNSURE else "good",
        "qualifier": letter, "revised": bool(found.revised), "source": found.message_source or "",
        found.parameter_code: value,
    }  # fmt: skip
    if found.extremum_code == _PLAIN:
        cells[quantity] = value
    return Row(line, {name: cell for name, cell in cells.items() if cell != ""})
