"""Sentences of receivers and instruments themselves, NMEA 0183: position, time, heading, wind."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from anlan.connectors.dials import DAY_MS, NOT_TOLD, Dial
from anlan.terms.errors import Malformed

SYSTEMS = {
    "GP": "GPS", "GL": "GLONASS", "GA": "Galileo", "BD": "BeiDou", "GB": "BeiDou", "GN": "GNSS",
    "GQ": "QZSS", "GI": "NavIC",
}  # fmt: skip
_OLD = 80
"""Years from here on are of the century before."""
_HEMISPHERES = {"N": 1, "S": -1, "E": 1, "W": -1}


class When(NamedTuple):
    """ms UTC where the date is told too; a hand on the dial of the day otherwise."""

    ms: int | None = None
    dial: Dial = NOT_TOLD


Told = dict[str, Any]


def _number(text: str) -> float | None:
    """None for nothing; Malformed for what is no number."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise Malformed(f"{text[:20]!r} is no number") from error
    if "_" in text or value - value:
        raise Malformed(f"{text[:20]!r} is no number")
    return value


def _whole(text: str) -> int | None:
    value = _number(text)
    return None if value is None else int(value)


def _degrees(text: str, side: str) -> float | None:
    """Of ddmm.mmm and N, S, E or W."""
    value = _number(text)
    if value is None or side not in _HEMISPHERES:
        return None
    whole, minutes = divmod(value, 100)
    return round((whole + minutes / 60) * _HEMISPHERES[side], 7)


def _clock(text: str) -> str | None:
    """hh:mm:ss of hhmmss, with what is behind the point."""
    if len(text) < 6 or not text[:6].isdigit():
        return None
    return f"{text[:2]}:{text[2:4]}:{text[4:]}"


def _date(text: str) -> str | None:
    if len(text) != 6 or not text.isdigit():
        return None
    year = int(text[4:])
    return f"{year + (1900 if year >= _OLD else 2000)}-{text[2:4]}-{text[:2]}"


def _place(fields: Sequence[str]) -> Told:
    lat, north, lon, east = fields
    return {"lat": _degrees(lat, north), "lon": _degrees(lon, east)}


def _gga(f: Sequence[str]) -> Told:
    return {
        "time": _clock(f[0]), **_place(f[1:5]), "fix": _whole(f[5]), "sats": _whole(f[6]),
        "hdop": _number(f[7]), "alt": _number(f[8]), "geoid": _number(f[10]),
    }  # fmt: skip


def _rmc(f: Sequence[str]) -> Told:
    return {
        "time": _clock(f[0]), "status": f[1], **_place(f[2:6]), "knots": _number(f[6]),
        "course": _number(f[7]), "date": _date(f[8]),
    }  # fmt: skip


def _gll(f: Sequence[str]) -> Told:
    return {**_place(f[:4]), "time": _clock(f[4]), "status": f[5]}


def _vtg(f: Sequence[str]) -> Told:
    return {"course": _number(f[0]), "knots": _number(f[4]), "kmh": _number(f[6])}


def _zda(f: Sequence[str]) -> Told:
    return {"time": _clock(f[0]), "date": f"{f[3]}-{f[2]:0>2}-{f[1]:0>2}"}


def _hdt(f: Sequence[str]) -> Told:
    return {"heading": _number(f[0])}


def _mwv(f: Sequence[str]) -> Told:
    return {
        "angle": _number(f[0]), "reference": f[1], "speed": _number(f[2]), "unit": f[3],
        "status": f[4],
    }  # fmt: skip


_READERS: dict[str, tuple[int, Callable[[Sequence[str]], Told]]] = {
    "GGA": (11, _gga), "RMC": (9, _rmc), "GLL": (6, _gll), "VTG": (7, _vtg), "ZDA": (4, _zda),
    "HDT": (1, _hdt), "MWV": (5, _mwv),
}  # fmt: skip
"""How many fields each needs, and how they are read."""


def own_of(talker: str, formatter: str, fields: Sequence[str]) -> Told:
    """The values of a sentence; of one that is not known the fields as they stand.

    Malformed where it has too few of them, or one is no number.
    """
    name = SYSTEMS.get(talker)
    system = {"system": f"{name} {talker} talker"} if name else {}
    if formatter not in _READERS:
        return {**system, "raw": list(fields)}
    needed, read = _READERS[formatter]
    if len(fields) < needed:
        raise Malformed(f"wrong length: {len(fields)} fields, {formatter} has {needed} or more")
    return {**system, **read(fields)}


def when(told: Told) -> When:
    """When it was so."""
    clock = told.get("time")
    try:
        hour, minute, second = (clock or "").split(":")
        of_day = (int(hour) * 60 + int(minute)) * 60_000 + round(float(second) * 1000)
    except ValueError:
        return When()
    if not 0 <= of_day < DAY_MS:
        return When()
    day = told.get("date")
    if not day:
        return When(dial=Dial(DAY_MS, of_day))
    try:
        begin = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    except ValueError:
        return When()
    return When(round(begin.timestamp() * 1000) + of_day)
