"""The password with which a platform signs in."""

from functools import reduce
from operator import xor

SECRETS = frozenset(("password",))
_SIGN_IN, _PASSWORD = 5, slice(44, 64)


def covered(raw: bytes) -> bytes:
    """The same with stars for it; a right check sum stays right, a wrong one wrong."""
    if raw[:2] not in (b"##", b"$$") or raw[2:3] != bytes((_SIGN_IN,)):
        return raw
    said = bytearray(raw)
    said[_PASSWORD] = b"*" * len(said[_PASSWORD])
    if len(raw) > _PASSWORD.stop and reduce(xor, raw[2:-1]) == raw[-1]:
        said[-1] = reduce(xor, said[2:-1])
    return bytes(said)
