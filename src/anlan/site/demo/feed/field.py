"""The devices of the city that speak for themselves, each on a line of its own to the gateway."""

import asyncio
import threading
from collections.abc import Iterable, Mapping

from anlan.sandtable.city import City, Spoken, spoken
from anlan.sandtable.fleet.line import speak, stand
from anlan.site.demo.feed.tanks import PROTOCOL, Tanks
from anlan.site.demo.feed.voices import Told, voice_of

_LOOK_S, _END_S = 2.0, 2.0


class Field:
    """All of them, in a thread of their own. ports: where each protocol is listened for."""

    def __init__(self, place: City, ports: Mapping[str, int]) -> None:
        self._ports = ports
        self._rows: dict[int, Spoken] = {one.row: one for one in spoken(place)}
        self._tanks = Tanks(self._rows.values())
        one_of_each = {
            (one.protocol, one.device): one
            for one in self._rows.values()
            if one.row not in self._tanks
        }
        self._voices = {name: voice_of(place, one) for name, one in one_of_each.items()}
        self._loop = asyncio.new_event_loop()
        self._ending = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="field", daemon=True)

    @property
    def rows(self) -> list[int]:
        """The city's sensors that they have."""
        return list(self._rows)

    def start(self) -> None:
        """Lets them go to their lines."""
        self._thread.start()

    def tell(self, rows: Iterable[tuple[int, int, float]], now_ms: int) -> None:
        """Lets devices measure: row of the sensor, time in ms UTC, value; in order of time."""
        told = [
            (self._rows[row], Told(self._rows[row].quantity, at, value)) for row, at, value in rows
        ]
        self._loop.call_soon_threadsafe(self._tell, told, now_ms)

    def know(self, rows: Iterable[tuple[int, int, float]]) -> None:
        """Lets the tanks know, before they are asked, what was measured: as `tell`."""
        for row, at_ms, value in rows:
            if row in self._tanks:
                self._tanks.tell(row, value, at_ms)

    def end(self) -> None:
        """Takes them off their lines."""
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join(_END_S)

    def _tell(self, told: list[tuple[Spoken, Told]], now_ms: int) -> None:
        for one, what in told:
            if one.row in self._tanks:
                self._tanks.tell(one.row, what.value, what.time)
            else:
                self._voices[one.protocol, one.device].tell(what, now_ms)
        self._tanks.forget(now_ms)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._live())

    async def _live(self) -> None:
        lines = [
            asyncio.create_task(
                speak(one.speaker, "127.0.0.1", self._ports[protocol], look_s=_LOOK_S)
            )
            for (protocol, _), one in self._voices.items()
        ]
        tanks = stand(self._tanks.controllers, "127.0.0.1", self._ports[PROTOCOL], look_s=_LOOK_S)
        lines.append(asyncio.create_task(tanks))
        await self._ending.wait()
        for line in lines:
            line.cancel()
