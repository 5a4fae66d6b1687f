"""Rows are written as the pages of the atlas write them: same checks, same rights, same audit."""

from typing import Any

from anlan.apps.people.asker import Person
from anlan.desk.sheet import Sheet
from anlan.desk.sheet.declare import MORE, Values
from anlan.desk.sheet.forms import SheetForm
from anlan.desk.sheet.writer import Change
from anlan.desk.sheet.writing import (
    cannot_use,
    key_is_wrong,
    key_prefix,
    new_key,
    reasons,
    taken,
)
from anlan.site.api.things.door import DeniedError, allowed
from anlan.terms.errors import Malformed, Refused

_PROPERTIES = {"name": "name", "key": "@iot.id", "shape": "location", "object_key": "Thing",
               "quantity": "ObservedProperty"}  # fmt: skip


def save(person: Person, sheet: Sheet, row: Any, told: Values) -> str:
    """Writes a new row, or changes one; its key. told: what is said, the rest stays as it is.

    Raises Malformed with the field that is wrong, Refused, DeniedError where it is not allowed: to
    what the row was as well as to what it becomes.
    """
    allowed(person, sheet.change)
    if row is not None:
        own(person, sheet, row)
    values = settled(person, sheet, row, told)
    _write(person, sheet, Change(row, values))
    return str(values["key"])


def own(person: Person, sheet: Sheet, row: Any) -> Any:
    """The same row. Raises DeniedError where the person may not write it."""
    if not sheet.may_change(person, row):
        raise DeniedError(403, f"This needs the right {sheet.change}.")
    return row


def settled(person: Person, sheet: Sheet, row: Any, told: Values) -> Values:
    """Values that may be written. Raises as `save` does."""
    held = sheet.values_of(row) if row is not None else {}
    said = {name: value for name, value in {**held, **told}.items() if value is not None}
    form = SheetForm(sheet, held or told, said, is_new=row is None, asker=person)
    for field, told_wrong in form.errors.items():
        raise Malformed(str(told_wrong[0]), where=_property(str(field)))
    values = {**held, **told, **form.cleaned_data}
    wrong = reasons(person, sheet, values, check=sheet.check(person) if sheet.check else None)
    for name, reason in wrong.items():
        if name == "region":
            raise DeniedError(403, reason)
        raise Malformed(reason, where=_property(name))
    if row is None:
        values["key"] = key_for(person, sheet, values)
    return values


def _property(field: str) -> str:
    """What a client calls a field of a sheet."""
    if field in _PROPERTIES:
        return _PROPERTIES[field]
    return f"properties/{field.removeprefix(MORE)}"


def key_for(person: Person, sheet: Sheet, values: Values) -> str:
    """A key of its own, or the one that is asked for. Raises Malformed where it cannot be used."""
    key = str(values.get("key") or "")
    if not key:
        region, owner = str(values["region"]), str(values.get("owner") or "")
        return new_key(key_prefix(person, sheet.change, region, owner))
    if key_is_wrong(person, sheet, values, taken(sheet, [key])):
        raise Malformed(cannot_use(), where="@iot.id")
    return key


def end(person: Person, sheet: Sheet, rows: list[Any]) -> None:
    """Ends rows: they hold no longer, and their past stays."""
    for row in rows:
        own(person, sheet, row)
    if rows and sheet.writer is not None:
        sheet.writer.write(person, sheet, [Change(row, None) for row in rows])


def _write(person: Person, sheet: Sheet, change: Change) -> None:
    if sheet.writer is None:
        raise Refused("This cannot be written.")
    sheet.writer.write(person, sheet, [change])
