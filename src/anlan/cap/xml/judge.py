"""Whether a document is as a schema wants it: as libxml2 says, and never at length.

libxml2 judges a tree in a time that grows with its faults times the elements beside them, and a
document while it reads it in one that grows with the square of a text that comes in pieces. So a
large document is read first with its texts shortened: where that finds many faults, they are
the answer; else the tree can be judged, and knows the lines.
"""

import re
from contextlib import suppress
from itertools import islice

from lxml import etree

from anlan.cap.xml.document import Document, parser, short

MOST_TOLD = 20
"""How many faults of a document are told."""

_LARGE = 100_000
_LONG = 1_000
_NAMESPACE = re.compile(r"\{[^{}\s]*\}")


def differs(document: Document, schema: etree.XMLSchema) -> tuple[int, list[str]]:
    """How many faults a schema finds in a document, and what the first say; 0 where it is valid."""
    if len(document.data) > _LARGE:
        log = _read_shortened(document, schema)
        if len(log) > MOST_TOLD:
            return _told(log)
    # Without comments: a text between them is in one piece.
    root = etree.fromstring(document.data, parser(without_comments=True))
    return (0, []) if schema.validate(root) else _told(schema.error_log)


def _read_shortened(document: Document, schema: etree.XMLSchema) -> etree._ListErrorLog:
    """What is found in a document whose texts are cut."""
    root = etree.fromstring(document.data, parser(without_comments=True))
    for element in root.iter(etree.Element):
        if element.text and len(element.text) > _LONG:
            element.text = _cut(element.text)
        if element.tail and len(element.tail) > _LONG:
            element.tail = _cut(element.tail)
    reader = parser(schema=schema)
    with suppress(etree.XMLSyntaxError):
        etree.fromstring(etree.tostring(root, encoding="utf-8"), reader)
    return reader.error_log


def _cut(text: str) -> str:
    """The beginning of a text, not within an escaped sign or the brackets of an address."""
    start = text.lstrip()[:_LONG].partition("[")[0]
    return start[: start.rindex("%")] if "%" in start[-2:] else start


def _told(log: etree._ListErrorLog) -> tuple[int, list[str]]:
    return len(log), [_placed(entry) for entry in islice(log, MOST_TOLD)]


def _placed(entry: etree._LogEntry) -> str:
    text = short(_NAMESPACE.sub("", entry.message))
    return f"line {entry.line}: {text}" if entry.line else text
