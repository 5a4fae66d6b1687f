"""Registers → readings, and numbers → registers. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from anlan.connectors import Fault
from anlan.connectors.mapping import Heard, Taken
from anlan.connectors.mapping.points import key_of
from anlan.connectors.mapping.read import UNREADABLE
from anlan.connectors.mapping.trails import Spot
from anlan.connectors.modbus.map import BITS, Read, Register, Write
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading

_NOWHERE = Spot(None)
_MOST_REGISTERS, _MOST_BITS = 120, 1_960
EXCEPTIONS = {
    1: "illegal function", 2: "illegal data address", 3: "illegal data value",
    4: "server device failure", 5: "acknowledge", 6: "server device busy",
    8: "memory parity error", 10: "gateway path unavailable",
    11: "gateway target device failed to respond",
}  # fmt: skip
"""As the application protocol names them."""


class Span(NamedTuple):
    """Neighbours that are read together."""

    start: int
    size: int

    @property
    def end(self) -> int:
        return self.start + self.size


def spans_of(read: Read) -> list[Span]:
    """What to ask for: few questions, each within what one may ask for."""
    most = _MOST_BITS if read.table in BITS else _MOST_REGISTERS
    found: list[Span] = []
    for one in sorted(read.registers, key=lambda one: one.at):
        end = one.at + one.size
        if found and one.at - found[-1].end <= read.gap and end - found[-1].start <= most:
            found[-1] = Span(found[-1].start, max(end, found[-1].end) - found[-1].start)
        else:
            found.append(Span(one.at, one.size))
    return found


def taken(read: Read, words: Mapping[int, int], at: int) -> Taken:
    """Readings of what was read at a time; a number that is none costs only itself."""
    into = Taken([], [], [])
    spoken: dict[str, str] = {}
    for one in read.registers:
        try:
            key = key_of(read.sensor, read.device, one.name)
            value = one.cell.number(_number(read, one, words), _NOWHERE)
        except Malformed as error:
            reason = f"{read.device}: {one.name}: {error}"
            into.faults.append(Fault(UNREADABLE, reason, str(dict(words))[:1_000].encode()))
        else:
            spoken[one.name] = key
            into.readings.append(Reading(key, at, value, Quality.GOOD, at))
    into.heard.append(Heard(read.device, True, spoken))
    return into


def written(write: Write, number: float) -> list[int]:
    """The registers, or the one bit, that hold a number; Malformed where it may not be written."""
    if not write.least <= number <= write.most:
        raise Malformed(f"{write.name}: {number:g} is not from {write.least:g} to {write.most:g}")
    raw = (number - write.offset) / write.scale
    return [int(bool(raw))] if write.table in BITS else write.layout.registers(raw)


def _number(read: Read, one: Register, words: Mapping[int, int]) -> float:
    if read.table in BITS:
        return float(words[one.at])
    data = b"".join(words[one.at + n].to_bytes(2, "big") for n in range(one.size))
    return one.layout.number(data, 0)


def words_of(span: Span, got: Sequence[int | bool], *, is_bits: bool = False) -> dict[int, int]:
    """What was read by its number; Malformed where not so much came as was asked for. Bits come in
    whole bytes."""
    wanted = span.size + -span.size % 8 if is_bits else span.size
    if len(got) != wanted:
        raise Malformed(f"{len(got)} of {wanted} came")
    return {span.start + n: int(got[n]) for n in range(span.size)}
