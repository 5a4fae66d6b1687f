"""Public keys: found in DER or in a KeyInfo, and asked whether a signature is theirs.

A key says which kind it is; a method that wants another kind fails, so that no public key is
ever used as a shared secret. A secret one (HMAC) is not accepted at all.
"""

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from anlan.cap.sign import der, sm2
from anlan.cap.sign.algorithms import Method
from anlan.terms.errors import Malformed, OutOfRange

CURVE = bytes.fromhex("2a811ccf5501822d")
"""1.2.156.10197.1.301, the curve of SM2."""

SHORT_BITS, LONG_BITS = 2048, 16_384


@dataclass(frozen=True, slots=True)
class Sm2Key:
    """A public key on the curve of SM2: 04 x y, 65 bytes."""

    point: bytes


PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | Sm2Key


def public_key(spki: bytes) -> PublicKey:
    """The key of a SubjectPublicKeyInfo.

    Raises Malformed for what is broken, OutOfRange for a kind that is not known here.
    """
    algorithm, *rest = der.list_in(spki)
    if CURVE in [item.body for item in der.list_of(algorithm)]:
        point = der.only(rest).body[1:]
        sm2.point_of(point)
        return Sm2Key(point)
    try:
        key = load_der_public_key(spki)
    except UnsupportedAlgorithm as error:
        raise OutOfRange(f"a key of an unknown kind: {error}") from error
    except (ValueError, TypeError) as error:
        raise Malformed(f"the key cannot be read: {error}") from error
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise OutOfRange("a key that is neither RSA, ECDSA nor SM2")
    return key


def rsa_key(modulus: bytes, exponent: bytes) -> PublicKey:
    """An RSA key of its two numbers; Malformed for numbers that make none."""
    n, e = int.from_bytes(modulus), int.from_bytes(exponent)
    if n.bit_length() > LONG_BITS or e.bit_length() > 64:
        raise Malformed("an RSA key longer than any in use")
    try:
        return rsa.RSAPublicNumbers(e, n).public_key()
    except ValueError as error:
        raise Malformed(f"the key cannot be read: {error}") from error


def print_of(key: PublicKey) -> str:
    """A key's fingerprint, the same whatever certificate holds it: SHA-256 in hexadecimal."""
    if isinstance(key, Sm2Key):
        return hashlib.sha256(key.point).hexdigest()
    der_ = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der_).hexdigest()


def is_short(key: PublicKey) -> bool:
    """Whether an RSA key is shorter than is safe today."""
    return isinstance(key, rsa.RSAPublicKey) and key.key_size < SHORT_BITS


def holds(key: PublicKey, method: Method, value: bytes, message: bytes) -> bool:
    """Whether `value` is the signature of that key on the message by that method."""
    try:
        match method.key, key:
            case "rsa", rsa.RSAPublicKey():
                key.verify(value, message, padding.PKCS1v15(), method.digest)
                return True
            case "ec", ec.EllipticCurvePublicKey():
                key.verify(_pair_in_der(key, value), message, ec.ECDSA(method.digest))
                return True
            case "sm2", Sm2Key():
                return sm2.verify(key.point, message, flat(value))
            case _:
                return False
    except (InvalidSignature, ValueError):
        return False
    except UnsupportedAlgorithm as error:
        raise OutOfRange(f"not computed here: {error}") from error


def flat(value: bytes) -> bytes:
    """An SM2 signature as r and s, 32 bytes each; some devices give the two in DER."""
    if len(value) == 64:
        return value
    r, s = decode_dss_signature(value)
    if max(r, s) >> 256 or min(r, s) < 0:
        return b""
    return r.to_bytes(32) + s.to_bytes(32)


def _pair_in_der(key: ec.EllipticCurvePublicKey, value: bytes) -> bytes:
    """r and s as XML signatures write them, side by side (RFC 4050), as `cryptography` asks."""
    half = (key.key_size + 7) // 8
    if len(value) != 2 * half:
        raise ValueError("not two numbers of the curve's size")
    return encode_dss_signature(int.from_bytes(value[:half]), int.from_bytes(value[half:]))
