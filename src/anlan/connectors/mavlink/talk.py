"""One stream of an aircraft, a ground station or a radio that forwards them; nothing is said back.

Where a key is set, only what it signs is taken, and of each link only what is newer than the last,
by whichever line of the listener that came.
"""

from typing import Any

from anlan.connectors.dials import NOT_TOLD
from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.mavlink import messages as m
from anlan.connectors.mavlink.packet import KEY_BYTES, Packet, cutter, packet_in, proof_of
from anlan.connectors.mavlink.readings import flies, is_placed, values_in
from anlan.connectors.mavlink.stamps import Stamps
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER

_GOOD = int(Quality.GOOD)


class Talk:
    """words: `key` of signatures, 64 hexadecimal digits · `names` of aircraft by their number."""

    def __init__(self, way: Way) -> None:
        self._cut = cutter()
        self._key = bytes.fromhex(way.words.get("key", ""))
        if len(self._key) not in (0, KEY_BYTES):
            raise ValueError(f"key must be {2 * KEY_BYTES} hexadecimal digits")
        names = way.words.get("names", {})
        if not isinstance(names, dict):
            raise TypeError("names must be a table from numbers to names")
        self._names = {int(number): str(name) for number, name in names.items()}
        seen = {} if way.seen is None else way.seen
        self._stamps: Stamps = seen.setdefault("stamps", Stamps(way.began))
        self._booted: dict[tuple[int, int], int] = {}  # by system and component
        self._placed: set[int] = set()
        self._flies: dict[int, bool] = {}

    def feed(self, data: bytes) -> list[Frame]:
        return [self._frame(*piece) for piece in self._cut.feed(data)]

    def end(self) -> list[Frame]:
        return [self._frame(*piece) for piece in self._cut.end()]

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        return b""

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        return b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        raise Malformed("aircraft are asked nothing, and commanded nothing")

    def _frame(self, raw: bytes, reason: str) -> Frame:
        if reason:
            return Frame(raw, reason)
        packet = packet_in(raw)
        message = m.MESSAGES.get(packet.kind)
        header = _head(packet, message.name if message else "", is_proved=bool(self._key))
        if wrong := self._unproved(packet):
            return Frame(raw, wrong, header=header)
        if message is None:
            return Frame(raw, header=header, fields={"payload": packet.payload.hex()})
        told = m.told_in(message, packet.payload)
        if not self._is_aircraft(packet, told):
            return Frame(raw, header=header, fields=told)
        return self._taken(packet, header, told)

    def _is_aircraft(self, packet: Packet, told: m.Told) -> bool:
        """Whether a message is of an aircraft: of a system that flies, or has told nothing else."""
        system = packet.system
        if packet.kind != m.HEARTBEAT:
            return self._flies.get(system, True)
        is_it = flies(told)
        self._flies[system] = is_it or self._flies.get(system, False)
        return is_it

    def _taken(self, packet: Packet, header: dict[str, Any], told: m.Told) -> Frame:
        system = packet.system
        device = self._names.get(system, f"uav-{system}")
        values = values_in(packet.kind, told, is_lone=system not in self._placed)
        fault = ""
        if packet.kind == m.POSITION:
            if is_placed(told):
                self._placed.add(system)
            else:
                fault = "a place that is not known (no fix)"
        at = self._time((system, packet.component), told)
        readings = tuple(
            Reading(f"{device}.{name}", at or 0, value, _GOOD, NEVER)
            for name, value in values.items()
        )
        dials = () if at is not None else (NOT_TOLD,) * len(readings)
        return Frame(packet.raw, device=device, header=header, fields=told, readings=readings,
                     fault=fault, dials=dials)  # fmt: skip

    def _time(self, part: tuple[int, int], told: m.Told) -> int | None:
        """When a message was made, ms UTC; None where the part of the aircraft that made it has
        not said what its clock counts from: each has one of its own."""
        at, boot_ms = told.get("time_ms"), told.get("boot_ms")
        if at is not None:
            if boot_ms is not None:
                self._booted[part] = at - boot_ms
            return int(at)
        if boot_ms is None or part not in self._booted:
            return None
        return self._booted[part] + int(boot_ms)

    def _unproved(self, packet: Packet) -> str:
        """Why the signature does not hold; empty where it does, or none is asked for."""
        if not self._key:
            return ""
        if not packet.signature:
            return "it is not signed, and a key is set"
        if proof_of(packet.raw[:-6], self._key) != packet.signature[-6:]:
            return "wrong signature"
        return self._stamps.wrong(packet)


def _head(packet: Packet, name: str, *, is_proved: bool) -> dict[str, Any]:
    told = {"version": packet.version, "sequence": packet.sequence, "system": packet.system,
            "component": packet.component, "message": packet.kind, "name": name}  # fmt: skip
    if not packet.is_known:
        told["check_sum"] = "not proved: a kind that is not known here"
    if packet.signature:
        told["signature"] = "right" if is_proved else "not proved: no key is set"
    return told
