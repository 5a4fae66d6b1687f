"""EDXL-DE: the envelope in which messages travel between systems, 1.0 and 2.0."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

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

NAMESPACES = {
    "1.0": "urn:oasis:names:tc:emergency:EDXL:DE:1.0",
    "2.0": "urn:oasis:names:tc:emergency:EDXL:DE:2.0",
}
XLINK = "http://www.w3.org/1999/xlink"
STATUSES = ("Actual", "Exercise", "System", "Test")
TYPES = (
    "Report",
    "Update",
    "Cancel",
    "Request",
    "Response",
    "Dispatch",
    "Ack",
    "Error",
    "SensorConfiguration",
    "SensorControl",
    "SensorStatus",
    "SensorDetection",
)
MEDIA_TYPE = "application/cap+xml"
_LINKS = f"{{{XLINK}}}type"
_NAME = "edxldistribution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who sends what to whom. Fields are named as in 1.0; times are kept as texts.

    distribution_type: Report, Update, Cancel, Ack, Error … · explicit_address: pairs of scheme
    and address · messages: the documents within, each on its own · others: how many things
    within are no XML.
    """

    distribution_id: str
    sender_id: str
    date_time_sent: str
    date_time_expires: str | None = None
    distribution_status: str
    distribution_type: str
    combined_confidentiality: str | None = None
    language: str | None = None
    explicit_address: tuple[tuple[str, str], ...] = ()
    messages: tuple[bytes, ...] = ()
    others: int = 0


def is_envelope(root: etree._Element) -> bool:
    """Whether a document is an EDXL-DE envelope of a known version."""
    name = etree.QName(root)
    return name.localname.lower() == _NAME and name.namespace in NAMESPACES.values()


def read_envelope(data: bytes) -> Envelope:
    """An envelope and the documents in it, none of them judged.

    Raises Malformed where it is none, or lacks what an envelope must say.
    """
    root = parse(data).root
    if not is_envelope(root):
        raise Malformed(f"no EDXL-DE envelope: the root is {short(etree.QName(root).localname)}")
    inner = next(children(root, "descriptor"), root)
    contents = [_within(one) for one in _objects(root)]
    return Envelope(
        distribution_id=_must(root, "distributionID"),
        sender_id=_must(root, "senderID"),
        date_time_sent=_must(root, "dateTimeSent"),
        date_time_expires=first_text(root, "dateTimeExpires"),
        distribution_status=_must(root, "distributionStatus"),
        distribution_type=_must(root, "distributionType", "distributionKind"),
        combined_confidentiality=first_text(inner, "combinedConfidentiality"),
        language=first_text(inner, "language"),
        explicit_address=tuple(_addresses(inner)),
        messages=tuple(message for found in contents for message in found),
        others=sum(1 for found in contents if not found),
    )


def write_envelope(envelope: Envelope, version: str = "1.0") -> bytes:
    """The bytes of an envelope; what is in it stays as it is, so that signatures hold.

    Raises Malformed for a status or a type that EDXL-DE does not know, and for what its version
    demands and is not said: how confidential it is in 1.0, until when it holds in 2.0.
    """
    if envelope.distribution_status not in STATUSES or envelope.distribution_type not in TYPES:
        kind = f"{envelope.distribution_status}, {envelope.distribution_type}"
        raise Malformed(f"EDXL-DE has no such status or type: {short(kind)}")
    with well_lettered():
        return document_of(_old(envelope) if version == "1.0" else _new(envelope))


def _old(envelope: Envelope) -> etree._Element:
    if envelope.combined_confidentiality is None:
        raise Malformed("an envelope of EDXL-DE 1.0 says how confidential it is")
    root = _root("EDXLDistribution", "1.0")
    _put_head(root, envelope)
    _put(root, "distributionStatus", envelope.distribution_status)
    _put(root, "distributionType", envelope.distribution_type)
    _put(root, "combinedConfidentiality", envelope.combined_confidentiality)
    _put_descriptor(root, envelope)
    for message in envelope.messages:
        content = _put(_put(root, "contentObject"), "xmlContent")
        _put(content, "embeddedXMLContent").append(parse(message).root)
    return root


def _new(envelope: Envelope) -> etree._Element:
    if envelope.date_time_expires is None:
        raise Malformed("an envelope of EDXL-DE 2.0 says until when it holds")
    root = _root("edxlDistribution", "2.0")
    root.set(_LINKS, "extended")
    _put_head(root, envelope)
    _put(root, "dateTimeExpires", envelope.date_time_expires)
    _put(root, "distributionStatus", envelope.distribution_status)
    _put(root, "distributionKind", envelope.distribution_type)
    descriptor = _put(root, "descriptor", links="resource")
    if envelope.combined_confidentiality is not None:
        _put(descriptor, "combinedConfidentiality", envelope.combined_confidentiality)
    _put_descriptor(descriptor, envelope)
    content = _put(root, "content", links="resource")
    for message in envelope.messages:
        held = _put(_put(content, "contentObject", links="resource"), "contentXML")
        _put(held, "embeddedXMLContent").append(parse(message).root)
    return root


def _put_head(root: etree._Element, envelope: Envelope) -> None:
    _put(root, "distributionID", envelope.distribution_id)
    _put(root, "senderID", envelope.sender_id)
    _put(root, "dateTimeSent", envelope.date_time_sent)


def _put_descriptor(parent: etree._Element, envelope: Envelope) -> None:
    if envelope.language is not None:
        _put(parent, "language", envelope.language)
    for scheme, address in envelope.explicit_address:
        element = _put(parent, "explicitAddress")
        _put(element, "explicitAddressScheme", scheme)
        _put(element, "explicitAddressValue", address)


def _root(name: str, version: str) -> etree._Element:
    """The root of an envelope, prefixed: a message within keeps what it is signed with."""
    spaces: dict[str | None, str] = {"de": NAMESPACES[version]}
    if version == "2.0":
        spaces["xlink"] = XLINK
    root: etree._Element = etree.Element(f"{{{NAMESPACES[version]}}}{name}", nsmap=spaces)
    return root


def _put(
    parent: etree._Element, name: str, text: str | None = None, *, links: str | None = None
) -> etree._Element:
    element: etree._Element = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
    element.text = text
    if links is not None:
        element.set(_LINKS, links)
    return element


def _must(root: etree._Element, *names: str) -> str:
    """What one of these elements says: in 2.0 it may name a list of values before the value."""
    element = next((one for name in names for one in children(root, name)), None)
    leaves = [] if element is None else list(element.iter(etree.Element))
    text = text_of(leaves[-1]).strip() if leaves else ""
    if not text:
        raise Malformed(f"an envelope without {names[0]}")
    return text


def _addresses(parent: etree._Element) -> Iterator[tuple[str, str]]:
    for one in children(parent, "explicitAddress"):
        scheme = first_text(one, "explicitAddressScheme") or ""
        yield from ((scheme, text_of(v).strip()) for v in children(one, "explicitAddressValue"))


def _objects(root: etree._Element) -> Iterator[etree._Element]:
    for parent in (root, *children(root, "content")):
        yield from children(parent, "contentObject")


def _within(thing: etree._Element) -> list[bytes]:
    """The documents that one object of an envelope holds; none where it is no XML."""
    found: list[bytes] = []
    for holder in (*children(thing, "xmlContent"), *children(thing, "contentXML")):
        for embedded in children(holder, "embeddedXMLContent"):
            found += map(document_within, embedded.iterchildren(etree.Element))
    for holder in (*children(thing, "nonXMLContent"), *children(thing, "otherContent")):
        found += _encoded(holder)
    return found


def _encoded(holder: etree._Element) -> Iterator[bytes]:
    """A message that travels as Base64."""
    if first_text(holder, "mimeType") == MEDIA_TYPE:
        text = first_text(holder, "contentData") or ""
        try:
            yield base64.b64decode("".join(text.split()), validate=True)
        except binascii.Error:
            return
