"""Packets of mode M3 put together again (6.3.1.2 c)."""

from dataclasses import dataclass, field
from hashlib import blake2b

from anlan.connectors.sl651.packet import ETX, Packet

MOST_KEPT = 4 << 20
"""Bytes of all bodies that one connection may have begun."""
_MOST_REPEATS, _COST, _HEAD = 2, 256, 16

Key = tuple[str, int]
"""Station and function."""


class Parcel(dict[int, bytes]):
    """The packets of one body by their number. missing: the lowest that has not come."""

    def __init__(self, total: int) -> None:
        super().__init__()
        self.total, self.missing, self.repeats = total, 1, 0

    @property
    def cost(self) -> int:
        return sum(map(len, self.values())) + _COST * len(self)

    def is_of(self, packet: Packet) -> bool:
        """Not so: another number of packets, or the same one with other bytes."""
        return self.total == packet.total and self.get(packet.number, packet.body) == packet.body

    def hashed(self) -> "Parcel":
        """What is kept of it when it is done."""
        parcel = Parcel(self.total)
        parcel |= {number: _hashed(body) for number, body in self.items()}
        return parcel

    def sought(self) -> int:
        """The lowest that has not come."""
        while self.missing in self:
            self.missing, self.repeats = self.missing + 1, 0
        return self.missing


def _hashed(body: bytes) -> bytes:
    return blake2b(body, digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a packet leads to. first: how the body begins, empty where that has not come · whole:
    the body, where it is complete · is_again: of a body that was · missing: the number that is to
    be asked for · fault: why the body is given up."""

    first: bytes
    whole: bytes | None = None
    is_again: bool = False
    missing: int = 0
    fault: str = ""


@dataclass(slots=True)
class Parcels:
    """What has begun on one connection; done: the last that was complete, and how it began."""

    begun: dict[Key, Parcel] = field(default_factory=dict)
    done: tuple[Key, Parcel, bytes] | None = None
    kept: int = 0

    def take(self, packet: Packet) -> Heard:
        """One packet; a missing one is asked for when the last has come, each at most twice."""
        key = (packet.station, packet.function)
        if self.done is not None and self._was_done(key, packet):
            return Heard(self.done[2], is_again=True)
        parcel = self.begun.get(key)
        if parcel is None or not parcel.is_of(packet):
            self._forget(key)
            parcel = self.begun[key] = Parcel(packet.total)
        if packet.number not in parcel:
            parcel[packet.number] = packet.body
            self.kept += len(packet.body) + _COST
        first = parcel.get(1, b"")[:_HEAD]
        if len(parcel) == parcel.total:
            self._forget(key)
            whole = b"".join(parcel[n] for n in range(1, parcel.total + 1))
            self.done = (key, parcel.hashed(), first)
            return Heard(first, whole)
        if not self._has_room(key):
            return Heard(first, fault=f"packets of more than {MOST_KEPT:,} bytes")
        return self._asked(key, parcel, first) if packet.end == ETX else Heard(first)

    def _was_done(self, key: Key, packet: Packet) -> bool:
        """The station has not heard that its body is complete, and says it again."""
        if self.done is None or key in self.begun:
            return False
        whose, parcel, _ = self.done
        return whose == key and parcel.is_of(packet._replace(body=_hashed(packet.body)))

    def _has_room(self, key: Key) -> bool:
        """What began first goes first; whether this one may stay."""
        while self.kept > MOST_KEPT:
            self._forget(next(iter(self.begun)))
        return key in self.begun

    def _asked(self, key: Key, parcel: Parcel, first: bytes) -> Heard:
        missing = parcel.sought()
        parcel.repeats += 1
        if parcel.repeats > _MOST_REPEATS:
            self._forget(key)
            return Heard(first, fault=f"packet {missing} of {parcel.total} never came")
        return Heard(first, missing=missing)

    def _forget(self, key: Key) -> None:
        parcel = self.begun.pop(key, None)
        if parcel is not None:
            self.kept -= parcel.cost
