"""The words of an expression, with the values of literals."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

import shapely

from anlan.terms.errors import Malformed

LONGEST: Final = 8000
"""Signs of an expression."""
_MOST = 600
_ZONE = r"(?:Z|[+\- ]\d\d:?\d\d)"
_KINDS = (
    ("string", r"'(?:[^']|'')*'"),
    ("shape", r"geo(?:graphy|metry)'[^']*'"),
    ("duration", r"duration'[^']*'"),
    ("moment", rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?{_ZONE}?"),
    ("day", r"\d{4}-\d\d-\d\d"),
    ("clock", r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?"),
    ("number", r"\d+(?:\.\d*)?(?:[eE][+\-]?\d+)?"),
    ("name", r"[@$]?[^\W\d]\w*(?:\.\w+)*"),
    ("sign", r"[(),/\-]"),
    ("space", r"\s+"),
)
_TOKEN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _KINDS))
_DURATION = re.compile(
    r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.IGNORECASE
)


class Token(NamedTuple):
    """A word; kind: value, name, sign or end · at: its first sign in the text, from 1."""

    kind: str
    text: str
    at: int
    value: Any = None


def tokens(text: str) -> list[Token]:
    """The words of a text, an end after them. Raises Malformed where there is none."""
    if len(text) > LONGEST:
        raise Malformed(f"An expression is at most {LONGEST} signs long.")
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Malformed(f"Sign {at + 1} begins no word: {text[at : at + 20]!r}.")
        if match.lastgroup != "space":
            found.append(_token(str(match.lastgroup), match[0], at + 1))
        at = match.end()
        if len(found) > _MOST:
            raise Malformed(f"An expression has at most {_MOST} words.")
    return [*found, Token("end", "", len(text) + 1)]


def _token(kind: str, text: str, at: int) -> Token:
    if kind in ("name", "sign"):
        return Token(kind, text, at)
    try:
        return Token("value", text, at, _READ[kind](text))
    except (ValueError, OverflowError, shapely.errors.ShapelyError) as error:
        raise Malformed(f"Sign {at}: {text[:60]} is no {kind}.") from error


def _shape(text: str) -> Any:
    words = text[text.index("'") + 1 : -1]
    if words.upper().startswith("SRID="):
        words = words.partition(";")[2]
    return shapely.from_wkt(words)


def _moment(text: str) -> datetime:
    # An unescaped + of a zone arrives as a space.
    found = datetime.fromisoformat(text.replace(" ", "+"))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _number(text: str) -> int | float:
    return int(text) if text.isdigit() and len(text) < 19 else float(text)


def duration(text: str) -> timedelta:
    """`PT1H30M`, `-P1D`. Raises ValueError for another text."""
    match = _DURATION.fullmatch(text)
    if match is None or text[-1:] in "PTpt":
        raise ValueError(text)
    days, hours, minutes, seconds = (float(one or 0) for one in match.groups()[1:])
    whole = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -whole if match[1] else whole


_READ: dict[str, Callable[[str], Any]] = {
    "string": lambda text: text[1:-1].replace("''", "'"),
    "shape": _shape,
    "duration": lambda text: duration(text[9:-1]),
    "moment": _moment,
    "day": date.fromisoformat,
    "clock": time.fromisoformat,
    "number": _number,
}
