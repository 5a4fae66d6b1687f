"""The channel `screen`: one order to one screen, at its web address or by a broker."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from http.client import HTTPException, HTTPResponse

from anlan.channels import Address, Fault, Message, Receipt, State, one_line
from anlan.channels.heard import Asking, Heard
from anlan.channels.screen import order
from anlan.channels.screen.order import Shown
from anlan.channels.screen.session import LONGEST_S, Away, Session, Told
from anlan.channels.screen.settings import Settings
from anlan.channels.screen.topics import NO_BROKER, SCHEME, SHAPE, screen_of
from anlan.channels.web.answer import read_answer, receipt_of
from anlan.channels.web.exchange import Exchange, context_of, failing
from anlan.channels.web.target import KIND, Target, target_of
from anlan.terms.errors import Malformed, Refused

_MOST_ANSWER = 16_384


class Screen:
    """Orders screens to show and to clear, and asks those that say they will.

    clock: what it is now, ms UTC. Thread-safe. Raises Malformed when the authorities' file cannot
    be read.
    """

    name = "screen"

    def __init__(self, settings: Settings, *, clock: Callable[[], int]) -> None:
        self.settings, self._clock = settings, clock
        self._exchange = Exchange(
            context=context_of(settings.ca_file),
            allows_private=settings.allows_private,
            timeout_s=settings.timeout_s,
        )
        self._ears = Asking(
            self.name, self._ask, poll_s=settings.poll_s, patience_s=settings.patience_s
        )
        self._session = None
        if settings.broker is not None:
            self._session = Session(
                settings.broker, settings.key, timeout_s=settings.timeout_s, clock=clock
            )

    def check(self, address: Address) -> str | None:
        """Why nothing can be ordered there, one of REASONS, or None; no name is looked up."""
        if address.value.startswith(SCHEME) and address.kind == self.name:
            if screen_of(address.value) is None:
                return SHAPE
            return NO_BROKER if self._session is None else None
        target = self._target(address)
        return target if isinstance(target, str) else None

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        """What the screen answered; delivered means that it shows it, or has cleared it."""
        reason = self.check(address)
        if reason is not None:
            return Receipt.refused(now_ms, Fault.ADDRESS, reason)
        try:
            said = order.order_of(message)
        except Malformed as error:
            return Receipt.refused(now_ms, Fault.CONTENT, str(error))
        screen = screen_of(address.value)
        if screen is not None and self._session is not None:
            return self._by_broker(self._session, screen, said, key=message.key, now_ms=now_ms)
        return self._by_web(address, said, key=message.key, now_ms=now_ms)

    def _by_broker(
        self, session: Session, screen: str, said: dict[str, object], *, key: str, now_ms: int
    ) -> Receipt:
        """What the screen said at once; accepted where the broker has it and no word came yet: it
        is ordered again when the broker holds it no more."""
        name = str(said["id"])
        reference = f"{name} {SCHEME}{screen}"
        envelope = order.sealed(
            self.settings.key, name=key, at_s=now_ms // 1000, body=order.body_of(said)
        )
        try:
            answer = session.send(screen, name, envelope)
        except Away as error:
            return Receipt.failed(now_ms, Fault.UNREACHABLE, str(error))
        except PermissionError as error:
            return Receipt.failed(now_ms, Fault.SETTINGS, str(error))
        except TimeoutError as error:
            return Receipt.failed(now_ms, Fault.TIMEOUT, str(error))
        except (OSError, ValueError) as error:
            told = f"the broker of the screens cannot be reached: {error}"
            return Receipt.failed(now_ms, Fault.UNREACHABLE, told)
        if answer is None:
            return Receipt.accepted(now_ms, reference, wait_s=LONGEST_S)
        receipt = _receipt(answer, now_ms) or Receipt.accepted(now_ms)
        return replace(receipt, reference=one_line(reference))  # what it says later is of this

    def _by_web(
        self, address: Address, said: dict[str, object], *, key: str, now_ms: int
    ) -> Receipt:
        target = self._target(address)
        if isinstance(target, str):
            return Receipt.refused(now_ms, Fault.ADDRESS, target)
        try:
            answer = self._answer(target, said, key=key, now_ms=now_ms)
        except Refused as error:
            return Receipt.refused(now_ms, Fault.ADDRESS, str(error))
        except Malformed as error:
            return Receipt.failed(now_ms, Fault.ANSWER, str(error))
        except (OSError, HTTPException, ValueError) as error:
            return Receipt.failed(now_ms, *failing(error))
        if isinstance(answer, Receipt):
            return answer
        reference = f"{answer.id} {address.value}"
        if answer.state is Shown.TAKEN and len(reference) <= 256:
            self._ears.expect(reference)
        return _receipt(answer, now_ms) or Receipt.accepted(now_ms, reference)

    def expect(self, references: Sequence[str]) -> None:
        """Asks on for what was taken before this process began."""
        for reference in references:
            if SCHEME not in reference:  # a screen at the broker speaks unasked
                self._ears.expect(reference)

    def heard(self, most: int) -> Sequence[Heard]:
        """What was shown or not, as far as it was not taken yet."""
        told = self._session.heard(most) if self._session is not None else []
        return [*self._ears.heard(most), *(self._word(one) for one in told)][:most]

    def take(self, keys: Sequence[str]) -> None:
        """These are kept."""
        self._ears.take(keys)
        if self._session is not None:
            parted = (key.rsplit(" ", 2) for key in keys)
            self._session.take([(p[1], p[0], p[2]) for p in parted if len(p) == 3])

    def _word(self, told: Told) -> Heard:
        """A screen's word as what is heard; its key names id, screen and state."""
        receipt = told.receipt
        return Heard(
            key=f"{receipt.id} {told.screen} {receipt.state.value}", kind=self.name, at=told.at,
            reference=f"{receipt.id} {SCHEME}{told.screen}", receipt=_receipt(receipt, told.at),
        )  # fmt: skip

    def close(self) -> None:
        """Asks no more."""
        self._ears.close()
        if self._session is not None:
            self._session.close()

    def _target(self, address: Address) -> Target | str:
        if address.kind != self.name:
            return KIND
        return target_of(address.value, allows_private=self.settings.allows_private)

    def _answer(
        self, target: Target, said: dict[str, object], *, key: str, now_ms: int
    ) -> order.Receipt | Receipt:
        body = order.body_of(said)
        mark = order.signature(self.settings.key, name=key, at_s=now_ms // 1000, body=body)
        lines = [
            f"POST {target.path} HTTP/1.1", f"Host: {target.authority}", "User-Agent: Anlan",
            "Content-Type: application/json; charset=utf-8", f"Content-Length: {len(body)}",
            f"webhook-id: {key}", f"webhook-timestamp: {now_ms // 1000}",
            f"webhook-signature: {mark}", "Connection: close", "", "",
        ]  # fmt: skip

        def read(response: HTTPResponse) -> bytes | Receipt:
            if not 200 <= response.status < 300:
                return receipt_of(read_answer(response), now_ms=now_ms)
            return response.read(_MOST_ANSWER)

        answer = self._exchange.post(target, "\r\n".join(lines).encode("ascii") + body, read)
        if isinstance(answer, Receipt):
            return answer
        return order.receipt_in(answer, str(said["id"]))

    def _ask(self, reference: str) -> Receipt | None:
        """The fate of an order; None while it is open. Raises OSError where the screen is mute."""
        name, _, url = reference.partition(" ")
        target, at = self._target(Address(self.name, url)), self._clock()
        if isinstance(target, str):
            return Receipt.refused(at, Fault.ADDRESS, target)
        try:
            answer = self._answer(target, order.asked(name), key=f"ask-{name}", now_ms=at)
        except (Malformed, Refused, HTTPException, ValueError) as error:
            raise OSError(str(error)) from error
        return None if isinstance(answer, Receipt) else _receipt(answer, at)


def _receipt(answer: order.Receipt, at: int) -> Receipt | None:
    """What a screen's word means; None where it will say more."""
    match answer.state:
        case Shown.TAKEN:
            return None
        case Shown.REFUSED:
            return Receipt.refused(at, Fault.CONTENT, f"the screen refuses it: {answer.said}")
    return Receipt(state=State.DELIVERED, at=at, reference=one_line(answer.picture))
