"""One ds:Signature, read strictly: exactly one reference, to the whole document, enveloped.

Everything is read from the canonical bytes of SignedInfo, which are what is signed, and a value
with a comment in it is refused: what is checked and what is read cannot differ.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import TypeVar

from cryptography.hazmat.primitives import hashes
from lxml import etree

from anlan.cap.sign.algorithms import DIGESTS, ENVELOPED, METHODS, XMLDSIG, Method
from anlan.cap.sign.canon import Canon, canon_of, canonical_part
from anlan.terms.errors import Malformed, OutOfRange

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a signature says of itself.

    signed: the canonical SignedInfo · value: the signature · digest, digest_value: of the
    document, in the form `canon`.
    """

    signed: bytes
    value: bytes
    method: Method
    canon: Canon
    digest: hashes.HashAlgorithm
    digest_value: bytes


def form_of(signature: etree._Element) -> Form:
    """The form of a ds:Signature.

    Raises Malformed where it can never be valid, OutOfRange for an algorithm not known here.
    """
    raw = child(signature, "SignedInfo")
    outer = canon_of(child(raw, "CanonicalizationMethod"))
    if outer is None:
        raise OutOfRange("SignedInfo in a canonical form that is not known here")
    signed = canonical_part(raw, outer)
    info = etree.fromstring(signed)
    reference = child(info, "Reference")
    if reference.get("URI") != "":
        raise Malformed("the reference is not to the whole document")
    canon = _canon_of(child(reference, "Transforms"))
    digest_value = bytes_of(child(reference, "DigestValue"))
    return Form(
        signed=signed,
        value=bytes_of(child(signature, "SignatureValue")),
        method=_known(METHODS, child(info, "SignatureMethod")),
        canon=canon,
        digest=_known(DIGESTS, child(reference, "DigestMethod")),
        digest_value=digest_value,
    )


def child(parent: etree._Element, name: str) -> etree._Element:
    """The only child of that name in the namespace of signatures; Malformed for none, several."""
    found = parent.findall(f"{{{XMLDSIG}}}{name}")
    if len(found) != 1:
        raise Malformed(f"{name} must stand in the signature exactly once")
    return found[0]


def bytes_of(element: etree._Element) -> bytes:
    """The bytes that an element holds in Base64; Malformed where they are not, or none."""
    if len(element):
        raise Malformed(f"something stands within {etree.QName(element).localname}")
    try:
        decoded = base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(f"broken Base64 in {etree.QName(element).localname}") from error
    if not decoded:
        raise Malformed(f"{etree.QName(element).localname} is empty")
    return decoded


def _canon_of(transforms: etree._Element) -> Canon:
    """The form in which the document is digested: enveloped, then at most one canonical form."""
    steps = list(transforms)
    if not steps or steps[0].get("Algorithm") != ENVELOPED:
        raise Malformed("the reference is not enveloped")
    canon = canon_of(steps[1]) if len(steps) > 1 else Canon()
    if canon is None or len(steps) > 2:
        raise Malformed("a transform that could leave out parts of the document")
    return canon._replace(comments=False)


def _known(table: dict[str, T], element: etree._Element) -> T:
    name = element.get("Algorithm", "")
    if name not in table:
        raise OutOfRange(f"an algorithm that is not known here: {name[:100]}")
    return table[name]
