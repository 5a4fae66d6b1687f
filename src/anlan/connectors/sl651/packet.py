"""A frame of SL 651-2014 as it stands on the line: head, body, end (6.2 to 6.5).

Upward frames go from a station to its centre. A body that is too long for one frame goes in
packets (mode M3): they begin with SYN and bear their number.
"""

from typing import NamedTuple

from anlan.connectors.sl651.sums import crc16
from anlan.terms.errors import Malformed

SOH, HEX_START = b"\x01", b"\x7e\x7e"
STX, SYN = 0x02, 0x16
ETX, ETB = 0x03, 0x17
ENQ, EOT, ACK, NAK, ESC = 0x05, 0x04, 0x06, 0x15, 0x1B
ENDS = frozenset((ETX, ETB, ENQ, EOT, ACK, NAK, ESC))
DOWN = 0x8000
MOST_BODY, MOST_PACKET = 0x0FFF, 0xFFFF
MOST_BYTES = MOST_PACKET + 17
"""Of one frame: a packet of a hexadecimal one, with its head and check sum."""


class Packet(NamedTuple):
    """One frame.

    is_text: in ASCII · station: its ten digits · password: four digits · word: direction and
    length as they stand in the head · total, number: of packets, 0 where the body is whole ·
    end: the control character behind the body.
    """

    is_text: bool
    is_up: bool
    centre: int
    station: str
    password: str
    function: int
    word: int
    body: bytes
    end: int
    total: int = 0
    number: int = 0


def written(packet: Packet) -> bytes:
    """Its bytes; `word` is reckoned anew. Raises Malformed where a number or text has no room."""
    most = MOST_PACKET - 3 if packet.total and not packet.is_text else MOST_BODY - 6
    if len(packet.body) > (most if packet.total else MOST_BODY):
        raise Malformed(f"a body of {len(packet.body)} bytes is too long for one frame")
    try:
        return _text(packet) if packet.is_text else _hex(packet)
    except (ValueError, OverflowError) as error:
        raise Malformed(f"no head of a frame can say it ({error})") from error


def word_of(packet: Packet) -> int:
    """Direction and length. Packets of a hexadecimal frame need all bits for the length (6.5.3)."""
    length = len(packet.body) + (0 if not packet.total else 6 if packet.is_text else 3)
    return length | (0 if packet.is_up or (packet.total and not packet.is_text) else DOWN)


def _hex(packet: Packet) -> bytes:
    ends = (packet.centre.to_bytes(1, "big"), bytes.fromhex(packet.station))
    head = HEX_START + b"".join(ends if packet.is_up else reversed(ends))
    head += bytes.fromhex(packet.password) + packet.function.to_bytes(1, "big")
    head += word_of(packet).to_bytes(2, "big") + bytes((SYN if packet.total else STX,))
    if packet.total:
        head += (packet.total << 12 | packet.number).to_bytes(3, "big")
    frame = head + packet.body + bytes((packet.end,))
    return frame + crc16(frame).to_bytes(2, "big")


def _text(packet: Packet) -> bytes:
    ends = (f"{packet.centre:02X}", packet.station.upper())
    head = "".join(ends if packet.is_up else reversed(ends)) + packet.password.upper()
    head += f"{packet.function:02X}{word_of(packet):04X}"
    frame = SOH + head.encode("ascii") + bytes((SYN if packet.total else STX,))
    if packet.total:
        frame += f"{packet.total:03X}{packet.number:03X}".encode("ascii")
    frame += packet.body + bytes((packet.end,))
    return frame + f"{crc16(frame):04X}".encode("ascii")


def packets(packet: Packet, body: bytes, most: int) -> list[Packet]:
    """A long body in packets of at most so many bytes; the last ends with ETX (mode M3)."""
    parts = [body[at : at + most] for at in range(0, len(body), most)]
    return [
        packet._replace(
            body=part, total=len(parts), number=number, end=ETX if number == len(parts) else ETB
        )
        for number, part in enumerate(parts, 1)
    ]
