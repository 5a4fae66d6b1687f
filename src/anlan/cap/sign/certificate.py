"""Certificates: who a key belongs to, when it holds, and whether one of our anchors vouches.

A path is built here because the verifier of `cryptography` follows the rules of web servers
(a host name is asked for) and does not know SM2. Refused: an issuer that may not issue, a path
longer than allowed, a critical extension that is not known, SHA-1 or MD5 below an anchor.
Revocation is not looked up: nothing is fetched; an anchor that is taken away vouches no more.
"""

import base64
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtensionOID

from anlan.cap.sign import der, sm2
from anlan.cap.sign.keys import PublicKey, Sm2Key, flat, public_key
from anlan.terms.errors import Malformed, OutOfRange

SM2_WITH_SM3 = "1.2.156.10197.1.501"
LONGEST = 6
"""Certificates in a path, the signer's and the anchor included."""

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END CERTIFICATE-----")

KNOWN = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_KEY_IDENTIFIER,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    ExtensionOID.CERTIFICATE_POLICIES,
}


_BROKEN = (
    ValueError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate; two are the same when their bytes are."""

    der: bytes
    opened: x509.Certificate = field(compare=False, repr=False)

    @property
    def subject(self) -> str:
        return self.opened.subject.rfc4514_string()

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when to when it holds, both included."""
        return self.opened.not_valid_before_utc, self.opened.not_valid_after_utc

    @property
    def key(self) -> PublicKey:
        """Its public key; OutOfRange for a kind that is not known here."""
        fields = der.list_in(self.opened.tbs_certificate_bytes)
        return public_key(fields[6 if fields[0].tag == der.FIRST else 5].whole)

    def holds_at(self, at: datetime) -> bool:
        first, last = self.span
        return first <= at <= last


def certificate_of(content: bytes) -> Certificate:
    """The certificate in DER; Malformed for what is none."""
    try:
        with warnings.catch_warnings():
            # What old authorities did (a serial number below one) is not for the log to tell.
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            opened = x509.load_der_x509_certificate(content)
            made = Certificate(opened.public_bytes(Encoding.DER), opened)
            _ = made.subject, opened.issuer, made.span, opened.extensions
    except _BROKEN as error:
        raise Malformed(f"not a certificate: {error}") from error
    return made


def certificates_in(content: bytes) -> tuple[Certificate, ...]:
    """The certificates of a file, in PEM or one in DER; Malformed for a file without."""
    if b"-----BEGIN" not in content:
        return (certificate_of(content),)
    try:
        found = [base64.b64decode(text) for text in _PEM.findall(content)]
    except ValueError as error:
        raise Malformed(f"broken Base64 in PEM: {error}") from error
    if not found:
        raise Malformed("no certificate in PEM")
    return tuple(map(certificate_of, found))


def doubts(
    certificates: Sequence[Certificate], anchors: Sequence[Certificate], at: datetime
) -> tuple[str, ...]:
    """Why the first certificate cannot be trusted at a time; empty where an anchor vouches.

    certificates: the signer's first, then any that came with it · anchors: those trusted by
    decision, issuers or single signers.
    """
    if not certificates:
        return ("no certificate says whose key it is",)
    signer = certificates[0]
    may = _usage(signer.opened)
    if may is not None and not (may.digital_signature or may.content_commitment):
        return (f"not a certificate for signing: {signer.subject}",)
    pool = [*anchors, *certificates[1:]]
    fresh = [c for c in pool if c.holds_at(at)]
    path = _path(signer, fresh, anchors) or _path(signer, pool, anchors)
    if path is None:
        return (f"no trusted certificate vouches for {signer.subject}",)
    return tuple(f"not valid on {at:%Y-%m-%d}: {c.subject}" for c in path if not c.holds_at(at))


def _path(
    signer: Certificate, pool: Sequence[Certificate], anchors: Sequence[Certificate]
) -> list[Certificate] | None:
    """The shortest path from the signer to an anchor; each certificate is tried once."""
    paths, seen = [[signer]], {signer}
    for path in paths:
        last = path[-1]
        if not _is_understood(last.opened):
            continue
        if last in anchors:
            return path
        if len(path) == LONGEST or _is_weak(last.opened):
            continue
        for above in (c for c in pool if c not in seen):
            if _may_issue(above.opened, len(path) - 1) and _issued(last, above):
                seen.add(above)
                paths.append([*path, above])
    return None


def _issued(child: Certificate, issuer: Certificate) -> bool:
    """Whether that issuer signed this certificate."""
    if child.opened.issuer != issuer.opened.subject:
        return False
    try:
        if child.opened.signature_algorithm_oid.dotted_string == SM2_WITH_SM3:
            key, message = issuer.key, child.opened.tbs_certificate_bytes
            made = flat(child.opened.signature)
            return isinstance(key, Sm2Key) and sm2.verify(key.point, message, made)
        child.opened.verify_directly_issued_by(issuer.opened)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, Malformed, OutOfRange):
        return False
    return True


def _may_issue(certificate: x509.Certificate, below: int) -> bool:
    """Whether it may issue, with so many issuers between it and the signer."""
    extensions = certificate.extensions
    try:
        basic = extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return False
    if not basic.ca or (basic.path_length is not None and basic.path_length < below):
        return False
    usage = _usage(certificate)
    return usage is None or usage.key_cert_sign


def _usage(certificate: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None


def _is_weak(certificate: x509.Certificate) -> bool:
    try:
        return isinstance(certificate.signature_hash_algorithm, hashes.SHA1 | hashes.MD5)
    except UnsupportedAlgorithm:
        return certificate.signature_algorithm_oid.dotted_string != SM2_WITH_SM3


def _is_understood(certificate: x509.Certificate) -> bool:
    return all(not e.critical or e.oid in KNOWN for e in certificate.extensions)
