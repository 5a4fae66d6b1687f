"""What a protocol of devices is to the rest of the house: bytes → frames, and what is said back.

A protocol's folder hands out one `Speech`, named PROTOCOL in its `__init__`. All of it is pure: no
clock, no socket, no chance. The gateway owns sockets, time and durability: it feeds what arrived,
makes the readings durable, and only then sends what `answer` gives.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple, Protocol

import msgspec

from anlan.connectors.dials import Dial
from anlan.connectors.news import News
from anlan.terms.readings import Reading

BEIJING = timezone(timedelta(hours=8), "UTC+8")
"""What a time without a zone is in, unless the connector's setting says otherwise."""


class Later(Mapping[str, Any]):
    """What a frame says, put into words only when somebody looks: most frames nobody looks at."""

    __slots__ = ("_read", "_told")

    def __init__(self, read: Callable[[], dict[str, Any]]) -> None:
        self._read = read
        self._told: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        return self._values()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())

    def __repr__(self) -> str:
        return repr(self._values())

    def _values(self) -> dict[str, Any]:
        if self._told is None:
            self._told = self._read()
        return self._told


def moment_of(clock: Sequence[int], zone: tzinfo) -> int | None:
    """Milliseconds UTC of year (of this century), month, day, hour, minute and second; None where
    the calendar has no such time."""
    year, month, day, hour, minute, second = clock
    if year > 99:
        return None
    try:
        at = datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    return round(at.timestamp() * 1000)


class Frame(msgspec.Struct, frozen=True, gc=False):
    """One frame as it was judged.

    raw: its bytes · reason: why it is refused, empty where it is not · device: who sent it, as it
    names itself · header, fields: plain values as JSON has them, bytes as lower-case hexadecimal;
    what is not known is in them raw · readings: what it measured, each sensor named
    `DEVICE.QUANTITY` · ask: which question of ours it answers, empty for none · fault: what in a
    frame that is right could not become a reading and why, such as a time that is none · dials:
    where not all of their times is told, what is, one for each of the readings, whose time is 0 ·
    leaves: with it the device says that it goes.
    """

    raw: bytes
    reason: str = ""
    device: str = ""
    header: Mapping[str, Any] = msgspec.field(default_factory=dict)
    fields: Mapping[str, Any] = msgspec.field(default_factory=dict)
    readings: tuple[Reading, ...] = ()
    ask: str = ""
    fault: str = ""
    dials: tuple[Dial, ...] = ()
    leaves: bool = False

    @property
    def is_ok(self) -> bool:
        return not self.reason


class Media(NamedTuple):
    """A file that a device sent, such as a picture; a text is in UTF-8. note: what of it is told
    beside, in words."""

    data: bytes
    note: str = ""
    is_text: bool = False


class Ask(NamedTuple):
    """A question or command for a device: what it is called and what goes with it.

    Among the words `device` names one of several on a line; without it, the last that spoke.
    """

    name: str
    words: Mapping[str, Any] = {}


class Talk(Protocol):
    """One conversation with one far end, over a stream or in datagrams.

    Any split or merge of the stream gives the same frames; garbage between frames costs no good
    one; no input raises; what is kept of an unfinished frame never exceeds `Speech.most_bytes`.
    """

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete by now, in order; garbage is one refused frame each."""
        ...

    def end(self) -> list[Frame]:
        """The stream ends here: what was begun is judged, a text frame also without its end."""
        ...

    def answer(self, frame: Frame, now_ms: int) -> bytes:
        """What the protocol wants said to a right frame whose readings are durable, if anything."""
        ...

    def refuse(self, frame: Frame, now_ms: int) -> bytes:
        """The same where they could not be made durable, so that the device keeps and repeats them;
        also asked for a refused frame, of which nothing may be known but its bytes."""
        ...

    def ask(self, ask: Ask, now_ms: int) -> tuple[str, bytes]:
        """A question's name, which `Frame.ask` of its answer bears, and its bytes.

        Raises Malformed for what the protocol cannot say or the device has not made known yet.
        """
        ...


class Leader(Talk, Protocol):
    """A talk in which we have the first word and keep the line alive."""

    def begin(self, now_ms: int) -> bytes:
        """What is said first."""
        ...

    def look(self, now_ms: int) -> bytes | None:
        """What is due by now, asked each second; None where the line must be begun anew."""
        ...


class Due(NamedTuple):
    """What is due though nobody spoke. said: to be said over UDP, where it may have been lost ·
    gone: devices that are no longer there · waits: whether more is to be said again soon."""

    said: bytes = b""
    gone: tuple[str, ...] = ()
    waits: bool = False


class Minder(Talk, Protocol):
    """A talk that minds the time: whose devices leave by silence, whose questions are repeated."""

    def mind(self, now_ms: int) -> Due:
        """What is due by now, asked each second; four times a second while it waits."""
        ...


class Teller(Talk, Protocol):
    """A talk whose far end wants to be told of what it may see, unasked."""

    def begin(self, now_ms: int) -> bytes:
        """What is said first."""
        ...

    def tell(self, news: News, now_ms: int) -> bytes:
        """What is due to be told of it by now, looked at each second."""
        ...


class Measure(NamedTuple):
    """What a quantity of a device is, as its standard names it. key: its name there, the same for
    all devices · unit: empty where there is none."""

    key: str
    title: str
    unit: str = ""


class Way(NamedTuple):
    """How a talk is to read. zone: of times without one · words: settings of that protocol · far:
    address and port of the far end; empty where bytes are only read and nobody is there · began:
    when it was first listened, ms UTC, 0 where nobody does · seen: what all talks of a listener
    remember together, None where each is by itself."""

    zone: tzinfo = BEIJING
    words: Mapping[str, Any] = {}
    far: str = ""
    began: int = 0
    seen: dict[Any, Any] | None = None


def _unnamed(quantity: str) -> Measure | None:
    return None


def _whole(said: bytes) -> list[bytes]:
    return [said]


@dataclass(frozen=True, slots=True)
class Speech:
    """A protocol.

    name: that of its folder · title: as its standard is called · port: the usual one, 0 for none ·
    most_bytes: of one frame · is_text: frames are text with line ends · is_datagram: also spoken
    over UDP · asks: what can be asked of a device · leads: devices wait to be called and spoken to,
    its talks are Leaders · tells: far ends are told what they may see, its talks are Tellers ·
    spans: what a datagram says may go on in the next, though its lines may not · apart: what is
    said at once, as the datagrams that it takes · version: of the decoding, kept with raw frames ·
    measure: what a QUANTITY of its readings is, None where the standard does not name it · secrets:
    names in headers, fields and words whose values nobody is shown · covered: a frame with its
    secrets covered, and otherwise the same one · media: the files that a right frame brings.
    """

    name: str
    title: str
    talk: Callable[[Way], Talk]
    most_bytes: int
    port: int = 0
    is_text: bool = False
    is_datagram: bool = False
    asks: tuple[str, ...] = ()
    leads: bool = False
    tells: bool = False
    spans: bool = False
    version: int = 1
    measure: Callable[[str], Measure | None] = _unnamed
    apart: Callable[[bytes], list[bytes]] = _whole
    secrets: frozenset[str] = frozenset()
    covered: Callable[[bytes], bytes] = bytes
    media: Callable[[Frame], tuple[Media, ...]] | None = None
