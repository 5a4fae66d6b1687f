"""Messages through a lasting connection: all parts accepted, or what kept one back."""

import time
from collections.abc import Callable, Sequence

from anlan.channels import Fault, Receipt
from anlan.channels.heard import Heard
from anlan.channels.sms.number import Number
from anlan.channels.sms.said import Tongue
from anlan.channels.sms.session.ears import Ears
from anlan.channels.sms.session.line import Line, Unwelcome
from anlan.channels.sms.session.parcel import Parcel, Parcels, Slot
from anlan.channels.sms.settings import Settings
from anlan.channels.sms.text import Part


class Post:
    """The way to a message centre of one protocol; thread-safe."""

    def __init__(
        self, settings: Settings, tongue: Tongue, *, kind: str, clock: Callable[[], int]
    ) -> None:
        self._settings, self._tongue = settings, tongue
        self._ears, self._parcels = Ears(kind, clock), Parcels()
        self._line = Line(settings, tongue, self._ears, clock=clock)

    def send(self, key: str, to: Number, parts: Sequence[Part], *, now_ms: int) -> Receipt:
        """The receipt of this try; of an earlier one only the parts are sent that lack."""
        until_s = time.monotonic() + self._settings.timeout_s
        parcel = self._parcels.of(key, str(to), len(parts))
        self._line.open()
        try:
            for part in parts:
                slot = parcel.slots.get(part.number)
                if slot is None or slot.must_go_again:
                    self._line.submit(parcel, part, to, until_s=until_s)
        except OSError as error:
            return Receipt.failed(now_ms, *failure(error))
        for slot in parcel.slots.values():
            slot.done.wait(max(0.0, until_s - time.monotonic()))
        return self._receipt(parcel, now_ms)

    def heard(self, most: int) -> Sequence[Heard]:
        """What has come; begins to listen where nothing was sent yet."""
        self._line.open()
        return self._ears.heard(most)

    def take(self, keys: Sequence[str]) -> None:
        """Acknowledges what is kept, on the connection that it came by."""
        for turn, frame in self._ears.take(keys):
            self._line.thank(turn, frame)

    def close(self) -> None:
        """Ends the connection; what was not taken is told again at the next one."""
        self._line.close()

    def _receipt(self, parcel: Parcel, now_ms: int) -> Receipt:
        """Accepted where all parts are; else what stands against the first that is not."""
        for slot in parcel.slots.values():
            if slot.answer is None or slot.answer.status:
                return self._against(slot, now_ms)
        return Receipt.accepted(now_ms, parcel.reference)

    def _against(self, slot: Slot, now_ms: int) -> Receipt:
        answer = slot.answer
        if answer is None and slot.is_lost:
            return Receipt.failed(now_ms, Fault.ANSWER, "the message centre broke off")
        if answer is None:
            return Receipt.failed(
                now_ms, Fault.TIMEOUT, "the message centre did not answer in time"
            )
        fault, is_final = self._tongue.fault_of(answer.status)
        said = f"the message centre refuses it: {answer.status}"
        if is_final:
            return Receipt.refused(now_ms, fault, said)
        return Receipt.failed(now_ms, fault, said)


def failure(error: OSError) -> tuple[Fault, str]:
    """The word and the sentence for what kept a part from being sent."""
    match error:
        case Unwelcome():
            return Fault.SETTINGS, f"the message centre refuses the login: {error}"
        case TimeoutError():
            return Fault.TIMEOUT, "the message centre did not answer in time"
        case ConnectionResetError() | ConnectionAbortedError() | BrokenPipeError():
            return Fault.ANSWER, "the message centre broke off"
    return Fault.UNREACHABLE, f"the message centre cannot be reached: {error}"
