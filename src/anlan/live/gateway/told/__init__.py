"""What the gateway says of itself, in a file that pages and programs read."""

import contextlib
import json
import time
from collections import deque
from collections.abc import Sequence
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
    try:
        found = json.loads(file_of(data).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


class Teller:
    """Writes how the stations do."""

    def __init__(self, data: Path, stations: Sequence[Station]) -> None:
        self._path, self._stations = file_of(data), stations
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._samples: deque[tuple[float, list[int]]] = deque()

    def tell(self) -> None:
        """Renews the file; a full disk only leaves it as it was."""
        rates = self._rates()
        told = {
            "at": time.time_ns() // 1_000_000,
            "listeners": [_row(*one) for one in zip(self._stations, rates, strict=True)],
        }
        part = self._path.with_suffix(".part")
        with contextlib.suppress(OSError):
            part.write_bytes(msgspec.json.encode(told))
            part.replace(self._path)

    def _rates(self) -> list[float]:
        now_s, frames = time.monotonic(), [one.frames for one in self._stations]
        self._samples.append((now_s, frames))
        while now_s - self._samples[0][0] > _WINDOW_S:
            self._samples.popleft()
        then_s, before = self._samples[0]
        span_s = max(now_s - then_s, 0.001)
        return [(now - was) / span_s for now, was in zip(frames, before, strict=True)]


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
