"""Writes each few seconds what was heard of devices since the last time."""

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from anlan.live.gateway.devices.frames import Chunk, Ring
from anlan.live.gateway.devices.kept import kept_in
from anlan.live.gateway.devices.roll import Heard, Roll, Spoken
from anlan.live.gateway.station import Station
from anlan.terms.errors import Unavailable

_EACH_S = 5.0
_log = logging.getLogger("anlan.gateway")


class Recorder:
    """Of one process; the roll is shared by all."""

    def __init__(self, data: Path, stations: Sequence[Station]) -> None:
        self._stations = stations
        self._owner = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._data = data
        self._roll: Roll | None = None
        self._ring: Ring | None = None
        self._kept = kept_in(data)
        self._unwritten: list[Spoken] = []

    async def run(self) -> None:
        """Writes until it is cancelled."""
        while True:
            await self.note()
            await asyncio.sleep(_EACH_S)

    async def note(self) -> None:
        """Writes once; what cannot be written is left out, and the log says so."""
        chunks: list[Chunk] = []
        heard, spoken = self._gathered(chunks)
        self._unwritten += spoken
        try:
            await asyncio.to_thread(self._write, heard, chunks)
        except Unavailable as error:
            _log.warning("%s", error)
        else:
            self._unwritten = []

    def _gathered(self, chunks: list[Chunk]) -> tuple[list[Heard], list[Spoken]]:
        heard: list[Heard] = []
        spoken: list[Spoken] = []
        for station in self._stations:
            protocol, listener = station.speech.name, station.listener.name
            for name, one in station.devices.news():
                more, one.noted = one.frames - one.noted, one.frames
                if not name.isprintable():  # no table holds half a character
                    one.raw, one.faults = bytearray(), None
                    continue
                faults, one.faults = one.faults, None
                if one.raw:
                    version = station.speech.version
                    chunks.append(Chunk(one.seen_at, protocol, name, version, one.raw))
                    one.raw = bytearray()
                is_online = one.back is not None
                heard.append(
                    Heard(protocol, name, listener, one.seen_at, more, one.address, is_online,
                          faults)
                )  # fmt: skip
            fresh, station.names.fresh = station.names.fresh, []
            spoken += [Spoken(protocol, *one) for one in fresh]
        return heard, spoken

    def _write(self, heard: list[Heard], chunks: list[Chunk]) -> None:
        now_ms = time.time_ns() // 1_000_000
        self._roll = self._roll or Roll(self._data)
        self._roll.note(self._owner, heard, self._unwritten, now_ms=now_ms)
        if chunks and self._kept.frames_mb and self._kept.frames_days:
            self._ring = self._ring or Ring(self._data, self._kept)
            self._ring.add(chunks, now_ms=now_ms)
