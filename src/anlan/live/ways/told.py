"""What the ways say of themselves, in a file that pages and programs read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from anlan.live.gateway.told import Pace, read, renew
from anlan.live.ways.way import Books


def file_of(data: Path) -> Path:
    """Where the ways tell how they do."""
    return data / "gateway" / "ways.json"


def last_told(data: Path) -> dict[str, Any] | None:
    """What they said last, `at` in ms UTC, `listeners` as those of the gateway; None where they
    never said anything."""
    return read(file_of(data))


class Teller:
    """Writes how the ways do."""

    def __init__(self, data: Path, books: Sequence[Books]) -> None:
        self._path, self._books = file_of(data), books
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._pace = Pace()

    def tell(self) -> None:
        """Renews the file."""
        rows = [one.told() for one in self._books]
        for row, rate in zip(rows, self._pace.of([one.frames for one in self._books]), strict=True):
            row["frames_per_s"] = round(rate, 2)
        renew(self._path, rows)
