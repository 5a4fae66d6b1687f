"""A message into bytes: CAP 1.2, the same bytes for the same message."""

from dataclasses import Field, fields
from typing import Any

from lxml import etree

from anlan.cap.message import Alert
from anlan.cap.read import PARTS, element_named, is_many
from anlan.cap.schema import NAMESPACES, faults_of
from anlan.cap.xml.document import document_of, parse, well_lettered
from anlan.terms.errors import Malformed

VERSION = "1.2"
_NAMESPACE = NAMESPACES[VERSION]


def write(alert: Alert) -> bytes:
    """A CAP 1.2 document in UTF-8; read again it is the same message.

    Raises Malformed where CAP 1.2 does not allow it: what was read from an older version may
    lack a scope, or be `Very Likely`.
    """
    data = document_of(element_of(alert))
    faults = faults_of(parse(data))
    if faults:
        raise Malformed("; ".join(faults[:3]))
    return data


def element_of(alert: Alert) -> etree._Element:
    """The element of a message, indented and not judged; Malformed for what XML cannot hold."""
    root = etree.Element(etree.QName(_NAMESPACE, "alert"), nsmap={None: _NAMESPACE})
    with well_lettered():
        _fill(root, alert)
    etree.indent(root, "  ")
    return root


def plain(part: Any) -> dict[str, Any]:
    """A message as JSON holds it: its elements by their names, lists where CAP allows several."""
    found: dict[str, Any] = {}
    for field in fields(part):
        values = [plain(v) if field.name in PARTS else v
                  for v in _values(field, getattr(part, field.name))]  # fmt: skip
        if values:
            found[element_named(field.name)] = values if is_many(field) else values[0]
    return found


def _fill(element: etree._Element, part: Any) -> None:
    for field in fields(part):
        for value in _values(field, getattr(part, field.name)):
            name = etree.QName(_NAMESPACE, element_named(field.name))
            child = etree.SubElement(element, name)
            if field.name in PARTS:
                _fill(child, value)
            else:
                child.text = value


def _values(field: Field[Any], value: Any) -> tuple[Any, ...]:
    if is_many(field):
        return tuple(value)
    return () if value is None else (value,)
