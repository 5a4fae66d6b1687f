"""The channel `webhook`: one connection, one POST, one answer."""

from http.client import HTTPException

from anlan.channels import Address, Fault, Message, Receipt
from anlan.channels.web.answer import read_answer, receipt_of
from anlan.channels.web.exchange import Exchange, context_of, failing
from anlan.channels.web.target import KIND, Target, target_of
from anlan.channels.webhook.request import MOST_BYTES, MOST_DOCUMENT_BYTES, request
from anlan.channels.webhook.settings import Settings
from anlan.terms.errors import Refused


class Webhook:
    """Posts each message to the web address; thread-safe, keeps no connection, uses no proxy.

    Raises Malformed when the authorities' file cannot be read.
    """

    name = "webhook"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._exchange = Exchange(
            context=context_of(settings.ca_file),
            allows_private=settings.allows_private,
            timeout_s=settings.timeout_s,
        )

    def check(self, address: Address) -> str | None:
        """Why nothing can be posted there, one of REASONS, or None; no name is looked up."""
        target = self._target(address)
        return target if isinstance(target, str) else None

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        """What the other end answered. A redirect is refused: correct the address instead."""
        target = self._target(address)
        if isinstance(target, str):
            return Receipt.refused(now_ms, Fault.ADDRESS, target)
        asked = request(target, message, key=self.settings.key, sent_at_s=now_ms // 1000)
        if len(asked) > (MOST_BYTES if message.body is None else MOST_DOCUMENT_BYTES):
            return Receipt.refused(now_ms, Fault.CONTENT, "the message is too long for a webhook")
        try:
            return receipt_of(self._exchange.post(target, asked, read_answer), now_ms=now_ms)
        except Refused as error:
            return Receipt.refused(now_ms, Fault.ADDRESS, str(error))
        except (OSError, HTTPException, ValueError) as error:
            return Receipt.failed(now_ms, *failing(error))

    def _target(self, address: Address) -> Target | str:
        if address.kind != self.name:
            return KIND
        return target_of(address.value, allows_private=self.settings.allows_private)
