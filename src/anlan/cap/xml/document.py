"""XML taken in without harm: no entity, no address, no more than the limits."""

import copy
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lxml import etree

from anlan.cap.xml.doctype import FORMS, without_doctype
from anlan.terms.errors import Malformed

MOST_BYTES = 16 * 1024 * 1024
"""The longest document that is read."""

MOST_MARKS = 500_000
"""The most `<` and quotes together: they bound what a document may cost in memory."""

MOST_NAMESPACES = 300
"""The most prefixes that are bound to namespaces: looking one up passes those before it."""

MOST_LETTERS = 300
"""How much is told of a text that may be long."""

MOST_DEPTH = 256
"""The deepest nesting, and 10 MB the longest text: libxml2's own, and it keeps them."""

_ONLY_RESOLVED = {"ERR_ENTITY_LOOP", "ERR_ENTITY_PROCESSING", "ERR_RESOURCE_LIMIT"}
"""What is wrong in a declaration only for who resolves it."""

_ADVICE = re.compile(r"(, see xml|, use XML_|, line \d+, column).*", re.DOTALL)
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_BINDINGS = [" xmlns:".encode(form) for form in FORMS]
_string_of = etree.XPath("string()")


@dataclass(frozen=True, slots=True)
class Document:
    """A well-formed document: its root, its bytes without a DTD, and whether there was one."""

    root: etree._Element
    data: bytes
    has_doctype: bool


def parse(data: bytes) -> Document:
    """A document from its bytes; Malformed with the line where it is none, or passes a limit."""
    if len(data) > MOST_BYTES:
        raise Malformed(f"longer than {MOST_BYTES} bytes")
    if sum(map(data.count, (b"<", b'"', b"'"))) > MOST_MARKS:
        raise Malformed(f"more than {MOST_MARKS} tags and quotes")
    if sum(map(data.count, _BINDINGS)) > MOST_NAMESPACES:
        raise Malformed(f"more than {MOST_NAMESPACES} namespaces")
    cut = without_doctype(data)
    if cut is not None:
        _judge_prolog(cut.prolog)
    kept = data if cut is None else cut.document
    root = _root_of(kept)
    if root.getroottree().docinfo.internalDTD is not None:
        raise Malformed("a document type declaration that its encoding hides, or a second one")
    return Document(root, kept, has_doctype=cut is not None)


def children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """The elements of that local name within one, whatever their namespace."""
    return parent.iterchildren(f"{{*}}{name}")


def text_of(element: etree._Element) -> str:
    """All text within, without comments and instructions."""
    return str(_string_of(element)) if len(element) else element.text or ""


def first_text(parent: etree._Element, *names: str) -> str | None:
    """The text of the first element of one of these local names, trimmed; None for none."""
    found = (element for name in names for element in children(parent, name))
    element = next(found, None)
    return None if element is None else text_of(element).strip()


def document_of(root: etree._Element) -> bytes:
    """The document of an element that was made: UTF-8, and no blank added to what it carries."""
    return _DECLARATION + etree.tostring(root, encoding="unicode").encode() + b"\n"


@contextmanager
def well_lettered() -> Iterator[None]:
    """Malformed, where elements are made of letters that XML does not hold."""
    try:
        yield
    except ValueError as error:
        raise Malformed("a letter that XML cannot hold, such as a control character") from error


def document_within(element: etree._Element) -> bytes:
    """An element as a document of its own, so that a signature in it still holds.

    What it inherits of namespaces is left out where it does not use them.
    """
    parent = element.getparent()
    around = {} if parent is None else parent.nsmap
    own = [prefix or "" for prefix, name in element.nsmap.items() if around.get(prefix) != name]
    alone = copy.deepcopy(element)
    alone.tail = None
    etree.cleanup_namespaces(alone, keep_ns_prefixes=own)
    return etree.tostring(alone, encoding="unicode").encode()


def short(text: str) -> str:
    """A text as a line can carry it: in a hostile file it may be long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_LETTERS else f"{flat[:MOST_LETTERS]}…"


def _root_of(data: bytes) -> etree._Element:
    """The root of a document; Malformed with the line where it is none."""
    try:
        return etree.fromstring(data, parser())
    except etree.XMLSyntaxError as error:
        raise Malformed(_said(error), where=f"line {error.lineno}") from error


def _judge_prolog(prolog: bytes) -> None:
    """Malformed where a document type declaration is not well formed, were it not resolved."""
    reader = parser(encoding="utf-8")
    try:
        etree.fromstring(prolog + b"<alert/>", reader)
    except etree.XMLSyntaxError as error:
        if _ONLY_RESOLVED.isdisjoint(entry.type_name for entry in reader.error_log):
            raise Malformed(_said(error), where=f"line {error.lineno}") from error


def _said(error: etree.XMLSyntaxError) -> str:
    return short(_ADVICE.sub("", error.msg or "not well formed"))


def parser(
    *,
    encoding: str | None = None,
    schema: etree.XMLSchema | None = None,
    without_comments: bool = False,
) -> "etree.XMLParser[etree._Element]":
    """A parser that resolves and fetches nothing; with a schema it judges as it reads."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        encoding=encoding,
        schema=schema,
        remove_comments=without_comments,
        remove_pis=without_comments,
    )
