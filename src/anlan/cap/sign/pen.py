"""A signer whose key lies in a PEM file: RSA, ECDSA or SM2, with its certificates."""

import base64
import binascii
import re
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
)

from anlan.cap.sign import der, sm2
from anlan.cap.sign.algorithms import METHODS, MORE, RSA_SHA256, SM2_SM3
from anlan.cap.sign.certificate import Certificate
from anlan.cap.sign.keys import CURVE, PublicKey, Sm2Key
from anlan.terms.errors import Malformed, Refused

ECDSA = {"secp256r1": "ecdsa-sha256", "secp384r1": "ecdsa-sha384", "secp521r1": "ecdsa-sha512"}
_PEM = re.compile(rb"-----BEGIN ((?:EC )?PRIVATE KEY)-----([A-Za-z0-9+/=\s]+)-----END \1-----")

Secret = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | int


@dataclass(frozen=True, slots=True)
class Pen:
    """A key and the certificates that say whose it is, the signer's first."""

    method: str
    secret: Secret = field(repr=False)
    certificates: tuple[Certificate, ...]

    def sign(self, message: bytes) -> bytes:
        """The signature as XML writes it; the same for the same message."""
        digest = METHODS[self.method].digest
        match self.secret:
            case rsa.RSAPrivateKey():
                return self.secret.sign(message, padding.PKCS1v15(), digest)
            case ec.EllipticCurvePrivateKey():
                return _sign_ecdsa(self.secret, message, digest)
            case _:
                return sm2.sign(self.secret, message)


def pen_of(pem: bytes, certificates: tuple[Certificate, ...], password: bytes | None = None) -> Pen:
    """The signer of a private key in PEM.

    Raises Malformed for what is no such key, Refused for a key that must not sign: too short,
    of another kind, or not that of the first certificate.
    """
    number = _sm2_secret(pem)
    secret = number if number is not None else _other_secret(pem, password)
    if not certificates:
        raise Refused("whose key it is must be said: give its certificate")
    if _public_of(secret) != certificates[0].key:
        raise Refused(f"the key is not that of the certificate of {certificates[0].subject}")
    return Pen(_method_of(secret), secret, certificates)


def _other_secret(pem: bytes, password: bytes | None) -> Secret:
    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Malformed(f"the private key cannot be read: {error}") from error
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in ECDSA:
        return key
    raise Refused("this key must not sign: RSA from 2048 bits, ECDSA on a NIST curve, or SM2")


def _sm2_secret(pem: bytes) -> int | None:
    """The number of an SM2 key, unencrypted in PKCS #8 or as EC PRIVATE KEY; None for others."""
    found = _PEM.search(pem)
    if found is None:
        return None
    try:
        content = base64.b64decode(found[2])
    except binascii.Error as error:
        raise Malformed("the private key is broken Base64") from error
    if CURVE not in content:
        return None
    fields = der.list_in(content)
    if found[1] == b"PRIVATE KEY":
        fields = der.list_in(fields[2].body)
    return int.from_bytes(fields[1].body)


def _public_of(secret: Secret) -> PublicKey:
    return Sm2Key(sm2.public_of(secret)) if isinstance(secret, int) else secret.public_key()


def _method_of(secret: Secret) -> str:
    match secret:
        case rsa.RSAPrivateKey():
            return RSA_SHA256
        case ec.EllipticCurvePrivateKey():
            return MORE + ECDSA[secret.curve.name]
        case _:
            return SM2_SM3


def _sign_ecdsa(
    secret: ec.EllipticCurvePrivateKey, message: bytes, digest: hashes.HashAlgorithm
) -> bytes:
    r, s = decode_dss_signature(secret.sign(message, ec.ECDSA(digest, deterministic_signing=True)))
    half = (secret.key_size + 7) // 8
    return r.to_bytes(half) + s.to_bytes(half)
