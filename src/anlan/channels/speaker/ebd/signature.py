"""The detached signature of a document: SM2 with SM3, in a document of its own.

The value is 4 bytes of time, 6 bytes of the certificate's number and 64 bytes r and s. What is
signed are the bytes of the document, of which the time is a part (unverified).
"""

import base64
import binascii
from dataclasses import dataclass, field
from datetime import datetime

from lxml.builder import E

from anlan.cap.sign import sm2
from anlan.cap.xml.document import document_of, first_text, parse
from anlan.terms.errors import Malformed

_SIZE = 4 + 6 + 64


@dataclass(frozen=True, slots=True)
class Seal:
    """Who signs: the certificate's number in 12 hexadecimal digits, and the private number."""

    serial: str
    secret: int = field(repr=False)

    @property
    def public(self) -> bytes:
        """The public key, 04 x y."""
        return sm2.public_of(self.secret)


def signed(document: bytes, seal: Seal, *, related: str, at: datetime) -> bytes:
    """The signature of a document. related: its EBDID."""
    time = int(at.timestamp()).to_bytes(4)
    value = time + bytes.fromhex(seal.serial) + sm2.sign(seal.secret, document)
    root = E.Signature(
        E.Version("1.0"), E.RelatedEBD(E.EBDID(related)),
        E.SignatureCert(E.CertType("01"), E.IssuerID(""), E.CertSN(seal.serial)),
        E.SignatureTime(time.hex()), E.DigestAlgorithm("SM3"), E.SignatureAlgorithm("SM2"),
        E.SignatureValue(base64.b64encode(value).decode()),
    )  # fmt: skip
    return document_of(root)


def is_signed(document: bytes, signature: bytes, public: bytes) -> bool:
    """Whether the signature is that of a public key on the document; Malformed for none at all."""
    text = first_text(parse(signature).root, "SignatureValue") or ""
    try:
        value = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise Malformed("the signature is broken Base64") from error
    if len(value) != _SIZE:
        raise Malformed(f"a signature has {_SIZE} bytes, here are {len(value)}")
    return sm2.verify(public, document, value[10:])
