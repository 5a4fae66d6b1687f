"""Reads of a far end one after the other, whatever comes of one of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from anlan.connectors import Fault
from anlan.connectors.mapping import Heard, Taken
from anlan.connectors.rounds import Rounds
from tests.wire.test_modbus import until


class Look(NamedTuple):
    device: str
    period_s: float = 0.01


def kept(
    ask: Callable[[Look], Awaitable[Taken]], done: Callable[[list[Taken]], bool], *names: str
) -> list[Taken]:
    """What the rounds hand over until that is so."""

    async def scene() -> list[Taken]:
        found: list[Taken] = []

        async def keep(taken: Taken, at: int) -> None:
            found.append(taken)

        running = asyncio.create_task(Rounds([Look(one) for one in names], ask, keep).run())
        try:
            await until(lambda: running.done() or done(found))
            assert not running.done(), running.exception()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        return found

    return asyncio.run(scene())


def test_a_question_that_breaks_is_told_with_what_broke_and_stops_no_other() -> None:
    async def ask(look: Look) -> Taken:
        if look.device == "odd":
            raise KeyError("unheard of")
        return Taken([], [], [Heard(look.device, True)])

    found = kept(ask, lambda all_: Taken([], [], [Heard("odd", False)]) in all_, "odd", "good")
    faults = [fault for one in found for fault in one.faults]
    assert faults == [Fault("read_failed", "odd: KeyError: 'unheard of'", b"odd")]
    assert Taken([], [], [Heard("good", True)]) in found


def test_what_stays_unreadable_is_told_once_and_anew_after_it_was_good() -> None:
    looks = [["x"], ["x"], ["x", "y"], [], ["x"], []]
    said = Fault("device_says", "d says", b"in alarm")
    came = iter(looks)

    async def ask(look: Look) -> Taken:
        wrong = [Fault("unreadable", f"d: {one}: no number", b"") for one in next(came, [])]
        return Taken([], [*wrong, said], [])

    found = kept(ask, lambda all_: len(all_) >= len(looks), "d")
    told = [[one.reason for one in taken.faults] for taken in found[: len(looks)]]
    x, y = "d: x: no number", "d: y: no number"
    assert told == [[x, "d says"], ["d says"], [y, "d says"], ["d says"], [x, "d says"], ["d says"]]
