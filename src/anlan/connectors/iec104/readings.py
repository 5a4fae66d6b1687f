"""What a station measured: sensors `STATION.ADDRESS`, packed single points `STATION.ADDRESS.BIT`.

IV is bad; every other mark, a double point that is neither on nor off and a clock that the station
doubts are uncertain. What is a test, or a refusal, measures nothing.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import Any, NamedTuple

from anlan.connectors.dials import NOT_TOLD, Dial
from anlan.connectors.iec104.asdu import Asdu, Piece
from anlan.connectors.iec104.clocks import (
    CP24,
    CP56,
    SHORT_BYTES,
    WHOLE_BYTES,
    dial,
    is_doubtful,
    moment,
)
from anlan.connectors.iec104.kinds import MONITORED, Kind
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER

UNSET_MS = 0
"""1970: the time of a clock that was never set."""
_GOOD, _UNCERTAIN, _BAD = int(Quality.GOOD), int(Quality.UNCERTAIN), int(Quality.BAD)
_UNKNOWN = range(44, 48)
_DOUBLE, _BETWEEN = ("M_DP_NA_1", "M_DP_TA_1", "M_DP_TB_1"), (0, 3)
_PACKED, _BITS = "M_PS_NA_1", 16
_HARMLESS = {"CY"}
"""A counter that went over its end and counts on."""


class Taken(NamedTuple):
    """As in a frame: dials for the readings, or none where their times are whole."""

    readings: tuple[Reading, ...] = ()
    dials: tuple[Dial, ...] = ()
    fault: str = ""


class _Time(NamedTuple):
    ms: int
    dial: Dial
    is_good: bool = True


class Origin(NamedTuple):
    """Who told it, and in which zone its clock stands."""

    device: str
    zone: tzinfo


def readings_of(
    asdu: Asdu, told: Iterable[tuple[Piece, Mapping[str, Any]]], origin: Origin
) -> Taken:
    """The readings of a frame's objects."""
    kind = MONITORED.get(asdu.kind)
    if kind is None or asdu.is_test or asdu.is_negative or asdu.cause in _UNKNOWN:
        return Taken()
    readings, dials, faults = [], [], set[str]()
    for piece, values in told:
        at = _time(kind, piece.raw, origin.zone)
        if not at.is_good and not at.ms and CP56 in kind.parts:
            faults.add(f"an object has a time that is none ({values['time']})")
        quality = max(_quality(kind, values), _GOOD if at.is_good else _UNCERTAIN)
        for name, value in _values(kind, values, f"{origin.device}.{piece.address}"):
            is_finite = math.isfinite(value)
            number = float(value) if is_finite else math.nan
            readings.append(Reading(name, at.ms, number, quality if is_finite else _BAD, NEVER))
            dials.append(at.dial)
    is_whole = CP56 in kind.parts
    return Taken(tuple(readings), () if is_whole else tuple(dials), "; ".join(sorted(faults)))


def _time(kind: Kind, raw: bytes, zone: tzinfo) -> _Time:
    last = kind.parts[-1]
    if last is CP56:
        clock = raw[-WHOLE_BYTES:]
        ms = moment(clock, zone)
        return _Time(ms or UNSET_MS, NOT_TOLD, ms is not None and not is_doubtful(clock))
    if last is CP24:
        clock = raw[-SHORT_BYTES:]
        hand = dial(clock, zone)
        return _Time(0, hand or NOT_TOLD, hand is not None and not is_doubtful(clock))
    return _Time(0, NOT_TOLD)


def _quality(kind: Kind, values: Mapping[str, Any]) -> int:
    marks = set(values["quality"] or ())
    if "IV" in marks:
        return _BAD
    is_between = kind.name in _DOUBLE and values["value"] in _BETWEEN
    return _UNCERTAIN if marks - _HARMLESS or is_between else _GOOD


def _values(kind: Kind, values: Mapping[str, Any], name: str) -> Iterator[tuple[str, float]]:
    value = values["value"]
    if kind.name == _PACKED:
        yield from ((f"{name}.{bit}", value >> bit & 1) for bit in range(_BITS))
    else:
        yield name, value
