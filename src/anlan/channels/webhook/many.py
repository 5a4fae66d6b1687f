"""The way `webhook` for very many: one signed POST to each address, over kept connections."""

from collections.abc import Sequence

from anlan.channels import Fault, Message, Receipt
from anlan.channels.bulk import Said, Tell, To, now_ms
from anlan.channels.web.answer import Answer, receipt_of
from anlan.channels.web.client import Client, Reach
from anlan.channels.web.crowd import Crowd
from anlan.channels.web.target import Target, target_of
from anlan.channels.webhook.request import MOST_DOCUMENT_BYTES, body_of, signature
from anlan.channels.webhook.settings import Settings


class Webhooks:
    """Posts to very many web addresses; for one loop, follows no redirect, uses no proxy."""

    name = "webhook"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._client = Client(Reach(
            allows_private=settings.allows_private, ca_file=settings.ca_file,
            timeout_s=settings.timeout_s,
        ))  # fmt: skip

    async def send(self, said: Said, to: Sequence[To], tell: Tell) -> None:
        """Tells of each what its system answered."""
        bodies = {language: body_of(message) for language, message in said.items()}
        heads = {language: _head(said[language], body) for language, body in bodies.items()}
        key, at_s = self.settings.key, now_ms() // 1000

        def aim(one: To) -> Target | Receipt:
            if len(bodies[one.language]) > MOST_DOCUMENT_BYTES:
                told = "the message is too long for a webhook"
                return Receipt.refused(now_ms(), Fault.CONTENT, told)
            where = target_of(one.address, allows_private=self.settings.allows_private)
            if isinstance(where, str):
                return Receipt.refused(now_ms(), Fault.ADDRESS, where)
            return where

        def make(one: To, target: Target) -> bytes:
            body = bodies[one.language]
            signed = signature(key, name=one.key, sent_at_s=at_s, body=body)
            head = (
                f"POST {target.path} HTTP/1.1\r\nHost: {target.authority}\r\n{heads[one.language]}"
                f"Idempotency-Key: {one.key}\r\nwebhook-id: {one.key}\r\n"
                f"webhook-timestamp: {at_s}\r\nwebhook-signature: {signed}\r\n\r\n"
            )
            return head.encode("ascii") + body

        await Crowd(self._client, aim=aim, make=make, judge=_judge).send(to, tell)

    async def close(self) -> None:
        await self._client.close()


def _head(message: Message, body: bytes) -> str:
    kind = message.media_type or "application/json; charset=utf-8"
    return (
        f"User-Agent: Anlan\r\nAccept: */*\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n"
    )


def _judge(answer: Answer, at: int) -> Receipt:
    return receipt_of(answer, now_ms=at)
