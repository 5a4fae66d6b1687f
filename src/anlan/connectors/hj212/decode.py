"""A right frame → who says what, and what was measured."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from anlan.connectors.frames import Frame
from anlan.connectors.hj212.readings import Moments, Origin, measured
from anlan.connectors.hj212.segment import Flag, Pair, flag_of, pairs_in, read
from anlan.connectors.hj212.told import Fields, Said, number_of
from anlan.terms.readings import Reading

_HEAD, _SUM = 6, 4
_MOST_SPLIT, _LONGEST = 256, 64
_TIME = "DataTime"


class Reader:
    """Reads the frames of one conversation: of data in packets later ones may lack the time."""

    def __init__(self, zone: tzinfo) -> None:
        self.moments = Moments(zone)
        self._packets: dict[tuple[str, str, str], _Packet] = {}

    def frame(self, raw: bytes) -> Frame:
        """The frame of bytes whose length and check sum are right."""
        text, charset = _text(raw[_HEAD:-_SUM])
        head, data = read(text)
        if "CN" not in head:
            return Frame(raw, "no data segment of HJ 212: it names no command (CN)")
        pairs = pairs_in(data) if data else []
        flag = flag_of(head.get("Flag", ""))
        header = _header(head, flag, charset)
        readings, fault = self._measured(head, pairs, header)
        fields = Fields(Said(head, flag, pairs))
        return Frame(raw, "", head.get("MN", ""), header, fields, readings, "", fault)

    def _measured(
        self, head: Mapping[str, str], pairs: list[Pair], header: dict[str, Any]
    ) -> tuple[tuple[Reading, ...], str]:
        """What a data command brings; a packet without a time has that of one before it."""
        device, command, told = head.get("MN", ""), head["CN"], ""
        if len(command) != 4 or command[0] != "2" or not pairs:
            return (), ""
        if "PNO" in head or "PNUM" in head:
            told = self._time_of(head, pairs)
            header["packet"] = number_of(head.get("PNO", ""))
            header["packets"] = number_of(head.get("PNUM", ""))
            if not told:
                header["waits"] = True
        return measured(Origin(device, command, told), pairs, self.moments)

    def _time_of(self, head: Mapping[str, str], pairs: list[Pair]) -> str:
        """The time of a packet: its own, or of the one before it, or of its first copy."""
        names = [head.get(name, "")[:_LONGEST] for name in ("MN", "CN", "PNUM", "PNO", "QN")]
        of, packet, qn = (names[0], names[1], names[2]), number_of(names[3]) or 0, names[4]
        told = next((text[:_LONGEST] for name, text in pairs if name == _TIME), "")
        last = self._packets.pop(of, None)
        if not told and last is not None:
            is_again = packet == last.number and qn == last.qn
            told = last.time_text if is_again or packet == last.number + 1 else ""
        if told:
            last = _Packet(packet, qn, told)
        if last is not None:
            self._packets[of] = last
            if len(self._packets) > _MOST_SPLIT:
                del self._packets[next(iter(self._packets))]
        return told


class _Packet(NamedTuple):
    number: int
    qn: str
    time_text: str


def _text(data: bytes) -> tuple[str, str]:
    """Text and charset of a segment: empty for ASCII, which nearly all are."""
    if data.isascii():
        return data.decode("ascii"), ""
    for charset in ("UTF-8", "GB18030"):
        try:
            return data.decode(charset), charset
        except UnicodeDecodeError:
            continue
    return data.decode("ascii", "backslashreplace"), "unknown"


def _header(head: Mapping[str, str], flag: Flag | None, charset: str) -> dict[str, Any]:
    header: dict[str, Any] = {**head}
    if flag is not None:
        version, is_split, wants_answer = flag
        header["Flag"] = flag.number
        header["flag_version"] = version
        header["flag_split"] = is_split
        header["flag_ack"] = wants_answer
    if charset:
        header["charset"] = charset
    return header
