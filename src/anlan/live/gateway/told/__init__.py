"""What the gateway says of itself, in a file that pages and programs read."""

import contextlib
import json
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from anlan.live.gateway.station import Station

_DEVICES, _WINDOW_S = 200, 60.0


def file_of(data: Path) -> Path:
    """Where the gateway tells how it does."""
    return data / "gateway" / "status.json"


def last_told(data: Path) -> dict[str, Any] | None:
    """What a gateway said last, `at` in ms UTC; None where there never was one."""
    return read(file_of(data))


def read(path: Path) -> dict[str, Any] | None:
    """What was written there last; None where nothing was."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def renew(path: Path, listeners: Sequence[Mapping[str, Any]]) -> None:
    """Writes it, as of now; a full disk only leaves it as it was."""
    told = {"at": time.time_ns() // 1_000_000, "listeners": listeners}
    part = path.with_suffix(".part")
    with contextlib.suppress(OSError):
        part.write_bytes(msgspec.json.encode(told))
        part.replace(path)


class Pace:
    """Frames a second over the last minute, from their numbers so far."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, list[int]]] = deque()

    def of(self, frames: list[int]) -> list[float]:
        """Of each, in the same order at each call."""
        now_s = time.monotonic()
        self._samples.append((now_s, frames))
        while now_s - self._samples[0][0] > _WINDOW_S:
            self._samples.popleft()
        then_s, before = self._samples[0]
        span_s = max(now_s - then_s, 0.001)
        return [(now - was) / span_s for now, was in zip(frames, before, strict=True)]


class Teller:
    """Writes how the stations do."""

    def __init__(self, data: Path, stations: Sequence[Station]) -> None:
        self._path, self._stations = file_of(data), stations
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._pace = Pace()

    def tell(self) -> None:
        """Renews the file."""
        rates = self._pace.of([one.frames for one in self._stations])
        renew(self._path, [_row(*one) for one in zip(self._stations, rates, strict=True)])


def _row(station: Station, rate: float) -> dict[str, Any]:
    listener, carrier = station.listener, station.carrier
    return {
        "name": listener.name, "protocol": listener.protocol, "title": station.speech.title,
        "bind": listener.bind, "port": listener.port,
        "is_encrypted": bool(listener.certificate or listener.authority),
        "connections": station.crowd.size, "devices_online": station.devices.online,
        "devices": len(station.devices), "frames": station.frames, "frames_per_s": round(rate, 2),
        "readings": carrier.stored, "last_at": station.last_at or None,
        "trouble": carrier.trouble, "lag_s": round(carrier.lag_s, 3),
        "faults": dict(station.faults), "last_fault": station.last_fault,
        "heard": station.devices.told(_DEVICES),
    }  # fmt: skip
