"""Message → world: one folder per way out, each with settings of its own and one `send`.

What every channel is given and what it answers. A channel knows no rules, no records and no other
channel; it keeps nothing between two sends. Who is told, how often it is tried again and when it
is given up is decided above, with `retry_at`.
"""

# house: a folder for each way out, and beside them what they share
import io
import re
import socket
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from anlan.terms.errors import Malformed
from anlan.terms.times import FIRST_MS, LAST_MS

FIRST_WAIT_S, LONGEST_WAIT_S = 15, 3_600
"""The first wait before a message is tried again, and the longest."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_MEDIA = re.compile(r"[a-z]+/[a-z0-9.+-]+(; charset=utf-8)?")
_PAGE = re.compile(r"https?://[!-;=?-~]{1,900}")
_WHOLE_PAGE = re.compile(r"<(!doctype|html|head|body)\b", re.IGNORECASE)


class Status(StrEnum):
    """Whether a message is meant, part of a drill, or a trial of the ways out."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    TEST = "Test"


URGENT = "urgent"
"""The kind of a message that must not wait: a red warning."""

MARKS = {Status.ACTUAL: "", Status.EXERCISE: "【演练】", Status.TEST: "【测试】"}
_UNREAL = (MARKS[Status.EXERCISE], MARKS[Status.TEST])


def marked(text: str, status: Status) -> str:
    """The text with the mark of its status in front, once.

    Raises Malformed for an actual text that calls itself a drill or a test: which of the two is
    wrong, only a person can say.
    """
    if status is Status.ACTUAL and text.lstrip().startswith(_UNREAL):
        raise Malformed("an actual message begins with the mark of a drill or a test")
    mark = MARKS[status]
    return text if text.startswith(mark) else mark + text


def one_line(text: str, most: int = 256) -> str:
    """The text as one line that every wire can carry: no control signs, no half characters."""
    seen = _UNSEEN.sub(" ", text.encode("utf-8", "replace").decode())
    return " ".join(seen.split())[:most]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is said, the same on every channel; subject, text and html bear the status's mark.

    key: names the message for ever; a second try has the same · html: a fragment, without <html>
    or <body> · cause: the key of what made it · created_at: ms UTC · body: a document that goes in
    place of all this where a channel carries documents, byte for byte; media_type: what it is ·
    stop: the page by which its recipient ends such messages, or empty.

    Raises Malformed naming the field. Signs that no wire can carry are replaced, not refused: a
    newline in the name of a sensor must not keep a message back.
    """

    key: str
    kind: str
    subject: str
    text: str
    status: Status
    cause: str
    created_at: int
    html: str | None = None
    language: str = "zh-Hans"
    body: bytes | None = None
    media_type: str = ""
    stop: str = ""

    def __post_init__(self) -> None:
        self._judge()
        status = Status(self.status)
        settle = object.__setattr__
        settle(self, "status", status)
        settle(self, "kind", one_line(self.kind, 64))
        settle(self, "cause", one_line(self.cause))
        settle(self, "subject", marked(one_line(self.subject), status)[:256].rstrip())
        settle(self, "text", marked(_lines(self.text), status))
        if self.html is not None:
            settle(self, "html", _marked_html(_lines(self.html), status))

    def _judge(self) -> None:
        """Raises Malformed for the first field that is wrong."""
        wrong = {
            "key": not _KEY.fullmatch(self.key),
            "status": self.status not in list(Status),
            "language": not _LANGUAGE.fullmatch(self.language),
            "created_at": not FIRST_MS <= self.created_at <= LAST_MS,
            "subject": not one_line(self.subject),
            "stop": bool(self.stop) and not _PAGE.fullmatch(self.stop),
            "html": _WHOLE_PAGE.search(self.html or "") is not None,
            "media_type": bool(self.media_type) != (self.body is not None)
            or not _MEDIA.fullmatch(self.media_type or "text/plain"),
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise Malformed(f"not fit for a message: {str(getattr(self, name))[:80]!r}", where=name)
        if self.body is not None and MARKS[Status(self.status)].encode() not in self.body:
            # A document is not changed any more: the mark is in it, or it does not leave.
            raise Malformed("the document lacks the mark of a drill or a test", where="body")


def _lines(text: str) -> str:
    """The text with \\n between its lines and nothing that no wire can carry."""
    whole = text.encode("utf-8", "replace").decode()
    return _UNSEEN.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))


def _marked_html(fragment: str, status: Status) -> str:
    mark = MARKS[status]
    shown = f"<p><strong>{mark}</strong></p>"
    return fragment if not mark or fragment.startswith(shown) else shown + fragment


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: the channel's name, and a mailbox or a web address."""

    kind: str
    value: str


class State(StrEnum):
    """What became of one try."""

    ACCEPTED = "accepted"  # the next hop has taken it over
    DELIVERED = "delivered"  # it is where it should be, says the far end
    FAILED = "failed"  # not now
    REFUSED = "refused"  # never, as it is


class Fault(StrEnum):
    """Why a try did not succeed, in words that a page can translate."""

    ADDRESS = "address"  # not an address, or not one that may be written to
    RECIPIENT = "recipient"  # the far end does not know or does not want the recipient
    CONTENT = "content"  # the far end does not want this message
    SETTINGS = "settings"  # login, sender or TLS are not as the next hop wants them
    UNREACHABLE = "unreachable"  # no name, no connection
    TLS = "tls"  # no safe connection
    TIMEOUT = "timeout"  # no answer in time
    BUSY = "busy"  # asked to come again
    ANSWER = "answer"  # cut off, or an answer that is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one try.

    at: ms UTC · reference: what the next hop calls the message · fault, reason: why not, as a word
    and as a sentence with the far end's own words · wait_s: what it asks to wait, bounded; of
    an accepted one after how long without a word of the far end it is tried again, 0: never.
    """

    state: State
    at: int
    reference: str = ""
    reason: str = ""
    may_retry: bool = False
    fault: Fault | None = None
    wait_s: int = 0

    @classmethod
    def accepted(cls, at: int, reference: str = "", *, wait_s: int = 0) -> "Receipt":
        told = one_line(reference)
        return cls(state=State.ACCEPTED, at=at, reference=told, wait_s=wait_s)

    @classmethod
    def refused(cls, at: int, fault: Fault, reason: str) -> "Receipt":
        return cls(state=State.REFUSED, at=at, fault=fault, reason=one_line(reason, 500))

    @classmethod
    def failed(cls, at: int, fault: Fault, reason: str, *, wait_s: int = 0) -> "Receipt":
        told = one_line(reason, 500)
        wait_s = min(max(wait_s, 0), LONGEST_WAIT_S)
        return cls(
            state=State.FAILED, at=at, fault=fault, reason=told, may_retry=True, wait_s=wait_s
        )


class Channel(Protocol):
    """A way out. Neither verb raises for what the world does: failure is a value."""

    @property
    def name(self) -> str:
        """The kind of address it serves."""

    def check(self, address: Address) -> str | None:
        """Why this address can never be written to, or None; asks nobody.

        A fixed sentence, one of the channel's REASONS, so that a page can translate it.
        """

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        """What became of this one try, within the time that the settings give."""


def retry_at(tries: int, now_ms: int, *, jitter: float, wait_s: int = 0) -> int:
    """When to try again after `tries` failures, ms UTC: doubling from 15 s, never over an hour.

    jitter: 0 to 1, a chance of the caller's; it takes up to a quarter off, so that a thousand
    messages do not come back at once · wait_s: what the receipt asks at least, itself bounded.
    """
    doubled = FIRST_WAIT_S << min(max(tries - 1, 0), 16)
    waited_s = min(doubled, LONGEST_WAIT_S) * (1 - 0.25 * min(max(jitter, 0.0), 1.0))
    return now_ms + round(1000 * max(waited_s, min(wait_s, LONGEST_WAIT_S)))


class _Bounded(io.RawIOBase):
    """What a peer says, until a moment and up to a size."""

    def __init__(self, sock: socket.socket, *, until_s: float, most: int) -> None:
        self._sock, self._until_s, self._left = sock, until_s, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Raises TimeoutError at the moment, ConnectionAbortedError beyond the size."""
        left_s = self._until_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("timed out")
        if self._left <= 0:
            raise ConnectionAbortedError("the answer is too long")
        self._sock.settimeout(left_s)
        got = self._sock.recv_into(buffer, min(len(buffer), self._left))
        self._left -= got
        return got


def bounded(sock: socket.socket, *, until_s: float, most: int = 65_536) -> io.BufferedReader:
    """A reader of a socket for a peer that may be slow on purpose, or never end.

    A timeout of the socket alone begins anew with every byte. until_s: of the monotonic clock.
    """
    return io.BufferedReader(_Bounded(sock, until_s=until_s, most=most))
