"""Bytes that are read from the front, and the values in them."""

from collections.abc import Sequence
from functools import lru_cache
from struct import Struct
from typing import Any

from anlan.connectors.gb32960.tables import Cell
from anlan.terms.errors import Malformed


class Body:
    """What is left to read. where: what it is, for whoever is told that it ends too early."""

    __slots__ = ("_at", "_data", "where")

    def __init__(self, data: bytes, where: str) -> None:
        self._data, self._at, self.where = data, 0, where

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            left = len(self._data) - self._at
            raise Malformed(f"wrong length: {self.where} ends {size - left} bytes too early")
        taken, self._at = self._data[self._at : end], end
        return taken

    def byte(self) -> int:
        return self.take(1)[0]

    def word(self) -> int:
        return int.from_bytes(self.take(2), "big")

    def rest(self) -> bytes:
        taken, self._at = self._data[self._at :], len(self._data)
        return taken

    def __bool__(self) -> bool:
        return self._at < len(self._data)


class Group:
    """Values that stand one after another."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._form = Struct(">" + "".join(cell.code for cell in cells))
        self._cells = [(cell, cell.nothing) for cell in cells]

    def read(self, body: Body) -> dict[str, Any]:
        """Each by name; None where there is none, and for a code its word too."""
        told: dict[str, Any] = {}
        numbers = self._form.unpack(body.take(self._form.size))
        for (cell, nothing), number in zip(self._cells, numbers, strict=True):
            if cell.is_measured:
                told[cell.name] = value_of(cell, number, nothing)
                continue
            told[cell.name] = number
            if cell.words is not None:
                word = cell.words.get(number) or nothing.get(number, "预留")
                told[f"{cell.name}_word"] = word
        return told

    def write(self, told: dict[str, Any]) -> bytes:
        """The inverse of read."""
        return self._form.pack(*(_number(cell, told[cell.name]) for cell, _ in self._cells))


def value_of(cell: Cell, number: int, nothing: dict[int, str]) -> float | int | None:
    if number in nothing:
        return None
    return number - cell.off if cell.per == 1 else (number - cell.off) / cell.per


def _number(cell: Cell, value: float | None) -> int:
    if value is None:
        return max(cell.nothing)
    return round(value * cell.per) + cell.off


@lru_cache(maxsize=64)
def _many(code: str, count: int) -> Struct:
    return Struct(f">{count}{code}")


def read_many(cell: Cell, count: int, body: Body) -> list[float | int | None]:
    """So many values of one kind."""
    form, off, per = _many(cell.code, count), cell.off, cell.per
    numbers, nothing = form.unpack(body.take(form.size)), cell.nothing
    if per == 1:
        return [None if number in nothing else number - off for number in numbers]
    return [None if number in nothing else (number - off) / per for number in numbers]


def write_many(cell: Cell, values: Sequence[float | None]) -> bytes:
    return _many(cell.code, len(values)).pack(*(_number(cell, value) for value in values))
