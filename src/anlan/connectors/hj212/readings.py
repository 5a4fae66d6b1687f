"""A segment's data → readings: which sensor, when, how good."""

import math
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from anlan.connectors.hj212.codes import PERIODS, VALUES, mark_of
from anlan.connectors.hj212.segment import Pair
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.sensors import is_key
from anlan.terms.times import FIRST_MS, LAST_MS, NEVER

_EPOCH, _MS = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_TIMES = ("DataTime", "AlarmTime")
LONGEST, _MOST_FAULTS = 128, 5
GOOD = Quality.GOOD
OTHER, TIME, MARK, VALUE = range(4)
"""Roles of a name."""

_new = tuple.__new__
"""Makes a named tuple in a third of the time: there are ten readings in a frame."""


class Moments:
    """Times as a frame writes them, in one zone: yyyyMMddHHmmss, or with milliseconds."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._last: tuple[str, int | None] = ("", None)

    def ms(self, text: str) -> int | None:
        """Milliseconds UTC; None for what is no time."""
        if text != self._last[0]:
            self._last = (text, self._read(text))
        return self._last[1]

    def text(self, ms: int, *, with_ms: bool = False) -> str:
        """As a frame writes it."""
        moment = (_EPOCH + ms * _MS).astimezone(self._zone)
        return moment.strftime("%Y%m%d%H%M%S").rjust(14, "0") + (
            f"{ms % 1000:03}" if with_ms else ""
        )

    def _read(self, text: str) -> int | None:
        if len(text) not in (14, 17) or not (text.isascii() and text.isdigit()):
            return None
        month, day, hour, minute, second = (int(text[at : at + 2]) for at in range(4, 14, 2))
        try:
            moment = datetime(int(text[:4]), month, day, hour, minute, second, 0, self._zone)
            ms = (moment - _EPOCH) // _MS + int(text[14:] or "0")
        except (ValueError, OverflowError):
            return None
        return ms if FIRST_MS <= ms <= LAST_MS else None


class Origin(NamedTuple):
    """Whose values they are. time_text: of those with which no time stands."""

    device: str
    command: str
    time_text: str = ""


class _Group:
    """What stands with one time. values: code, kind and text of each."""

    __slots__ = ("flags", "time", "values")

    def __init__(self, time: int | None) -> None:
        self.time = time
        self.flags: dict[str, str] = {}
        self.values: list[tuple[str, str, str]] = []


def measured(
    origin: Origin, pairs: list[Pair], moments: Moments
) -> tuple[tuple[Reading, ...], str]:
    """The readings of a data command, by the times and marks that stand with them; and why other
    values are none, empty where all are.
    """
    faults: list[str] = []
    told = next((text for name, text in pairs if name in _TIMES), origin.time_text)
    group = _Group(moments.ms(told))
    groups = [group]
    for name, text in pairs:
        code, kind, role = parted(name) if len(name) < LONGEST else (name, "", OTHER)
        if role == VALUE:
            group.values.append((code, kind, text))
        elif role == MARK:
            group.flags[code] = text
        elif role == TIME:
            group = _Group(moments.ms(text))
            groups.append(group)
            if group.time is None:
                faults.append(f"{code} {text[:20]!r} is no time")
    if not told and group.values:
        faults.append("no DataTime says when")
    return _readings(origin, groups, faults), "; ".join(faults[:_MOST_FAULTS])


@lru_cache(maxsize=1 << 12)
def parted(name: str) -> tuple[str, str, int]:
    """Code, kind and role of a name below LONGEST; no kind where it stands alone."""
    code, _, kind = name.strip().partition("-")
    if kind:
        return code, kind, VALUE if kind in VALUES else MARK if kind == "Flag" else OTHER
    return code, "", TIME if code in _TIMES else OTHER


def _readings(origin: Origin, groups: list[_Group], faults: list[str]) -> tuple[Reading, ...]:
    """One reading a value; of two for one sensor and time the first, and a fault if they differ."""
    device, command, _ = origin
    readings: list[Reading] = []
    for group in groups:
        time, flags = group.time, group.flags
        if time is None:
            continue
        seen: dict[str, float] = {}
        for code, kind, text in group.values:
            sensor = _sensor(device, code, command, kind)
            value = value_of(text)
            if not sensor or value is None:
                why = f"is no number: {text[:20]!r}" if sensor else "makes no key of a sensor"
                faults.append(f"{code}-{kind} {why}")
            elif sensor not in seen:
                seen[sensor] = value
                flag = flags.get(code, "N")
                quality = GOOD if flag == "N" else mark_of(flag).quality
                readings.append(_new(Reading, (sensor, time, value, quality, NEVER)))
            elif seen[sensor] != value:
                faults.append(f"{code}-{kind} stands there twice: {seen[sensor]:g}, {value:g}")
    return tuple(readings)


def value_of(text: str) -> float | None:
    """NaN for nothing; None for what is no finite number."""
    try:
        value = float(text)
    except ValueError:
        return None if text.strip() else math.nan
    return value if math.isfinite(value) and "_" not in text else None


@lru_cache(maxsize=1 << 14)
def _sensor(device: str, code: str, command: str, kind: str) -> str:
    """DEVICE.CODE for what is so now, DEVICE.CODE.PERIOD.KIND otherwise; empty for no key."""
    period = PERIODS.get(command, command)
    is_now = not period and kind == "Rtd"
    parts = (device, code) if is_now else (device, code, period, kind)
    key = ".".join(part for part in parts if part)
    return key if device and code and is_key(key) else ""
