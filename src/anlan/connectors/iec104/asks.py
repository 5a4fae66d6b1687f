"""What a station is asked: to tell all, its counters or one object, and to set its clock.

Commands that move something are not among them, and are never sent.
"""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from anlan.connectors.iec104.asdu import Asdu, Piece, write_asdu
from anlan.connectors.iec104.clocks import stamp
from anlan.connectors.iec104.kinds import CLOCK, COUNTERS, GENERAL, READ
from anlan.terms.errors import Malformed

NAMES = ("interrogate", "interrogate_counters", "set_time", "read")
KIND_OF = dict(zip(NAMES, (GENERAL, COUNTERS, CLOCK, READ), strict=True))
ALL_STATIONS = 0xFFFF
_ACTIVATE, _REQUEST = 6, 5
_WHOLE_STATION, _ALL_COUNTERS = 20, 5
_MOST_GROUP = {GENERAL: 16, COUNTERS: 4}
_MOST_ADDRESS = 0xFF_FFFF


def asked(name: str, station: int, words: Mapping[str, Any], at: tuple[int, tzinfo]) -> bytes:
    """The data of a question; Malformed where it cannot be put. at: the time, and the zone."""
    kind = KIND_OF.get(name)
    if kind is None:
        raise Malformed(f"{name!r} cannot be asked ({', '.join(NAMES)})")
    if kind == CLOCK:
        return _written(kind, station, stamp(*at))
    if kind == READ:
        return _written(kind, station, b"", _number(words, "ioa", _MOST_ADDRESS))
    group = _number({"group": 0, **words}, "group", _MOST_GROUP[kind])
    which = (_WHOLE_STATION + group) if kind == GENERAL else (group or _ALL_COUNTERS)
    return _written(kind, station, bytes([which]))


def _written(kind: int, station: int, inside: bytes, address: int = 0) -> bytes:
    cause = _REQUEST if kind == READ else _ACTIVATE
    return write_asdu(Asdu(kind, 1, cause, station), [Piece(address, inside)])


def _number(words: Mapping[str, Any], name: str, most: int) -> int:
    given = words.get(name, "")
    text = str(int(given) if isinstance(given, float) and given.is_integer() else given)
    if not (text.isascii() and text.isdigit()) or int(text) > most:
        raise Malformed(f"{name} must be a number from 0 to {most}")
    return int(text)
