"""GeoRSS in RSS 2.0 or Atom, Simple, GML and W3C Geo, into records."""

import math
from datetime import datetime
from typing import Any

from lxml import etree

from anlan.cap.feed import moment_at
from anlan.cap.xml.document import children, first_text, parse, text_of
from anlan.connectors.feeds.events.geojson import MOST
from anlan.connectors.feeds.forms.record import Record
from anlan.terms.errors import Malformed

KIND = "application/xml"
_SHAPES = ("point", "polygon", "box", "line", "circle", "where", "Point")
_M_PER_KM = 1_000


def records_in(data: bytes) -> tuple[list[Record], datetime | None]:
    """Its events, and when the feed was made; Malformed for another document.

    Fields are named by the local names of elements, an attribute as `element.attribute`.
    """
    root = parse(data).root
    source: etree._Element | None = root
    name = "entry"
    if etree.QName(root).localname != "feed":
        source, name = next(children(root, "channel"), None), "item"
    if source is None:
        raise Malformed("neither Atom nor RSS")
    items = list(children(source, name)) or list(children(root, name))
    if len(items) > MOST:
        raise Malformed(f"more than {MOST} events")
    made = first_text(source, "updated", "lastBuildDate", "pubDate")
    return [_record(one) for one in items], moment_at(made or "")


def _record(item: etree._Element) -> Record:
    fields: dict[str, Any] = {}
    # What RSS or Atom name themselves goes before what others call the same.
    own = etree.QName(item).namespace
    for child in sorted(item.iterchildren("*"), key=lambda one: etree.QName(one).namespace != own):
        name = etree.QName(child).localname
        if name in _SHAPES:
            continue
        if not len(child):
            fields.setdefault(name, text_of(child).strip())
        for attribute, value in child.items():
            fields.setdefault(f"{name}.{etree.QName(attribute).localname}", value)
    fields.setdefault("id", fields.get("guid") or fields.get("link") or fields.get("link.href"))
    source = etree.tostring(item, with_tail=False)
    try:
        geometry = _geometry(item)
    except ValueError:
        return Record(fields, None, source, KIND, wrong="its place cannot be read")
    if geometry is not None and geometry["type"] == "Point":
        fields |= dict(zip(("lon", "lat"), geometry["coordinates"], strict=True))
    return Record(fields, geometry, source, KIND)


def _geometry(item: etree._Element) -> dict[str, Any] | None:
    """The first shape of an item; ValueError for one that cannot be read."""
    where = next(children(item, "where"), None)
    if where is not None:
        return _gml(where)
    for name, read in (("polygon", _polygon), ("box", _box), ("circle", _circle),
                       ("line", _line), ("point", _point)):  # fmt: skip
        text = first_text(item, name)
        if text:
            return read(_numbers(text))
    point = next(children(item, "Point"), item)
    lat, lon = first_text(point, "lat"), first_text(point, "long", "lon")
    return _point([float(lat), float(lon)]) if lat and lon else None


def _gml(where: etree._Element) -> dict[str, Any] | None:
    for one in where.iter("{*}pos", "{*}posList", "{*}Envelope"):
        name = etree.QName(one).localname
        if name == "Envelope":
            low, high = first_text(one, "lowerCorner"), first_text(one, "upperCorner")
            return _box(_numbers(f"{low} {high}"))
        numbers = _numbers(text_of(one))
        if name == "pos":
            return _point(numbers)
        is_ring = any(etree.QName(up).localname == "LinearRing" for up in one.iterancestors("*"))
        return _polygon(numbers) if is_ring else _line(numbers)
    return None


def _numbers(text: str) -> list[float]:
    return [float(one) for one in text.replace(",", " ").split()]


def _pairs(numbers: list[float]) -> list[list[float]]:
    """Latitudes and longitudes as GeoJSON has them."""
    if len(numbers) % 2 or not numbers:
        raise ValueError
    return [[lon, lat] for lat, lon in zip(numbers[::2], numbers[1::2], strict=True)]


def _point(numbers: list[float]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": _pairs(numbers[:2])[0]}


def _line(numbers: list[float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": _pairs(numbers)}


def _polygon(numbers: list[float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [_pairs(numbers)]}


def _box(numbers: list[float]) -> dict[str, Any]:
    south, west, north, east = numbers
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _circle(numbers: list[float]) -> dict[str, Any]:
    """With its radius in km, which GeoJSON has no word for."""
    lat, lon, radius_m = numbers
    if not 0 < radius_m < math.inf:
        raise ValueError
    return {"type": "Point", "coordinates": [lon, lat], "reach_km": radius_m / _M_PER_KM}
