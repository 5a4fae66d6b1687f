"""Bytes into a message: strictly as the schema says, or as far as anything can be read."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from typing import Any

from lxml import etree

from anlan.cap.message import Alert, Area, Info, Pair, Resource
from anlan.cap.schema import faults_of
from anlan.cap.xml.document import Document, parse, text_of
from anlan.terms.errors import Malformed

PARTS: Mapping[str, type[Info | Area | Resource | Pair]] = {
    "info": Info,
    "area": Area,
    "resource": Resource,
    "event_code": Pair,
    "parameter": Pair,
    "geocode": Pair,
}
"""The fields that are parts with fields of their own."""


def read(data: bytes) -> Alert:
    """The message in a CAP 1.0, 1.1 or 1.2 document.

    Raises Malformed where it is not well formed, passes a limit, or breaks its schema.
    """
    document = parse(data)
    faults = faults_of(document)
    if faults:
        raise Malformed("; ".join(faults[:3]))
    return alert_of(document)


def alert_of(document: Document) -> Alert:
    """What can be read of a message by the names of its elements, valid or not.

    What must be there and is not is empty; of what may stand once, the first counts.
    """
    alert: Alert = _part(Alert, document.root)
    return alert


@cache
def element_named(field: str) -> str:
    """The element of a field: `msg_type` is msgType."""
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def is_many(field: Field[Any]) -> bool:
    """Whether the element of a field may stand several times."""
    return field.default == ()


def _part(kind: type[Any], element: etree._Element) -> Any:
    """One part of a message, its elements taken by their local names."""
    if kind is Pair and not len(element):
        return kind(*_named(text_of(element)))
    found: dict[str, list[etree._Element]] = defaultdict(list)
    for child in element.iterchildren(etree.Element):
        found[etree.QName(child).localname].append(child)
    values = {f.name: _value(f, found[element_named(f.name)]) for f in fields(kind)}
    return kind(**values)


def _named(text: str) -> tuple[str, str]:
    """A pair as CAP 1.0 writes it: `name=value`."""
    name, mark, value = text.partition("=")
    return (name, value) if mark else ("", text)


def _value(field: Field[Any], found: list[etree._Element]) -> Any:
    part = PARTS.get(field.name)
    values = tuple(_part(part, one) if part else text_of(one) for one in found)
    if is_many(field):
        return values
    missing = "" if field.default is MISSING else None
    return values[0] if values else missing
