"""What programs read: GeoJSON, Atom, RSS; they link the messages as they were sent."""

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import shapely

from anlan.apps.portal.press.edition import Edition
from anlan.apps.portal.queries.sent import Course, Sent
from anlan.cap.feed import Entry, Feed, entry_of, write_atom, write_rss

MOST_ENTRIES = 50


def feeds(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """The feeds and the GeoJSON of an edition: name and bytes."""
    yield "warnings.json", geojson(edition)
    sent = newest(edition.courses)
    yield "atom.xml", write_atom(feed(edition, sent, name="atom.xml", title=edition.site.name))
    yield "rss.xml", write_rss(feed(edition, sent, name="rss.xml", title=edition.site.name))
    for place in edition.borders:
        own = newest(one for one in edition.courses if one.touches(place.region))
        name = f"feed/{place.region}.xml"
        title = f"{edition.site.name} · {place.name}"
        yield name, write_atom(feed(edition, own, name=name, title=title))


def newest(courses: Iterable[Course]) -> list[Sent]:
    """The newest messages of some warnings, some at most."""
    sent = [message for course in courses for message in course.messages]
    return sorted(sent, key=lambda one: -one.pk)[:MOST_ENTRIES]


def feed(edition: Edition, sent: list[Sent], *, name: str, title: str) -> Feed:
    """A feed of messages; of none it says when it was written."""
    updated = sent[0].message.sent if sent else edition.at.isoformat(timespec="minutes")
    link = f"{edition.site.address}/public/{name}"
    entries = tuple(_entry(edition, one) for one in sent)
    return Feed(key=_urn(f"{edition.site.name}/{name}"), title=f"{title} · 预警 Warnings",
                updated=updated, link=link, author=edition.site.name, entries=entries)  # fmt: skip


def _entry(edition: Edition, sent: Sent) -> Entry:
    link = f"{edition.site.address}/public/cap/{sent.message.identifier}.xml"
    return replace(entry_of(sent.message, link=link), key=_urn(sent.message.reference))


def _urn(name: str) -> str:
    """A name that stays when the address of the site changes."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def geojson(edition: Edition) -> bytes:
    """What is in force as GeoJSON, with status, times and source."""
    told = {
        "type": "FeatureCollection",
        "source": edition.site.name,
        "written_at": edition.at.isoformat(timespec="seconds"),
        "cursor": edition.cursor,
        "features": [_feature(edition, one) for one in edition.in_force],
    }
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _feature(edition: Edition, course: Course) -> dict[str, Any]:
    last = course.last
    chinese, english = last.said("zh"), last.said("en")
    shape = None if last.shape is None else shapely.set_precision(last.shape, 1e-5)
    return {
        "type": "Feature",
        "id": last.message.identifier,
        "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
        "properties": {
            "warning": course.key,
            "status": last.message.status,
            "kind": last.message.msg_type,
            "level": last.level.word,
            "event": chinese.event,
            "headline": chinese.headline,
            "headline_en": english.headline if english.spoken.startswith("en") else None,
            "area": [area.area_desc for area in chinese.area],
            "regions": list(last.regions),
            "sender": chinese.sender_name,
            "sent": last.message.sent,
            "onset": chinese.onset,
            "expires": chinese.expires,
            "page": f"{edition.site.address}/public/zh/warning/{course.key}.html",
            "cap": f"{edition.site.address}/public/cap/{last.message.identifier}.xml",
        },
    }
