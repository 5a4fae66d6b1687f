"""A data segment: what stands between the head of a frame and its check sum.

QN=…;ST=32;CN=2011;PW=123456;MN=…;Flag=5;CP=&&DataTime=…;w01018-Rtd=2.2,w01018-Flag=N;…&&
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from anlan.connectors.hj212.crc import crc_of
from anlan.terms.errors import Malformed

Pair = tuple[str, str]
"""A name such as `w01018-Rtd`, and its value as it stands."""

_DATA, _END = "CP=&&", "&&"
_LONGEST = 9_999


class Segment(NamedTuple):
    """head: QN, ST, CN … as they stand, in order · data: the text of CP between its `&&`."""

    head: Mapping[str, str]
    data: str = ""


class Flag(NamedTuple):
    """The byte Flag. version: 0 HJ/T 212-2005, 1 HJ 212-2017, 2 HJ 212-2025."""

    version: int
    is_split: bool = False
    wants_answer: bool = False

    @property
    def number(self) -> int:
        return self.version << 2 | self.is_split << 1 | self.wants_answer


def flag_of(text: str) -> Flag | None:
    """The flag in a head; None where there is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        return None
    number = int(text)
    return Flag(number >> 2, bool(number & 2), bool(number & 1)) if number <= 255 else None


def read(text: str) -> Segment:
    """The segment in a text; what has no form is kept as it can be, nothing is refused."""
    head, _, rest = text.partition(_DATA)
    data = rest.rpartition(_END)[0] if _END in rest else rest
    cells = [one.partition("=") for one in head.split(";") if one]
    return Segment({name.strip(): value for name, _, value in cells}, data)


def pairs_in(data: str) -> list[Pair]:
    """The pairs of a CP, in order. A text without `=` behind a comma belongs to the value before,
    any other is a name with an empty value.
    """
    cells = [one.partition("=") for one in data.replace(",", ";").split(";")]
    pairs = [(name, value) for name, equals, value in cells if equals]
    if len(pairs) == len(cells):
        return pairs
    return [pair for item in data.split(";") if item for pair in _pairs_of(item)]


def _pairs_of(item: str) -> list[Pair]:
    if "=" not in item:
        return [(item, "")]
    pairs: list[Pair] = []
    for part in item.split(","):
        name, equals, value = part.partition("=")
        if equals or not pairs:
            pairs.append((name, value))
        else:
            name, before = pairs[-1]
            pairs[-1] = (name, f"{before},{part}")
    return pairs


def data_of(items: Iterable[Sequence[Pair]]) -> str:
    """The text of a CP whose items are each of one or more pairs."""
    return ";".join([",".join([f"{name}={value}" for name, value in item]) for item in items])


def write(segment: Segment, charset: str = "utf-8") -> bytes:
    """The frame of a segment, with its line end; Malformed where it is too long."""
    head = "".join([f"{name}={value};" for name, value in segment.head.items()])
    data = f"{head}{_DATA}{segment.data}{_END}".encode(charset)
    if len(data) > _LONGEST:
        raise Malformed(f"{len(data):,} bytes of data are more than a frame holds ({_LONGEST:,})")
    return b"##%04d%s%04X\r\n" % (len(data), data, crc_of(data))
