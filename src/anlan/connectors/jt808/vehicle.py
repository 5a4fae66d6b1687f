"""What a conversation knows of one vehicle."""

from anlan.connectors.frames import Way
from anlan.connectors.road.track import Track


class Vehicle(Track):
    """One vehicle, known by the phone of its terminal.

    serial: of our next message · version: of the header that it speaks · prefix: what our general
    answers to it begin with, made at the first · is_authentic: its code was right.
    """

    __slots__ = ("bcd", "is_authentic", "phone", "prefix", "protocol", "serial", "version")

    def __init__(self, phone: str, way: Way) -> None:
        super().__init__(phone, way.zone, is_gcj02=bool(way.words.get("gcj02")))
        self.phone, self.bcd, self.version, self.protocol = phone, "", 0, 0
        self.serial, self.prefix, self.is_authentic = 0, b"", False

    def next_serial(self, count: int = 1) -> int:
        """The number of our next message; count: how many it takes."""
        serial = self.serial
        self.serial = (serial + count) & 0xFFFF
        return serial
