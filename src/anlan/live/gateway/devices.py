"""Which devices were heard, and when last."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anlan.live.gateway.bounds import Rate

MOST = 20_000


@dataclass(slots=True)
class Device:
    """One device. back: its way back, None while it has none."""

    rate: Rate
    seen_at: int = 0
    frames: int = 0
    address: str = ""
    back: Any = None


class Devices:
    """The devices of one listener, who was heard last at the end; the quietest are forgotten."""

    def __init__(self, frames_per_s: float, clock: Callable[[], float]) -> None:
        self._frames_per_s, self._clock = frames_per_s, clock
        self._known: dict[str, Device] = {}

    def __getitem__(self, name: str) -> Device:
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def __len__(self) -> int:
        return len(self._known)

    def heard(self, name: str, back: Any, now_ms: int) -> Device:
        """Notes a frame of a device."""
        device = self._known.pop(name, None)
        if device is None:
            device = Device(Rate(self._frames_per_s, self._clock()))
            if len(self._known) >= MOST:
                del self._known[next(iter(self._known))]
        self._known[name] = device
        device.seen_at, device.back, device.address = now_ms, back, back.address
        device.frames += 1
        return device

    def left(self, names: set[str], back: Any) -> None:
        """A way back has ended."""
        for name in names:
            device = self._known.get(name)
            if device is not None and device.back is back:
                device.back = None

    @property
    def online(self) -> int:
        return sum(device.back is not None for device in self._known.values())

    def told(self, most: int) -> list[dict[str, Any]]:
        """Who was heard last first."""
        newest = list(self._known.items())[-most:]
        return [
            {"device": name, "seen_at": one.seen_at, "frames": one.frames,
             "address": one.address, "is_online": one.back is not None}
            for name, one in reversed(newest)
        ]  # fmt: skip
