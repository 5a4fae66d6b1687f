"""Readings of many frames as columns: a group of them is one body, and none is made anew."""

from collections.abc import Iterator, Sequence
from itertools import starmap
from typing import Any, overload

from anlan.terms.readings import Reading


class Rows(Sequence[Reading]):
    """Readings, held as columns in the order of their fields, all of one length."""

    __slots__ = ("columns",)

    def __init__(self, columns: Sequence[Any]) -> None:
        self.columns = columns

    @overload
    def __getitem__(self, place: int) -> Reading: ...
    @overload
    def __getitem__(self, place: slice) -> "Rows": ...
    def __getitem__(self, place: int | slice) -> "Reading | Rows":
        cells = [column[place] for column in self.columns]
        return Rows(cells) if isinstance(place, slice) else Reading(*cells)

    def __iter__(self) -> Iterator[Reading]:
        return starmap(Reading, zip(*self.columns, strict=True))

    def __len__(self) -> int:
        return len(self.columns[0])


def columns_of(readings: Sequence[Reading]) -> Sequence[Any]:
    """The columns of at least one reading."""
    return readings.columns if isinstance(readings, Rows) else tuple(zip(*readings, strict=True))
