"""Feeds of messages, Atom and RSS 2.0, in and out.

Times are kept as texts, as in a message: Atom writes them as CAP does, RSS as mail does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from lxml import etree

from anlan.cap.message import Alert, moment_of
from anlan.cap.schema import ROOT, VERSIONS
from anlan.cap.xml.document import (
    children,
    document_of,
    document_within,
    first_text,
    parse,
    short,
    text_of,
    well_lettered,
)
from anlan.terms.errors import Malformed

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/cap+xml"
MOST_ENTRIES = 5_000
"""How many entries of a feed are taken, the first ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message in a feed: what it is called by the feed, where it is, and perhaps itself.

    link: the address of the message · message: its document, where the feed carries it.
    """

    key: str
    title: str
    updated: str
    link: str | None = None
    summary: str | None = None
    message: bytes | None = None

    @property
    def updated_at(self) -> datetime | None:
        """When it last changed; None where that cannot be read."""
        return moment_at(self.updated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed. faults: entries that were left out, and why."""

    key: str
    title: str
    updated: str
    link: str | None = None
    author: str | None = None
    entries: tuple[Entry, ...] = ()
    faults: tuple[str, ...] = ()


def entry_of(alert: Alert, *, link: str, language: str = "") -> Entry:
    """The entry of a message that stands at an address, in one of its languages or its first."""
    spoken = [info for info in alert.info if info.spoken == language] or list(alert.info)
    headline, summary = alert.identifier, None
    if spoken:
        headline, summary = spoken[0].headline or spoken[0].event, spoken[0].description
    return Entry(key=link, title=headline, updated=alert.sent, link=link, summary=summary)


def read_feed(data: bytes) -> Feed:
    """A feed from its bytes; Malformed where it is neither Atom nor RSS 2.0.

    An entry without a key and an address is told as a fault, and the others are taken.
    """
    root = parse(data).root
    source: etree._Element | None = root
    name = "entry"
    if etree.QName(root).localname != "feed":
        source, name = next(children(root, "channel"), None), "item"
    if source is None:
        raise Malformed(f"neither Atom nor RSS: the root is {short(etree.QName(root).localname)}")
    entries, faults = [], []
    for number, element in enumerate(children(source, name), 1):
        if number > MOST_ENTRIES:
            faults.append(f"more than {MOST_ENTRIES} entries")
            break
        entry = _entry(element)
        if entry.key:
            entries.append(entry)
        else:
            faults.append(f"{name} {number} has neither a key nor an address")
    return replace(_head(source), entries=tuple(entries), faults=tuple(faults))


def write_atom(feed: Feed) -> bytes:
    """The bytes of an Atom feed; an entry carries its message where it has it."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    with well_lettered():
        _put(root, "id", feed.key)
        _put(root, "title", feed.title)
        _put(root, "updated", feed.updated)
        _put(_put(root, "author"), "name", feed.author or feed.title)
        if feed.link is not None:
            _put(root, "link", rel="self", href=feed.link)
        for entry in feed.entries:
            _put_entry(root, entry)
    return document_of(root)


def write_rss(feed: Feed) -> bytes:
    """The bytes of an RSS 2.0 feed; messages are linked, not carried.

    Raises Malformed for a time that cannot be written as mail does.
    """
    root = etree.Element("rss", version="2.0", nsmap={"atom": ATOM})
    channel = etree.SubElement(root, "channel")
    with well_lettered():
        _add(channel, "title", feed.title)
        _add(channel, "link", feed.link or feed.key)
        _add(channel, "description", feed.title)
        _add(channel, "lastBuildDate", _as_mail(feed.updated))
        _put(channel, "link", rel="self", href=feed.link or feed.key)
        for entry in feed.entries:
            item = etree.SubElement(channel, "item")
            _add(item, "title", entry.title)
            _add(item, "description", entry.summary or entry.title)
            if entry.link is not None:
                _add(item, "link", entry.link)
            _add(item, "guid", entry.key, isPermaLink="false")
            _add(item, "pubDate", _as_mail(entry.updated))
    return document_of(root)


def _put_entry(feed: etree._Element, entry: Entry) -> None:
    element = _put(feed, "entry")
    _put(element, "id", entry.key)
    _put(element, "title", entry.title)
    _put(element, "updated", entry.updated)
    if entry.link is not None:
        _put(element, "link", rel="alternate", type=MEDIA_TYPE, href=entry.link)
    if entry.summary is not None:
        _put(element, "summary", entry.summary)
    if entry.message is not None:
        _put(element, "content", type=MEDIA_TYPE).append(parse(entry.message).root)


def _put(parent: etree._Element, name: str, text: str | None = None, **given: str) -> Any:
    """A new element of Atom."""
    return _add(parent, f"{{{ATOM}}}{name}", text, **given)


def _add(parent: etree._Element, name: str, text: str | None = None, **given: str) -> Any:
    element = etree.SubElement(parent, name, given)
    element.text = text
    return element


def _head(element: etree._Element) -> Feed:
    """What a feed says of itself, whichever it is."""
    link = _address(element)
    author = next(children(element, "author"), None)
    return Feed(
        key=first_text(element, "id", "link") or link or "",
        title=first_text(element, "title") or "",
        updated=first_text(element, "updated", "lastBuildDate", "pubDate") or "",
        link=link,
        author=None if author is None else first_text(author, "name"),
    )


def _entry(element: etree._Element) -> Entry:
    """An entry of Atom or an item of RSS: the names differ, what is meant does not."""
    link = _address(element)
    return Entry(
        key=first_text(element, "id", "guid") or link or "",
        title=first_text(element, "title") or "",
        updated=first_text(element, "updated", "pubDate", "published") or "",
        link=link,
        summary=first_text(element, "summary", "description"),
        message=next(_messages(element), None),
    )


def _address(element: etree._Element) -> str | None:
    """Where it stands: the link to a CAP document before others; None where none is told."""
    links = list(children(element, "link"))
    links.sort(key=lambda link: (link.get("type") != MEDIA_TYPE, link.get("rel") == "self"))
    told = [link.get("href") or text_of(link).strip() for link in links]
    told += [one.get("src", "") for one in children(element, "content")]
    guids = [one for one in children(element, "guid") if one.get("isPermaLink") != "false"]
    told += [text for one in guids if (text := text_of(one).strip()).startswith("http")]
    return next(filter(None, told), None)


def _messages(element: etree._Element) -> Iterator[bytes]:
    """The messages within an entry, each as a document of its own."""
    for content in (element, *children(element, "content")):
        for child in children(content, ROOT):
            if etree.QName(child).namespace in VERSIONS:
                yield document_within(child)


def _as_mail(text: str) -> str:
    moment = moment_at(text)
    if moment is None:
        raise Malformed(f"not a time with a zone: {short(text)}")
    return format_datetime(moment)


def moment_at(text: str) -> datetime | None:
    """The aware time of a text as Atom or as mail writes it; None for anything else."""
    moment = moment_of(text)
    if moment is not None:
        return moment
    try:
        mail = parsedate_to_datetime(text)
    except ValueError:
        return None
    return mail if mail.utcoffset() is not None else None
