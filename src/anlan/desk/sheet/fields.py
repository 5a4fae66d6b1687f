"""Fields of a sheet: one declaration for the list, the form, the file and the detail page."""

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import shapely
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.desk.asker import Asker

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Choices = Callable[[], list[tuple[str, str]]]


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LINES = "lines"
    NUMBER = "number"
    WHOLE = "whole"
    CHOICE = "choice"
    FLAG = "flag"
    DAY = "day"
    MOMENT = "moment"
    REGION = "region"
    SHAPE = "shape"
    PLAIN = "plain"
    """A JSON object."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field.

    name: of the values, and of the row's attribute unless `read` says otherwise · most: the
    longest text · choices: value and title, asked anew for each page · is_fixed: said once, when
    the row is made · is_read_only: shown, never entered · choices_for: what the asker may filter
    by · offers: what a form suggests · names: what values that are keys are called, asked once for
    a page · where: the columns and values of a filter, where they are not the name and the value ·
    show: how a value is told to a person.
    """

    name: str
    title: "StrPromise | str"
    kind: Kind = Kind.TEXT
    is_required: bool = False
    is_fixed: bool = False
    is_read_only: bool = False
    most: int = 128
    low: float | None = None
    high: float | None = None
    unit: str = ""
    choices: Choices | None = None
    choices_for: Callable[[Asker], list[tuple[str, str]]] | None = None
    offers: Callable[[Asker], list[tuple[str, str]]] | None = None
    names: Callable[[set[str]], dict[str, str]] | None = None
    where: Callable[[str], Mapping[str, Any]] | None = None
    note: "StrPromise | str" = ""
    read: Callable[[Any], Any] | None = None
    show: Callable[[Any], str] | None = None

    def value(self, row: Any) -> Any:
        """The value that a row has."""
        return self.read(row) if self.read else getattr(row, self.name)

    def columns(self, value: str) -> Mapping[str, Any]:
        """The columns and values that a filter for a value asks for."""
        return self.where(value) if self.where else {self.name: value}

    def titles(self, rows: Sequence[Any] = ()) -> dict[str, str]:
        """What the values of some rows are called, in the reader's language; asked once a page."""
        if self.names:
            return self.names({str(self.value(row)) for row in rows} - {"", "None"})
        is_chosen = self.choices is not None and self.kind is Kind.CHOICE and not self.show
        return dict(self.choices()) if is_chosen and self.choices else {}

    def told(self, row: Any, titles: Mapping[str, str] | None = None) -> str:
        """The value for a page."""
        value = self.value(row)
        if value is None or value == "":
            return ""
        if self.show:
            return self.show(value)
        if self.names or (self.choices and self.kind is Kind.CHOICE):
            return (self.titles([row]) if titles is None else titles).get(str(value), str(value))
        text = _told(value)
        return f"{text}\u2009{self.unit}" if self.unit else text

    def written(self, row: Any) -> str | float | int | None:
        """The value for a file, as an import reads it."""
        value = self.value(row)
        if value is None or isinstance(value, bool):
            return None if value is None else str(value).lower()
        if isinstance(value, (str, int, float)):
            return value
        if self.kind is Kind.SHAPE:
            return None if shapely.is_empty(value) else shapely.to_wkt(value, rounding_precision=7)
        if isinstance(value, Mapping):
            return json.dumps(value, ensure_ascii=False) if value else None
        return _moment(value) if isinstance(value, datetime.datetime) else str(value)

    @property
    def is_number(self) -> bool:
        return self.kind in (Kind.NUMBER, Kind.WHOLE)


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, datetime.datetime):
        return _moment(value)
    if hasattr(value, "geom_type"):
        middle = value.representative_point()
        place = f"{middle.x:.6f}, {middle.y:.6f}"
        return place if value.geom_type == "Point" else f"{place} ({value.geom_type})"
    return str(value)


def _moment(value: datetime.datetime) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
