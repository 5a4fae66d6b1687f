"""The way to durability: the running service of the data folder, and its quarantine."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import msgspec

from anlan.connectors import Fault
from anlan.connectors.frames import Media
from anlan.live.decode import decoded
from anlan.live.gateway.devices.kept import kept_in
from anlan.live.gateway.devices.media import Shelf
from anlan.live.gateway.sense.rows import columns_of
from anlan.live.quarantine import Quarantine
from anlan.live.reach import Running, running
from anlan.live.view import GATEWAY
from anlan.terms.errors import Malformed, Refused, Unavailable
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER

_WORDS = ["good", "uncertain", "bad", "good"]  # a value that is missing is null
_SET_ASIDE = {decoded.UNREADABLE, decoded.UNKNOWN_SENSOR}
"""Refusals that the intake itself keeps in the quarantine."""


class Store(Protocol):
    """Where readings become durable."""

    def put(self, source: str, readings: Sequence[Reading]) -> list[Fault]:
        """Stores; what was refused and is kept nowhere yet. Unavailable where it cannot now."""
        ...

    def set_aside(self, source: str, faults: Sequence[Fault]) -> None:
        """Keeps what is no reading; Unavailable where it cannot now."""
        ...

    def shelve(self, source: str, device: str, media: Sequence[Media]) -> None:
        """Keeps files of a device; Unavailable where it cannot now."""
        ...


class Intake:
    """The store of a data folder; for one thread."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._service: Running | None = None
        self._quarantine: Quarantine | None = None
        self._shelf: Shelf | None = None

    def put(self, source: str, readings: Sequence[Reading]) -> list[Fault]:
        if not readings:
            return []
        try:
            told = self.answer(source, readings)
        except Malformed as error:
            return [Fault(decoded.UNREADABLE, str(error), decoded.as_text(r)) for r in readings]
        return _unkept(told, readings)

    def answer(self, source: str, readings: Sequence[Reading]) -> dict[str, Any]:
        """Stores, and gives the intake's whole answer; Unavailable where it cannot now."""
        path = f"/api/v1/readings?received=keep&source={quote(source)}"
        found: dict[str, Any] = self._asked("POST", path, body_of(readings))
        return found

    def sensors(self, after: int) -> tuple[list[str], int | None]:
        """Keys of registered sensors, a page of them, and where the next begins; Unavailable where
        nobody can say now."""
        found = self._asked("GET", f"/api/v1/sensors?after={after}")
        return [one["sensor"] for one in found["sensors"]], found["next"]

    def _asked(self, method: str, path: str, body: bytes | None = None) -> Any:
        self._service = self._service or running(self._data)
        if self._service is None:
            raise Unavailable("the live process does not run")
        try:
            return self._service.ask(method, path, body)
        except (Unavailable, Refused) as error:
            # Its port and its token are others after a restart.
            self._service.close()
            self._service = None
            wait_s = error.retry_after_s if isinstance(error, Unavailable) else 1.0
            raise Unavailable(str(error), retry_after_s=wait_s) from error

    def set_aside(self, source: str, faults: Sequence[Fault]) -> None:
        if not faults:
            return
        self._quarantine = self._quarantine or Quarantine(self._data)
        kept = [decoded.Fault(0, *one[:3]) for one in faults if one.text]
        unseen = sum(one.rows for one in faults) - len(kept)
        now = time.time_ns() // 1_000_000
        self._quarantine.add(source, kept, at=now, unseen=unseen)

    def shelve(self, source: str, device: str, media: Sequence[Media]) -> None:
        self._shelf = self._shelf or Shelf(self._data, kept_in(self._data))
        now = time.time_ns() // 1_000_000
        self._shelf.keep(source.removeprefix(GATEWAY), device, media, at=now)

    def close(self) -> None:
        if self._shelf is not None:
            self._shelf.close()
        if self._service is not None:
            self._service.close()
        if self._quarantine is not None:
            self._quarantine.close()


def body_of(readings: Sequence[Reading]) -> bytes:
    """Readings as columns of JSON."""
    sensor, time_ms, value, quality, received = columns_of(readings)
    if NEVER in received:
        received = [None if one == NEVER else one for one in received]
    columns: dict[str, Any] = {
        "sensor": sensor, "time": time_ms, "value": value, "received": received,
    }  # fmt: skip
    if any(quality):
        columns["quality"] = [_WORDS[one] for one in quality]
    try:
        return msgspec.json.encode(columns)
    except UnicodeEncodeError:  # half a character of UTF-16: told as unreadable, by its row alone
        columns["sensor"] = [one.encode(errors="replace").decode() for one in sensor]
        return msgspec.json.encode(columns)


def _unkept(told: dict[str, Any], readings: Sequence[Reading]) -> list[Fault]:
    """Refusals of an answer that the intake does not keep; beyond what it lists, their number."""
    counts = {
        code: n for code, n in told.get("refused_counts", {}).items() if code not in _SET_ASIDE
    }
    faults = []
    for row in told["refused"]:
        if row["code"] in counts:
            counts[row["code"]] -= 1
            text = decoded.as_text(readings[row["index"]])
            faults.append(Fault(row["code"], row["reason"], text))
    return faults + [Fault(code, "", b"", n) for code, n in counts.items() if n > 0]
