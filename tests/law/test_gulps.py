"""Messages are the same however their stream is cut, and between whatever else the broker says."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import paho.mqtt.client as paho
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from anlan.connectors.mqtt.gulps import Gulping, Gulps

PING = b"\xd0\x00"
USER_PROPERTY = b"\x26\x00\x01k\x00\x01v"
MESSAGES = st.lists(
    st.tuples(
        st.text("abc/水", min_size=1, max_size=9).map(str.encode),
        st.binary(max_size=300),
        st.integers(0, 1),
        st.sampled_from([b"", USER_PROPERTY, USER_PROPERTY * 20]),
        st.booleans(),
    ),
    max_size=12,
)


class Line:
    """A socket with pieces to be read, one at a time."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def recv(self, most: int) -> bytes:
        if not self.pieces:
            raise BlockingIOError
        piece = self.pieces.pop(0)
        if len(piece) > most:
            self.pieces.insert(0, piece[most:])
        return piece[:most]

    def close(self) -> None:
        return


def number(value: int) -> bytes:
    said = bytearray()
    while True:
        value, low = divmod(value, 128)
        said.append(low | (128 if value else 0))
        if not value:
            return bytes(said)


def packet(one: tuple[bytes, bytes, int, bytes, bool], mid: int, *, is_5: bool) -> bytes:
    topic, payload, qos, properties, is_kept = one
    body = len(topic).to_bytes(2, "big") + topic
    body += mid.to_bytes(2, "big") if qos else b""
    body += number(len(properties)) + properties if is_5 else b""
    return bytes([0x30 | qos << 1 | is_kept]) + number(len(body + payload)) + body + payload


def client_on(
    line: Line,
    hear: Callable[[Any], None],
    version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311,
) -> tuple[Gulping, Gulps]:
    client = Gulping(CallbackAPIVersion.VERSION2, protocol=version, manual_ack=True)
    client.on_message = lambda _, __, message: hear(message)
    client._sock = sips = Gulps(line)
    return client, sips


@pytest.mark.parametrize("version", [MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5])
@settings(max_examples=40)
@given(messages=MESSAGES, cuts=st.lists(st.integers(1, 400), max_size=30), pings=st.booleans())
def test_any_cut_gives_the_same_messages(
    version: MQTTProtocolVersion,
    messages: list[tuple[bytes, bytes, int, bytes, bool]],
    cuts: list[int],
    pings: bool,
) -> None:
    is_5 = version == MQTTProtocolVersion.MQTTv5
    said = [packet(one, mid, is_5=is_5) for mid, one in enumerate(messages, 1)]
    stream = (PING if pings else b"").join(said)
    pieces = []
    for cut in cuts:
        pieces.append(stream[:cut])
        stream = stream[cut:]
    line = Line([piece for piece in (*pieces, stream) if piece])
    heard: list[Any] = []
    client, sips = client_on(line, heard.append, version)
    while line.pieces or sips.pending():
        assert client.loop_read() == paho.MQTT_ERR_SUCCESS
    assert [(m.topic.encode(), bytes(m.payload), m.qos, m.retain) for m in heard] == [
        (topic, payload, qos, is_kept) for topic, payload, qos, _, is_kept in messages
    ]
    assert [m.mid for m in heard] == [n if one[2] else 0 for n, one in enumerate(messages, 1)]


def test_a_flood_before_a_slow_listener_lets_others_have_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = SimpleNamespace(now_s=1_000.0)
    monkeypatch.setattr(paho, "time_func", lambda: clock.now_s)
    heard: list[int] = []

    def hear(message: Any) -> None:
        heard.append(message.mid)
        clock.now_s += 0.3

    said = [packet((b"a", b"1", 1, b"", False), mid, is_5=False) for mid in range(1, 21)]
    client, sips = client_on(Line([b"".join(said[:15]) + PING, b"".join(said[15:])]), hear)
    most, before = 0, 0
    while sips.pending() or len(heard) < 20:
        assert client.loop_read() == paho.MQTT_ERR_SUCCESS
        most, before = max(most, len(heard) - before), len(heard)
        assert client._last_bytes_received == clock.now_s  # else the line counts as dead
    assert heard == list(range(1, 21))
    assert most <= 5
