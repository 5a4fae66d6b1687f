"""The password of a station, which stands in the head of every frame."""

from anlan.connectors.sl651.packet import HEX_START, SOH
from anlan.connectors.sl651.sums import crc16

SECRETS = frozenset(("password", "old", "new", "密码"))
"""How they are called in headers, settings and among the words of a question."""
_CHANGE, _BODY, _SUM = 0x49, 22, 2
_CHANGE_TEXT, _BODY_TEXT, _SUM_TEXT = b"49", 24 + 16, 4
"""The function that changes it, where what it says begins, and bytes of the check sum."""


def covered(raw: bytes) -> bytes:
    """The same with noughts for it; a right check sum stays right, a wrong one wrong."""
    if raw.startswith(HEX_START):
        said = bytearray(raw)
        said[8:10] = bytes(len(said[8:10]))
        if raw[10:11] == bytes((_CHANGE,)):
            said[_BODY : -_SUM - 1] = bytes(len(said[_BODY : -_SUM - 1]))
        if crc16(raw[:-_SUM]).to_bytes(_SUM, "big") == raw[-_SUM:]:
            said[-_SUM:] = crc16(bytes(said[:-_SUM])).to_bytes(_SUM, "big")
        return bytes(said)
    if raw.startswith(SOH):
        said = bytearray(raw)
        said[13:17] = b"0" * len(said[13:17])
        if raw[17:19] == _CHANGE_TEXT:
            said[_BODY_TEXT : -_SUM_TEXT - 1] = b"0" * len(said[_BODY_TEXT : -_SUM_TEXT - 1])
        if raw[-_SUM_TEXT:].upper() == b"%04X" % crc16(raw[:-_SUM_TEXT]):
            said[-_SUM_TEXT:] = b"%04X" % crc16(bytes(said[:-_SUM_TEXT]))
        return bytes(said)
    return raw
