"""SeedLink 3 in bytes: commands, packets and the numbers that they count."""

from typing import NamedTuple

from anlan.terms.errors import Malformed

RECORD_BYTES, HEAD_BYTES = 512, 8
PACKET_BYTES = HEAD_BYTES + RECORD_BYTES
HELLO, END, ALIVE = b"HELLO\r\n", b"END\r\n", b"INFO ID\r\n"
OK = b"OK"
_LAST = 0xFFFFFF
_INFO = b"SLINFO"


class Packet(NamedTuple):
    """number: that the server counts by, None for what it tells of itself."""

    number: int | None
    record: bytes


def packet_of(data: bytes) -> Packet:
    """A packet; Malformed where it is none: then the stream is out of step."""
    if data.startswith(_INFO):
        return Packet(None, data[HEAD_BYTES:])
    if data[:2] != b"SL":
        raise Malformed("what the server says is no packet of SeedLink 3")
    try:
        return Packet(int(data[2:HEAD_BYTES].decode("ascii"), 16), data[HEAD_BYTES:])
    except ValueError as error:
        raise Malformed("a packet without its number") from error


def station(network: str, name: str) -> bytes:
    """Chooses a station."""
    return f"STATION {name} {network}\r\n".encode()


def select(channel: str) -> bytes:
    """Chooses channels of it."""
    return f"SELECT {channel}\r\n".encode()


def data(last: int | None) -> bytes:
    """Asks for what comes; last: the number of the last packet that is durable, None for none."""
    return b"DATA\r\n" if last is None else f"DATA {(last + 1) & _LAST:06X}\r\n".encode()
