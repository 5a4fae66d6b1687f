"""Elements of the detail of an event, as plain values: what XML and the TAK protocol both hold."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lxml import etree

from anlan.terms.errors import Malformed

MOST_DEEP = 30
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, not even as a number."""


class Part(NamedTuple):
    """An element: its tag, its attributes, its text, and what it holds."""

    tag: str
    attrs: Mapping[str, str] = {}
    text: str = ""
    parts: tuple["Part", ...] = ()

    def get(self, name: str, otherwise: str = "") -> str:
        """An attribute."""
        return self.attrs.get(name, otherwise)

    def find(self, tag: str) -> "Part | None":
        """The first part of a tag in it."""
        return next((one for one in self.parts if one.tag == tag), None)

    def every(self) -> Iterator["Part"]:
        """All that it holds, at any depth."""
        for one in self.parts:
            yield one
            yield from one.every()


def read(raw: bytes) -> Part:
    """An element of XML in UTF-8; Malformed where it is none. Nothing outside of it is read."""
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False,
        remove_comments=True, remove_pis=True, strip_cdata=True,
    )  # fmt: skip
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise Malformed("it declares a document type")
    try:
        return _part(etree.fromstring(raw, parser), 0)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed(f"no XML: {str(error)[:120]}") from error


def _part(found: Any, depth: int) -> Part:
    if depth > MOST_DEEP:
        raise Malformed("it is nested too deep")
    if not isinstance(found.tag, str):
        raise Malformed("an entity that is none of XML's own")
    inner = tuple(_part(one, depth + 1) for one in found)
    return Part(found.tag, dict(found.attrib), (found.text or "").strip(), inner)


def write(part: Part) -> bytes:
    """An element as XML in UTF-8, always with an end of its own; without what XML forbids."""
    return bytes(etree.tostring(_element(part), encoding="utf-8", method="xml"))


def _element(part: Part) -> Any:
    attrs = {name: _FORBIDDEN.sub("", text) for name, text in part.attrs.items()}
    found = etree.Element(part.tag, attrs)
    # With an empty text it is closed by a tag: some readers wait for </event>.
    found.text = _FORBIDDEN.sub("", part.text) or ("" if part.tag == "event" else None)
    found.extend([_element(one) for one in part.parts])
    return found
