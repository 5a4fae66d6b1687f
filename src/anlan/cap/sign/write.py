"""Signing: one more ds:Signature at the end of the root.

Each signer signs the document without any signature, so that several may sign in any order and
none has to sign again. Canonical form exclusive: the message may be taken out of a feed or an
envelope and still holds. A verifier that takes away only the signature in question holds a
message with one signature valid, not one with several: the standard has no way to say more
without a transform that could hide parts.
"""

import base64
from typing import Protocol

from lxml import etree

from anlan.cap.sign.algorithms import (
    DIGESTS,
    ENVELOPED,
    EXCLUSIVE,
    METHODS,
    SHA256,
    SM3,
    XMLDSIG,
    digest_of,
)
from anlan.cap.sign.canon import (
    SIGNATURES,
    Canon,
    canonical,
    canonical_part,
    is_heavy,
    signatures_of,
    without,
)
from anlan.cap.sign.certificate import Certificate
from anlan.cap.xml.document import parse
from anlan.terms.errors import Malformed, Refused

FORM = Canon(exclusive=True)


class Signer(Protocol):
    """Who signs: a key in a file (`pen.Pen`), or a device that keeps it.

    method: address of the algorithm · certificates: the signer's first.
    """

    @property
    def method(self) -> str: ...

    @property
    def certificates(self) -> tuple[Certificate, ...]: ...

    def sign(self, message: bytes) -> bytes:
        """The signature as XML writes it: r and s side by side for ECDSA and SM2."""
        ...


def sign(data: bytes, signer: Signer) -> bytes:
    """The document in UTF-8 with one more signature.

    Raises Malformed for what is no XML, Refused for a document with a document type (what a
    reader sees would depend on it) or with too many signatures.
    """
    document = parse(data)
    tree = document.root.getroottree()
    if document.has_doctype:
        raise Refused("a document with a document type is not signed")
    standing = len(signatures_of(tree))
    if standing >= SIGNATURES:
        raise Refused(f"it already bears {standing} signatures")
    if is_heavy(document, standing + 1):
        raise Refused("too long, or too many elements, namespaces or attributes to be signed")
    signature = _signature(canonical(without(tree, range(standing)), FORM), signer.method)
    tree.getroot().append(signature)
    message = canonical_part(signature[0], FORM)
    _add(signature, "SignatureValue", text=_base64(signer.sign(message)))
    chain = _add(_add(signature, "KeyInfo"), "X509Data")
    for certificate in signer.certificates:
        _add(chain, "X509Certificate", text=_base64(certificate.der))
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True)


def _signature(document: bytes, method: str) -> etree._Element:
    """A ds:Signature with its SignedInfo, not yet signed."""
    if method not in METHODS:
        raise Malformed(f"no such method of signing: {method}")
    digest = SM3 if METHODS[method].key == "sm2" else SHA256
    signature = etree.Element(f"{{{XMLDSIG}}}Signature", nsmap={"ds": XMLDSIG})
    signed = _add(signature, "SignedInfo")
    _add(signed, "CanonicalizationMethod", EXCLUSIVE)
    _add(signed, "SignatureMethod", method)
    reference = _add(signed, "Reference")
    reference.set("URI", "")
    transforms = _add(reference, "Transforms")
    _add(transforms, "Transform", ENVELOPED)
    _add(transforms, "Transform", EXCLUSIVE)
    _add(reference, "DigestMethod", digest)
    _add(reference, "DigestValue", text=_base64(digest_of(DIGESTS[digest], document)))
    return signature


def _add(parent: etree._Element, name: str, algorithm: str = "", text: str = "") -> etree._Element:
    element: etree._Element = etree.SubElement(parent, f"{{{XMLDSIG}}}{name}")
    element.text = text or None
    if algorithm:
        element.set("Algorithm", algorithm)
    return element


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
