"""What the templates of a sheet are given."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils.http import urlencode

from anlan.desk.asker import Asker
from anlan.desk.seams import reach_of
from anlan.desk.sheet.declare import Section, Sheet
from anlan.desk.sheet.fields import Field, Kind
from anlan.desk.sheet.listing import Wish

_MOST_HISTORY = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the list: where it leads, and its cells with their fields."""

    url: str
    key: str
    cells: list[tuple[Field, str]]


def frame_of(sheet: Sheet, asker: Asker) -> dict[str, Any]:
    """What every page of a sheet is given."""
    return {"sheet": sheet, "may_change": sheet.may_change(asker), "asker": asker}


def table_of(sheet: Sheet, rows: list[Any]) -> dict[str, Any]:
    """Head and lines of the list."""
    fields = [sheet.field(name) for name in sheet.columns]
    titles = {field.name: field.titles(rows) for field in fields}
    lines = [
        Line(sheet.url(quote(row.key, safe="")), row.key,
             [(field, field.told(row, titles[field.name])) for field in fields])
        for row in rows
    ]  # fmt: skip
    return {"fields": fields, "lines": lines}


def filters_of(sheet: Sheet, asker: Asker, wish: Wish) -> list[dict[str, Any]]:
    """The filters with their choices and what is chosen."""
    found = []
    for name in sheet.filters:
        field = sheet.field(name)
        choices = field.choices() if field.choices else []
        if field.choices_for:
            choices = field.choices_for(asker)
        found.append({
            "field": field, "value": wish.filters.get(name, ""), "choices": choices,
            "is_text": not choices,
        })  # fmt: skip
    return found


def query_of(wish: Wish) -> str:
    """The wish as a query string without its place, for links."""
    words = {"q": wish.text, **wish.filters}
    return urlencode({name: value for name, value in words.items() if value})


def detail_of(sheet: Sheet, row: Any) -> list[dict[str, Any]]:
    """The sections of the detail page: titles and told values, empty ones left out."""
    values = sheet.values_of(row)
    sections = sheet.sections or (Section(sheet.one, tuple(f.name for f in sheet.fields)),)
    found: list[dict[str, Any]] = []
    for section in sections:
        fields = [sheet.field(name) for name in section.fields]
        lines = [(field, field.told(row)) for field in fields if field.kind is not Kind.PLAIN]
        found.append({"title": section.title, "lines": [line for line in lines if line[1]]})
    more = [(field, _more(field, values)) for field in (sheet.more(values) if sheet.more else ())]
    if told := [line for line in more if line[1]]:
        found[-1]["lines"] += told
    return found


def _more(field: Field, values: dict[str, Any]) -> str:
    value = values.get(field.name)
    return "" if value in (None, "") else field.told(_Held(field.name, value))


class _Held:
    """A value by its field's name, as a row has it."""

    def __init__(self, name: str, value: Any) -> None:
        setattr(self, name, value)


def history_of(sheet: Sheet, asker: Asker, row: Any) -> list[dict[str, Any]]:
    """How a dated row was before: from when to when, and which fields differ from the next."""
    if not sheet.dated:
        return []
    owner = "owner" if sheet.owned else ""
    rows = sheet.model.objects.filter(
        reach_of(asker.scope_for(sheet.read), owner=owner), key=row.key
    )
    rows = list(rows.order_by("-since")[:_MOST_HISTORY])
    fields = [f for f in sheet.fields if f.kind not in (Kind.SHAPE, Kind.PLAIN, Kind.MOMENT)]
    return [
        {"row": old, "since": old.since, "until": old.until,
         "differs": [(f, f.told(old), f.told(new)) for f in fields if f.value(old) != f.value(new)]}
        for old, new in zip(rows[1:], rows, strict=False)
    ]  # fmt: skip
