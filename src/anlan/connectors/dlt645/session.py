"""A line of meters, asked one question at a time, within timeouts."""

import asyncio
from contextlib import suppress

from anlan.connectors import Fault
from anlan.connectors.dlt645.codec import Declined, Question, answered, number_of
from anlan.connectors.dlt645.frame import MOST_BYTES, cutter, read, written
from anlan.connectors.dlt645.map import Map, Meter, Value
from anlan.connectors.mapping import Heard, Taken
from anlan.connectors.rounds import FAILED, Keep, Rounds, now_ms
from anlan.terms.errors import AnlanError, Malformed, Unavailable
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading

_SILENT, _MOST_HEARD, _MOST_DRAINED = 2, 16 << 10, 1 << 20
_PAUSE_S = 0.5
"""No meter pauses for longer between the bytes of a frame."""
_NAN = float("nan")
Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Session:
    """One line. trouble: by device, why it cannot be read at present."""

    def __init__(self, mapping: Map, keep: Keep) -> None:
        self.mapping = mapping
        self._rounds = Rounds(mapping.meters, self._read, keep)
        self._ends: Ends | None = None

    @property
    def trouble(self) -> dict[str, str]:
        return self._rounds.trouble

    async def run(self) -> None:
        """Reads until it is cancelled."""
        try:
            await self._rounds.run()
        finally:
            self._close()

    async def _read(self, meter: Meter) -> Taken:
        """All values of a meter; one that it declines, or that is none, costs only itself."""
        into, spoken = Taken([], [], []), dict[str, str]()
        silent, is_there = 0, False
        for value in meter.values:
            try:
                reading = await self._value(meter, value)
            except AnlanError as error:
                # Many a meter answers nothing where it lacks an item; two in a row is no meter,
                # unless it has said anything, if only that it will not.
                is_there = is_there or isinstance(error, Declined | Malformed)
                silent += 1
                if not is_there and silent >= min(_SILENT, len(meter.values)):
                    raise
                reason = f"{meter.device}: {value.name}: {error}"
                into.faults.append(Fault(FAILED, reason, value.di.encode()))
            else:
                is_there = True
                into.readings.append(reading)
                spoken[value.name] = reading.sensor
        into.heard.append(Heard(meter.device, True, spoken))
        return into

    async def _value(self, meter: Meter, value: Value) -> Reading:
        data = await self._answer(Question(meter.address, meter.edition, value.di))
        at = now_ms()
        number = number_of(value.item, data, at, self.mapping.link.zone, bit=value.bit)
        told = _NAN if number is None else number * value.scale
        return Reading(meter.key(value.name), at, told, Quality.GOOD, at)

    async def _answer(self, question: Question) -> bytes:
        """What the meter says to a question; what others say, or said late, is passed over."""
        timeout_s = self.mapping.link.timeout_s
        reader, writer = await self._connected()
        try:
            async with asyncio.timeout(timeout_s):
                await _drained(reader)
                writer.write(written(question.frame, self.mapping.link.wakes))
                await writer.drain()
                return await _heard(reader, question)
        except TimeoutError as error:
            self._close()  # nothing that comes late is taken for the next answer
            raise Unavailable(f"no answer in {timeout_s:g} s") from error
        except OSError as error:
            self._close()
            raise Unavailable("the line was cut") from error
        except (Declined, Malformed):
            raise
        except BaseException:  # such as noise without end, or a task cancelled amid an answer
            self._close()
            raise

    async def _connected(self) -> Ends:
        if self._ends is None or self._ends[0].at_eof():
            self._close()
            link = self.mapping.link
            try:
                async with asyncio.timeout(2 * link.timeout_s):
                    self._ends = await asyncio.open_connection(link.host, link.port)
            except (TimeoutError, OSError) as error:
                raise Unavailable(f"nothing answers at {link.host}:{link.port}") from error
        return self._ends

    def _close(self) -> None:
        if self._ends is not None:
            self._ends[1].close()
            self._ends = None


async def _drained(reader: asyncio.StreamReader) -> None:
    """Drops what came before anything was asked."""
    dropped = 0
    with suppress(TimeoutError):
        while dropped <= _MOST_DRAINED:
            async with asyncio.timeout(0.001):
                data = await reader.read(1 << 16)
            if not data:
                raise ConnectionResetError("the far end has closed")
            dropped += len(data)
        raise Unavailable("the line never falls silent")


async def _heard(reader: asyncio.StreamReader, question: Question) -> bytes:
    """The answer, wherever it stands in what comes; Unavailable where much comes without one."""
    cut, heard = cutter(), 0
    while heard <= _MOST_HEARD:
        data = await _next(reader)
        for raw, reason in cut.feed(data) if data else cut.end():
            told = None if reason else answered(question, read(raw))
            if told is not None:
                return told
        heard += len(data or b"")
        if data == b"":
            raise ConnectionResetError("the far end has closed")
    raise Unavailable(f"{_MOST_HEARD:,} bytes came, and no answer among them")


async def _next(reader: asyncio.StreamReader) -> bytes | None:
    """What comes next, empty at the end; None after a pause, when what was begun goes on no more:
    so noise that looks like the begin of a frame hides nothing."""
    await asyncio.sleep(0)  # a full buffer is read without a wait, and no timeout would ever fire
    try:
        async with asyncio.timeout(_PAUSE_S):
            return await reader.read(MOST_BYTES)
    except TimeoutError:
        return None
