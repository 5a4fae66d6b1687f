"""Just enough DER to find what `cryptography` does not open: keys on the SM2 curve."""

from typing import NamedTuple

from anlan.terms.errors import Malformed

INTEGER, BITS, OCTETS, NAME, SEQUENCE, FIRST = 0x02, 0x03, 0x04, 0x06, 0x30, 0xA0
"""Tags: of an integer, of bits, of bytes, of an object's name, of a list, of a first choice [0]."""


class Item(NamedTuple):
    """One value: its tag, what it holds, and all of its bytes."""

    tag: int
    body: bytes
    whole: bytes


def items(body: bytes) -> list[Item]:
    """The values that stand one after the other; Malformed where they do not fill `body`."""
    found, at = [], 0
    while at < len(body):
        item = _read(body, at)
        found.append(item)
        at += len(item.whole)
    return found


def list_in(data: bytes) -> list[Item]:
    """The values of the one list that `data` is; Malformed for anything else."""
    return list_of(only(items(data)))


def list_of(item: Item) -> list[Item]:
    """The values of a list; Malformed for another tag."""
    if item.tag != SEQUENCE:
        raise Malformed(f"a list was expected in the DER, there is the tag {item.tag:#04x}")
    return items(item.body)


def only(found: list[Item]) -> Item:
    """The one value there is; Malformed for none or several."""
    if len(found) != 1:
        raise Malformed(f"one DER value was expected, there are {len(found)}")
    return found[0]


def _read(data: bytes, at: int) -> Item:
    head = data[at : at + 2]
    if len(head) < 2:
        raise Malformed("the DER ends too early")
    size, start = head[1], at + 2
    if size & 0x80:
        width = size & 0x7F
        if not 1 <= width <= 4:
            raise Malformed("a DER length of that form is not read")
        size, start = int.from_bytes(data[start : start + width]), start + width
    if start + size > len(data):
        raise Malformed("the DER ends too early")
    return Item(head[0], data[start : start + size], data[at : start + size])
