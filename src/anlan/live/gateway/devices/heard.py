"""Which devices were heard, and when last."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from struct import Struct
from typing import Any

from anlan.live.gateway.bounds import Rate

MOST = 20_000
_MOST_RAW, _MOST_ROOM = 256 << 10, 16 << 20
HEAD = Struct(">QI")
"""Before each raw frame that is kept: when it came, ms UTC, and its length."""


@dataclass(slots=True)
class Device:
    """One device. back: its way back, None while it has none · raw: its frames since they were
    taken last, each after a HEAD · faults: how often it was at fault since that, by code."""

    rate: Rate
    seen_at: int = 0
    frames: int = 0
    address: str = ""
    back: Any = None
    noted: int = 0
    raw: bytearray = field(default_factory=bytearray)
    faults: Counter[str] | None = None


class Devices:
    """The devices of one listener, who was heard last at the end; the quietest are forgotten."""

    def __init__(self, frames_per_s: float, clock: Callable[[], float]) -> None:
        self._frames_per_s, self._clock = frames_per_s, clock
        self._known: dict[str, Device] = {}
        self._left: set[str] = set()
        self._room = _MOST_ROOM

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

    def keep(self, device: Device, raw: bytes) -> None:
        """Keeps the bytes of the frame that was just heard, while there is room for them."""
        if len(device.raw) < _MOST_RAW and self._room > 0:
            device.raw += HEAD.pack(device.seen_at, len(raw)) + raw
            self._room -= len(raw)

    def fault(self, name: str, code: str) -> None:
        """Notes that a device was at fault."""
        device = self._known.get(name)
        if device is not None:
            device.faults = device.faults or Counter()
            device.faults[code] += 1

    def left(self, names: set[str], back: Any) -> None:
        """A way back has ended."""
        for name in names:
            device = self._known.get(name)
            if device is not None and device.back is back:
                device.back = None
                self._left.add(name)

    def news(self) -> Iterator[tuple[str, Device]]:
        """Those that were heard, or left, since it was asked last; whoever asks takes what is kept
        of them."""
        left, self._left, self._room = self._left, set(), _MOST_ROOM
        for name, device in reversed(self._known.items()):
            if device.frames == device.noted:
                break
            left.discard(name)
            yield name, device
        yield from ((name, self._known[name]) for name in left if name in self._known)

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
