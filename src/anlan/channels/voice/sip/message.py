"""SIP messages: read from a datagram whatever is in it, and written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from anlan.terms.errors import Malformed

MOST_BYTES = 65_535
_LONG = {
    "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type", "f": "from",
    "s": "subject", "k": "supported", "t": "to", "v": "via", "e": "content-encoding",
}  # fmt: skip
_REQUEST = re.compile(r"([A-Z]{1,32}) (\S{1,1000}) SIP/2\.0")
_RESPONSE = re.compile(r"SIP/2\.0 ([1-6][0-9]{2}) ?(.*)")
_FOLDED = re.compile(r"\r?\n[ \t]+")
_MOST_HEADERS = 200

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Message:
    headers: Headers = ()
    body: bytes = b""

    def every(self, name: str) -> list[str]:
        """All values of a header, those of one line apart."""
        wanted = name.lower()
        return [one for key, value in self.headers if key.lower() == wanted for one in split(value)]

    def first(self, name: str) -> str:
        """The whole first line of a header, or nothing."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def branch(self) -> str:
        """What names the transaction: of the topmost Via."""
        return parameters(next(iter(self.every("Via")), "")).get("branch", "")

    @property
    def method_asked(self) -> str:
        """The method that CSeq names."""
        return self.first("CSeq").rpartition(" ")[2].upper()

    def octets(self, first_line: str) -> bytes:
        """The message on the wire."""
        lines = [first_line, *(f"{name}: {value}" for name, value in self.headers)]
        head = "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "", ""])
        return head.encode("utf-8", "replace") + self.body


@dataclass(frozen=True, slots=True)
class Request(_Message):
    """What is asked."""

    method: str = field(kw_only=True)
    uri: str = field(kw_only=True)

    def __bytes__(self) -> bytes:
        return self.octets(f"{self.method} {self.uri} SIP/2.0")


@dataclass(frozen=True, slots=True)
class Response(_Message):
    """What is answered."""

    status: int = field(kw_only=True)
    phrase: str = field(default="", kw_only=True)

    def __bytes__(self) -> bytes:
        return self.octets(f"SIP/2.0 {self.status} {self.phrase}")


def read(datagram: bytes) -> Request | Response:
    """The message of a datagram. Raises Malformed."""
    head, mark, body = datagram.partition(b"\r\n\r\n")
    if not mark or len(datagram) > MOST_BYTES:
        raise Malformed("no end of the headers")
    lines = _FOLDED.sub(" ", head.decode("utf-8", "replace").lstrip("\r\n")).split("\r\n")
    headers = tuple(_header(line) for line in lines[1 : _MOST_HEADERS + 1])
    body = _cut(body, headers)
    if found := _REQUEST.fullmatch(lines[0]):
        return Request(headers, body, method=found[1], uri=found[2])
    if found := _RESPONSE.fullmatch(lines[0]):
        return Response(headers, body, status=int(found[1]), phrase=found[2][:200])
    raise Malformed("neither a request nor an answer")


def _header(line: str) -> tuple[str, str]:
    name, mark, value = line.partition(":")
    if not mark or not name.strip():
        raise Malformed("a line that is no header")
    short = name.strip().lower()
    return _LONG.get(short, name.strip()), value.strip()


def _cut(body: bytes, headers: Headers) -> bytes:
    """The body as long as it says."""
    told = next((v for k, v in headers if k.lower() == "content-length"), str(len(body)))
    if not (told.isascii() and told.isdigit() and int(told) <= len(body)):
        raise Malformed("the body is shorter than it says")
    return body[: int(told)]


def split(value: str, at: str = ",") -> list[str]:
    """The pieces of a value, not cut within quotes or angle brackets."""
    return [piece.strip() for piece in _pieces(value, at) if piece.strip()]


def _pieces(value: str, at: str) -> Iterator[str]:
    start, is_quoted, depth, skips = 0, False, 0, False
    for place, sign in enumerate(value):
        if skips or (is_quoted and sign == "\\"):
            skips = not skips
        elif sign == '"':
            is_quoted = not is_quoted
        elif not is_quoted and sign in "<>":
            depth = 1 if sign == "<" else 0
        elif sign == at and not is_quoted and not depth:
            yield value[start:place]
            start = place + 1
    yield value[start:]


def parameters(value: str) -> dict[str, str]:
    """What follows a value after semicolons; names in small letters."""
    pairs = (one.partition("=") for one in split(value, ";")[1:])
    return {name.strip().lower(): unquoted(told.strip()) for name, _, told in pairs}


def uri_in(value: str) -> str:
    """The address in a From, To, Contact or Route; empty where there is none."""
    found = re.search(r"<([^<>]*)>", value)
    return found[1] if found else split(value, ";")[0] if value.strip() else ""


def host_of(uri: str) -> tuple[str, int]:
    """Host and port of an address, 5060 where none is said. Raises Malformed."""
    found = re.fullmatch(
        r"sips?:(?:[^@]*@)?(\[[0-9A-Fa-f:.]+\]|[^\s:;?@\[\]]+)(?::([0-9]{1,5}))?(?:[;?].*)?", uri
    )
    if found is None or not 0 < int(found[2] or 5060) < 65_536:
        raise Malformed("no address of a telephone or an exchange")
    return found[1].strip("[]"), int(found[2] or 5060)


def unquoted(value: str) -> str:
    """Without its quotes."""
    is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if is_quoted else value
