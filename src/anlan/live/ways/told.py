"""What the ways say of themselves, in a file that pages and programs read."""

from pathlib import Path
from typing import Any

from anlan.live.gateway.told import Pace, read, renew
from anlan.live.ways.mapped import Files


def file_of(data: Path) -> Path:
    """Where the ways tell how they do."""
    return data / "gateway" / "ways.json"


def last_told(data: Path) -> dict[str, Any] | None:
    """What they said last, `at` in ms UTC, `listeners` as those of the gateway; None where they
    never said anything."""
    return read(file_of(data))


class Teller:
    """Writes how the ways do."""

    def __init__(self, data: Path, files: Files) -> None:
        self._path, self._files = file_of(data), files
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._names: list[str] = []
        self._pace = Pace()

    def tell(self) -> None:
        """Renews the file."""
        mapped = self._files.mapped
        names = [one.name for one in mapped]
        if names != self._names:  # one has begun, or is gone
            self._names, self._pace = names, Pace()
        rates = self._pace.of([one.frames for one in mapped])
        rows = [one.told() for one in mapped]
        for row, rate in zip(rows, rates, strict=True):
            row["frames_per_s"] = round(rate, 2)
        renew(self._path, rows)
