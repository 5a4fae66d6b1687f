"""The way `sms` for very many: so many numbers in one POST, each with a name of its own.

Asked is `{"id", "text", "status", "to": [{"number", "id"}…]}`; the same batch has the same `id` at
every try, also as Idempotency-Key. Answered is 2xx for all, with `{"refused": {number: reason}}`
for those that the gateway will never send to, or another status for none of them.
"""

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from anlan.channels import Fault, Message, Receipt, State, one_line
from anlan.channels.batch.settings import Settings
from anlan.channels.bulk import Said, Tell, To, now_ms
from anlan.channels.web.answer import Answer, receipt_of
from anlan.channels.web.client import Client, Reach, failure
from anlan.terms.errors import Refused

_AT_ONCE = 4


class Gateway:
    """Hands batches to the gateway; for one loop."""

    name = "sms"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._client = Client(Reach(
            allows_private=settings.allows_private, ca_file=settings.ca_file,
            timeout_s=settings.timeout_s, per_host=_AT_ONCE,
        ))  # fmt: skip
        self._free_s = 0.0

    async def send(self, said: Said, to: Sequence[To], tell: Tell) -> None:
        """Tells of each whether the gateway has taken it over."""
        batches = self._batches(to)

        async def work() -> None:
            for many in batches:
                await self._pace(len(many))
                await self._hand(said[many[0].language], many, tell)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(_AT_ONCE):
                tasks.create_task(work())

    async def close(self) -> None:
        await self._client.close()

    def _batches(self, to: Sequence[To]) -> Iterator[list[To]]:
        by_language: dict[str, list[To]] = defaultdict(list)
        for one in to:
            by_language[one.language].append(one)
        for many in by_language.values():
            for start in range(0, len(many), self.settings.most):
                yield many[start : start + self.settings.most]

    async def _pace(self, count: int) -> None:
        """Waits until the rate allows so many more."""
        if self.settings.rate:
            now_s = asyncio.get_running_loop().time()
            wait_s = max(0.0, self._free_s - now_s)
            self._free_s = max(now_s, self._free_s) + count / self.settings.rate
            await asyncio.sleep(wait_s)

    async def _hand(self, message: Message, many: Sequence[To], tell: Tell) -> None:
        try:
            answer = await self._client.ask(self.settings.target, self._request(message, many))
            receipt, refused = receipt_of(answer, now_ms=now_ms()), _refused(answer)
        except (OSError, Refused) as error:
            receipt, refused = failure(error, now_ms()), {}
        if receipt.state is State.REFUSED:
            # Of the whole batch: it is the request that is wrong, not each number.
            receipt = Receipt.failed(receipt.at, Fault.SETTINGS, receipt.reason)
        for one in many:
            why = refused.get(one.address)
            if why is None:
                tell(one.place, receipt)
            else:
                tell(one.place, Receipt.refused(receipt.at, Fault.RECIPIENT, why))

    def _request(self, message: Message, many: Sequence[To]) -> bytes:
        target, name = self.settings.target, name_of(many)
        body = json.dumps(
            {"id": name, "text": message.text, "status": message.status.value,
             "to": [{"number": one.address, "id": one.key} for one in many]},
            ensure_ascii=False, separators=(",", ":"),
        ).encode()  # fmt: skip
        right = f"Authorization: Bearer {self.settings.key}\r\n" if self.settings.key else ""
        head = (
            f"POST {target.path} HTTP/1.1\r\nHost: {target.authority}\r\nUser-Agent: Anlan\r\n"
            f"{right}Content-Type: application/json; charset=utf-8\r\nIdempotency-Key: {name}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode("ascii") + body


def name_of(many: Sequence[To]) -> str:
    """The name of a batch: of the same recipients, the same."""
    return hashlib.sha256("\n".join(one.key for one in many).encode()).hexdigest()[:32]


def _refused(answer: Answer) -> dict[str, str]:
    """Whom the gateway will never send to, and why; nobody where it says nothing readable."""
    if not 200 <= answer.status < 300:
        return {}
    try:
        told = json.loads(answer.words)["refused"]
        return {str(number): one_line(str(why), 300) for number, why in told.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
