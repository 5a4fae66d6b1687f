"""How each kind of device is told what it measures, and says so in its protocol."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from anlan.connectors.frames import BEIJING
from anlan.connectors.gb26875.heads import stamp
from anlan.connectors.gb26875.units import unit_of
from anlan.connectors.gb26875.words import DEVICE_BITS, SYSTEM_BITS
from anlan.sandtable.city import City, Observed, Spoken, spot
from anlan.sandtable.fleet.gb26875 import NORMAL, Device
from anlan.sandtable.fleet.hj212 import Logger
from anlan.sandtable.fleet.jt808 import Terminal, Where
from anlan.sandtable.fleet.line import Speaker
from anlan.sandtable.fleet.sl651 import TIMED, Station

_KEEP_S = 120.0
_TANKER_KMH, _BUS_KMH, _REPORT_MS, _APART_MS = 56.0, 38.0, 10_000, 157_000
_SYSTEM, _ADDRESS = 1, 1
"""The fire alarm system, the first of its kind."""


class Told(NamedTuple):
    """What a device measured of one thing. time: ms UTC · value: NaN where it has none."""

    quantity: str
    time: int
    value: float


class Voice(Protocol):
    """A device that is told what it measures. speaker: it on its line."""

    @property
    def speaker(self) -> Speaker: ...

    def tell(self, told: Told, now_ms: int) -> None:
        """Measures, and says so."""
        ...


class _Gauge:
    """A hydrologic station."""

    def __init__(self, device: str) -> None:
        self.speaker = Station(device, keep_s=_KEEP_S)

    def tell(self, told: Told, now_ms: int) -> None:
        self.speaker.tell(TIMED, {told.quantity: told.value}, now_ms, at_ms=told.time)


class _Logger(Logger):
    """A data logger that asks for the time where it has a line, as it has nothing to say yet."""

    def begin(self, now_ms: int) -> None:
        super().begin(now_ms)
        self.ask_time(now_ms)


class _Outlet:
    """A data logger at an outlet."""

    def __init__(self, device: str) -> None:
        self.speaker = _Logger(device)

    def tell(self, told: Told, now_ms: int) -> None:
        if not math.isnan(told.value):
            self.speaker.tell({told.quantity: told.value}, told.time, now_ms)


class _Host:
    """A transmission device beside a fire alarm host: it tells the states of both."""

    def __init__(self, device: str) -> None:
        self.speaker = Device(int(device, 16))
        self._system, self._own = NORMAL, NORMAL

    def tell(self, told: Told, now_ms: int) -> None:
        if math.isnan(told.value):
            return
        place, _, name = told.quantity.rpartition(".")
        at, is_on = stamp(told.time, BEIJING), bool(told.value)
        if place:
            self._system = _set(self._system, SYSTEM_BITS, name, is_on=is_on)
            self.speaker.tell(unit_of(1, (_SYSTEM, _ADDRESS, self._system, at)), now_ms)
        else:
            self._own = _set(self._own, DEVICE_BITS, name, is_on=is_on)
            self.speaker.tell(unit_of(21, (self._own, at)), now_ms)


def _set(state: int, bits: Any, name: str, *, is_on: bool) -> int:
    mask = 1 << next(n for n, bit in enumerate(bits) if bit[0] == name)
    return state | mask if is_on else state & ~mask


class _Vehicle(Terminal):
    """A vehicle that is where its route and the hour say, and tells that by itself."""

    where: Callable[[int], Where]
    _next_ms = 0

    def look(self, now_ms: int) -> None:
        if now_ms >= self._next_ms:
            self._next_ms = now_ms + _REPORT_MS
            self.tell(now_ms, self.where(now_ms), now_ms)
        super().look(now_ms)


class _Driven:
    """A vehicle on its line: nothing has to be told to it."""

    def __init__(self, place: City, owner: Observed) -> None:
        words, route = owner.attributes, place.routes[owner.key]
        mean_kmh = _TANKER_KMH if "cargo" in words else _BUS_KMH
        apart_ms = int(str(words["terminal"])) % 10_000 * _APART_MS

        def where(at_ms: int) -> Where:
            here = spot(route, mean_kmh, at_ms + apart_ms)
            return Where(here.lon, here.lat, here.speed, here.direction, mileage=here.mileage)

        self.speaker = _Vehicle(str(words["terminal"]), plate=str(words["plate"]))
        self.speaker.where = where

    def tell(self, told: Told, now_ms: int) -> None:
        """Nothing: how it is goes with each position."""


def voice_of(place: City, one: Spoken) -> Voice:
    """The device of a sensor."""
    if one.protocol == "jt808":
        return _Driven(place, place.objects[int(place.fleet.owner[one.row])])
    made: dict[str, Callable[[str], Voice]] = {
        "sl651": _Gauge, "hj212": _Outlet, "gb26875": _Host,
    }  # fmt: skip
    return made[one.protocol](one.device)
