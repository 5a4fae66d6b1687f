"""A property of features: what it is called, what it holds, and how a value of it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from anlan.site.api.features.collections.times import moment_of
from anlan.terms.errors import Malformed

_YES = {"true": True, "1": True, "false": False, "0": False}
_MOST = 1 << 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A property of the features of a collection.

    title: in the page's language · kind: string, integer, number, boolean, date, date-time, array
    or object · column: what a database is asked for, empty where it cannot be asked · of: how it
    is read off a row, the column of that name where nothing is said · words: what it says on the
    wire for what the column holds · unit: a UCUM code.
    """

    name: str
    title: Any
    kind: str = "string"
    column: str = ""
    of: Callable[[Any], Any] | None = None
    words: Mapping[str, Any] = field(default_factory=dict)
    unit: str = ""

    def value(self, row: Any) -> Any:
        """What a row has."""
        return self.of(row) if self.of else getattr(row, self.name)

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON schema."""
        is_time = self.kind in ("date", "date-time")
        told: dict[str, Any] = {"title": str(self.title)}
        told["type"] = "string" if is_time else self.kind
        if is_time:
            told["format"] = self.kind
        if self.words:
            told["enum"] = list(self.words)
        if self.unit:
            told["x-ogc-unit"] = self.unit
        return told

    def read(self, text: str) -> Any:
        """A value of its kind; Malformed where the text is none."""
        try:
            return self.fit(_READERS[self.kind](text))
        except (KeyError, ValueError, OverflowError) as error:
            raise Malformed(f"{text[:40]!r} is no {self.kind}.", where=self.name) from error

    def fit(self, value: Any) -> Any:
        """A value as its column holds it; Malformed where it can hold none such."""
        if self.words:
            if not isinstance(value, str) or value not in self.words:
                raise Malformed(f"It is one of {', '.join(self.words)}.", where=self.name)
            return self.words[value]
        if not isinstance(value, _TYPES[self.kind]) or isinstance(value, bool) != (
            self.kind == "boolean"
        ):
            raise Malformed(f"A value of it is a {self.kind}.", where=self.name)
        if isinstance(value, (int, float)) and not -_MOST < value < _MOST:
            raise Malformed("This number is too far.", where=self.name)
        if isinstance(value, str) and "\0" in value:
            raise Malformed("There is a NUL sign in this text.", where=self.name)
        return value


def _number(text: str) -> float:
    found = float(text)
    if found != found:
        raise ValueError(text)
    return found


_READERS: dict[str, Callable[[str], Any]] = {
    "string": str, "integer": int, "number": _number, "boolean": lambda text: _YES[text.lower()],
    "date-time": lambda text: moment_of(text), "date": date.fromisoformat,
}  # fmt: skip
_TYPES: dict[str, Any] = {
    "string": str, "integer": (int, float), "number": (int, float), "boolean": bool,
    "date-time": datetime, "date": date,
}  # fmt: skip
