"""What information elements are made of; each part is read into plain values and written again.

Numbers have the low byte first. `quality` lists the marks that are set; `value` is what a process
has, as it stands: 1 is on, of double points 0 is in between, 1 off, 2 on and 3 wrong.
"""

from collections.abc import Callable, Mapping, Sequence
from struct import Struct
from typing import Any, NamedTuple

Told = Mapping[str, Any]


class Part(NamedTuple):
    """size: in bytes."""

    size: int
    read: Callable[[bytes], dict[str, Any]]
    write: Callable[[Told], bytes]


class Bits(NamedTuple):
    """Some bits of a byte: the lowest, and how many."""

    name: str
    low: int = 0
    many: int = 1


VALUE = {many: Bits("value", 0, many) for many in (1, 2, 4, 6, 7, 8)}
_BLOCKED = {0x10: "BL", 0x20: "SB", 0x40: "NT", 0x80: "IV"}
MEASURED, EVENT, PLAIN = {0x01: "OV", **_BLOCKED}, {0x08: "EI", **_BLOCKED}, _BLOCKED
COUNTED = {0x20: "CY", 0x40: "CA", 0x80: "IV"}


def octet(*bits: Bits, marks: Mapping[int, str] | None = None) -> Part:
    """One byte: numbers of some bits each, and marks of one bit each."""

    def read(raw: bytes) -> dict[str, Any]:
        byte = raw[0]
        told: dict[str, Any] = {one.name: byte >> one.low & (1 << one.many) - 1 for one in bits}
        if marks is not None:
            told["quality"] = [word for mark, word in marks.items() if byte & mark]
        return told

    def write(told: Told) -> bytes:
        byte = sum((int(told[one.name]) & (1 << one.many) - 1) << one.low for one in bits)
        return bytes([byte | _marked(told, marks or {})])

    return Part(1, read, write)


def _marked(told: Told, marks: Mapping[int, str]) -> int:
    set_ = told.get("quality") or ()
    return sum(mark for mark, word in marks.items() if word in set_)


def number(name: str, code: str, per: int = 1) -> Part:
    """A number by its struct code, told divided by `per`."""
    form = Struct("<" + code)

    def read(raw: bytes) -> dict[str, Any]:
        value = form.unpack(raw)[0]
        return {name: value if per == 1 else value / per}

    def write(told: Told) -> bytes:
        value = told[name]
        return form.pack(value if code == "f" else round(value * per))

    return Part(form.size, read, write)


def _read_step(raw: bytes) -> dict[str, Any]:
    steps = raw[0] & 0x7F
    return {"value": steps - 128 if steps > 63 else steps, "transient": raw[0] >> 7}


def _write_step(told: Told) -> bytes:
    return bytes([int(told["value"]) & 0x7F | int(told["transient"]) << 7])


def _read_count(raw: bytes) -> dict[str, Any]:
    told = octet(Bits("sequence", 0, 5), marks=COUNTED).read(raw[4:])
    return {"value": int.from_bytes(raw[:4], "little", signed=True), **told}


def _write_count(told: Told) -> bytes:
    value = int(told["value"]).to_bytes(4, "little", signed=True)
    return value + octet(Bits("sequence", 0, 5), marks=COUNTED).write(told)


def _read_packed(raw: bytes) -> dict[str, Any]:
    status, changed = raw[0] | raw[1] << 8, raw[2] | raw[3] << 8
    return {"value": status, "changed": changed}


def _write_packed(told: Told) -> bytes:
    return int(told["value"]).to_bytes(2, "little") + int(told["changed"]).to_bytes(2, "little")


def _read_name(raw: bytes) -> dict[str, Any]:
    return {"raw": raw.hex()}


def _write_name(told: Told) -> bytes:
    return bytes.fromhex(told["raw"])


def opaque(size: int) -> Part:
    """Bytes that are told as they stand."""
    return Part(size, _read_name, _write_name)


SIQ = octet(VALUE[1], marks=PLAIN)
DIQ = octet(VALUE[2], marks=PLAIN)
QDS = octet(marks=MEASURED)
QDP = octet(marks=EVENT)
SEP = octet(VALUE[2], marks=EVENT)
SPE, OCI = octet(VALUE[6]), octet(VALUE[4])
VTI = Part(1, _read_step, _write_step)
BCR = Part(5, _read_count, _write_count)
SCD = Part(4, _read_packed, _write_packed)
NVA, SVA = number("value", "h", 32_768), number("value", "h")
R32, BSI = number("value", "f"), number("value", "I")
COI = octet(VALUE[7], Bits("after_change", 7))
ELAPSED = number("elapsed_ms", "H")
_EXECUTION = (Bits("qu", 2, 5), Bits("select", 7))
SCO, DCO = octet(VALUE[1], *_EXECUTION), octet(VALUE[2], *_EXECUTION)
QOS = octet(Bits("ql", 0, 7), Bits("select", 7))
QOI, QRP, QPA = (octet(Bits(name, 0, 8)) for name in ("qoi", "qrp", "qpa"))
QCC = octet(Bits("rqt", 0, 6), Bits("frz", 6, 2))
QPM = octet(Bits("kpa", 0, 6), Bits("lpc", 6), Bits("pop", 7))
FBP, TSC = number("fbp", "H"), number("tsc", "H")


def read_parts(parts: Sequence[Part], raw: bytes) -> dict[str, Any]:
    """Of parts that stand one after another, all their values."""
    told: dict[str, Any] = {}
    at = 0
    for part in parts:
        told |= part.read(raw[at : at + part.size])
        at += part.size
    return told


def write_parts(parts: Sequence[Part], told: Told) -> bytes:
    """The inverse of read_parts."""
    return b"".join(part.write(told) for part in parts)
