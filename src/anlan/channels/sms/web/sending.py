"""The channel `sms` by a gateway over HTTP: one connection, one request, one answer."""

import time
from http.client import HTTPException, HTTPResponse

from anlan.channels import Address, Fault, Message, Receipt
from anlan.channels.sms.number import KIND, SHAPE, number_of
from anlan.channels.sms.session.pace import Pace
from anlan.channels.sms.web.request import request
from anlan.channels.sms.web.settings import Settings
from anlan.channels.sms.web.verdict import receipt, said_in
from anlan.channels.web.answer import Answer, read_answer
from anlan.channels.web.exchange import Exchange, context_of, failing
from anlan.terms.errors import Refused

_MOST_ANSWER = 16_384


class WebSms:
    """Hands each text to the gateway of the settings; thread-safe, keeps nothing.

    What becomes of it later the gateway calls back with. Raises Malformed when the authorities'
    file cannot be read.
    """

    name = "sms"

    def __init__(self, settings: Settings) -> None:
        self.settings, self._pace = settings, Pace(settings.rate)
        self._exchange = Exchange(
            context=context_of(settings.ca_file),
            allows_private=settings.allows_private,
            timeout_s=settings.timeout_s,
        )

    def check(self, address: Address) -> str | None:
        """Why nothing can be sent there, one of REASONS, or None."""
        if address.kind != self.name:
            return KIND
        return None if number_of(address.value) else SHAPE

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        """What the gateway answered; accepted means that it, not the phone, has it."""
        number, reason = number_of(address.value), self.check(address)
        if reason or number is None:
            return Receipt.refused(now_ms, Fault.ADDRESS, reason or SHAPE)
        settings, key = self.settings, message.key
        asked = request(settings, number, message.text, key=key, now_ms=now_ms)
        try:
            self._pace.wait(time.monotonic() + settings.timeout_s)
            answer, body = self._exchange.post(settings.gateway.target, asked, _read)
        except Refused as error:
            return Receipt.failed(now_ms, Fault.SETTINGS, str(error))
        except (OSError, HTTPException, ValueError) as error:
            return Receipt.failed(now_ms, *failing(error))
        where = settings.gateway.answer
        return receipt(answer, said_in(body, where), where, key=key, now_ms=now_ms)


def _read(response: HTTPResponse) -> tuple[Answer, bytes]:
    """The answer, and its body whatever its status."""
    if not 200 <= response.status < 300:
        answer = read_answer(response)
        return answer, answer.words.encode()
    return read_answer(response), response.read(_MOST_ANSWER)
