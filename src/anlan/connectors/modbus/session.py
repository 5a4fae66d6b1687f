"""A far end asked again and again, one question at a time, within timeouts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from anlan.connectors.mapping import Taken
from anlan.connectors.modbus.codec import EXCEPTIONS, spans_of, taken, words_of, written
from anlan.connectors.modbus.map import BITS, Map, Read, Write
from anlan.connectors.rounds import Keep, Rounds, now_ms
from anlan.terms.errors import Malformed, Unavailable

_WRITE_COIL, _WRITE_REGISTERS = 5, 16
_OTHER = "the answer is to another question"


class _Declined(Unavailable):
    """The far end answered that it will not."""


class Session:
    """One far end. trouble: by device, why it cannot be read at present."""

    def __init__(self, mapping: Map, keep: Keep) -> None:
        self.mapping = mapping
        self._rounds = Rounds(mapping.reads, self._read, keep)
        self._spans = {id(one): spans_of(one) for one in mapping.reads}
        self._turn = asyncio.Lock()

    @cached_property
    def _client(self) -> AsyncModbusTcpClient:
        """Made where it is first used: it belongs to the loop that runs then."""
        link = self.mapping.link
        return AsyncModbusTcpClient(
            link.host, port=link.port, timeout=link.timeout_s, retries=0, reconnect_delay=0,
            framer=FramerType.RTU if link.framing == "rtu" else FramerType.SOCKET,
        )  # fmt: skip

    @property
    def trouble(self) -> dict[str, str]:
        return self._rounds.trouble

    async def run(self) -> None:
        """Reads until it is cancelled."""
        try:
            await self._rounds.run()
        finally:
            self._client.close()

    async def write(self, write: Write, number: float) -> None:
        """Writes once; Malformed for a number that may not be, Unavailable where it failed."""
        words = written(write, number)
        async with self._line() as client:
            if write.table == "coil":
                asked = client.write_coil(write.at, bool(words[0]), device_id=write.unit)
                found = await self._answered(asked, _WRITE_COIL)
                is_echo = found.address == write.at and found.bits == [bool(words[0])]
            else:
                asked = client.write_registers(write.at, words, device_id=write.unit)
                found = await self._answered(asked, _WRITE_REGISTERS)
                is_echo = (found.address, found.count) == (write.at, len(words))
            if not is_echo:
                raise Unavailable(_OTHER)

    async def _read(self, read: Read) -> Taken:
        words = await self._words(read)
        return taken(read, words, now_ms())

    async def _words(self, read: Read) -> dict[int, int]:
        words = dict[int, int]()
        async with self._line() as client:
            verbs = {
                "coil": client.read_coils, "discrete": client.read_discrete_inputs,
                "holding": client.read_holding_registers, "input": client.read_input_registers,
            }  # fmt: skip
            code = list(verbs).index(read.table) + 1
            for span in self._spans[id(read)]:
                asked = verbs[read.table](span.start, count=span.size, device_id=read.unit)
                found = await self._answered(asked, code)
                if read.table in BITS:
                    words |= words_of(span, found.bits, is_bits=True)
                else:
                    words |= words_of(span, found.registers)
        return words

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[AsyncModbusTcpClient]:
        """The line, for oneself. After anything but answers and exceptions it is closed: an answer
        that comes late bears nothing that tells it from one to the next question."""
        async with self._turn:
            await self._connected()
            try:
                yield self._client
            except _Declined:
                raise
            except BaseException:
                self._client.close()
                raise

    async def _connected(self) -> None:
        link = self.mapping.link
        if self._client.connected:
            return
        try:
            async with asyncio.timeout(2 * link.timeout_s):
                is_there = await self._client.connect()
        except (TimeoutError, OSError, ModbusException):
            is_there = False
        if not is_there:
            self._client.close()
            raise Unavailable(f"nothing answers at {link.host}:{link.port}")

    async def _answered(self, asked: Awaitable[Any], code: int) -> Any:
        """An answer to a function; Unavailable names the exception, or says that none came."""
        timeout_s = self.mapping.link.timeout_s
        try:
            async with asyncio.timeout(2 * timeout_s):
                found = await asked
        except (TimeoutError, ModbusException, OSError) as error:
            raise Unavailable(f"no answer in {timeout_s:g} s") from error
        except (ValueError, IndexError, KeyError) as error:
            raise Malformed(f"the answer cannot be read ({error})") from error
        if found.function_code & 0x7F != code:
            raise Unavailable(_OTHER)
        if found.isError():
            code = getattr(found, "exception_code", 0)
            raise _Declined(f"exception {code}, {EXCEPTIONS.get(code, 'unknown')}")
        return found
