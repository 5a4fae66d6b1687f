"""The channel `speaker`: one broadcast to one terminal or place, by the site's platform."""

import re
from collections.abc import Callable, Sequence
from http.client import HTTPException

from anlan.channels import Address, Fault, Message, Receipt
from anlan.channels.heard import Asking, Heard
from anlan.channels.speaker.asking import Asker
from anlan.channels.speaker.ebd.document import broadcast_of, read_answer
from anlan.channels.speaker.ebd.package import Package
from anlan.channels.speaker.ebd.words import TAKEN, Kind
from anlan.channels.speaker.platform import Platform
from anlan.channels.speaker.saying import broadcast_for
from anlan.channels.speaker.settings import Settings
from anlan.channels.web.exchange import failing
from anlan.terms.errors import Malformed, Refused

KIND = "this channel speaks by loudspeakers only"
SHAPE = "a loudspeaker is known by the 12 to 23 digits of its resource code"
REASONS = (KIND, SHAPE)
_CODE = re.compile(r"[0-9]{12,23}")


class Speaker:
    """Hands each warning to the broadcast platform, and asks it afterwards what was played.

    clock: what it is now, ms UTC. Thread-safe. Raises Malformed when the authorities' file cannot
    be read.
    """

    name = "speaker"

    def __init__(self, settings: Settings, *, clock: Callable[[], int]) -> None:
        self.settings = settings
        self._platform = Platform(settings)
        self._ears = Asking(
            self.name, Asker(self._platform, clock).ask,
            poll_s=settings.poll_s, patience_s=settings.patience_s,
        )  # fmt: skip

    def check(self, address: Address) -> str | None:
        """Why nothing can be played there, one of REASONS, or None."""
        if address.kind != self.name:
            return KIND
        return None if _CODE.fullmatch(address.value) else SHAPE

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        """What the platform answered; accepted means that it has it, not that it was played."""
        if reason := self.check(address):
            return Receipt.refused(now_ms, Fault.ADDRESS, reason)
        try:
            said = broadcast_for(message, address.value, self.settings)
            body = broadcast_of(said)
        except Malformed as error:
            return Receipt.refused(now_ms, Fault.CONTENT, str(error))
        try:
            answer = self._platform.ask(
                message.key, Kind.BROADCAST, body, now_ms=now_ms, audio=said.audio
            )
        except Refused as error:
            return Receipt.refused(now_ms, Fault.ADDRESS, str(error))
        except Malformed as error:
            return Receipt.failed(now_ms, Fault.ANSWER, f"no answer of a platform: {error}")
        except (OSError, HTTPException, ValueError) as error:
            return Receipt.failed(now_ms, *failing(error))
        if isinstance(answer, Receipt):
            return answer
        receipt = _receipt(answer, said.id, now_ms)
        if receipt.reference:
            self._ears.expect(said.id)
        return receipt

    def expect(self, references: Sequence[str]) -> None:
        """Asks on for what was sent before this process began."""
        for reference in references:
            self._ears.expect(reference)

    def is_waiting(self) -> bool:
        """Whether it is still asked what became of something."""
        return self._ears.is_waiting()

    def heard(self, most: int) -> Sequence[Heard]:
        """What was played or not, as far as it was not taken yet."""
        return self._ears.heard(most)

    def take(self, keys: Sequence[str]) -> None:
        """These are kept."""
        self._ears.take(keys)

    def close(self) -> None:
        """Asks no more."""
        self._ears.close()


def _receipt(answer: Package, reference: str, now_ms: int) -> Receipt:
    """What the platform's word means for the message."""
    if answer.kind is not Kind.ANSWER:
        return Receipt.failed(now_ms, Fault.ANSWER, f"the platform answers with {answer.kind}")
    try:
        told = read_answer(answer.body)
    except Malformed as error:
        return Receipt.failed(now_ms, Fault.ANSWER, f"no answer of a platform: {error}")
    if told.code == TAKEN:
        return Receipt.accepted(now_ms, reference)
    return Receipt.refused(
        now_ms, Fault.CONTENT, f"the broadcast platform refuses it: {told.code} {told.said}"
    )
