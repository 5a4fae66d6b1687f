"""The times in signatures, by which what was sent before is known: as MAVLink has it."""

from anlan.connectors.mavlink.packet import Packet

EPOCH_MS = 1_420_070_400_000
"""Times of signatures count from here (2015), in 10 µs."""
_PER_MS, _MINUTE = 100, 6_000_000


class Stamps:
    """The newest of each link and of each aircraft, however many lines they come by. began: when
    it was first listened, ms UTC, 0 where nobody does."""

    def __init__(self, began: int) -> None:
        self._least = (began - EPOCH_MS) * _PER_MS - _MINUTE if began else 0
        self._links: dict[tuple[int, int, int], int] = {}
        self._newest: dict[int, int] = {}

    def wrong(self, packet: Packet) -> str:
        """Why a packet whose signature is right is not taken; empty where it is. Of a new link the
        time may be no more than a minute behind the aircraft's newest, and behind our beginning."""
        system = packet.system
        link = (system, packet.component, packet.signature[0])
        stamp = int.from_bytes(packet.signature[1:7], "little")
        last, newest = self._links.get(link), self._newest.get(system, 0)
        if last is not None and stamp <= last:
            return "its signature is no newer than the last: it was sent before"
        if last is None and stamp < max(newest - _MINUTE, self._least):
            return "its signature is older than a minute: it was sent before, or a clock is wrong"
        self._links[link], self._newest[system] = stamp, max(newest, stamp)
        return ""
