"""The declaration of a sheet: everything the pages of a model are made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404

from anlan.desk.asker import Asker
from anlan.desk.seams import reach_of
from anlan.desk.sheet.fields import Field, Kind
from anlan.desk.sheet.writer import Writer

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Values = dict[str, Any]
Check = Callable[[Values], Mapping[str, str]]
"""What is wrong with values that are right each by itself: reasons by field."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the detail page and of the form."""

    title: "StrPromise"
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One model's pages.

    name: in addresses · base: where they begin, without the last stroke · read, change: acts ·
    writer: how rows are written; None for a sheet that is only read · owned: rows have an owner ·
    dated: rows hold for a time · facets: fields whose exact value the words hold, so that a
    filter on them goes with a search · more: further fields that depend on the values, such as
    on the kind (more_by) · check: made once for a form or a file; it may fill in what follows from
    the values, such as the region of what they belong to · settle: values as the row's columns ·
    is_plain_key: the key says by itself where the row belongs · is_file_only: rows are written by
    import only · imported: what is said after an import, with the same counts as the usual words ·
    identify: the key that follows from the values · beside: titles and addresses of other pages of
    a row.
    """

    name: str
    base: str
    model: Any
    title: "StrPromise"
    one: "StrPromise"
    fields: tuple[Field, ...]
    columns: tuple[str, ...]
    read: str
    change: str
    sections: tuple[Section, ...] = ()
    filters: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    order: tuple[str, ...] = ("region", "key")
    writer: Writer | None = None
    owned: bool = True
    dated: bool = True
    more: Callable[[Values], Sequence[Field]] | None = None
    more_in: str = "attributes"
    more_by: str = "kind"
    check: Callable[[Asker], Check] | None = None
    settle: Callable[[Values], Values] | None = None
    is_plain_key: bool = False
    is_file_only: bool = False
    imported: "StrPromise | None" = None
    identify: Callable[[Mapping[str, Any]], str] | None = None
    beside: Callable[[Any], list[tuple[str, str]]] | None = None

    def __post_init__(self) -> None:
        known = {field.name for field in self.fields}
        for name in (*self.columns, *self.filters, *(f for s in self.sections for f in s.fields)):
            if name not in known:
                raise ValueError(f"sheet {self.name} has no field {name!r}")

    def field(self, name: str) -> Field:
        """A field by its name."""
        return next(field for field in self.fields if field.name == name)

    def all_rows(self) -> Any:
        """Every row that holds now, whoever it belongs to."""
        rows = self.model.objects.all()
        return rows.filter(until=None) if self.dated else rows

    def rows(self, asker: Asker) -> Any:
        """The rows that the asker may read."""
        owner = "owner" if self.owned else ""
        return self.all_rows().filter(reach_of(asker.scope_for(self.read), owner=owner))

    def row(self, asker: Asker, key: str) -> Any:
        """A row by its key; Http404 where there is none, or none for the asker."""
        found = self.rows(asker).filter(key=key).first()
        if found is None:
            raise Http404
        return found

    def may_change(self, asker: Asker, row: Any = None) -> bool:
        """Whether the asker may write, at all or to a row."""
        if self.writer is None:
            return False
        if row is None:
            return asker.may(self.change)
        return asker.may(self.change, row.region, getattr(row, "owner", ""))

    def fields_for(self, values: Values) -> tuple[Field, ...]:
        """The fields that are entered, with those that depend on what is entered."""
        own = tuple(field for field in self.fields if not field.is_read_only)
        return own + tuple(self.more(values) if self.more else ())

    def values_of(self, row: Any) -> Values:
        """What a row holds, by field, for the form."""
        values = {field.name: field.value(row) for field in self.fields}
        held = getattr(row, self.more_in, None) if self.more else None
        for field in self.more(values) if self.more else ():
            values[field.name] = (held or {}).get(more_name(field))
        return values

    def url(self, *parts: str) -> str:
        """The address of a page of this sheet."""
        return "/".join((self.base, *parts))

    def every_more(self) -> tuple[Field, ...]:
        """The further fields of every choice."""
        choices = self.field(self.more_by).choices if self.more else None
        if self.more is None or choices is None:
            return ()
        return tuple(f for value, _title in choices() for f in self.more({self.more_by: value}))

    @property
    def file_fields(self) -> tuple[Field, ...]:
        """The fields of a file, in order."""
        return tuple(f for f in self.fields if not (f.kind is Kind.MOMENT and f.is_read_only))


MORE = "more-"
"""What the names of further fields begin with, so that they meet no other's."""


def more_name(field: Field) -> str:
    """The name of a further field within its mapping."""
    return field.name.removeprefix(MORE)
