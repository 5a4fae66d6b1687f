"""SM2 signatures with SM3, after GB/T 32918.2-2016 on the curve of GB/T 32918.5-2017.

Written here because `cryptography` gives SM3 but neither this curve nor this signature, and no
library that is kept, typed and permissive does; the arithmetic is that of the standard, about a
hundred lines. To verify takes public values only. To sign takes a secret in Python's integers,
whose time depends on it: good for a drill, a test or a closed machine; where the key matters it
stays in a cryptographic device and that device is the `Signer`. The number that is used once is
drawn from the key and the message (RFC 6979, with SM3), so that chance is not asked.
"""

from collections.abc import Iterator
from functools import lru_cache

from cryptography.hazmat.primitives import hashes, hmac

from anlan.terms.errors import Malformed

source = "GB/T 32918.2-2016, 6 and 7; GB/T 32918.5-2017, annex A; GB/T 32905-2016"
checked_against = "the examples of GB/T 32918.5-2017 A.2 and GB/T 32905-2016 A; OpenSSL 3"

P = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_00000000_FFFFFFFF_FFFFFFFF
A = P - 3
B = 0x28E9FA9E_9D9F5E34_4D5A9E4B_CF6509A7_F39789F5_15AB8F92_DDBCBD41_4D940E93
N = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123
G = (
    0x32C4AE2C_1F198119_5F990446_6A39C994_8FE30BBF_F2660BE1_715A4589_334C74C7,
    0xBC3736A2_F4F6779C_59BDCEE3_6B692153_D0A9877C_C62A4740_02DF32E5_2139F0A0,
)
IDENTITY = b"1234567812345678"
"""Who signs, where nobody is named: GB/T 35276-2017, 10."""

Point = tuple[int, int]
Triple = tuple[int, int, int]
NOWHERE: Triple = (1, 1, 0)


def sm3(message: bytes) -> bytes:
    """The 32 bytes of SM3, GB/T 32905-2016."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(message)
    return digest.finalize()


def point_of(text: bytes) -> Point:
    """The point of a public key, 04 x y in 65 bytes; Malformed where it is none of the curve."""
    x, y = int.from_bytes(text[1:33]), int.from_bytes(text[33:])
    if len(text) != 65 or text[0] != 4 or x >= P or y >= P:
        raise Malformed("not an uncompressed public key of SM2")
    if (y * y - (x * x + A) * x - B) % P:
        raise Malformed("the public key does not lie on the curve of SM2")
    return x, y


@lru_cache(16)
def public_of(private: int) -> bytes:
    """The public key of a private one, 04 x y; Malformed for a number that is no key.

    Half of a signature's cost, and the same for all that one key signs.
    """
    if not 1 <= private < N - 1:
        raise Malformed("not a private key of SM2: out of range")
    return b"\x04" + _text(_flat(_sum([(private, G)])))


def summary_of(message: bytes, public: bytes, identity: bytes = IDENTITY) -> int:
    """e of the standard: SM3 over the signer's Z and the message."""
    curve = b"".join(n.to_bytes(32) for n in (A, B, *G))
    z = sm3((len(identity) * 8).to_bytes(2) + identity + curve + public[1:])
    return int.from_bytes(sm3(z + message))


def verify(public: bytes, message: bytes, signature: bytes, identity: bytes = IDENTITY) -> bool:
    """Whether r and s, 32 bytes each, are the signature of that key on the message."""
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if len(signature) != 64 or not 0 < r < N or not 0 < s < N or not (r + s) % N:
        return False
    point = _sum([(s, G), ((r + s) % N, point_of(public))])
    return point[2] != 0 and (summary_of(message, public, identity) + _flat(point)[0] - r) % N == 0


def sign(private: int, message: bytes, identity: bytes = IDENTITY) -> bytes:
    """r and s, 32 bytes each; the same for the same key and message."""
    summary = summary_of(message, public_of(private), identity)
    for once in _numbers(private, summary):
        signature = sign_summary(private, summary, once)
        if signature:
            return signature
    raise AssertionError("numbers never end")


def sign_summary(private: int, summary: int, once: int) -> bytes | None:
    """r and s for the number that is used once; None where the standard asks for another."""
    r = (summary + _flat(_sum([(once, G)]))[0]) % N
    s = pow(1 + private, -1, N) * (once - r * private) % N
    return _text((r, s)) if r and s and r + once != N else None


def _numbers(private: int, summary: int) -> Iterator[int]:
    """The numbers of RFC 6979, 3.2, with SM3."""
    seed = private.to_bytes(32) + (summary % N).to_bytes(32)
    key, value = bytes(32), b"\x01" * 32
    for step in (b"\x00", b"\x01"):
        key = _hmac(key, value + step + seed)
        value = _hmac(key, value)
    while True:
        value = _hmac(key, value)
        if 0 < int.from_bytes(value) < N:
            yield int.from_bytes(value)
        key = _hmac(key, value + b"\x00")
        value = _hmac(key, value)


def _hmac(key: bytes, message: bytes) -> bytes:
    code = hmac.HMAC(key, hashes.SM3())
    code.update(message)
    return code.finalize()


def _text(pair: tuple[int, int]) -> bytes:
    return pair[0].to_bytes(32) + pair[1].to_bytes(32)


def _flat(point: Triple) -> Point:
    inverse = pow(point[2], -1, P)
    square = inverse * inverse % P
    return point[0] * square % P, point[1] * square * inverse % P


def _sum(parts: list[tuple[int, Point]]) -> Triple:
    """The sum of points, each taken so many times; x and y stand over z² and z³."""
    total = NOWHERE
    for bit in range(255, -1, -1):
        total = _double(total)
        for times, point in parts:
            if times >> bit & 1:
                total = _add(total, point)
    return total


def _double(point: Triple) -> Triple:
    x, y, z = point
    if not z or not y:
        return NOWHERE
    zz, yy = z * z % P, y * y % P
    xyy, slope = x * yy % P, 3 * (x - zz) * (x + zz) % P
    left = (slope * slope - 8 * xyy) % P
    return left, (slope * (4 * xyy - left) - 8 * yy * yy) % P, 2 * y * z % P


def _add(one: Triple, two: Point) -> Triple:
    x, y, z = one
    if not z:
        return (*two, 1)
    zz = z * z % P
    across, up = (two[0] * zz - x) % P, (two[1] * zz * z - y) % P
    if not across:
        return NOWHERE if up else _double(one)
    aa = across * across % P
    aaa, xaa = aa * across % P, x * aa % P
    left = (up * up - aaa - 2 * xaa) % P
    return left, (up * (xaa - left) - y * aaa) % P, z * across % P
