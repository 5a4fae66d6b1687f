"""Frames of hydrologic stations by the tables of SL 651, put together without the codec."""

from datetime import UTC, datetime

from anlan.connectors.frames import Frame
from anlan.connectors.sl651 import PROTOCOL
from tests.wire.vectors import frames_of

STATION, CENTRE, PASSWORD = "0011223344", "05", "03e8"
SENT = "0007261130083015"
WHERE = "f1f1" + STATION
REPORT = SENT + WHERE + "48" + "f0f0" + "2611300830"
SENT_MS = int(datetime(2026, 11, 30, 0, 30, 15, tzinfo=UTC).timestamp()) * 1000
OBSERVED_MS = SENT_MS - 15_000
NOW_MS = int(datetime(2026, 11, 30, 0, 30, 20, tzinfo=UTC).timestamp()) * 1000
NOW = "261130083020"


def crc(data: bytes) -> bytes:
    """Of table 11, bit by bit."""
    state = 0xFFFF
    for octet in data:
        state ^= octet
        for _ in range(8):
            state = (state >> 1) ^ (0xA001 if state & 1 else 0)
    return state.to_bytes(2, "big")


def framed(function: str, body: str, *, end: str = "03", down: bool = False,
           part: str = "") -> bytes:  # fmt: skip
    """A frame by tables 20 to 23."""
    ends = STATION + CENTRE if down else CENTRE + STATION
    size = len(part + body) // 2 + (0x8000 if down and not part else 0)
    head = f"7e7e{ends}{PASSWORD}{function}{size:04x}" + ("16" if part else "02") + part
    raw = bytes.fromhex(head + body + end)
    return raw + crc(raw)


def texted(function: str, body: str, *, end: str = "\x03", down: bool = False) -> bytes:
    """The same by tables 16 and 17."""
    ends = STATION + CENTRE if down else CENTRE + STATION
    size = len(body) + (0x8000 if down else 0)
    raw = f"\x01{ends}{PASSWORD.upper()}{function.upper()}{size:04X}\x02{body}{end}".encode("latin")
    return raw + crc(raw).hex().upper().encode()


def read(data: bytes) -> Frame:
    (frame,) = frames_of(PROTOCOL, data)
    return frame


def values(frame: Frame) -> dict[str, float]:
    assert frame.is_ok, frame.reason
    assert not frame.fault
    return {one.sensor.removeprefix(f"{STATION}."): one.value for one in frame.readings}


GOOD = framed("32", REPORT + "392300010490")
