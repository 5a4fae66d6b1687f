"""A client that takes what has come at once: paho asks the system for each byte of a length, and
looks whether there is more after each message."""

import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion

_MOST, _ROUNDS, _LONGEST_S = 1 << 16, 16, 1.0
_PUBLISH, _PUBACK = 0x30, 0x40
_ACKNOWLEDGED = struct.Struct(">BBH")


class Came(NamedTuple):
    """A message, with what of paho's own is looked at. name: its topic's bytes."""

    name: bytes
    payload: bytes
    mid: int
    qos: int
    retain: bool
    dup: bool

    @property
    def topic(self) -> str:
        """UnicodeDecodeError where it is no UTF-8."""
        return self.name.decode()


class Gulping(paho.Client):
    """Reads all messages that have come before it does anything else, but no longer than about a
    second, since the broker waits for acknowledgements and signs of life. Whatever is no whole
    message of QoS 0 or 1 is left to paho."""

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        told, end_s = MQTTErrorCode.MQTT_ERR_SUCCESS, paho.time_func() + _LONGEST_S
        for _ in range(_ROUNDS):
            line = self._sock
            if not isinstance(line, Gulps):
                return super().loop_read(max_packets)
            if not self._in_packet["command"]:  # between two packets
                self._tell(line, end_s)
            if line.has_more and paho.time_func() >= end_s:
                break
            told = super().loop_read(max_packets)
            if told != MQTTErrorCode.MQTT_ERR_SUCCESS or not line.has_more:
                break
        return told

    def _tell(self, line: "Gulps", end_s: float) -> None:
        is_5, tell = self._protocol == MQTTProtocolVersion.MQTTv5, self.on_message
        line.fill()
        is_heard = line.has_more
        while paho.time_func() < end_s and (came := line.message(is_5=is_5)) is not None:
            if tell is not None:
                tell(self, None, came)  # type: ignore[arg-type]  # all that is looked at is there
        if is_heard:  # as paho notes it after each packet of its own
            with self._msgtime_mutex:
                self._last_bytes_received = paho.time_func()

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Messages of QoS 1, all in one writing."""
        if mids:
            said = b"".join([_ACKNOWLEDGED.pack(_PUBACK, 2, mid) for mid in mids])
            self._packet_queue(_PUBACK, said, mids[-1], 1)

    def _create_socket(self) -> Any:
        return Gulps(super()._create_socket())


class Gulps:
    """A socket that is read in gulps and handed on in sips; in all else the socket itself."""

    def __init__(self, line: Any) -> None:
        self._line = line
        self._have, self._at = b"", 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)

    @property
    def has_more(self) -> bool:
        """Whether something is here that was not handed on."""
        return self._at < len(self._have)

    def pending(self) -> int:
        """Bytes that are here, as an encrypted socket also tells them."""
        below = getattr(self._line, "pending", None)
        return len(self._have) - self._at + (below() if below else 0)

    def recv(self, most: int) -> bytes:
        """As of a socket."""
        if not self.has_more:
            self._have, self._at = self._line.recv(_MOST), 0
        start, self._at = self._at, min(self._at + most, len(self._have))
        return self._have[start : self._at]

    def fill(self) -> None:
        """Takes a gulp where nothing is left; what goes wrong goes wrong again for who sips."""
        if not self.has_more:
            try:
                self._have, self._at = self._line.recv(_MOST), 0
            except OSError:
                return

    def message(self, *, is_5: bool) -> Came | None:
        """The next message of QoS 0 or 1; None where the next is anything else, or not whole."""
        have, at = self._have, self._at
        if at >= len(have) or have[at] & 0xF0 != _PUBLISH or have[at] & 4:
            return None
        place, length = _number(have, at + 1)
        end = place + length
        if not place or length < 2 or end > len(have):
            return None
        marks, start = have[at], place + 2
        stop = start + (have[place] << 8 | have[place + 1])
        qos = marks >> 1 & 1
        body = stop + 2 * qos
        if is_5 and body < end:
            place, length = _number(have, body)
            body = place + length if place else end + 1
        elif is_5:
            return None
        if body > end:
            return None
        self._at = end
        mid = have[stop] << 8 | have[stop + 1] if qos else 0
        return Came(have[start:stop], have[body:end], mid, qos, bool(marks & 1), bool(marks & 8))


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to four bytes: where it ends, 0 where it does not, and the number."""
    value = shift = 0
    for place in range(at, min(at + 4, len(data))):
        value |= (data[place] & 0x7F) << shift
        if data[place] < 0x80:
            return place + 1, value
        shift += 7
    return 0, 0
