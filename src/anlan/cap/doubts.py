"""What no schema sees in a message: it is told, and we do not issue such a message ourselves.

A doubt is one word, or a word and its place: `expired`, `crossing: info 1, area 2, polygon 1`.

unreadable   a polygon, a circle or a time is none
outside      a point that is not on Earth, a radius that is not
open         a polygon that does not end where it began
duplicated   a polygon that stands twice in an area, a point twice in a row
degenerate   a polygon without an area
crossing     a polygon that crosses or touches itself
holed        a polygon in another of its area, or with a way into a hole: CAP knows no holes
unjudged     more polygons than are judged
dangling     a message that is referred to and cannot be found, or should be referred to
nameless     an identifier or a sender that no reference can name
unaddressed  a restricted message without its restriction, a private one without addresses
expired      its time is over
"""

from collections.abc import Container, Iterator
from datetime import datetime

from anlan.cap import shape
from anlan.cap.message import Alert, moment_of
from anlan.terms.errors import Malformed

MOST_LETTERS, MOST_POLYGONS, MOST_OVERLAPS = 2_000_000, 10_000, 4_000_000
"""The most letters of all polygons of a message, the most polygons, and the most pairs of edges
that lie side by side, that are judged: each pair is looked at."""

_FOLLOWING = ("Update", "Cancel", "Ack", "Error")
_UNNAMED = frozenset(" \t\r\n,<&")


def doubts_of(
    alert: Alert,
    *,
    now: datetime | None = None,
    known: Container[str] | None = None,
    version: str | None = None,
) -> Iterator[str]:
    """The doubts about a message.

    now: an aware time, where what is expired is to be told · known: the references of the
    messages that there are, where those it refers to are to be looked for · version: that the
    message is written in, where it is not one of today's.
    """
    yield from _of_identity(alert)
    yield from _of_references(alert, known, is_first=version == "1.0")
    if now is not None:
        yield from _of_expiry(alert, now)
    yield from _of_times(alert)
    yield from _of_shapes(alert)


def _of_identity(alert: Alert) -> Iterator[str]:
    for name, text in (("identifier", alert.identifier), ("sender", alert.sender)):
        if not text.strip() or not _UNNAMED.isdisjoint(text.strip()):
            yield f"nameless: {name}"
    if alert.scope == "Restricted" and not (alert.restriction or "").strip():
        yield "unaddressed: Restricted without restriction"
    if alert.scope == "Private" and not (alert.addresses or "").strip():
        yield "unaddressed: Private without addresses"


def _of_references(alert: Alert, known: Container[str] | None, *, is_first: bool) -> Iterator[str]:
    references = (alert.references or "").split()
    if not references and alert.msg_type in _FOLLOWING:
        yield f"dangling: {alert.msg_type} without references"
    for number, reference in enumerate(references, 1):
        parts = reference.split(",")
        if is_first and all(reference.partition("/")):
            continue  # CAP 1.0 names a message by identifier/sender
        if len(parts) != 3 or not all(parts) or moment_of(parts[2]) is None:
            yield f"dangling: reference {number} is not sender,identifier,sent"
        elif reference == alert.reference:
            yield f"dangling: reference {number} is the message itself"
        elif known is not None and reference not in known:
            yield f"dangling: reference {number} is not known"


def _of_expiry(alert: Alert, now: datetime) -> Iterator[str]:
    ends = [moment_of(info.expires) for info in alert.info]
    over = [number for number, end in enumerate(ends, 1) if end is not None and end <= now]
    if over and len(over) == len(ends):
        yield "expired"
    else:
        yield from (f"expired: info {number}" for number in over)


def _of_times(alert: Alert) -> Iterator[str]:
    if moment_of(alert.sent) is None:
        yield "unreadable: sent"
    for number, info in enumerate(alert.info, 1):
        for name in ("effective", "onset", "expires"):
            text = getattr(info, name)
            if text is not None and moment_of(text) is None:
                yield f"unreadable: info {number}, {name}"


def _of_shapes(alert: Alert) -> Iterator[str]:
    polygons = [text for info in alert.info for area in info.area for text in area.polygon]
    if sum(map(len, polygons)) > MOST_LETTERS or len(polygons) > MOST_POLYGONS:
        yield f"unjudged: more than {MOST_POLYGONS} polygons, or {MOST_LETTERS} letters of them"
        return
    if sum(map(_cost, polygons)) > MOST_OVERLAPS:
        yield f"unjudged: polygons with more than {MOST_OVERLAPS} pairs of edges side by side"
        return
    for number, info in enumerate(alert.info, 1):
        for place, area in enumerate(info.area, 1):
            for word, where in shape.faults_of(area):
                yield f"{word}: info {number}, area {place}, {where}"


def _cost(polygon: str) -> int:
    try:
        return shape.overlaps(shape.ring_of(polygon))
    except Malformed:
        return 0
