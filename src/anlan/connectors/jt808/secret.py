"""The code with which a terminal authenticates itself, and the passwords among its parameters."""

from anlan.connectors.jt808.frame import EDGE, escaped, folded

SECRETS = frozenset(("apn_password", "password"))
_AUTHENTICATE, _IS_NEW = b"\x01\x02", 0x40


def covered(raw: bytes) -> bytes:
    """The same with stars for the code; a right check stays right, a wrong one wrong."""
    if not raw.startswith(EDGE + _AUTHENTICATE):
        return raw
    inner = raw[1:-1].replace(b"\x7d\x02", EDGE).replace(b"\x7d\x01", b"\x7d")
    is_new = bool(inner[2:3]) and bool(inner[2] & _IS_NEW)
    start = 18 if is_new else 12
    end = min(start + inner[17], len(inner) - 1) if len(inner) > 18 and is_new else len(inner) - 1
    said = inner[:start] + b"*" * max(0, end - start) + inner[max(start, end) : -1]
    check = folded(said) ^ folded(inner)  # nought in a right frame
    return escaped(said) if not folded(inner) else EDGE + said + bytes((check,)) + EDGE
