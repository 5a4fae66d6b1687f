"""WaterML 2.0 (OGC 10-126r4) → rows: one a point of a time series."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from anlan.cap.xml.document import children, first_text, parse, text_of
from anlan.connectors.folder.row import Row
from anlan.terms.errors import Malformed

MOST_BYTES = 16 << 20
_HREF = "{http://www.w3.org/1999/xlink}href"
_TITLE = "{http://www.w3.org/1999/xlink}title"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_ZONELESS = re.compile(r"T[0-9:.]+$")


def rows_of(path: Path) -> Iterator[Row]:
    """The points of all observations; Malformed for what is no WaterML, or too much.

    A point's cells are `station`, `quantity`, `time`, `value`, `unit`, `quality`, `qualifier`,
    `censored`, `reason` (why there is no value) and the value again under its quantity's name;
    `station_at`, `quantity_at` and `procedure` are addresses as they stand.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Malformed(f"more than {MOST_BYTES >> 20} MB; put it there in parts")
    root = parse(path.read_bytes()).root
    sets = list(root.iter("{*}OM_Observation"))
    if not sets:
        raise Malformed("is no WaterML 2.0: it holds no observation")
    for one in sets:
        about = _about(one)
        for series in one.iter("{*}MeasurementTimeseries"):
            usual, zone = _usual(series), _zone(series)
            for point in series.iter("{*}MeasurementTVP"):
                yield Row(point.sourceline or 0, _cells(point, {**about, **usual}, zone))


def _about(one: etree._Element) -> dict[str, Any]:
    """Where and what it observes."""
    place = next(children(one, "featureOfInterest"), None)
    what = next(children(one, "observedProperty"), None)
    how = next(children(one, "procedure"), None)
    found = {
        "station": _name(place), "station_at": _link(place), "quantity": _name(what),
        "quantity_at": _link(what), "procedure": _link(how),
    }  # fmt: skip
    return {name: text for name, text in found.items() if text}


def _link(element: etree._Element | None) -> str:
    return "" if element is None else (element.get(_HREF) or "").strip()


def _name(element: etree._Element | None) -> str:
    """What a thing is called: by its title, its identifier, or the end of its address."""
    if element is None:
        return ""
    told = element.get(_TITLE) or next(
        (text for one in element.iter("{*}identifier", "{*}name") if (text := text_of(one))), ""
    )
    return (told or "").strip() or _last(_link(element))


def _last(address: str) -> str:
    return re.split(r"[/#:]", address.rstrip("/"))[-1]


def _usual(series: etree._Element) -> dict[str, Any]:
    """What holds for each point that says nothing else."""
    found = next(series.iter("{*}DefaultTVPMeasurementMetadata"), None)
    return {} if found is None else _told(found)


def _told(about: etree._Element) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for child in about.iterchildren("*"):
        name = etree.QName(child).localname
        if name == "uom":
            cells["unit"] = child.get("code") or _last(_link(child))
        elif name in ("quality", "qualifier", "censoredReason", "nilReason"):
            short = {"censoredReason": "censored", "nilReason": "reason"}.get(name, name)
            cells[short] = _last(_link(child)) or _word(child)
    return {name: text for name, text in cells.items() if text}


def _word(element: etree._Element) -> str:
    """What a category says inside."""
    texts = (text.strip() for text in element.itertext("{*}value", "{*}title", "*"))
    return next(filter(None, texts), "")[:200]


def _zone(series: etree._Element) -> str:
    """The zone of times without one; empty where none is named."""
    found = next(series.iter("{*}defaultTimeZone"), None)
    offsets = () if found is None else found.iter("{*}zoneOffset")
    return next(map(text_of, offsets), "").strip()


def _cells(point: etree._Element, usual: Mapping[str, Any], zone: str) -> dict[str, Any]:
    cells = dict(usual)
    for one in point.iter("{*}TVPMeasurementMetadata"):
        cells |= _told(one)
    time = first_text(point, "time") or ""
    if time:
        cells["time"] = time + zone if zone and _ZONELESS.search(time) else time
    value = next(children(point, "value"), None)
    text = "" if value is None else text_of(value).strip()
    is_nil = value is None or value.get(_NIL) in ("true", "1") or not text
    cells["value"] = None if is_nil else text
    if value is not None and (reason := value.get("nilReason")):
        cells["reason"] = reason
    cells.setdefault(str(cells.get("quantity", "")), cells["value"])
    return cells
