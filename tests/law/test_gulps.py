"""Messages are the same however their stream is cut, and between whatever else the broker says."""

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
    client = Gulping(CallbackAPIVersion.VERSION2, protocol=version, manual_ack=True)
    client.on_message = lambda _, __, message: heard.append(message)
    client._sock = sips = Gulps(line)
    while line.pieces or sips.pending():
        assert client.loop_read() == paho.MQTT_ERR_SUCCESS
    assert [(m.topic.encode(), bytes(m.payload), m.qos, m.retain) for m in heard] == [
        (topic, payload, qos, is_kept) for topic, payload, qos, _, is_kept in messages
    ]
    assert [m.mid for m in heard] == [n if one[2] else 0 for n, one in enumerate(messages, 1)]
