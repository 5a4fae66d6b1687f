"""Times of 60870-5: CP56Time2a has all of one, CP24Time2a the minute of an hour and what follows.

They are the station's own times, without a zone; the mark IV says that its clock may be wrong.
"""

from datetime import datetime, tzinfo
from typing import Any

from anlan.connectors.dials import HOUR_MS, Dial
from anlan.connectors.frames import moment_of
from anlan.connectors.iec104.parts import Part, Told

WHOLE_BYTES, SHORT_BYTES = 7, 3
_IV, _SUMMER = 0x80, 0x80
_FORM = "%Y-%m-%d %H:%M:%S.%f"


def _read_short(raw: bytes) -> dict[str, Any]:
    ms = raw[0] | raw[1] << 8
    text = f"{raw[2] & 0x3F:02}:{ms // 1000:02}.{ms % 1000:03}"
    return {"time": text, "time_invalid": raw[2] >> 7}


def _write_short(told: Told) -> bytes:
    minute, second = told["time"].split(":")
    ms = round(float(second) * 1000)
    return ms.to_bytes(2, "little") + bytes([int(minute) | told["time_invalid"] << 7])


def _read_whole(raw: bytes) -> dict[str, Any]:
    day, month, year = raw[4] & 0x1F, raw[5] & 0x0F, 2000 + (raw[6] & 0x7F)
    short = _read_short(raw)
    time = f"{year}-{month:02}-{day:02} {raw[3] & 0x1F:02}:{short['time']}"
    return {**short, "time": time, "summer_time": raw[3] >> 7, "weekday": raw[4] >> 5}


def _write_whole(told: Told) -> bytes:
    date, clock = told["time"].split(" ")
    year, month, day = (int(one) for one in date.split("-"))
    hour, rest = clock.split(":", 1)
    return _write_short({**told, "time": rest}) + bytes(
        [
            int(hour) | told["summer_time"] << 7,
            day | told["weekday"] << 5,
            month,
            year - 2000,
        ]
    )


CP24 = Part(SHORT_BYTES, _read_short, _write_short)
CP56 = Part(WHOLE_BYTES, _read_whole, _write_whole)


def stamp(ms: int, zone: tzinfo) -> bytes:
    """The CP56Time2a of a moment."""
    at = datetime.fromtimestamp(ms / 1000, zone)
    spring = at.dst()
    told = {
        "time": at.strftime(_FORM)[:-3],
        "time_invalid": 0,
        "summer_time": int(bool(spring)),
        "weekday": at.isoweekday(),
    }
    return _write_whole(told)


def moment(raw: bytes, zone: tzinfo) -> int | None:
    """Milliseconds UTC of a CP56Time2a; None where the calendar has no such time."""
    ms = raw[0] | raw[1] << 8
    clock = (raw[6] & 0x7F, raw[5] & 0x0F, raw[4] & 0x1F, raw[3] & 0x1F, raw[2] & 0x3F, ms // 1000)
    whole = moment_of(clock, zone)
    return None if whole is None else whole + ms % 1000


def dial(raw: bytes, zone: tzinfo) -> Dial | None:
    """The hand of a CP24Time2a; None where no hour has such a minute."""
    ms, minute = raw[0] | raw[1] << 8, raw[2] & 0x3F
    if ms >= 60_000 or minute >= 60:
        return None
    offset = zone.utcoffset(datetime(2000, 1, 1))  # noqa: DTZ001 - of a wall clock, as tzinfo asks
    shift_ms = round(offset.total_seconds() * 1000) if offset else 0
    return Dial(HOUR_MS, (minute * 60_000 + ms - shift_ms) % HOUR_MS)


def is_doubtful(raw: bytes) -> bool:
    """Whether the station says that its clock may be wrong."""
    return bool(raw[2] & _IV)
