"""Present values and status flags → readings. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bacpypes3.primitivedata import BitString, Null

from anlan.connectors import Fault
from anlan.connectors.mapping import Taken
from anlan.connectors.mapping.points import STATUS, Group, Point, Stamp, take
from anlan.connectors.mapping.rows import SAYS
from anlan.terms.quality import Quality

Flags = frozenset[str]
NORMAL: Flags = frozenset()
_NAMES = ("in-alarm", "fault", "overridden", "out-of-service")
_DOUBTFUL = ("fault", "overridden", "out-of-service")


def flags_of(found: Any) -> Flags:
    """The names of the flags that are set; none where the object has no flags."""
    bits: Sequence[int] = found if isinstance(found, BitString | list) else ()
    return frozenset(name for name, bit in zip(_NAMES, bits, strict=False) if bit)


class Told(NamedTuple):
    """A value and its flags, and the flags that it had before."""

    value: Any
    flags: Flags
    before: Flags = NORMAL


def taken_of(group: Group, point: Point, told: Told, *, at: int, into: Taken) -> Mapping[str, str]:
    """Puts the reading of a value; its flags are told where they are others than before: what its
    source does not vouch for as a fault, an alarm as words of the device. A value at fault is no
    number; one that is overridden or out of service is not what the sensor measures."""
    flags, before = told.flags, told.before
    doubts = [name for name in _DOUBTFUL if name in flags]
    if doubts and doubts != [name for name in _DOUBTFUL if name in before]:
        reason = f"{group.device}: {point.name}: {', '.join(doubts)}"
        into.faults.append(Fault(STATUS, reason, point.at.encode()))
    if ("in-alarm" in flags) != ("in-alarm" in before):
        said = "in alarm" if "in-alarm" in flags else "no longer in alarm"
        text = f"{point.name}: {said}"
        into.faults.append(Fault(SAYS, f"{group.device} says", text.encode()))
    quality = Quality.GOOD
    if doubts:
        quality = Quality.BAD if "fault" in doubts else Quality.UNCERTAIN
    found = None if quality == Quality.BAD or isinstance(told.value, Null) else told.value
    return take(group, point, found, Stamp(at, at, quality), into=into)
