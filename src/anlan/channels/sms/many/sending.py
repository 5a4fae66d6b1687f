"""The way `sms` to very many by CMPP or SMPP: each part one submit, some connections at once.

Neither protocol lets a sender name a part: the centre gives the names by which it tells later what
became of them. They are kept, each with its recipient, and so is what comes before it is thanked
for; in the records, by any process of the site.
"""

import asyncio
import logging
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Protocol

from anlan.channels import URGENT, Fault, Message, Receipt, State
from anlan.channels.bulk import Said, Tell, To, now_ms
from anlan.channels.heard import Heard
from anlan.channels.sms.many.links import Links
from anlan.channels.sms.number import SHAPE, Number, number_of
from anlan.channels.sms.sending import tongue_of
from anlan.channels.sms.session.ears import Ears
from anlan.channels.sms.session.post import failure
from anlan.channels.sms.settings import Settings
from anlan.channels.sms.text import Part, parts
from anlan.terms.errors import Malformed

_log = logging.getLogger("anlan.mass")
_WRITE_S, _MOST, _MOST_HALF = 0.2, 2_000, 50_000
Named = Sequence[tuple[str, tuple[str, ...]]]
"""Keys of recipients, and the centre's names of their parts in order."""


class Keeper(Protocol):
    """Who keeps what comes; each returns when it is safe, and may be told the same twice."""

    def name(self, named: Named) -> None: ...

    def keep(self, words: Sequence[Heard]) -> None: ...


class SmsToMany:
    """Hands texts to the message centre; for one loop.

    lines: connections at once · rate and window are those of the settings, the window of each
    connection, the rate of all.
    """

    name = "sms"

    def __init__(self, settings: Settings, keeper: Keeper, *, lines: int = 1) -> None:
        self.settings, self._keeper, self._lines = settings, keeper, lines
        self._tongue = tongue_of(settings)
        self._ears = Ears(self.name, now_ms)
        self._links = Links(settings, self._tongue, most=lines, hear=self._ears.hear)
        self._half: OrderedDict[str, dict[int, str]] = OrderedDict()
        self._named: list[tuple[str, tuple[str, ...]]] = []
        self._records = ThreadPoolExecutor(1, thread_name_prefix="sms")
        self._writing: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()

    async def send(self, said: Said, to: Sequence[To], tell: Tell) -> None:
        """Tells of each whether the centre has all parts."""
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_often())
        cut, left = {language: self._cut(one) for language, one in said.items()}, iter(to)

        async def work() -> None:
            for one in left:
                tell(one.place, await self._receipt(cut, one))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(len(to), self._lines * self.settings.window)):
                tasks.create_task(work())

    async def close(self) -> None:
        """Keeps the last of what has come, and says goodbye."""
        self._ending.set()
        if self._writing is not None:
            await self._writing
        self._links.close()
        self._records.shutdown(wait=False)

    def _cut(self, message: Message) -> list[Part] | str:
        """The parts, the same for all; or why there are none."""
        mark = zlib.crc32(message.key.encode()) & 0xFF
        is_flash = self.settings.flash and message.kind == URGENT
        try:
            return parts(message.text, mark=mark, is_flash=is_flash)
        except Malformed as error:
            return str(error)

    async def _receipt(self, cut: Mapping[str, list[Part] | str], one: To) -> Receipt:
        """What became of one; whatever goes wrong with it, the others go on."""
        try:
            return await self._sent(cut[one.language], one)
        except Exception as error:  # noqa: BLE001 - whatever it is, those on their way are not cut off
            _log.exception("a text was not sent")
            return Receipt.failed(
                now_ms(), Fault.ANSWER, f"it could not be sent: {type(error).__name__}"
            )

    async def _sent(self, cut: list[Part] | str, one: To) -> Receipt:
        number = number_of(one.address)
        if number is None:
            return Receipt.refused(now_ms(), Fault.ADDRESS, SHAPE)
        if isinstance(cut, str):
            return Receipt.refused(now_ms(), Fault.CONTENT, cut)
        had = self._half.pop(one.key, {})
        for part in cut:
            if part.number not in had:
                found = await self._submitted(number, part)
                if isinstance(found, Receipt):
                    self._remember(one.key, had)
                    return found
                had[part.number] = found
        names = tuple(had[part.number] for part in cut)
        self._named.append((one.key, names))
        return Receipt(state=State.ACCEPTED, at=now_ms(), reference=names[0])

    async def _submitted(self, number: Number, part: Part) -> str | Receipt:
        """The centre's name of a part, or why it has none."""
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                link = await self._links.one()
                async with link.slots:
                    await self._links.turn()
                    answer = await link.submit(number, part)
        except OSError as error:
            return Receipt.failed(now_ms(), *failure(error))
        if not answer.status:
            return answer.reference
        fault, is_final = self._tongue.fault_of(answer.status)
        said = f"the message centre refuses it: {answer.status}"
        make = Receipt.refused if is_final else Receipt.failed
        return make(now_ms(), fault, said)

    def _remember(self, key: str, had: dict[int, str]) -> None:
        """Of a text that is half there only the rest goes at the next try."""
        if had:
            self._half[key] = had
            while len(self._half) > _MOST_HALF:
                self._half.popitem(last=False)

    async def _write_often(self) -> None:
        while not self._ending.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), _WRITE_S)
            self._links.look()
            await self._write()

    async def _write(self) -> None:
        """Keeps names, then words, and thanks for these; what cannot be kept now is later."""
        named, self._named = self._named, []
        words = self._ears.heard(_MOST)
        try:
            if named:
                await self._on_thread(partial(self._keeper.name, named))
                named = []
            if words:
                await self._on_thread(partial(self._keeper.keep, words))
        except Exception as error:  # noqa: BLE001 - whatever the records have, nothing is thanked for
            _log.warning("what the message centre says is kept later: %s", error)
            self._named[:0] = named
            return
        for turn, frame in self._ears.take([word.key for word in words]):
            self._links.thank(turn, frame)

    async def _on_thread(self, do: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._records, do)
