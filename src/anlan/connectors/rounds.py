"""Far ends that speak only when asked: what is due next, and how long to wait where it fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from anlan.connectors import Fault
from anlan.connectors.mapping import Heard, Taken
from anlan.connectors.mapping.read import UNREADABLE
from anlan.terms.errors import AnlanError

FAILED = "read_failed"
_LONGEST_WAIT_S, _OFFLINE_AFTER = 300.0, 3
_MOST_WHY = 200
_STAYS = (FAILED, UNREADABLE)
"""Codes of what is so until it is mended; others tell what happens."""
Keep = Callable[[Taken, int], Awaitable[None]]
"""Hears what was read, or why not, and when, ms UTC."""


class Read(Protocol):
    """What is read of one device, each period."""

    @property
    def device(self) -> str: ...
    @property
    def period_s(self) -> float: ...


R = TypeVar("R", bound=Read)


@dataclass(slots=True)
class _Course(Generic[R]):
    """A read, when it is due (monotonic s), how often it failed in a row and why last; wrong: what
    could not be read of it the last time."""

    read: R
    due_s: float
    failures: int = 0
    why: str = ""
    wrong: frozenset[tuple[str, str]] = frozenset()

    def fresh(self, told: Taken) -> Taken:
        """What is to be told: of a value that cannot be read, only where it could be before, or
        for another reason."""
        before, names = self.wrong, [(one.code, one.reason) for one in told.faults]
        self.wrong = frozenset(one for one in names if one[0] in _STAYS)
        faults = [
            fault for fault, name in zip(told.faults, names, strict=True) if name not in before
        ]
        return told._replace(faults=faults)


class Rounds(Generic[R]):
    """The reads of one far end, one after the other. trouble: by device, why it cannot be read at
    present."""

    def __init__(
        self, reads: Sequence[R], ask: Callable[[R], Awaitable[Taken]], keep: Keep
    ) -> None:
        now_s = time.monotonic()
        self._courses = [_Course(one, now_s) for one in reads]
        self._ask, self._keep = ask, keep

    @property
    def trouble(self) -> dict[str, str]:
        return {one.read.device: one.why for one in self._courses if one.why}

    async def run(self) -> None:
        """Reads until it is cancelled."""
        while True:
            course = min(self._courses, key=lambda one: one.due_s)
            await asyncio.sleep(max(0.0, course.due_s - time.monotonic()))
            await self._look(course)

    async def _look(self, course: _Course[R]) -> None:
        """Reads what a course names; after a failure it waits longer each time."""
        read, began = course.read, time.monotonic()
        try:
            told = course.fresh(await self._ask(read))
            course.failures, course.why = 0, ""
            course.due_s = max(course.due_s + read.period_s, began)
        except Exception as error:  # noqa: BLE001 - a far end may send anything
            told = self._failed(course, _why(error))
            wait_s = read.period_s * 2 ** min(course.failures, 16)
            course.due_s = began + min(wait_s, max(_LONGEST_WAIT_S, read.period_s))
        await self._keep(told, now_ms())

    def _failed(self, course: _Course[R], why: str) -> Taken:
        """A fault where it has not been told yet; after some in a row the device is offline."""
        course.failures += 1
        device = course.read.device
        is_new, course.why = why != course.why, why
        faults = [Fault(FAILED, f"{device}: {why}", device.encode())] if is_new else []
        is_gone = course.failures == _OFFLINE_AFTER
        return Taken([], faults, [Heard(device, False)] if is_gone else [])


def _why(error: Exception) -> str:
    """For people; where it is not our own word, also what kind it is."""
    if isinstance(error, AnlanError):
        return str(error)
    return f"{type(error).__name__}: {error}"[:_MOST_WHY]


def now_ms() -> int:
    """The time of a reading that has none of its own."""
    return time.time_ns() // 1_000_000
