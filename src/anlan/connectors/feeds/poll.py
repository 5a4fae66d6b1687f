"""One look at a feed: the messages that are new in it, and what was wrong with the others."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

from lxml import etree

from anlan.cap import sign
from anlan.cap.doubts import doubts_of
from anlan.cap.feed import Entry, read_feed
from anlan.cap.message import Alert, moment_of
from anlan.cap.national.read import read as read_national
from anlan.cap.read import alert_of
from anlan.cap.schema import faults_of, version_of
from anlan.cap.xml.document import parse
from anlan.connectors.feeds.brought import MOST_LETTERS, MOST_MESSAGES, MOST_TOLD, Heard, Poll
from anlan.connectors.feeds.events.look import look
from anlan.connectors.feeds.fetch import MOST_BYTES, Find, Known, fetch
from anlan.connectors.feeds.forms.form import form_named
from anlan.connectors.feeds.settings import Feed
from anlan.terms.errors import AnlanError, Malformed, Unavailable

MOST_S = 90.0
"""For how long messages are fetched in one look."""
_FEEDS = ("feed", "rss")
_KINDS = ("Alert", "Update", "Cancel")


Load = Callable[[Entry], bytes]


def poll(
    feed: Feed, find: Find, *, known: Known, stamps: Mapping[str, str], now: datetime
) -> Poll:  # fmt: skip
    """What is new; raises Unavailable, Malformed or Refused where the feed itself cannot be read.

    stamps: of the entries that were dealt with, by key.
    """
    if feed.form:
        return look(feed, form_named(feed.form), find, known=known, stamps=stamps, now=now)
    if feed.path is not None:
        return _gathered(_files(feed.path), _from_disk, stamps=stamps, now=now)
    page = fetch(feed.address, find, known=known)
    if page.body is None:
        return Poll(state=known, faults={})
    body = page.body
    if etree.QName(parse(body).root).localname not in _FEEDS:
        single = [Entry(key=feed.address[:200], title="", updated="", link=page.url)]
        return replace(_gathered(single, lambda _: body, stamps={}, now=now), state=page.state)
    told = read_feed(body)

    def load(one: Entry) -> bytes:
        if one.message is not None:
            return one.message
        if not one.link:
            raise Malformed("neither a message nor its address")
        return fetch(urljoin(page.url, one.link), find).body or b""

    got = _gathered(told.entries, load, stamps=stamps, now=now)
    extra = {f"#{n}": ("", text) for n, text in enumerate(told.faults[:MOST_TOLD], 1)}
    # What is left is asked for again: then the feed must not answer that nothing has changed.
    state = page.state if got.is_whole and not got.faults else Known()
    return replace(got, state=state, faults={**extra, **got.faults})


def heard_in(one: Entry, data: bytes, now: datetime) -> Heard:
    """The message in a document; Malformed where it cannot stand for a warning.

    A CAP message that breaks its schema is taken, and what is wrong is told: a warning that can be
    read is better than none.
    """
    document = parse(data)
    is_national = version_of(document.root) is None
    said = read_national(data).alert if is_national else alert_of(document)
    _judge(said)
    told = [] if is_national else list(faults_of(document))
    told += doubts_of(said, now=None)
    signature, weak = ("absent", ()) if is_national else sign.judge(data, now)
    told += weak
    return Heard(
        key=one.key[:200], stamp=stamp_of(one), link=one.link or "", said=said, data=data,
        is_national=is_national, signature=signature,
        told=tuple(text[:MOST_LETTERS] for text in told[:MOST_TOLD]),
    )  # fmt: skip


def stamp_of(one: Entry) -> str:
    """The state of an entry, by which it is known to have changed."""
    told = f"{one.updated} {one.link}".encode() + (one.message or b"")
    return hashlib.sha256(told).hexdigest()[:32]


def _judge(said: Alert) -> None:
    """Malformed for a message without what a warning must say."""
    for name in ("identifier", "sender"):
        if not getattr(said, name).strip():
            raise Malformed("it must be there", where=name)
    if moment_of(said.sent) is None:
        raise Malformed("not a time with a zone", where="sent")
    if said.msg_type.strip() not in _KINDS:
        raise Malformed("neither an alert nor an update nor a cancellation", where="msgType")
    if said.status.strip() not in ("Actual", "Exercise", "Test"):
        raise Malformed("neither actual nor an exercise nor a test", where="status")
    if not said.info and said.msg_type.strip() != "Cancel":
        raise Malformed("it says nothing", where="info")


def _gathered(
    entries: Sequence[Entry], load: Load, *, stamps: Mapping[str, str], now: datetime
) -> Poll:  # fmt: skip
    """Loads what is not known yet, as much as one look may."""
    until_s, heard, faults = time.monotonic() + MOST_S, list[Heard](), dict[str, tuple[str, str]]()
    fresh = [one for one in entries if stamps.get(one.key[:200]) != stamp_of(one)]
    done = 0
    for one in fresh[:MOST_MESSAGES]:
        if time.monotonic() > until_s:
            break
        done += 1
        try:
            heard.append(heard_in(one, load(one), now))
        except (AnlanError, OSError) as error:
            faults[one.key[:200]] = stamp_of(one), str(error)[:MOST_LETTERS]
    return Poll(
        state=Known(), heard=tuple(heard), faults=faults,
        keys=frozenset(one.key[:200] for one in entries), is_whole=done == len(fresh),
    )  # fmt: skip


def _from_disk(one: Entry) -> bytes:
    return Path(one.link or "").read_bytes()


def _files(path: Path) -> list[Entry]:
    """The files of a folder, or the one, stamped by when they came to stand there.

    Raises Unavailable where it cannot be looked into.
    """
    try:
        paths = sorted(path.iterdir()) if path.is_dir() else [path]
        found = []
        for one in paths:
            state = one.stat()
            if one.suffix.lower() in (".xml", ".cap") and state.st_size <= MOST_BYTES:
                stamp = f"{state.st_ctime_ns} {state.st_size}"
                found.append(Entry(key=one.name, title=one.name, updated=stamp, link=str(one)))
    except OSError as error:
        raise Unavailable(str(error)) from error
    return found
