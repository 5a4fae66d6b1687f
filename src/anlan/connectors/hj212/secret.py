"""The passwords in frames, which nobody needs to see."""

import re

from anlan.connectors.hj212.crc import crc_of

SECRETS = frozenset(("PW", "NewPW", "password"))
"""How they are called in headers, in CP and among the words of a question."""
_SAID = re.compile(rb"((?:PW|^W)=)([^;&,\r\n]*)")
_FRAME = re.compile(rb"##([0-9]{4})(.*)([0-9A-Fa-f]{4})", re.DOTALL)


def covered(raw: bytes) -> bytes:
    """The same with stars for each; a right check sum stays right, a wrong one wrong."""
    said = _SAID.sub(lambda found: found[1] + b"*" * len(found[2]), raw)
    if said == raw:
        return raw
    was, now = _FRAME.fullmatch(raw), _FRAME.fullmatch(said)
    if was is None or now is None or int(was[3], 16) != crc_of(was[2]):
        return said
    return said[:-4] + b"%04X" % crc_of(now[2])
