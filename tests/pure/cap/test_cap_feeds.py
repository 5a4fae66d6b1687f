"""Feeds: written ones are read again, found ones are taken as far as they can be."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from anlan.cap.check import check
from anlan.cap.feed import MOST_ENTRIES, Entry, Feed, entry_of, read_feed, write_atom, write_rss
from anlan.cap.read import read
from anlan.cap.sign import judge
from anlan.cap.sign.write import sign
from anlan.terms.errors import Malformed
from tests.pure.cap.messages import ALERT
from tests.pure.cap.papers import pen

FEED = Feed(
    key="https://anlan.example/cap/feed",
    title="安澜市预警 & 提示",
    updated="2026-07-01T08:00:01+08:00",
    link="https://anlan.example/cap/feed",
    author="安澜市应急管理局",
    entries=(
        entry_of(read(ALERT.encode()), link="https://anlan.example/cap/1.xml"),
        Entry(key="urn:2", title="<2>", updated="2026-07-01T07:00:00+08:00"),
    ),
)


def test_an_entry_speaks_the_language_that_is_asked_for() -> None:
    alert = read(ALERT.encode())
    english = replace(alert.info[0], language="en-US", headline=None, event="Rainstorm")
    both = replace(alert, info=(*alert.info, english))
    address = "https://anlan.example/1"
    assert entry_of(both, link=address, language="en-US").title == "Rainstorm"
    assert entry_of(both, link=address, language="fr").title == "安澜市气象台发布暴雨橙色预警"
    assert entry_of(replace(alert, info=()), link=address).title == alert.identifier


def test_an_atom_feed_is_read_as_it_was_written() -> None:
    assert read_feed(write_atom(FEED)) == FEED


def test_an_rss_feed_says_the_same_in_its_own_words() -> None:
    found = read_feed(write_rss(FEED))
    assert [(e.key, e.link, e.title) for e in found.entries] == [
        (e.key, e.link, e.title) for e in FEED.entries
    ]
    assert [e.updated_at for e in found.entries] == [
        datetime(2026, 7, 1, 0, tzinfo=UTC),
        datetime(2026, 6, 30, 23, tzinfo=UTC),
    ]
    with pytest.raises(Malformed, match="time"):
        write_rss(replace(FEED, updated="yesterday"))


def test_a_signed_message_in_a_feed_stays_signed() -> None:
    data = sign(ALERT.encode(), pen())
    feed = replace(FEED, entries=(replace(FEED.entries[0], message=data),))
    (entry,) = read_feed(write_atom(feed)).entries
    assert entry.message is not None
    assert check(entry.message).verdict == "valid"
    assert judge(entry.message)[0] == "valid"


def test_a_link_to_a_message_is_taken_before_others() -> None:
    links = (
        '<link rel="self" href="https://a/self"/><link href="https://a/page"/>'
        '<link type="application/cap+xml" href="https://a/cap"/>'
    )
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>{links}</entry></feed>'
    assert read_feed(atom.encode()).entries[0].link == "https://a/cap"
    lone = atom.replace('<link type="application/cap+xml" href="https://a/cap"/>', "")
    assert read_feed(lone.encode()).entries[0].link == "https://a/page"


def test_a_guid_is_an_address_unless_it_says_it_is_none() -> None:
    rss = "<rss><channel><item>{}</item></channel></rss>"
    item = "<guid>https://a/1</guid>"
    assert read_feed(rss.format(item).encode()).entries[0].link == "https://a/1"
    bare = item.replace("<guid", '<guid isPermaLink="false"')
    assert read_feed(rss.format(bare).encode()).entries[0].link is None


def test_an_entry_that_nothing_names_is_told_and_the_others_taken() -> None:
    rss = "<rss><channel><item><title>x</title></item><item><guid>2</guid></item></channel></rss>"
    feed = read_feed(rss.encode())
    assert [entry.key for entry in feed.entries] == ["2"]
    assert feed.faults == ("item 1 has neither a key nor an address",)


def test_a_feed_without_end_is_taken_up_to_a_limit() -> None:
    items = "<item><guid>1</guid></item>" * (MOST_ENTRIES + 2)
    feed = read_feed(f"<rss><channel>{items}</channel></rss>".encode())
    assert len(feed.entries) == MOST_ENTRIES
    assert feed.faults == (f"more than {MOST_ENTRIES} entries",)


@pytest.mark.parametrize("text", [ALERT, "<rss/>", "<html/>", "", "<feed"])
def test_what_is_no_feed_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read_feed(text.encode())
