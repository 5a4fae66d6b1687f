"""Values of SNMP as numbers and texts. Pure."""

import struct
from collections.abc import Sequence
from typing import Any

from pyasn1.type.univ import Integer, Null, ObjectIdentifier, OctetString
from pysnmp.proto.rfc1902 import IpAddress, Opaque
from pysnmp.proto.rfc1905 import EndOfMibView, NoSuchInstance, NoSuchObject

from anlan.connectors import Fault
from anlan.connectors.mapping import Taken
from anlan.connectors.mapping.points import Group, Point, Stamp, take
from anlan.connectors.mapping.read import UNREADABLE
from anlan.connectors.mapping.rows import SAYS
from anlan.connectors.snmp.map import TRAP, Source
from anlan.terms.errors import Malformed
from anlan.terms.rows import shown

Pair = tuple[str, Any]
"""An identifier and its value, or a Malformed that says why it has none."""
_ABSENT = {NoSuchObject: "no such object", NoSuchInstance: "no such instance",
           EndOfMibView: "nothing stands there"}  # fmt: skip
_WHICH, _UPTIME = "1.3.6.1.6.3.1.1.4.1.0", "1.3.6.1.2.1.1.3.0"
_MOST_SAID = 1_000
_FLOAT, _DOUBLE = b"\x9f\x78\x04", b"\x9f\x79\x08"


def plain(value: Any) -> int | float | str | None:
    """A number or a text; Malformed where the device has no such value."""
    if isinstance(value, Malformed):
        raise value
    for kind, why in _ABSENT.items():
        if isinstance(value, kind):
            raise Malformed(why)
    if isinstance(value, Null):
        return None
    if isinstance(value, Integer):
        return int(value)
    if isinstance(value, ObjectIdentifier | IpAddress):
        return str(value.prettyPrint())
    if isinstance(value, Opaque):
        return _opaque(bytes(value))
    if isinstance(value, OctetString):
        return bytes(value).decode("utf-8", "replace").strip("\0")
    raise Malformed(f"a {type(value).__name__} is no value here")


def _opaque(data: bytes) -> float | str:
    """A number with a fraction, as most agents wrap it."""
    if data.startswith(_FLOAT) and len(data) == len(_FLOAT) + 4:
        return float(struct.unpack(">f", data[3:])[0])
    if data.startswith(_DOUBLE) and len(data) == len(_DOUBLE) + 8:
        return float(struct.unpack(">d", data[3:])[0])
    return data.hex()


def taken_of(group: Group, pairs: Sequence[Pair], *, at: int, into: Taken) -> dict[str, str]:
    """Puts the readings of what was asked for; the quantities and their keys. A value that the
    device does not have is a fault, and costs only itself."""
    spoken: dict[str, str] = {}
    found = dict(pairs)
    for point in group.points:
        spoken |= _put(group, point, found.get(point.at, NoSuchObject()), at=at, into=into)
    return spoken


def told_of(source: Source, pairs: Sequence[Pair], *, at: int, into: Taken) -> dict[str, str]:
    """The same of a notification, where a value counts only if it came along; the words of it are
    kept in any case."""
    found = dict(pairs)
    trap = str(found.get(_WHICH, ""))
    name = source.names.get(trap, trap)
    rest = [f"{oid} = {_shown(one)}" for oid, one in pairs if oid not in (_WHICH, _UPTIME)]
    text = "; ".join([name, *rest])[:_MOST_SAID]
    into.faults.append(Fault(SAYS, f"{source.device} says", text.encode(errors="replace")))
    spoken: dict[str, str] = {}
    if source.group is None:
        return spoken
    for point in source.group.points:
        if point.at == TRAP and trap in point.cell.states:
            spoken |= _put(source.group, point, found[_WHICH], at=at, into=into)
        elif point.at in found:
            spoken |= _put(source.group, point, found[point.at], at=at, into=into)
    return spoken


def _put(group: Group, point: Point, found: Any, *, at: int, into: Taken) -> dict[str, str]:
    try:
        return take(group, point, plain(found), Stamp(at, at), into=into)
    except Malformed as error:
        reason = f"{group.device}: {point.name}: {error}"
        into.faults.append(Fault(UNREADABLE, reason, point.at.encode()))
        return {}


def _shown(found: Any) -> str:
    try:
        return shown(plain(found))
    except Malformed as error:
        return str(error)
