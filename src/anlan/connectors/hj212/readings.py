"""A segment's data → readings: which sensor, when, how good."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from anlan.connectors.hj212.codes import MARKS, PERIODS, UNKNOWN, VALUES
from anlan.connectors.hj212.segment import Pair
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading
from anlan.terms.sensors import is_key
from anlan.terms.times import FIRST_MS, LAST_MS, NEVER

_EPOCH, _MS = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)
_TIMES = ("DataTime", "AlarmTime")
_LONGEST, _MOST_FAULTS = 128, 5
GOOD = Quality.GOOD
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


class Found(NamedTuple):
    """What a CP says.

    tree: its pairs, `w01018-Rtd` under w01018; what stands there twice is a list · readings ·
    faults: why other values are none · marks: what is said of values that are not normal.
    """

    tree: dict[str, Any]
    readings: tuple[Reading, ...] = ()
    faults: tuple[str, ...] = ()
    marks: Mapping[str, str] = MappingProxyType({})


class Origin(NamedTuple):
    """Whose values they are: none is measured where command is empty. time_text: of those with
    which no time stands."""

    device: str = ""
    command: str = ""
    time_text: str = ""


class _Group:
    """What stands with one time. values: code, kind and text of each."""

    __slots__ = ("flags", "time", "values")

    def __init__(self, time: int | None) -> None:
        self.time = time
        self.flags: dict[str, str] = {}
        self.values: list[tuple[str, str, str]] = []


def survey(origin: Origin, pairs: list[Pair], moments: Moments) -> Found:
    """The pairs as a tree, and as readings by the times and marks that stand with them."""
    tree: dict[str, Any] = {}
    faults: list[str] = []
    told = next((text for name, text in pairs if name in _TIMES), origin.time_text)
    group = _Group(moments.ms(told))
    groups = [group]
    for name, text in pairs:
        code, kind, role = _parted(name) if len(name) < _LONGEST else (name, "", "")
        inner = tree.get(code)
        if inner is None:
            tree[code] = {kind: text} if kind else text
        elif kind and type(inner) is dict and kind not in inner:
            inner[kind] = text
        else:
            _put_again(tree, code, kind, text)
        if role == "value":
            group.values.append((code, kind, text))
        elif role == "flag":
            group.flags[code] = text
        elif role == "time":
            group = _Group(moments.ms(text))
            groups.append(group)
            if group.time is None:
                faults.append(f"{code} {text[:20]!r} is no time")
    if not origin.command:
        return Found(tree)
    if not told and group.values:
        faults.append("no DataTime says when")
    readings = _readings(origin, groups, faults)
    return Found(tree, readings, tuple(faults[:_MOST_FAULTS]), _marks(groups))


@lru_cache(maxsize=1 << 12)
def _parted(name: str) -> tuple[str, str, str]:
    """Code, kind and role of a name: value, flag, time or none; no kind where it stands alone."""
    code, _, kind = name.strip().partition("-")
    if kind:
        return code, kind, "value" if kind in VALUES else "flag" if kind == "Flag" else ""
    return code, "", "time" if code in _TIMES else ""


def _put_again(tree: dict[str, Any], code: str, kind: str, text: str) -> None:
    """Puts in what stands there already, as a list of both; or beside a name that stands alone."""
    inner = tree[code]
    if type(inner) is dict:
        tree, code = inner, kind
    elif kind:
        code = f"{code}-{kind}"
    before = tree.get(code)
    if type(before) is list:
        before.append(text)
    else:
        tree[code] = text if before is None else [before, text]


def _marks(groups: list[_Group]) -> dict[str, str]:
    flags = [pair for group in groups for pair in group.flags.items()]
    return {code: MARKS.get(flag, UNKNOWN).name for code, flag in flags if flag != "N"}


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
            sensor, value = _sensor(device, code, command, kind), _number(text)
            if not sensor or value is None:
                why = f"is no number: {text[:20]!r}" if sensor else "makes no key of a sensor"
                faults.append(f"{code}-{kind} {why}")
            elif sensor not in seen:
                seen[sensor] = value
                flag = flags.get(code, "N")
                quality = GOOD if flag == "N" else MARKS.get(flag, UNKNOWN).quality
                readings.append(_new(Reading, (sensor, time, value, quality, NEVER)))
            elif seen[sensor] != value:
                faults.append(f"{code}-{kind} stands there twice: {seen[sensor]:g}, {value:g}")
    return tuple(readings)


def _number(text: str) -> float | None:
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
