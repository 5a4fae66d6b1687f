"""What became of a file of rows, value by value: counted, and written beside it."""

import csv
import os
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, TextIO

from anlan.live.decode.decoded import UNKNOWN_SENSOR, UNREADABLE

MOST_AWAITED = 5_000


class Refusal(NamedTuple):
    """Why a row, or a value of it, was not taken."""

    line: int
    code: str
    reason: str


class Account:
    """What became of a file. rows: that it has · taken, again: values that are new, and those that
    were there · counts: refusals by their code; each stands in a file `told` until the end, since
    there may be as many as values · awaited: sensors that are not registered, up to MOST_AWAITED,
    and how many values of each there were · shown: those that the quarantine shows."""

    def __init__(self, told: TextIO) -> None:
        self.awaited: dict[str, int] = {}
        self.shown = 0
        self.rows = self.taken = self.again = 0
        self.counts: Counter[str] = Counter()
        self._told, self._out = told, csv.writer(told)

    @property
    def is_lost(self) -> bool:
        """Whether nothing of it was taken, nor waits for its sensors to be admitted."""
        return not (self.taken or self.again or self.waits)

    @property
    def waits(self) -> bool:
        """Whether values of it wait for their sensors."""
        return bool(self.counts[UNKNOWN_SENSOR])

    def wait(self, sensor: str) -> int:
        """Notes a value of a sensor that is not registered; how many there were before."""
        before = self.awaited.get(sensor, 0)
        if before or len(self.awaited) < MOST_AWAITED:
            self.awaited[sensor] = before + 1
        return before

    def refuse(self, refusals: Iterable[Refusal]) -> None:
        """Notes refusals of lines that come one after another."""
        for one in sorted(refusals):
            self.counts[one.code] += 1
            self._out.writerow(one)

    def write(self, path: Path, why: str) -> None:
        """Writes it, durably. why: the file cannot be read."""
        totals = {"rows": self.rows, "accepted": self.taken, "duplicates": self.again,
                  "refused": self.counts.total()}  # fmt: skip
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow(["line", "code", "reason"])
            out.writerow(["", "total", ", ".join(f"{name} {n}" for name, n in totals.items())])
            if self.waits:
                told = f"{self.counts[UNKNOWN_SENSOR]} values wait for their sensors to be admitted"
                out.writerow(["", "waiting", told])
            if why:
                out.writerow(Refusal(0, UNREADABLE, why))
            self._told.seek(0)
            shutil.copyfileobj(self._told, file)
            file.flush()
            os.fsync(file.fileno())
