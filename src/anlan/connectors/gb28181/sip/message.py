"""SIP messages: read whatever is in them, and written."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anlan.connectors.gb28181.sip.cut import Piece
from anlan.terms.errors import Malformed

Headers = tuple[tuple[str, str], ...]
"""Names as they stand, and values without what surrounds them."""

_LONG = {
    "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type", "f": "from",
    "s": "subject", "k": "supported", "t": "to", "v": "via", "e": "content-encoding",
    "o": "event", "u": "allow-events",
}  # fmt: skip
_NEEDED = ("via", "from", "to", "call-id", "cseq")
_REQUEST = re.compile(r"([A-Z]{2,20}) (\S{1,1000}) SIP/2\.0")
_RESPONSE = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: (.*))?")
_FOLDED = re.compile(r"\r?\n[ \t]+")
_NAME = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+")
_CSEQ = re.compile(r"([0-9]{1,10})[ \t]+([A-Z]{2,20})")
_MOST_HEADERS = 200
_PARTS = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"?)++', re.DOTALL)
_PARAMETER = re.compile(r';[ \t]*+([^=;, \t]++)[ \t]*+(?:=[ \t]*+("(?:[^"\\]|\\.)*+"|[^;]*+))?')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_URI = re.compile(r"(sips?|tel):(?:([^@]*)@)?(\[[^\]]*\]|[^:;?@]*)(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Message:
    """start: its first line · headers · lines: the same as they stand before their line feed."""

    start: str
    headers: Headers
    body: bytes = b""
    lines: Headers = ()
    _by_name: dict[str, list[str]] = field(default_factory=dict, repr=False, compare=False)

    def every(self, name: str) -> list[str]:
        """All values of a header by its long name in small letters, a line each."""
        if not self._by_name:
            for key, value in self.headers:
                self._by_name.setdefault(long_name(key), []).append(value)
        return self._by_name.get(name, [])

    def first(self, name: str) -> str:
        """The first of them, or nothing."""
        return next(iter(self.every(name)), "")

    @property
    def method(self) -> str:
        """Of a request; empty for a response."""
        found = _REQUEST.fullmatch(self.start)
        return found[1] if found else ""

    @property
    def uri(self) -> str:
        found = _REQUEST.fullmatch(self.start)
        return found[2] if found else ""

    @property
    def status(self) -> int:
        """Of a response; 0 for a request."""
        found = _RESPONSE.fullmatch(self.start)
        return int(found[1]) if found else 0

    @property
    def asked(self) -> tuple[int, str]:
        """The number and the method that CSeq names."""
        found = _CSEQ.fullmatch(self.first("cseq"))
        return (int(found[1]), found[2]) if found else (0, "")

    @property
    def kind(self) -> str:
        """The media type of the content in small letters, without parameters."""
        return self.first("content-type").partition(";")[0].strip().lower()

    def __bytes__(self) -> bytes:
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        head = "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "", ""])
        return head.encode("utf-8", "replace") + self.body


def long_name(name: str) -> str:
    """The name of a header in small letters, also where a letter stands for it."""
    small = name.lower()
    return _LONG.get(small, small)


def read(piece: Piece) -> Message:
    """The message of a piece. Malformed says what it lacks."""
    head = text_of(piece.raw[: piece.body]).rstrip("\r\n")
    start, _, rest = head.partition("\n")
    if len(lines := _lines(rest)) > _MOST_HEADERS:
        raise Malformed(f"more than {_MOST_HEADERS} headers")
    headers = tuple((name, _FOLDED.sub(" ", value).strip()) for name, value in lines)
    message = Message(start.rstrip("\r"), headers, piece.raw[piece.body :], tuple(lines))
    _check(message)
    return message


def _lines(text: str) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for line in text.split("\n") if text else []:
        if line[:1] in (" ", "\t") and lines:
            name, value = lines[-1]
            lines[-1] = name, f"{value}\n{line}"
            continue
        name, colon, value = line.partition(":")
        if not colon or not _NAME.fullmatch(name.rstrip(" \t")):
            raise Malformed(f"a line that is no header: {line.strip()[:60]!r}")
        lines.append((name.rstrip(" \t"), value.lstrip(" \t")))
    return lines


def _check(message: Message) -> None:
    if not message.method and not message.status:
        raise Malformed(f"not SIP/2.0: {message.start[:80]!r}")
    for name in _NEEDED:
        if not message.first(name):
            raise Malformed(f"has no {name}")
    number, method = message.asked
    if not method or number >= 1 << 32:
        raise Malformed(f"CSeq is no number and method: {message.first('cseq')[:60]!r}")
    if message.method and message.method != method:
        raise Malformed(f"CSeq says {method}, the start line {message.method}")
    if len(set(message.every("content-length"))) > 1:
        raise Malformed("two different lengths of its content")


def text_of(raw: bytes) -> str:
    """UTF-8, or else GB 18030."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


@dataclass(frozen=True, slots=True)
class Address:
    """Of From, To, Contact: who is meant, and the parameters behind."""

    uri: str
    user: str = ""
    host: str = ""
    name: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        found = {"uri": self.uri, "user": self.user, "host": self.host, "name": self.name}
        return {key: value for key, value in found.items() if value} | dict(self.words)


def address(value: str) -> Address:
    """The first address of a header; what has no form is its uri alone."""
    text, name = value.strip(), ""
    if quoted := _QUOTED.match(text):
        name, text = unquoted(quoted[0]), text[quoted.end() :].lstrip()
    before, less, rest = text.partition("<")
    if less:
        uri, _, behind = rest.partition(">")
        name = name or before.strip()
    else:
        uri, semicolon, behind = text.partition(";")
        behind = semicolon + behind
    found = _URI.match(uri)
    user, host = (found[2] or "", found[3]) if found else ("", "")
    return Address(uri, user.partition(":")[0], host, name, parameters(behind))


def parameters(value: str) -> dict[str, str]:
    """What stands behind semicolons, by its name in small letters."""
    found = _PARAMETER.finditer(value)
    return {one[1].lower(): unquoted((one[2] or "").strip()) for one in found}


def parts(value: str) -> list[str]:
    """A list with commas; those between quotes part nothing."""
    return [one.strip() for one in _PARTS.findall(value) if one.strip()]


def unquoted(value: str) -> str:
    """Without its quotes."""
    is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if is_quoted else value


def told_lines(lines: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Headers by their names; of one that stands there more than once a list."""
    told: dict[str, Any] = {}
    for name, value in lines:
        before = told.get(name)
        if before is None:
            told[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            told[name] = [before, value]
    return told
