"""Devices of a protocol as a process: `python -m bench._devices PROTOCOL PORT DEVICES EACH`.

Says `ready` on a line of standard output once its frames are made, begins at a line of its standard
input, and says in JSON what came of it. A device has a connection of its own and says its next
frame when the one before is acknowledged.
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
    """One device's connection. late: seconds from each frame to its acknowledgement."""

    def __init__(self, frames: list[bytes], late: list[float]) -> None:
        self._frames, self._late = iter(frames), late
        self._transport: Any = None
        self._at = 0.0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._late.append(time.perf_counter() - self._at)
        self.next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("cut"))

    def next(self) -> None:
        frame = next(self._frames, None)
        if frame is None:
            if not self.done.done():
                self.done.set_result(None)
            return
        self._at = time.perf_counter()
        self._transport.write(frame)


async def ride(all_frames: list[list[bytes]], port: int) -> dict[str, Any]:
    """Rate and p99 of frames that were acknowledged."""
    late: list[float] = []
    loop = asyncio.get_running_loop()
    riders = []
    for frames in all_frames:
        made = partial(Rider, frames, late)
        riders.append((await loop.create_connection(made, "127.0.0.1", port))[1])
    began, used = time.perf_counter(), time.process_time()
    for rider in riders:
        rider.next()
    await asyncio.gather(*(rider.done for rider in riders))
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


def main(words: list[str]) -> None:
    """Plays them."""
    made = list(fleet(words[0], int(words[2]), int(words[3])))
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(uvloop.run(ride(made, int(words[1])))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
