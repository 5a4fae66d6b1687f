"""Our end at the exchange: its socket, its time, and where the requests of a call go."""

import asyncio
import errno
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from anlan.channels import Fault, Receipt, State
from anlan.channels.voice import Settings
from anlan.channels.voice.call import _hop
from anlan.channels.voice.exchange import Exchange
from anlan.channels.voice.sip.invitation import Door
from anlan.channels.voice.sip.leg import Leg
from anlan.channels.voice.sip.wire import Timers, Wire
from anlan.sandtable.sinks.voice import Faults, Switch
from tests.wire.channels.voice.conftest import LOGIN, Calls

SHORT = Timers(t1=0.02, t2=0.1)
"""An exchange that says nothing is waited for 1.3 s."""


def test_a_socket_that_could_not_be_opened_is_opened_by_the_next_call(
    switch: Switch, caller: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens, full = Wire.open, [OSError(errno.EMFILE, "too many open files")]

    async def opened(wire: Wire, host: str, port: int) -> None:
        if full:
            raise full.pop()
        await opens(wire, host, port)

    monkeypatch.setattr(Wire, "open", opened)
    one = caller(switch.uri)
    assert one.call().fault is Fault.UNREACHABLE
    assert one.call().state is State.ACCEPTED


def test_calls_that_begin_at_once_share_a_socket_that_listens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opens, exchange = Wire.open, Exchange(Settings(exchange="sip:127.0.0.1:9", user="anlan"))

    async def opened(wire: Wire, host: str, port: int) -> None:
        await asyncio.sleep(0.1)
        await opens(wire, host, port)

    async def told() -> int:
        door, _ = await exchange._door()
        return door.wire.port

    async def ports() -> list[int]:
        try:
            return await asyncio.gather(*(told() for _number in range(3)))
        finally:
            for wire in exchange._wires.values():
                wire.close()

    monkeypatch.setattr(Wire, "open", opened)
    found = asyncio.run(ports())
    assert found[0] > 0
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    ("target", "where"),
    [("sip:8001@localhost:5070", ("127.0.0.1", 5070)), ("sip:8001@[::1]:5070", ("192.0.2.1", 9)),
     ("sip:8001@a..b", ("192.0.2.1", 9)), ("tel:8001", ("192.0.2.1", 9))],
)  # fmt: skip
def test_a_call_goes_on_where_its_socket_reaches(target: str, where: tuple[str, int]) -> None:
    async def hop() -> Any:
        wire = Wire(lambda *_: None, Timers())
        await wire.open("127.0.0.1", 0)
        try:
            leg = Leg(own="sip:a@b", far="sip:c@d", contact="sip:a@b", via="b", call_id="1")
            leg.target = target
            return await _hop(leg, Door(wire, ("192.0.2.1", 9), LOGIN))
        finally:
            wire.close()

    assert asyncio.run(hop()) == where


@pytest.mark.parametrize(
    ("faults", "times", "reason"),
    [(Faults(silent=("138",)), 1, "nobody picked up"), (Faults(), 9, "picked up, not confirmed")],
    ids=["ringing", "talking"],
)
def test_a_try_ends_before_anybody_begins_anew_beside_it(
    switch: Switch, caller: Calls, monkeypatch: pytest.MonkeyPatch, faults: Faults, times: int,
    reason: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("anlan.channels.voice.sending.MOST_S", 2.5)
    switch.faults = faults
    began = time.monotonic()
    receipt = caller(switch.uri, times=times, pause_s=10.0, timers=SHORT).call()
    assert receipt.reason.startswith(reason)
    assert time.monotonic() - began < 20  # it might ring for 30 s, and speak for 90 s


def test_nobody_waits_for_long_behind_others_that_register(
    switch: Switch, caller: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlan.channels.voice.sending.MOST_S", 2.5)
    switch.faults = Faults(down=True)
    one, began = caller(switch.uri, registers=True, lines=6, timers=SHORT), time.monotonic()
    with ThreadPoolExecutor(6) as threads:
        found: list[Receipt] = list(threads.map(lambda _: one.call(), range(6)))
    assert {(receipt.state, receipt.fault) for receipt in found} == {
        (State.FAILED, Fault.UNREACHABLE)
    }
    assert time.monotonic() - began < 4
