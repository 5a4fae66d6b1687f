"""Passwords and codes that stand in what platforms say, and nobody is shown."""

from binascii import crc_hqx

from anlan.connectors.jt809.frame import BEGIN, bare, edged

SECRETS = frozenset(("password", "verifyCode", "code", "cross_code"))
_HEAD, _CHECK = 22, 2
_ID = slice(8, 10)
_WITH_THEM = frozenset(
    number.to_bytes(2, "big") for number in (0x1001, 0x1003, 0x1002, 0x9001, 0x9003, 0x1700, 0x1B00)
)


def covered(raw: bytes) -> bytes:
    """The same with stars for all behind the head, also where it is encrypted; a right check stays
    right, a wrong one wrong."""
    inner = bare(raw)
    if not raw.startswith(BEGIN) or inner[_ID] not in _WITH_THEM or len(inner) <= _HEAD + _CHECK:
        return raw
    data, found = inner[:-_CHECK], int.from_bytes(inner[-_CHECK:], "big")
    stars = data[:_HEAD] + b"*" * (len(data) - _HEAD)
    check = crc_hqx(stars, 0xFFFF) ^ crc_hqx(data, 0xFFFF) ^ found  # nought between in a right one
    return edged(stars + check.to_bytes(_CHECK, "big"))
