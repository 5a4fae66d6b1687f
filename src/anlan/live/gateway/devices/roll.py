"""The roll of devices: who ever spoke to the gateway, by what protocol, and what it measures.

One small database in the data folder that several gateway processes may write and pages read.
"""

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from anlan.terms.errors import Unavailable

MOST, MOST_SENSORS = 100_000, 1_000
"""Devices on the roll, and sensors of one; who was not heard for longest goes first."""
_COUNTY = "[0-9][0-9][0-9][0-9][0-9][0-9]*"
ALIVE_MS, _WHILE_MS = 20_000, 60_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS device (
  protocol TEXT NOT NULL, device TEXT NOT NULL, listener TEXT NOT NULL, first_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL, frames INTEGER NOT NULL, address TEXT NOT NULL,
  is_online INTEGER NOT NULL, owner TEXT NOT NULL, faults TEXT NOT NULL DEFAULT '{}',
  since INTEGER NOT NULL, before INTEGER NOT NULL DEFAULT 0, per_min REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (protocol, device)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS device_seen ON device (seen_at);
CREATE TABLE IF NOT EXISTS sensor (
  protocol TEXT NOT NULL, device TEXT NOT NULL, quantity TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (protocol, device, quantity)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sensor_key ON sensor (key);
CREATE TABLE IF NOT EXISTS process (owner TEXT PRIMARY KEY, at INTEGER NOT NULL);
"""
_HEARD = f"""
INSERT INTO device (protocol, device, listener, first_at, seen_at, frames, address, is_online,
  owner, since) VALUES (:protocol, :device, :listener, :seen_at, :seen_at, :frames, :address,
  :is_online, :owner, :seen_at)
ON CONFLICT DO UPDATE SET listener = excluded.listener, seen_at = excluded.seen_at,
  address = excluded.address, is_online = excluded.is_online, owner = excluded.owner,
  frames = frames + excluded.frames,
  before = CASE WHEN excluded.seen_at - since > {_WHILE_MS}
    THEN frames + excluded.frames ELSE before END,
  per_min = CASE WHEN excluded.seen_at - since > {_WHILE_MS}
    THEN (frames + excluded.frames - before) * 60000.0 / (excluded.seen_at - since)
    ELSE per_min END,
  since = CASE WHEN excluded.seen_at - since > {_WHILE_MS} THEN excluded.seen_at ELSE since END
"""  # noqa: S608 - a number of ours
_COLUMNS = "protocol, device, listener, first_at, seen_at, frames, address, is_online, owner, " \
           "faults, since, before, per_min"  # fmt: skip


class Heard(NamedTuple):
    """What a process says of a device: `frames` more came · faults: as many more, by code."""

    protocol: str
    device: str
    listener: str
    seen_at: int
    frames: int
    address: str
    is_online: bool
    faults: Counter[str] | None = None


class Known(NamedTuple):
    """A device of the roll, times in ms UTC; frames_per_min: over the last minute that it was heard
    in · faults: by code, of all times."""

    protocol: str
    device: str
    listener: str
    first_at: int
    seen_at: int
    frames: int
    address: str
    is_online: bool
    faults: dict[str, int]
    frames_per_min: float


class Spoken(NamedTuple):
    """A quantity of a device, as it names it, and the key of the sensor that it is."""

    protocol: str
    device: str
    quantity: str
    key: str


def file_of(data: Path) -> Path:
    """Where the roll lies."""
    return data / "gateway" / "devices.sqlite"


class Roll:
    """The roll of a data folder; may be used from several threads and processes."""

    def __init__(self, data: Path) -> None:
        """Raises Unavailable where the disk does not allow it."""
        path = file_of(data)
        self._guard = threading.Lock()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=10, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(f"{path}: cannot be opened ({error})") from error

    def note(
        self, owner: str, heard: Sequence[Heard], spoken: Iterable[Spoken], *, now_ms: int
    ) -> None:
        """Writes what a process heard, and that it is alive; Unavailable where it cannot now."""
        with self._guard:
            write = self._connection
            try:
                write.execute("BEGIN IMMEDIATE")
                self._write(owner, heard)
                write.executemany("INSERT OR REPLACE INTO sensor VALUES (?, ?, ?, ?)", spoken)
                write.execute("INSERT OR REPLACE INTO process VALUES (?, ?)", (owner, now_ms))
                write.execute("DELETE FROM process WHERE at < ?", (now_ms - 100 * ALIVE_MS,))
                self._trim()
                write.execute("COMMIT")
            except BaseException as error:  # whatever it is, others must be able to write
                if write.in_transaction:
                    write.execute("ROLLBACK")
                if not isinstance(error, sqlite3.Error):
                    raise
                raise Unavailable(f"the roll of devices cannot be written ({error})") from error

    def _write(self, owner: str, heard: Sequence[Heard]) -> None:
        rows = [{**one._asdict(), "owner": owner} for one in heard if one.frames]
        for row in rows:
            del row["faults"]
        gone = [(one.protocol, one.device, owner) for one in heard if not one.is_online]
        self._connection.executemany(_HEARD, rows)
        self._connection.executemany(
            "UPDATE device SET is_online = 0 WHERE protocol = ? AND device = ? AND owner = ?", gone
        )
        for one in heard:
            if one.faults:
                self._add_faults(one, one.faults)

    def _add_faults(self, one: Heard, more: Counter[str]) -> None:
        place = (one.protocol, one.device)
        row = self._connection.execute(
            "SELECT faults FROM device WHERE protocol = ? AND device = ?", place
        ).fetchone()
        if row is not None:
            told = json.dumps(Counter(json.loads(row[0])) + more)
            self._connection.execute(
                "UPDATE device SET faults = ? WHERE protocol = ? AND device = ?", (told, *place)
            )

    def _trim(self) -> None:
        count = self._connection.execute("SELECT count(*) FROM device").fetchone()[0]
        if count > MOST:
            self._connection.execute(
                "DELETE FROM device WHERE (protocol, device) IN "
                "(SELECT protocol, device FROM device ORDER BY seen_at LIMIT ?)", (count - MOST,)
            )  # fmt: skip
            self._connection.execute(
                "DELETE FROM sensor WHERE NOT EXISTS (SELECT 1 FROM device WHERE "
                "device.protocol = sensor.protocol AND device.device = sensor.device)"
            )

    def close(self) -> None:
        self._connection.close()


class Reader:
    """The roll as it was written last; empty where no gateway ever wrote one."""

    def __init__(self, data: Path) -> None:
        self._path = file_of(data)

    def latest(self, now_ms: int) -> Iterator[Known]:
        """All devices, who was heard last first."""
        step = 1_000
        for start in range(0, MOST, step):
            where = "ORDER BY seen_at DESC, protocol, device LIMIT ? OFFSET ?"
            found = self._known(where, (step, start), now_ms)
            yield from found
            if len(found) < step:
                return

    def device(self, protocol: str, device: str, now_ms: int) -> Known | None:
        """One of them."""
        found = self._known("WHERE protocol = ? AND device = ?", (protocol, device), now_ms)
        return found[0] if found else None

    def protocols_of(self, device: str) -> list[str]:
        """By which protocols a device of that name spoke."""
        rows = self._rows("SELECT protocol FROM device WHERE device = ? ORDER BY protocol",
                          (device,))  # fmt: skip
        return [row[0] for row in rows]

    def spoken(self, protocol: str, device: str) -> list[Spoken]:
        """What a device measures."""
        return self._spoken(
            "WHERE protocol = ? AND device = ? ORDER BY quantity LIMIT ?",
            (protocol, device, MOST_SENSORS),
        )

    def named(self, low: str, high: str) -> set[tuple[str, str]]:
        """The devices of sensors whose keys lie from low to below high."""
        where = "SELECT DISTINCT protocol, device FROM sensor WHERE key >= ? AND key < ?"
        return {(row[0], row[1]) for row in self._rows(where, (low, high))}

    def owner_of(self, keys: Sequence[str]) -> dict[str, Spoken]:
        """Of sensors the devices that they belong to, by the sensor's key."""
        return {one.key: one for one in self._of(keys)}

    def devices_of(self, keys: Sequence[str]) -> set[tuple[str, str]]:
        """The devices that some of these sensors belong to."""
        return {(one.protocol, one.device) for one in self._of(keys)}

    def nameless(self) -> tuple[set[tuple[str, str]], list[str]]:
        """The devices none of whose sensors has a key that begins with six digits, and the keys of
        their sensors."""
        rows = self._rows(
            "SELECT protocol, device FROM device EXCEPT "
            "SELECT protocol, device FROM sensor WHERE key GLOB ?",
            (_COUNTY,),
        )
        found = {(row[0], row[1]) for row in rows}
        spoken = self._spoken("WHERE NOT key GLOB ? ORDER BY key", (_COUNTY,))
        return found, [one.key for one in spoken if (one.protocol, one.device) in found]

    def _of(self, keys: Sequence[str]) -> list[Spoken]:
        found: list[Spoken] = []
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            found += self._spoken(f"WHERE key IN ({marks}) ORDER BY protocol, device", part)
        return found

    def _spoken(self, where: str, words: Sequence[Any]) -> list[Spoken]:
        rows = self._rows(f"SELECT protocol, device, quantity, key FROM sensor {where}", words)  # noqa: S608 - words of ours
        return [Spoken(*row) for row in rows]

    def _known(self, where: str, words: Sequence[Any], now_ms: int) -> list[Known]:
        rows = self._rows(f"SELECT {_COLUMNS} FROM device {where}", words)  # noqa: S608 - words of ours
        alive = dict(self._rows("SELECT owner, at FROM process", ()))
        return [_known(row, alive, now_ms) for row in rows]

    def _rows(self, query: str, words: Sequence[Any]) -> list[Any]:
        if not self._path.exists():
            return []
        try:
            with closing(
                sqlite3.connect(f"file:{self._path}?mode=ro", timeout=5, uri=True)
            ) as read:
                return read.execute(query, words).fetchall()
        except sqlite3.Error as error:
            raise Unavailable(f"the roll of devices cannot be read ({error})") from error


def _known(row: Any, alive: dict[str, int], now_ms: int) -> Known:
    is_online, owner, faults, since, before, per_min = row[7:]
    seen_at, frames = row[4], row[5]
    is_there = bool(is_online) and now_ms - alive.get(owner, 0) < ALIVE_MS
    rate = per_min or (frames - before) * _WHILE_MS / max(_WHILE_MS, seen_at - since)
    if now_ms - seen_at > 2 * _WHILE_MS:
        rate = 0.0
    return Known._make((*row[:7], is_there, json.loads(faults), rate))
