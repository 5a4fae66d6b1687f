"""One sentence: tag block, talker, formatter and fields; the check is the exclusive or of all."""

from functools import reduce
from operator import xor
from typing import Any, NamedTuple

from anlan.terms.errors import Malformed

_FORMATTER = 3
_TAGS = {
    "s": "source", "d": "destination", "g": "group", "n": "line", "t": "text", "r": "relative",
}  # fmt: skip
_MILLISECONDS = 100_000_000_000
"""A time of a tag block above this is in ms, not in s."""


class Sentence(NamedTuple):
    """raw: as it came · text: without tag block and what is behind the check sum · tags: of the
    block, by word; `time_ms` UTC among them.
    """

    raw: bytes
    text: bytes
    talker: str
    formatter: str
    fields: list[str]
    tags: dict[str, Any]


def check_of(data: bytes) -> int:
    return reduce(xor, data, 0)


def read_sentence(raw: bytes) -> Sentence:
    """Malformed for what is none, with why."""
    if not raw.isascii():
        raise Malformed("not this protocol: not ASCII")
    block, text = _parted(raw)
    body, told, behind = _checked(text[1:])
    address, *fields = body.decode("ascii").split(",")
    if not address.isalnum() or not _FORMATTER < len(address) <= 2 * _FORMATTER:
        raise Malformed(f"not this protocol: {address[:10]!r} names no sentence")
    tags = _tags(block) if block else {}
    if behind:
        tags["behind"] = behind.decode("ascii").strip()
    talker, formatter = address[:-_FORMATTER], address[-_FORMATTER:]
    return Sentence(raw, text[:1] + body + b"*" + told, talker, formatter, fields, tags)


def _parted(raw: bytes) -> tuple[bytes, bytes]:
    if not raw.startswith(b"\\"):
        return b"", raw
    _, block, text = raw.split(b"\\", 2)
    return block, text


def _checked(inside: bytes) -> tuple[bytes, bytes, bytes]:
    """The body, its check sum as it stands, and what is behind it."""
    body, _, rest = inside.partition(b"*")
    wanted = check_of(body)
    told, behind = rest[:2], rest[2:].removeprefix(b",")
    if int(told, 16) != wanted:
        raise Malformed(f"wrong check sum: {told.decode()} came, {wanted:02X} is right")
    return body, told, behind


def _tags(block: bytes) -> dict[str, Any]:
    body, star, told = block.partition(b"*")
    try:
        is_right = bool(star) and int(told, 16) == check_of(body)
    except ValueError:
        is_right = False
    if not is_right:
        raise Malformed(f"wrong check sum of the tag block: {check_of(body):02X} is right")
    tags: dict[str, Any] = {}
    for one in body.decode("ascii").split(","):
        code, colon, value = one.partition(":")
        if code == "c" and value.isdigit() and len(value) < 15:
            tags["time_ms"] = int(value) if int(value) > _MILLISECONDS else int(value) * 1000
        elif colon:
            tags[_TAGS.get(code, code)] = value
    return tags


def write_sentence(address: str, fields: list[str], *, start: str = "!") -> bytes:
    """A sentence with its check sum and line end."""
    body = ",".join([address, *fields]).encode("ascii")
    return start.encode() + body + b"*%02X\r\n" % check_of(body)
