"""A way as the gateway's questions see it: devices that can be told something."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from anlan.connectors.frames import Ask, Frame
from anlan.connectors.modbus.map import Write
from anlan.connectors.modbus.session import Session
from anlan.terms.errors import AnlanError, Malformed


class Spoken(NamedTuple):
    """name: of the protocol."""

    name: str


class Writer:
    """A device whose map says what an ask may write; its own way back."""

    def __init__(self, station: "Station", device: str, writes: Mapping[str, Write]) -> None:
        self._station, self._device, self._writes = station, device, writes

    @property
    def back(self) -> "Writer":
        return self

    def ask(self, ask: Ask) -> str:
        """Begins to write; the name under which the answer comes."""
        write = self._writes.get(ask.name)
        if write is None:
            raise Malformed(f"there is no {ask.name!r} (there are {', '.join(self._writes)})")
        number = ask.words.get("value")
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise Malformed(f"{ask.name} needs value, a number")
        return self._station.begin(self._device, write, float(number))


class Station(Mapping[str, Writer]):
    """The devices of one far end that may be written to.

    devices: itself, by name · asked: where answers are waited for.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.speech = Spoken("modbus")
        self.asked: dict[tuple[str, str], asyncio.Queue[Frame]] = {}
        self._open: set[asyncio.Task[None]] = set()
        self._begun = 0
        writes = session.mapping.writes
        self._writers = {
            device: Writer(self, device, {one.name: one for one in writes if one.device == device})
            for device in {one.device for one in writes}
        }

    @property
    def devices(self) -> Mapping[str, Writer]:
        return self

    def begin(self, device: str, write: Write, number: float) -> str:
        """Writes, and puts what came of it where it is waited for: under the name it gives, which
        no other has."""
        self._begun += 1
        name = f"{write.name}-{self._begun}"
        task = asyncio.get_running_loop().create_task(self._write((device, name), write, number))
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        return name

    async def _write(self, key: tuple[str, str], write: Write, number: float) -> None:
        try:
            await self._session.write(write, number)
            told: dict[str, float | str] = {"written": number}
        except AnlanError as error:
            told = {"failed": str(error)}
        waiting = self.asked.get(key)
        if waiting is not None and not waiting.full():
            waiting.put_nowait(Frame(b"", device=key[0], fields=told, ask=key[1]))

    def __getitem__(self, device: str) -> Writer:
        return self._writers[device]

    def __iter__(self) -> Iterator[str]:
        return iter(self._writers)

    def __len__(self) -> int:
        return len(self._writers)
