"""What the ways say of themselves, in a file that pages and programs read."""

import contextlib
import json
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from anlan.live.ways.way import Books

_WINDOW_S = 60.0


def file_of(data: Path) -> Path:
    """Where the ways tell how they do."""
    return data / "gateway" / "ways.json"


def last_told(data: Path) -> dict[str, Any] | None:
    """What they said last, `at` in ms UTC, `listeners` as those of the gateway; None where they
    never said anything."""
    try:
        found = json.loads(file_of(data).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


class Teller:
    """Writes how the ways do."""

    def __init__(self, data: Path, books: Sequence[Books]) -> None:
        self._path, self._books = file_of(data), books
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._samples: deque[tuple[float, list[int]]] = deque()

    def tell(self) -> None:
        """Renews the file; a full disk only leaves it as it was."""
        rows = [one.told() for one in self._books]
        for row, rate in zip(rows, self._rates(), strict=True):
            row["frames_per_s"] = round(rate, 2)
        told = {"at": time.time_ns() // 1_000_000, "listeners": rows}
        part = self._path.with_suffix(".part")
        with contextlib.suppress(OSError):
            part.write_bytes(msgspec.json.encode(told))
            part.replace(self._path)

    def _rates(self) -> list[float]:
        now_s, frames = time.monotonic(), [one.frames for one in self._books]
        self._samples.append((now_s, frames))
        while now_s - self._samples[0][0] > _WINDOW_S:
            self._samples.popleft()
        then_s, before = self._samples[0]
        span_s = max(now_s - then_s, 0.001)
        return [(now - was) / span_s for now, was in zip(frames, before, strict=True)]
