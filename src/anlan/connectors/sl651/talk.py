"""One conversation of a centre with its stations (6.3)."""

from collections import deque
from datetime import tzinfo
from typing import Any

from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.sl651.asks import asked
from anlan.connectors.sl651.body.digits import digits_of
from anlan.connectors.sl651.body.read import head_of, read
from anlan.connectors.sl651.cut import Cutter, Piece
from anlan.connectors.sl651.heads import claimed, packet_of
from anlan.connectors.sl651.packet import (
    ACK,
    ENQ,
    EOT,
    ESC,
    ETB,
    MOST_BYTES,
    NAK,
    Packet,
    written,
)
from anlan.connectors.sl651.parcels import Parcels
from anlan.connectors.sl651.tables.functions import FUNCTIONS, KEEP, PICTURE, STATE_WORDS
from anlan.terms.errors import Malformed
from anlan.terms.readings import Reading

_MOST_OPEN, _MOST_KNOWN, _STATE = 8, 1_000, ".ZT"


class StationTalk:
    """A stream of frames, mostly of one station; a relay brings those of many.

    Settings: `stay` keeps stations on the line after each report, for ten minutes in which they can
    be asked (ESC instead of EOT) · `answer = false` says nothing to reports, as over a line of one
    direction (M1) · `states`: which bits of a station's state are readings of their own. Raises
    Malformed for another setting.
    """

    def __init__(self, way: Way) -> None:
        for name, value in way.words.items():
            if name != "states" and not (name in ("stay", "answer") and isinstance(value, bool)):
                raise Malformed(f"there are the words stay and answer, true or false; not {name}")
        self._states = _places(way.words.get("states", ()))
        self._zone: tzinfo = way.zone
        self._end = ESC if way.words.get("stay") is True else EOT
        self._is_mute = way.words.get("answer") is False
        self._cutter, self._parcels = Cutter(), Parcels()
        self._known: dict[str, Packet] = {}
        self._last = ""
        self._open: dict[tuple[str, int], deque[str]] = {}
        self._asks = 0

    def feed(self, data: bytes) -> list[Frame]:
        return [self._frame(piece) for piece in self._cutter.feed(data)]

    def end(self) -> list[Frame]:
        return [self._frame(piece) for piece in self._cutter.end()]

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        """Confirms a report or an answer of a station, or asks for a packet that is missing."""
        header, fields = frame.header, frame.fields
        if self._is_mute or not frame.is_ok or not header.get("uplink"):
            return b""
        if header["func"] == f"0x{KEEP:02X}" or "answer" not in header:
            return b""
        packet = Packet(
            header["encoding"] == "ascii",
            False,
            header["centre"],
            header["station"],
            header["password"],
            int(header["func"], 16),
            0,
            self._head(fields.get("serial", 0), now_ms, is_text=header["encoding"] == "ascii"),
            header["answer"],
            header.get("packets", 0),
            fields.get("missing", header.get("packets", 0)),
        )
        return written(packet)

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        """Nothing: a station that hears nothing repeats (6.3.1.2 b)."""
        return b""

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        """words["device"]: which one, where the line carries many. An answer is known by its
        function, as stations number what they send by themselves (6.6.2.4)."""
        station = str(ask.words.get("device", self._last)).lower()
        known = self._known.get(station)
        if known is None:
            raise Malformed("the station has not yet sent anything on this line")
        function, data = asked(ask, is_text=known.is_text)
        body = self._head(0, now_ms, is_text=known.is_text) + data
        packet = known._replace(
            is_up=False, function=function, body=body, end=ENQ, total=0, number=0
        )
        self._asks += 1
        name = f"{station}.{function:02x}.{self._asks}"
        self._open.setdefault((station, function), deque(maxlen=_MOST_OPEN)).append(name)
        return name, written(packet)

    def _head(self, serial: int, now_ms: int, *, is_text: bool) -> bytes:
        """Serial number and time, with which every body begins."""
        time = digits_of(now_ms, self._zone)
        if is_text:
            return f"{serial:04X}{time}".encode("ascii")
        return serial.to_bytes(2, "big") + bytes.fromhex(time)

    def _frame(self, piece: Piece) -> Frame:
        raw = claimed(piece.raw) if piece.reason else piece.raw
        try:
            packet = packet_of(raw)
        except ValueError as error:
            return Frame(piece.raw, piece.reason or f"its head says nonsense: {error}")
        header = _header(packet, raw)
        if piece.reason:  # whose it says it is may be wrong as well
            return Frame(piece.raw, piece.reason, header=header)
        try:
            return self._judged(packet, piece.raw, header)
        except Malformed as error:
            return Frame(piece.raw, str(error), packet.station, header)

    def _judged(self, packet: Packet, raw: bytes, header: dict[str, Any]) -> Frame:
        if packet.is_up:
            self._met(packet)
        if packet.total and packet.is_up:
            return self._of_parcel(packet, raw, header)
        told = read(packet, self._zone)
        ask = ""
        if packet.is_up:
            header["answer"] = ACK if packet.end == ETB else self._end
            ask = self._answered(packet)
        readings = self._with_states(told.readings) if self._states else told.readings
        return Frame(raw, "", packet.station, header, told.fields, readings, ask, told.fault)

    def _with_states(self, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        """The bits that settings name as readings beside the number of all."""
        more = [
            one._replace(sensor=one.sensor[:-2] + word, value=float(int(one.value) >> place & 1))
            for one in readings
            if one.sensor.endswith(_STATE)
            for word, place in self._states.items()
        ]
        return (*readings, *more)

    def _met(self, packet: Packet) -> None:
        """From now on the station can be asked."""
        if len(self._known) >= _MOST_KNOWN and packet.station not in self._known:
            gone = next(iter(self._known))
            del self._known[gone]
            self._open = {key: names for key, names in self._open.items() if key[0] != gone}
        self._known[packet.station] = packet._replace(body=b"")
        self._last = packet.station

    def _answered(self, packet: Packet) -> str:
        names = self._open.get((packet.station, packet.function))
        if not names:
            return ""
        return names.popleft() if packet.end != ETB else names[0]

    def _of_parcel(self, packet: Packet, raw: bytes, header: dict[str, Any]) -> Frame:
        heard = self._parcels.take(packet)
        fields: dict[str, Any] = {"data": packet.body.hex()}
        if heard.first:
            serial, sent = head_of(packet._replace(body=heard.first))
            fields = {"serial": serial, "sent": "20" + sent} | fields
        if heard.missing:
            header["answer"], fields = NAK, fields | {"missing": heard.missing}
        elif heard.is_again or heard.fault:
            header["answer"] = self._end
        if heard.whole is None:
            return Frame(raw, "", packet.station, header, fields, fault=heard.fault)
        header["answer"] = self._end
        if packet.function != PICTURE and len(heard.whole) > MOST_BYTES:
            fault = f"a report of {len(heard.whole):,} bytes is too long to be read"
            return Frame(raw, "", packet.station, header, fields, fault=fault)
        told = read(packet._replace(body=heard.whole), self._zone)
        return Frame(
            raw, "", packet.station, header, told.fields, told.readings, self._answered(packet),
            told.fault,
        )  # fmt: skip


def _places(words: Any) -> dict[str, int]:
    """Names of states → their bits."""
    if not isinstance(words, list | tuple) or not all(one in STATE_WORDS for one in words):
        raise Malformed(f"states is a list of {', '.join(STATE_WORDS)}")
    return {word: STATE_WORDS.index(word) for word in words}


def _header(packet: Packet, raw: bytes) -> dict[str, Any]:
    """What the head says, in the words that are usual for it."""
    word = raw[18:22].decode("ascii").lower() if packet.is_text else raw[11:13].hex()
    crc = raw[-4:].decode("ascii", "replace").lower() if packet.is_text else raw[-2:].hex()
    start = raw[23] if packet.is_text else raw[13]
    header: dict[str, Any] = {
        "encoding": "ascii" if packet.is_text else "hex",
        "centre": packet.centre,
        "station": packet.station,
        "password": packet.password,
        "func": f"0x{packet.function:02X}",
        "function": FUNCTIONS.get(packet.function, ""),
        "dirlen": word,
        "length": len(packet.body) + (0 if not packet.total else 6 if packet.is_text else 3),
        "uplink": packet.is_up,
        "start": f"0x{start:02X}",
        "end": f"0x{packet.end:02X}",
        "crc": crc,
    }
    if not packet.station.startswith("00"):
        header["code"] = _code(packet.station)
    if packet.total:
        header |= {"packets": packet.total, "packet": packet.number}
    return header


def _code(station: str) -> str:
    """Of a station that is none of hydrology: its district and its number there (6.2.3.2 b)."""
    return f"{station[:6]}{int(station[6:], 16):06d}"
