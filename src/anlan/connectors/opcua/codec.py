"""Values with their status and times → readings. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NamedTuple

from asyncua import ua

from anlan.connectors import Fault
from anlan.connectors.mapping import Taken
from anlan.connectors.mapping.points import STATUS, Group, Point, Stamp, take
from anlan.terms.quality import Quality
from anlan.terms.times import FIRST_MS, LAST_MS


class Spoken(NamedTuple):
    """What was said of a value last: its own time, ms UTC, and the code of its status."""

    time: int
    status: int


def taken_of(
    group: Group, point: Point, value: ua.DataValue, *, at: int, before: Spoken | None, into: Taken
) -> Mapping[str, str]:
    """Puts the reading of a value, and a fault where its status is new and not good; the quantity
    and its key. A bad value is no number, an uncertain one is marked so."""
    spoken = spoken_of(value, at)
    quality = quality_of(value)
    if before is not None and before.time == spoken.time:  # a reading has that time already
        spoken = spoken._replace(time=at)
    if quality != Quality.GOOD and (before is None or before.status != spoken.status):
        reason = f"{group.device}: {point.name}: {status_name(value)}"
        into.faults.append(Fault(STATUS, reason, point.at.encode()))
    found = None if quality == Quality.BAD else _plain(value)
    return take(group, point, found, Stamp(spoken.time, at, quality), into=into)


def spoken_of(value: ua.DataValue, at: int) -> Spoken:
    """The time that the source gives, else the server, else that of arrival; and the status."""
    for found in (value.SourceTimestamp, value.ServerTimestamp):
        if found is not None and (time := _ms(found)) is not None:
            return Spoken(time, _code(value))
    return Spoken(at, _code(value))


def quality_of(value: ua.DataValue) -> Quality:
    """What the status means; the two highest bits say it."""
    return (Quality.GOOD, Quality.UNCERTAIN, Quality.BAD, Quality.BAD)[_code(value) >> 30 & 3]


def status_name(value: ua.DataValue) -> str:
    """The name and the number of a status; the lower bits tell more of the value."""
    return code_name(_code(value) & 0xFFFF_0000)


def code_name(code: int) -> str:
    """A status for people, such as `BadSensorFailure, 0x808C0000`."""
    return f"{ua.StatusCode(ua.UInt32(code)).name}, 0x{code:08X}"


def _code(value: ua.DataValue) -> int:
    return int(value.StatusCode.value) if value.StatusCode is not None else 0


def _plain(value: ua.DataValue) -> Any:
    found = value.Value.Value if value.Value is not None else None
    if isinstance(found, ua.LocalizedText):
        return found.Text
    return found.value if isinstance(found, Enum) else found


def _ms(moment: datetime) -> int | None:
    """ms UTC; None for the year 1601, by which a server says that it has no clock."""
    zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    found = round(zoned.timestamp() * 1000)
    return found if zoned.year > 1601 and FIRST_MS <= found <= LAST_MS else None
