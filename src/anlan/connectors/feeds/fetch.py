"""One page of the web, within a time and a size, and only from where it may be asked.

Whoever calls says where a host is and whether it may be asked (`Find`): it is asked for each
address anew, those of redirects too, and the connection goes to what it found.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import NamedTuple
from urllib.parse import urljoin

from anlan.terms.errors import Malformed, Refused, Unavailable

MOST_BYTES = 16 * 1024 * 1024
_REDIRECTS = 3
_MOVED = {301, 302, 303, 307, 308}
_UNCHANGED = 304


class Place(NamedTuple):
    """Where an address leads. host: as it is called · authority: as the Host header names it ·
    path: with its query · ip: the judged address to connect to."""

    host: str
    authority: str
    port: int
    path: str
    is_safe: bool
    ip: str


Find = Callable[[str], Place]
"""Where an address is; Refused where it may not be asked, OSError where nobody knows."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a page said of its state when it was read last; empty where it said nothing."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page. body: None where it has not changed · state: to ask with the next time · url: where
    it stood in the end."""

    body: bytes | None
    state: Known
    url: str


def fetch(url: str, find: Find, *, known: Known | None = None, most_s: float = 15.0) -> Page:
    """A page; raises Refused where it may not be asked, Unavailable where it did not answer."""
    try:
        with _deadline(most_s) as begin:
            for _ in range(_REDIRECTS + 1):
                page, moved = _once(url, find, known=known or Known(), begin=begin)
                if page is not None:
                    return page
                if url.startswith("https:") and not moved.startswith("https:"):
                    raise Refused("a redirect from a safe address to an open one")
                url = moved
    except (OSError, HTTPException, ValueError) as error:
        raise Unavailable(str(error) or type(error).__name__) from error
    raise Unavailable("too many redirects")


Begin = Callable[[socket.socket], None]


@contextmanager
def _deadline(most_s: float) -> Iterator[Begin]:
    """Ends whatever socket is at work when the time is over: a drop every second helps nobody."""
    sockets: list[socket.socket] = []
    over = threading.Event()

    def end() -> None:
        over.set()
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def begin(one: socket.socket) -> None:
        sockets.append(one)
        if over.is_set():
            raise TimeoutError("it did not answer in time")

    clock = threading.Timer(most_s, end)
    clock.daemon = True
    clock.start()
    try:
        yield begin
    except (OSError, HTTPException, ValueError) as error:
        if over.is_set():
            raise TimeoutError("it did not answer in time") from error
        raise
    else:
        # A page without a length that is cut off looks as if it had come to its end.
        if over.is_set():
            raise TimeoutError("it did not answer in time")
    finally:
        clock.cancel()
        for one in sockets:
            one.close()


def _once(url: str, find: Find, *, known: Known, begin: Begin) -> tuple[Page | None, str]:
    """The page, or the address that it has moved to."""
    place = find(url)
    line = _connected(place, begin)
    line.request("GET", place.path, headers=_head(place, known))
    with closing(line.getresponse()) as answer:
        if answer.status not in _MOVED:
            return _page(answer, url, known), ""
        moved = urljoin(url, answer.getheader("Location") or "")
    if not moved.startswith(("http://", "https://")):
        raise Refused("a redirect to what is no web address")
    return None, moved


def _head(place: Place, known: Known) -> dict[str, str]:
    head = {"Host": place.authority, "Accept-Encoding": "identity", "Connection": "close",
            "Accept": "application/cap+xml, application/atom+xml, application/rss+xml, */*;q=0.5",
            "User-Agent": "anlan"}  # fmt: skip
    if known.etag:
        head["If-None-Match"] = known.etag
    if known.modified:
        head["If-Modified-Since"] = known.modified
    return head


def _page(answer: HTTPResponse, url: str, known: Known) -> Page:
    if answer.status == _UNCHANGED:
        return Page(None, known, url)
    if answer.status != 200:
        raise Unavailable(f"it answers {answer.status}")
    if (answer.getheader("Content-Encoding") or "identity") != "identity":
        raise Unavailable("it answers compressed, which was not asked for")
    body = answer.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Malformed(f"longer than {MOST_BYTES} bytes")
    length = answer.getheader("Content-Length") or ""
    if length.isdigit() and len(body) < int(length):
        raise Unavailable("it broke off")
    state = Known(_line(answer, "ETag"), _line(answer, "Last-Modified"))
    return Page(body, state, url)


def _line(answer: HTTPResponse, name: str) -> str:
    """A field of the head, as it may be sent back; empty for a long one."""
    text = answer.getheader(name) or ""
    return text if len(text) <= 200 and text.isprintable() and text.isascii() else ""


def _connected(place: Place, begin: Begin) -> HTTPConnection:
    plain = socket.create_connection((place.ip, place.port), timeout=10)
    begin(plain)
    line = HTTPConnection(place.host, place.port)
    line.sock = plain
    if place.is_safe:
        line.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=place.host)
        begin(line.sock)
    return line
