"""A shadow run 影子运行: a candidate judges the same log beside live, and writes its own changes.

It only reads the log. What it has done stands in one state file: how far it read, the size of
its change file, and the engine's snapshot; so a restart goes on as if there had been none.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from anlan.engine.engine import Engine
from anlan.engine.plan import Plan
from anlan.history.codec import decode_readings, decode_registry
from anlan.history.cursor import Cursor
from anlan.history.log import Log, Record, RecordKind
from anlan.history.query import Archive, Span
from anlan.history.registry import Registry
from anlan.live.replay.outputs import all_or_none
from anlan.live.replay.trying.past import (
    Candidate,
    candidate_limits,
    candidate_plan,
    policy_of,
)
from anlan.terms.changes import Change
from anlan.terms.errors import Malformed, Unavailable
from anlan.terms.readings import Batch

_RECORDS = 2000


class _State(msgspec.Struct):
    """cursor: last record taken · written: bytes of the change file · rules: the candidate."""

    cursor: str
    written: int
    rules: str
    snapshot: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where a shadow keeps its state and its changes."""

    state: Path
    out: Path


class Shadow:
    """A candidate at work over a log.

    since: records taken in before it are passed over when there is no state yet. Raises
    Malformed where the state is of another store or another candidate.
    """

    def __init__(self, archive: Archive, candidate: Candidate, files: Files, *, since: int) -> None:
        self.archive, self.candidate, self.files = archive, candidate, files
        self.log = log = archive.log
        self.limits = candidate_limits(Registry.from_log(log), candidate)
        self.registry = Registry()
        self.rules = _fingerprint(candidate)
        self.written = 0
        state = _read_state(files.state)
        self.seq = _seq_before(log, since) if state is None else self._seq_of(state)
        self._fold_until(self.seq)
        self.engine = Engine(self._plan(), window=self._stored)
        if state is not None:
            self.engine.restore(state.snapshot)
            self.written = state.written
        self._cut_back()
        if state is None:
            self._keep([])

    def catch_up(self) -> int:
        """Judges all records that came since; gives how many changes it wrote."""
        count = 0
        for records in _portions(self.log.records(self.seq)):
            self._check_gap(records[0])
            changes: list[Change] = []
            for record in records:
                changes += self._take(record)
                self.seq = record.seq
            self._keep(changes)
            count += len(changes)
        return count

    def _take(self, record: Record) -> list[Change]:
        if record.kind is RecordKind.READINGS:
            return self.engine.describe(self.engine.apply(decode_readings(record.body)).changes)
        if record.kind is RecordKind.TICK:
            return self.engine.describe(self.engine.tick(record.at).changes)
        if record.kind is RecordKind.REGISTRY:
            entries = decode_registry(record.body)
            self.registry.fold(entries)
            return self.engine.adopt(self._plan(), policy=policy_of(entries))
        return []

    def _plan(self) -> Plan:
        return candidate_plan(self.registry, self.candidate, self.limits)

    def _fold_until(self, seq: int) -> None:
        for record in self.log.records(kinds={RecordKind.REGISTRY}):
            if record.seq > seq:
                return
            self.registry.fold(decode_registry(record.body))

    def _seq_of(self, state: _State) -> int:
        if state.rules != self.rules:
            raise Malformed(
                "holds the state of another candidate; name a new state file",
                where=str(self.files.state),
            )
        return Cursor.parse(state.cursor, epoch=self.log.epoch).seq

    def _stored(self, handles: tuple[int, ...], since: int) -> Batch:
        """Stored readings of some sensors, taken in before the record at work, in log order."""
        rows = self.archive.rows(handles, Span(since))
        return rows.at(rows.seq <= self.seq).batch()

    def _check_gap(self, first: Record) -> None:
        """Raises Malformed where records between were aged out before they were judged."""
        lost = first.seq - self.seq - 1
        known = sum(damage.last - damage.first + 1 for damage in self.log.damage())
        if lost > known:
            raise Malformed(
                f"{lost} records after {self.seq} are gone from the log by its retention; begin "
                "again with a new state file",
                where=str(self.files.state),
            )

    def _cut_back(self) -> None:
        """Takes away changes that were written after the state was."""
        try:
            with self.files.out.open("ab") as file:
                file.truncate(self.written)
        except OSError as error:
            raise Unavailable(f"{self.files.out}: cannot be written ({error.strerror})") from error

    def _keep(self, changes: list[Change]) -> None:
        """Makes changes and state durable, in this order."""
        lines = "".join(f"{change.as_line()}\n" for change in changes).encode()
        with self.files.out.open("ab") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        self.written += len(lines)
        cursor = str(Cursor(self.log.epoch, self.seq))
        state = _State(cursor, self.written, self.rules, self.engine.snapshot())
        with all_or_none() as outputs:
            outputs.write(self.files.state, [msgspec.msgpack.encode(state)])


def _read_state(path: Path) -> _State | None:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=_State)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise Malformed(f"is no state of a shadow run ({error})", where=str(path)) from error


def _fingerprint(candidate: Candidate) -> str:
    """What the candidate says, as a digest: its options and the bytes of its files."""
    digest = hashlib.sha256(repr(candidate).encode())
    overlay = candidate.overlay
    inside = sorted(overlay.rglob("*.toml")) if overlay is not None else []
    for path in (*candidate.files, *inside):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _seq_before(log: Log, since: int) -> int:
    """The last record before those that were taken in from `since` on."""
    before = 0
    for record in log.records():
        if record.at >= since:
            return record.seq - 1
        before = record.seq
    return before


def _portions(records: Iterator[Record]) -> Iterator[list[Record]]:
    portion: list[Record] = []
    for record in records:
        portion.append(record)
        if len(portion) == _RECORDS:
            yield portion
            portion = []
    if portion:
        yield portion
