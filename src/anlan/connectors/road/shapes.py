"""What bodies are made of: fields by name, one after another, by edition, with a length before.

With the kinds of values these are the small language in which the tables of messages are written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from anlan.connectors.road.fields import Body, Kind, Number, Short


class Field(NamedTuple):
    """when: whether it is there, by the edition and by what was read before it."""

    name: str
    kind: Kind
    when: Callable[[int, Mapping[str, Any]], bool] | None = None


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value that old devices leave out at the end: None."""

    kind: Kind

    def read(self, body: Body) -> Any:
        return None if body.is_read else self.kind.read(body)

    def write(self, value: Any, version: int) -> bytes:
        return b"" if value is None else self.kind.write(value, version)


@dataclass(frozen=True, slots=True)
class Sized:
    """A value whose length in bytes goes before it."""

    count: Number
    kind: Kind

    def read(self, body: Body) -> Any:
        inner = Body(body.take(int(self.count.read(body))), body.version)
        return self.kind.read(inner)

    def write(self, value: Any, version: int) -> bytes:
        data = self.kind.write(value, version)
        return self.count.write(len(data), version) + data


@dataclass(frozen=True, slots=True)
class Many:
    """One after another; count: how many goes before them, None for as many as there are.

    Devices miscount: fewer than promised are read as those that are there.
    """

    kind: Kind
    count: Number | None = None

    def read(self, body: Body) -> list[Any]:
        most = len(body.data) if self.count is None else int(self.count.read(body))
        values: list[Any] = []
        while len(values) < most and not body.is_read:
            values.append(self.kind.read(body))
        return values

    def write(self, value: Any, version: int) -> bytes:
        before = b"" if self.count is None else self.count.write(len(value), version)
        return before + b"".join(self.kind.write(one, version) for one in value)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields in order, by name."""

    fields: Sequence[Field]

    def read(self, body: Body) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, kind, when in self.fields:
            if when is None or when(body.version, values):
                values[name] = kind.read(body)
        return values

    def write(self, value: Any, version: int) -> bytes:
        written = bytearray()
        for name, kind, when in self.fields:
            if when is None or when(version, value):
                written += kind.write(value[name], version)
        return bytes(written)


@dataclass(frozen=True, slots=True)
class Edition:
    """Written one way before 2019 and another since; in 2011 perhaps a third."""

    old: Kind
    new: Kind
    first: Kind | None = None

    def read(self, body: Body) -> Any:
        return self.of(body.version).read(body)

    def write(self, value: Any, version: int) -> bytes:
        return self.of(version).write(value, version)

    def of(self, version: int) -> Kind:
        """How an edition writes it."""
        if version >= 2019:
            return self.new
        return self.first if self.first is not None and version < 2013 else self.old


def since_2019(version: int, _: Mapping[str, Any]) -> bool:
    return version >= 2019


def group(*fields: tuple[Any, ...]) -> Group:
    """Fields from their names and kinds, and when they are there."""
    return Group(tuple(Field(*one) for one in fields))


def read_fields(fields: Group, body: Body) -> dict[str, Any]:
    """Everything that the body says, as far as it goes.

    `rest` are bytes that no field reads, `fault` why a field could not be read.
    """
    values: dict[str, Any] = {}
    for name, kind, when in fields.fields:
        at = body.at
        try:
            if when is None or when(body.version, values):
                values[name] = kind.read(body)
        except Short:
            body.at = at
            values["fault"] = f"the body ends inside {name}"
            break
    if not body.is_read:
        values["rest"] = body.rest().hex()
    return values
