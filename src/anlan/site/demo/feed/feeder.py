"""The feeder: what the fictional sensors measure, second by second: to the real intake, or to the
devices that tell it to the real gateway."""

import logging
import math
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from anlan.sandtable.city import NEWCOMER, City, Columns, Script, columns, newcomer
from anlan.site.demo.feed.field import Field
from anlan.site.demo.feed.intake import Row, Sender, enter
from anlan.site.demo.feed.tanks import PERIOD_S
from anlan.site.demo.script import city_of, script_of
from anlan.terms.errors import AnlanError, Unavailable
from anlan.terms.quality import Quality

_log = logging.getLogger("anlan.demo")
_SECOND_MS = 1000
_CATCH_UP_MS = 600_000
"""After a longer stop of the intake the readings before are left out."""
_RETRY_S, _PATIENCE_S = 0.5, 20.0
"""A site that is still starting is nothing to tell."""


class Feeder:
    """Sends the readings of the city until it is told to end. since: from when on, ms UTC · ports:
    of the gateway, by protocol."""

    def __init__(self, data: Path, url: str, since: int, ports: Mapping[str, int]) -> None:
        self._data, self._url, self._low, self._ports = data, url, since, ports
        self._measured = since  # the devices know what was measured before
        self.ending = threading.Event()
        self._told = ""

    def run(self) -> None:
        """Feeds; begins anew with a fresh key where the key is refused."""
        place = city_of(self._data)
        field = Field(place, self._ports)
        script = script_of(self._data, self._low)
        field.know(_triples(columns(place, script, self._low - 1000 * PERIOD_S, self._low)))
        field.start()
        while not self.ending.is_set():
            key = self._entered()
            if key is not None:
                self._feed(place, Sender(self._url, key), field)
        field.end()

    def _entered(self) -> str | None:
        """A fresh source key, once the site gives one; None when it is time to end."""
        began = time.monotonic()
        while not self.ending.is_set():
            try:
                return enter(self._data)
            except Unavailable as error:
                if time.monotonic() - began > _PATIENCE_S:
                    self._tell_once(error)
            except AnlanError as error:
                self._tell_once(error)
            self.ending.wait(_RETRY_S)
        return None

    def _feed(self, place: City, sender: Sender, field: Field) -> None:
        script, own = script_of(self._data, self._low), np.array(field.rows)
        while not self.ending.is_set():
            high = time.time_ns() // 1_000_000 // _SECOND_MS * _SECOND_MS
            every = columns(place, script, self._low, high)
            is_own = np.isin(every.sensor, own)
            self._measure(field, _of(every, is_own & (every.time >= self._measured)), high)
            try:
                rest = _rows(place, _of(every, ~is_own))
                sender.send([*rest, *_newcomer(place, script, self._low, high)])
                self._low = max(self._low, high)
            except Unavailable as error:
                self._tell_once(error)
                self._low = max(self._low, high - _CATCH_UP_MS)
            except AnlanError as error:
                self._tell_once(error)
                break
            self.ending.wait((high + _SECOND_MS - time.time_ns() / 1e6) / 1000)
        sender.close()

    def _measure(self, field: Field, own: Columns, high: int) -> None:
        """Lets the devices measure, and tell it again and again by themselves."""
        self._measured = max(self._measured, high)
        field.tell(_triples(own), high)

    def _tell_once(self, error: AnlanError) -> None:
        """Says what is wrong, the same thing only once."""
        sentence = str(error)
        if sentence != self._told and not self.ending.is_set():
            self._told = sentence
            _log.warning("%s", sentence)


def _triples(some: Columns) -> Iterator[tuple[int, int, float]]:
    """Row of the sensor, time and value of each."""
    return zip(some.sensor.tolist(), some.time.tolist(), some.value.tolist(), strict=True)


def _of(every: Columns, which: Any) -> Columns:
    return Columns(*(column[which] for column in every))


def _rows(place: City, some: Columns) -> list[Row]:
    """Readings as the rows that a source sends."""
    sensor, at, value, quality = (part.tolist() for part in some)
    return [
        Row(place.sensors[s].key, t, None if math.isnan(v) else v, Quality(q).word if q < 3 else "")
        for s, t, v, q in zip(sensor, at, value, quality, strict=True)
    ]


def _newcomer(place: City, script: Script, low: int, high: int) -> list[Row]:
    """What the gauge sends that nobody registered."""
    return [Row(NEWCOMER, *one, "") for one in newcomer(place, script, low, high)]


def feed(data: Path, url: str, since: int, ports: Mapping[str, int]) -> None:
    """Feeds in this process until INT or TERM."""
    feeder = Feeder(data, url, since, ports)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: feeder.ending.set())
    feeder.run()
