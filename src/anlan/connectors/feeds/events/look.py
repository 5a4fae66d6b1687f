"""One look at a feed of events: what is new, what has changed, and what was withdrawn."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from anlan.cap.message import Alert
from anlan.cap.write import write
from anlan.connectors.feeds.brought import MOST_LETTERS, MOST_MESSAGES, MOST_TOLD, Heard, Poll
from anlan.connectors.feeds.events import geojson, georss
from anlan.connectors.feeds.events.told import (
    Told,
    as_text,
    dated,
    key_of,
    same_of,
    told_of,
    withdrawal,
)
from anlan.connectors.feeds.fetch import MOST_BYTES, Find, Known, Page, fetch
from anlan.connectors.feeds.forms.form import Form
from anlan.connectors.feeds.forms.record import Record
from anlan.connectors.feeds.settings import Feed
from anlan.terms.errors import Malformed, Unavailable


class Stamp(NamedTuple):
    """An event that was heard of. begins, sent: seconds since 1970 · said: of what is shown."""

    begins: int
    sent: int
    said: str

    @property
    def text(self) -> str:
        return f"{max(self.begins, 0):x}.{max(self.sent, 0):x}.{self.said}"


@dataclass(frozen=True, slots=True)
class _Looking:
    """What one look works with. known: the events that were heard of, by name."""

    feed: Feed
    form: Form
    known: Mapping[str, Stamp]
    now: datetime


class _Read(NamedTuple):
    """events: by name · faults: the first ones, as a look tells them · unread: the names of all
    that cannot be read · names: of all that is listed."""

    events: dict[str, Told]
    faults: dict[str, tuple[str, str]]
    unread: set[str]
    names: set[str]


def look(
    feed: Feed, form: Form, find: Find, *, known: Known, stamps: Mapping[str, str], now: datetime
) -> Poll:  # fmt: skip
    """What is new; raises Unavailable, Malformed or Refused where the feed cannot be read.

    An event that has another name by now goes on under it, and one that a feed does not list any
    more, though it lists older ones, is withdrawn. What is over before it is heard of is left.
    """
    page = _page(feed, find, known)
    if page.body is None:
        return Poll(state=known, faults={})
    records, made = _records(page.body)
    told = {key: one for key, text in stamps.items() if (one := stamp_of(text))}
    at, read = _Looking(feed, form, told, now), _read(records, form, stamps)
    heard = [*_withdrawn(at, read, made or now), *_changed(at, read.events.values())]
    left = {one.key for one in heard[MOST_MESSAGES:]}
    # The other names of what is left for the next time must be known then.
    left.update(*(read.events[key].same for key in left if key in read.events))
    return Poll(
        state=Known() if left else page.state, heard=tuple(heard[:MOST_MESSAGES]),
        faults=read.faults, keys=frozenset(read.events).union(left, read.unread),
        is_whole=not left,
    )  # fmt: skip


def _records(body: bytes) -> tuple[Sequence[Record | str], datetime | None]:
    is_json = body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
    return geojson.records_in(body) if is_json else georss.records_in(body)


def stamp_of(text: str) -> Stamp | None:
    """What a stamp says; None for one of another making."""
    parts = text.split(".")
    try:
        return Stamp(int(parts[0], 16), int(parts[1], 16), parts[2]) if len(parts) == 3 else None
    except ValueError:
        return None


def _page(feed: Feed, find: Find, known: Known) -> Page:
    if feed.path is None:
        return fetch(feed.address, find, known=known)
    try:
        with feed.path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unavailable(str(error)) from error
    if len(body) > MOST_BYTES:
        raise Malformed(f"longer than {MOST_BYTES} bytes")
    return Page(body, Known(), feed.address)


def _read(records: Iterable[Record | str], form: Form, stamps: Mapping[str, str]) -> _Read:
    """Of several with one name, the one that was sent last. What cannot be read stays what it was:
    it keeps its stamp, and its names."""
    read = _Read({}, {}, set(), set())
    for number, one in enumerate(records, 1):
        try:
            if isinstance(one, str):
                raise Malformed(one)
            told = told_of(one, form)
        except (Malformed, ValueError, TypeError, OverflowError, RecursionError) as error:
            key = f"#{number}" if isinstance(one, str) else key_of(one, form) or f"#{number}"
            read.unread.update({key}, () if isinstance(one, str) else same_of(one, form))
            if len(read.faults) < MOST_TOLD:
                read.faults[key] = stamps.get(key, ""), str(error)[:MOST_LETTERS]
            continue
        read.names.update({told.key}, told.same)
        before = read.events.get(told.key)
        if before is None or _sent(before) <= _sent(told):
            read.events[told.key] = told
    read.names.update(read.unread)
    return read


def _sent(told: Told) -> datetime:
    return told.sent or told.begins


def _changed(at: _Looking, events: Iterable[Told]) -> Iterator[Heard]:
    """What is new or says something else than before, the newest first."""
    for told in sorted(events, key=_sent, reverse=True):
        names = [name for name in (told.key, *sorted(told.same)) if name in at.known]
        if not names and (told.is_over or told.ends <= at.now or not _is_large(at.feed, told)):
            continue
        said = withdrawal(told.key, at.form) if told.is_over else told.said
        digest = hashlib.sha256(repr(_shown(said)).encode()).hexdigest()[:10]
        own = at.known.get(told.key)
        if own is None or own.said != digest:
            sent = _later(_sent(told), [at.known[name].sent for name in names], at.now)
            before = [_reference(at, name) for name in names]
            stamp = Stamp(int(told.begins.timestamp()), int(sent.timestamp()), digest)
            yield _heard(told.key, stamp, dated(said, sent, before))


def _shown(said: Alert) -> Alert:
    """Without the original, in which much changes that nobody is shown."""
    return replace(said, info=tuple(replace(one, resource=()) for one in said.info))


def _is_large(feed: Feed, told: Told) -> bool:
    return not feed.least or (told.size is not None and told.size >= feed.least)


def _later(sent: datetime, before: list[int], now: datetime) -> datetime:
    """When it was sent; now, where it does not say that it is newer, or says a time to come."""
    is_newer = all(int(sent.timestamp()) > one for one in before)
    return sent if is_newer and sent < now else now


def _withdrawn(at: _Looking, read: _Read, made: datetime) -> Iterator[Heard]:
    """What a rolling feed does not list any more, though it lists older events."""
    if not at.form.is_whole(at.feed.address) or not read.events:
        return
    oldest = min(one.begins for one in read.events.values()).timestamp()
    for key, one in sorted(at.known.items()):
        if key not in read.names and one.begins > oldest:
            sent = _later(made, [one.sent], at.now)
            said = dated(withdrawal(key, at.form), sent, [_reference(at, key)])
            yield _heard(key, Stamp(one.begins, int(sent.timestamp()), "-"), said)


def _reference(at: _Looking, name: str) -> str:
    sent = as_text(datetime.fromtimestamp(at.known[name].sent, UTC))
    return f"{at.form.sender},{name},{sent}"


def _heard(key: str, stamp: Stamp, said: Alert) -> Heard:
    return Heard(
        key=key, stamp=stamp.text, link="", said=said, data=write(said), is_national=False,
        signature="absent", told=(),
    )  # fmt: skip
