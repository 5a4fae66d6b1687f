"""Devices of a protocol as a process: `python -m bench._devices PROTOCOL PORT DEVICES EACH PER_S`.

Says `ready` on a line of standard output once its devices are connected, begins each of two rides
at a line of its standard input, and says in JSON what came of it. A device has a connection of its
own and never more than one frame that is not acknowledged.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import uvloop

from anlan.connectors.iec104.apdu import START, acknowledging, governing
from anlan.live.gateway.bounds import OWN_FILES, raise_files
from anlan.sandtable.fleet.ais import Ship
from anlan.sandtable.fleet.gb26875 import Device, Point
from anlan.sandtable.fleet.hj212 import Logger
from anlan.sandtable.fleet.iec104 import Point as Measured
from anlan.sandtable.fleet.iec104 import Terminal as Substation
from anlan.sandtable.fleet.jt808 import Terminal, Where
from anlan.sandtable.fleet.metar import Aerodrome
from anlan.sandtable.fleet.sl651 import Station

STEP_MS = 60_000
Say = Callable[[bytes], None]


def frames_of(protocol: str, number: int, each: int) -> list[bytes]:
    """Frames of one device, a minute of its time between them; the last is of now."""
    said: list[bytes] = []
    now = time.time_ns() // 1_000_000
    tell = (_DEVICES | _UNANSWERED)[protocol](number, said.append)
    for n in range(each):
        tell(now - (each - 1 - n) * STEP_MS, n)
    return said


def _logger(number: int, say: Say) -> Callable[[int, int], None]:
    one = Logger(f"3301101{number:017d}", say=say)
    return lambda at, n: one.tell({"w01018": 20 + n % 50, "w21003": 1 + n % 7}, at, at)


def _station(number: int, say: Say) -> Callable[[int, int], None]:
    one = Station(f"{number:010d}", say=say)
    return lambda at, n: one.tell(0x33, {"Z": 12 + n % 9, "PT": float(n)}, at)


def _host(number: int, say: Say) -> Callable[[int, int], None]:
    points = [Point(1, 1, 40, 1, n, analog=3) for n in range(2)]
    one = Device(number, points, say=say)

    def tell(at: int, n: int) -> None:
        for point in points:
            point.number = 200 + n % 50
        one.tell_values(points, at)

    return tell


def _vehicle(number: int, say: Say) -> Callable[[int, int], None]:
    one = Terminal(f"{number:012d}", say=say, is_proved=True)
    return lambda at, n: one.tell(at, Where(104.1, 30.6 + n / 1e4, n % 80), at)


def _substation(number: int, say: Say) -> Callable[[int, int], None]:
    one = Substation(number, {4001: Measured(13, {})}, say=say)
    one.hear(governing(START), 0)

    def tell(at: int, n: int) -> None:
        one.change(4001, {"value": 20.0 + n, "quality": []}, at)
        one.hear(acknowledging(n + 2), at)

    return tell


def _ship(number: int, say: Say) -> Callable[[int, int], None]:
    one = Ship(412_000_000 + number, "", 122.1, 30.0, speed=9.5)
    return lambda at, n: say(one.position(at)[0].encode() + b"\r\n")


def _aerodrome(number: int, say: Say) -> Callable[[int, int], None]:
    one = Aerodrome("ZSZS", gust=18, weather="-RA BR")
    return lambda at, n: say(one.report(at).encode() + b"=\r\n")


_UNANSWERED = {"iec104": _substation, "ais": _ship, "metar": _aerodrome}
"""Those that wait to be called, or that no acknowledgement is for."""
UNANSWERED = tuple(_UNANSWERED)
_DEVICES = {"hj212": _logger, "sl651": _station, "gb26875": _host, "jt808": _vehicle}
PROTOCOLS = tuple(_DEVICES)


class Rider(asyncio.Protocol):
    """One device's connection. late: seconds from when each frame was due to its acknowledgement;
    due is a frame when the one before is acknowledged, or at its moment where it has a pace."""

    def __init__(self, frames: list[bytes], late: list[float]) -> None:
        self._frames, self.late = iter(frames), late
        self._transport: Any = None
        self._due = self._period_s = 0.0
        self._left = 0
        self._done: asyncio.Future[None] | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self.late.append(now - self._due)
        self._left -= 1
        if not self._left and self._done is not None:
            self._done.set_result(None)
        elif self._period_s:
            self._due += self._period_s
            asyncio.get_running_loop().call_later(max(0.0, self._due - now), self._say)
        else:
            self._due = now
            self._say()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(ConnectionError("cut"))

    def ride(self, count: int, *, period_s: float, wait_s: float) -> asyncio.Future[None]:
        """Says so many frames, the first after a while; done when all are acknowledged."""
        loop = asyncio.get_running_loop()
        self._left, self._period_s, self._done = count, period_s, loop.create_future()
        self._due = time.perf_counter() + wait_s
        loop.call_later(wait_s, self._say)
        return self._done

    def _say(self) -> None:
        self._transport.write(next(self._frames))


async def connected(all_frames: list[list[bytes]], port: int) -> list[Rider]:
    """Every device on its line."""
    loop, late = asyncio.get_running_loop(), list[float]()
    made = [partial(Rider, frames, late) for frames in all_frames]
    return [(await loop.create_connection(one, "127.0.0.1", port))[1] for one in made]


async def ride(riders: list[Rider], count: int, per_s: float = 0) -> dict[str, float]:
    """So many frames of each, as fast as they are acknowledged, or so many a second in all: how
    many a second were acknowledged, and how late."""
    late: list[float] = []
    began, used = time.perf_counter(), time.process_time()
    period_s = len(riders) / per_s if per_s else 0.0
    for rider in riders:
        rider.late = late
    await asyncio.gather(*(
        rider.ride(count, period_s=period_s, wait_s=period_s * place / len(riders))
        for place, rider in enumerate(riders)
    ))  # fmt: skip
    took = time.perf_counter() - began
    late.sort()
    return {
        "frames": len(late), "per_s": len(late) / took, "cpu_s": time.process_time() - used,
        "p50_ms": 1000 * late[len(late) // 2], "p99_ms": 1000 * late[len(late) * 99 // 100],
    }  # fmt: skip


def fleet(protocol: str, devices: int, each: int) -> Iterator[list[bytes]]:
    """The frames of each device."""
    for number in range(1, devices + 1):
        yield frames_of(protocol, number, each)


async def play(words: list[str]) -> None:
    """At the first line of its input a quarter of the frames at their pace, at the next the rest as
    fast as they are acknowledged; after each in JSON what came of it."""
    protocol, port, devices, each, per_s = words[0], *map(int, words[1:])
    riders = await connected(list(fleet(protocol, devices, each)), port)
    print("ready", flush=True)
    paced = each // 4
    for count, pace in ((paced, per_s), (each - paced, 0)):
        await asyncio.to_thread(sys.stdin.readline)
        print(json.dumps(await ride(riders, count, pace)), flush=True)


if __name__ == "__main__":
    raise_files(int(sys.argv[3]) + OWN_FILES)
    uvloop.run(play(sys.argv[1:]))
