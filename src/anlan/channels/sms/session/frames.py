"""Frames of a stream whose first four octets are the length of the whole: CMPP and SMPP alike."""

from anlan.terms.errors import Malformed

LEAST, MOST = 12, 66_000
"""Octets of a frame: no more than a header, and a little more than SMPP's largest payload."""


class Frames:
    """Puts the octets of a stream together to frames, however they are cut on the way."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, octets: bytes) -> list[bytes]:
        """The frames that are whole now. Raises Malformed for a length that no frame has."""
        self._waiting += octets
        found = []
        while len(self._waiting) >= 4:
            length = int.from_bytes(self._waiting[:4])
            if not LEAST <= length <= MOST:
                raise Malformed(f"a frame of {length} octets")
            if len(self._waiting) < length:
                break
            found.append(bytes(self._waiting[:length]))
            del self._waiting[:length]
        return found
