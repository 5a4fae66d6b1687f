"""The channel `sms`: one text to one mobile number, by the way that the settings name."""

import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

from anlan.channels import URGENT, Address, Fault, Message, Receipt
from anlan.channels.heard import Heard
from anlan.channels.sms.cmpp import Cmpp
from anlan.channels.sms.cmpp.pdus import V2, V3
from anlan.channels.sms.number import KIND, SHAPE, Number, number_of
from anlan.channels.sms.said import Tongue
from anlan.channels.sms.session import Post
from anlan.channels.sms.settings import Settings
from anlan.channels.sms.smpp import Smpp
from anlan.channels.sms.text import Part, parts
from anlan.terms.errors import Malformed


class Way(Protocol):
    """How parts get to a number, and what is heard of them."""

    def send(self, key: str, to: Number, parts: Sequence[Part], *, now_ms: int) -> Receipt: ...

    def heard(self, most: int) -> Sequence[Heard]: ...

    def take(self, keys: Sequence[str]) -> None: ...

    def close(self) -> None: ...


class Sms:
    """Hands each text to the message centre of the settings; thread-safe.

    Unlike other channels it keeps something between two sends: the connection, which it opens by
    itself, and which parts were accepted, so that another try does not send them again.

    clock: what it is now, ms UTC.
    """

    name = "sms"

    def __init__(self, settings: Settings, *, clock: Callable[[], int]) -> None:
        self.settings = settings
        self._way: Way = Post(settings, tongue_of(settings), kind=self.name, clock=clock)

    def check(self, address: Address) -> str | None:
        """Why nothing can be sent there, one of REASONS, or None."""
        if address.kind != self.name:
            return KIND
        return None if number_of(address.value) else SHAPE

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        """What the centre answered; accepted means that it, not the phone, has all parts."""
        number = number_of(address.value)
        reason = self.check(address)
        if reason or number is None:
            return Receipt.refused(now_ms, Fault.ADDRESS, reason or SHAPE)
        mark = zlib.crc32(message.key.encode()) & 0xFF
        try:
            cut = parts(message.text, mark=mark, is_flash=self._is_flash(message))
        except Malformed as error:
            return Receipt.refused(now_ms, Fault.CONTENT, str(error))
        return self._way.send(message.key, number, cut, now_ms=now_ms)

    def _is_flash(self, message: Message) -> bool:
        return self.settings.flash and message.kind == URGENT

    def heard(self, most: int) -> Sequence[Heard]:
        """Status reports and replies that were not taken yet."""
        return self._way.heard(most)

    def take(self, keys: Sequence[str]) -> None:
        """Only now is the centre told that they are kept."""
        self._way.take(keys)

    def close(self) -> None:
        """Ends the connection."""
        self._way.close()


def tongue_of(settings: Settings) -> Tongue:
    """The protocol that the settings name."""
    if settings.scheme == "smpp":
        return Smpp(settings)
    return Cmpp(settings, V2 if settings.scheme == "cmpp2" else V3)
