"""A far end asked again and again, one question at a time, within timeouts."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from anlan.connectors import Fault
from anlan.connectors.mapping import Heard, Taken
from anlan.connectors.modbus.codec import EXCEPTIONS, Span, spans_of, taken, words_of, written
from anlan.connectors.modbus.map import BITS, Map, Read, Write
from anlan.terms.errors import AnlanError, Malformed, Unavailable

FAILED = "read_failed"
_LONGEST_WAIT_S, _OFFLINE_AFTER = 300.0, 3
_WRITE_COIL, _WRITE_REGISTERS = 5, 16
_OTHER = "the answer is to another question"
Keep = Callable[[Taken, int], Awaitable[None]]
"""Hears what was read, or why not, and when, ms UTC."""


@dataclass(slots=True)
class _Course:
    """A read, when it is due (monotonic s), how often it failed in a row and why last."""

    read: Read
    spans: list[Span]
    due_s: float
    failures: int = 0
    why: str = ""


class _Declined(Unavailable):
    """The far end answered that it will not."""


class Session:
    """One far end. trouble: by device, why it cannot be read at present."""

    def __init__(self, mapping: Map, keep: Keep) -> None:
        self.mapping, self._keep = mapping, keep
        now_s = time.monotonic()
        self._courses = [_Course(one, spans_of(one), now_s) for one in mapping.reads]
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
        return {one.read.device: one.why for one in self._courses if one.why}

    async def run(self) -> None:
        """Reads until it is cancelled."""
        try:
            while True:
                course = min(self._courses, key=lambda one: one.due_s)
                await asyncio.sleep(max(0.0, course.due_s - time.monotonic()))
                await self._look(course)
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

    async def _look(self, course: _Course) -> None:
        """Reads what a course names; after a failure it waits longer each time."""
        read, began = course.read, time.monotonic()
        try:
            words = await self._words(course)
            at = time.time_ns() // 1_000_000
            told = taken(read, words, at)
            course.failures, course.why = 0, ""
            course.due_s = max(course.due_s + read.period_s, began)
        except AnlanError as error:
            at = time.time_ns() // 1_000_000
            told = self._failed(course, str(error))
            wait_s = read.period_s * 2 ** min(course.failures, 16)
            course.due_s = began + min(wait_s, max(_LONGEST_WAIT_S, read.period_s))
        await self._keep(told, at)

    def _failed(self, course: _Course, why: str) -> Taken:
        """A fault where it has not been told yet; after some in a row the device is offline."""
        course.failures += 1
        device = course.read.device
        is_new, course.why = why != course.why, why
        faults = [Fault(FAILED, f"{device}: {why}", device.encode())] if is_new else []
        is_gone = course.failures == _OFFLINE_AFTER
        return Taken([], faults, [Heard(device, False)] if is_gone else [])

    async def _words(self, course: _Course) -> dict[int, int]:
        read, words = course.read, dict[int, int]()
        async with self._line() as client:
            verbs = {
                "coil": client.read_coils, "discrete": client.read_discrete_inputs,
                "holding": client.read_holding_registers, "input": client.read_input_registers,
            }  # fmt: skip
            code = list(verbs).index(read.table) + 1
            for span in course.spans:
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
