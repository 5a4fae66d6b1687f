"""Which devices were heard by a mapping, and whether they are online: written to the roll."""

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from anlan.connectors.mapping import Heard
from anlan.live.gateway.devices import roll
from anlan.terms.errors import Unavailable

IDLE_MS = 600_000
"""Who says nothing of it, and nothing else for so long, counts as offline."""
_MOST, _EACH_S = 20_000, 5.0
_log = logging.getLogger("anlan.live")


@dataclass(slots=True)
class _Device:
    """more: messages since it was last written · says: whether it tells its state by itself."""

    seen_at: int = 0
    more: int = 0
    is_online: bool = True
    says: bool = False
    spoken: dict[str, str] = field(default_factory=dict)
    fresh: list[roll.Spoken] = field(default_factory=list)


class Presence:
    """Of one way in; from any thread. address: where its devices come from, for people."""

    def __init__(self, protocol: str, listener: str, address: str) -> None:
        self._protocol, self._listener, self._address = protocol, listener, address
        self._devices: dict[str, _Device] = {}
        self._guard = threading.Lock()

    def hear(self, heard: Sequence[Heard], at: int) -> None:
        """Notes what was heard at a time, ms UTC."""
        with self._guard:
            for one in heard:
                self._note(one, at)

    def _note(self, heard: Heard, at: int) -> None:
        if not heard.device.isprintable():
            return  # no table holds half a character
        device = self._devices.pop(heard.device, None) or _Device()
        if len(self._devices) >= _MOST:  # the quietest is forgotten here; the roll keeps it
            del self._devices[next(iter(self._devices))]
        self._devices[heard.device] = device
        if heard.is_online is not False or not device.seen_at:  # a last will is its broker's word
            device.seen_at = at
        device.more += 1
        device.is_online = heard.is_online is not False
        device.says = device.says or heard.is_online is not None
        for quantity, key in heard.spoken.items():
            if not (quantity + key).isprintable():
                continue
            if len(device.spoken) < roll.MOST_SENSORS and device.spoken.get(quantity) != key:
                device.spoken[quantity] = key
                device.fresh.append(roll.Spoken(self._protocol, heard.device, quantity, key))

    @property
    def counts(self) -> tuple[int, int]:
        """Devices that are online, and all that were heard."""
        with self._guard:
            return sum(one.is_online for one in self._devices.values()), len(self._devices)

    def news(self, now: int) -> tuple[list[roll.Heard], list[roll.Spoken]]:
        """What is to be written since the last time."""
        heard: list[roll.Heard] = []
        spoken: list[roll.Spoken] = []
        with self._guard:
            for name, one in self._devices.items():
                is_silent = one.is_online and not one.says and now - one.seen_at > IDLE_MS
                if one.more or is_silent:
                    one.is_online = one.is_online and not is_silent
                    heard.append(self._told(name, one))
                    spoken += one.fresh
                    one.more, one.fresh = 0, []
        return heard, spoken

    def _told(self, name: str, one: _Device) -> roll.Heard:
        return roll.Heard(
            self._protocol, name, self._listener, one.seen_at, one.more, self._address,
            one.is_online,
        )  # fmt: skip


class Scribe:
    """Writes the news of some ways to the roll, each few seconds, in a thread of its own."""

    def __init__(self, data: Path, ways: Sequence[Presence]) -> None:
        self._data, self._ways = data, ways
        self._owner = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._roll: roll.Roll | None = None
        self._unwritten: list[roll.Spoken] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="devices", daemon=True)
        self.start: Callable[[], None] = self._thread.start

    def stop(self) -> None:
        """Writes a last time."""
        self._ending.set()
        if self._thread.ident is not None:
            self._thread.join(_EACH_S)

    def _run(self) -> None:
        while True:
            is_last = self._ending.wait(_EACH_S)
            self.write()
            if is_last:
                return

    def write(self) -> None:
        """Writes once; what cannot be written is left out, and the log says so."""
        now = time.time_ns() // 1_000_000
        heard: list[roll.Heard] = []
        for way in self._ways:
            more, spoken = way.news(now)
            heard += more
            self._unwritten += spoken
        try:
            self._roll = self._roll or roll.Roll(self._data)
            self._roll.note(self._owner, heard, self._unwritten, now_ms=now)
        except Unavailable as error:
            _log.warning("%s", error)
        else:
            self._unwritten = []
