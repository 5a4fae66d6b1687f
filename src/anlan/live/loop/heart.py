"""The heart: the log, the registry and the engine of one store, moved forward together.

Each step (readings, a tick, registry entries) is applied to the engine and waits as a record with
its changes; `commit` makes what waits durable. What could not be written stays and is tried again,
so the engine never runs ahead of the log by more than that. The same code runs in the loop, at a
restart and for edits while nothing runs.
"""

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from anlan.engine.adopt import changed_objects
from anlan.engine.engine import Engine
from anlan.engine.plan import Plan
from anlan.history.codec import (
    decode_changes,
    decode_readings,
    decode_registry,
    encode_changes,
    encode_readings,
    encode_registry,
)
from anlan.history.cursor import Cursor
from anlan.history.log import Log, Record, RecordKind, store_in
from anlan.history.query import Archive, Span
from anlan.history.registry import Registry, check_sense
from anlan.live.loop.ahead import Ahead, Wanted, read_ahead
from anlan.live.loop.latest import Latest
from anlan.live.loop.repeats import Repeats
from anlan.live.loop.snapshot import Counts, Snapshot, load, save
from anlan.live.replay.trying.past import policy_of, present_plan
from anlan.terms.changes import Change
from anlan.terms.errors import AnlanError, Malformed
from anlan.terms.quality import Verdict
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

_LAST_VERDICT = max(Verdict)
_FIRST_REFUSED = int(Verdict.DUPLICATE)
_NO_PLAN = {"source_key", "calendar"}  # entries that leave the plan as it is


class Told(NamedTuple):
    """A durable change and the cursor that stands after it."""

    cursor: Cursor
    change: Change


class _Waiting(NamedTuple):
    record: Record
    changes: Sequence[Change]


class Heart:
    """One store, open for writing; `close` frees it.

    Raises Refused where another process writes it, Unavailable where the disk does not allow it.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self.log = Log.open(store_in(data), write=True)
        try:
            self._archive: Archive | None = None
            self._ahead: Ahead | None = None
            self._repeats = Repeats(self._between)
            self._waiting: list[_Waiting] = []
            self._edits: list[bytes] = []
            self.last_at = 0
            self._take_up()
        except BaseException:
            self.log.close()
            raise

    @property
    def folder(self) -> Path:
        """Where the loop keeps what is its own."""
        return self.data / "live"

    # Taking up where the log ends

    def _take_up(self) -> None:
        last = self.log.last()
        for snapshot in load(self.folder, epoch=self.log.epoch, last=last):
            try:
                self._begin(snapshot)
                break
            except Malformed:
                continue
        else:
            self._begin(None)
        self.taken_up_from = self.seq
        for record in self.log.records(self.seq):
            self._go_through(record)

    def _begin(self, snapshot: Snapshot | None) -> None:
        self.seq = 0 if snapshot is None else snapshot.seq
        self.registry = Registry()
        self._edits = [] if snapshot is None else list(snapshot.registry)
        for body in self._edits:
            self.registry.fold(decode_registry(body))
        self.engine = Engine(present_plan(self.registry), window=self._stored)
        if snapshot is None:
            self.latest, self.counts = Latest(len(self.registry.sensors)), Counts()
        else:
            self.engine.restore(snapshot.engine)
            self.latest, self.counts = Latest.unpack(snapshot.latest), snapshot.counts

    def _go_through(self, record: Record) -> None:
        """Moves the engine by a record of the log; what it changed then is in the log already."""
        if record.kind is RecordKind.READINGS:
            batch = decode_readings(record.body)
            self.engine.apply(batch)
            self._note(batch)
        elif record.kind is RecordKind.TICK:
            self.engine.tick(record.at)
        elif record.kind is RecordKind.REGISTRY:
            entries = decode_registry(record.body)
            self.registry.fold(entries)
            self._edits.append(record.body)
            self._adopt(entries, None)
        self.counts.changes += len(decode_changes(record.changes))
        self.seq, self.last_at = record.seq, max(self.last_at, record.at)

    # Steps

    def take(self, batch: Batch, *, at: int) -> Any:
        """Readings in log order: a Verdict for each."""
        known = self._repeats.verdicts(batch, self.latest.time, self.engine.plan.skew_ms)
        if known is None:
            return self._apply(batch, at)
        rest = np.flatnonzero(known > _LAST_VERDICT)
        known[rest] = self._apply(Batch(*(column[rest] for column in batch)), at)
        return known

    def _apply(self, batch: Batch, at: int) -> Any:
        outcome = self.engine.apply(batch)
        kept = outcome.verdicts < _FIRST_REFUSED
        if kept.any():
            stored = batch if kept.all() else Batch(*(column[kept] for column in batch))
            changes = self.engine.describe(outcome.changes)
            self._wait(RecordKind.READINGS, (at, encode_readings(stored)), changes)
            self._note(stored)
            self._repeats.note(Batch(*(column.copy() for column in stored)))
        return outcome.verdicts

    def tick(self, at: int) -> None:
        """A tick."""
        changes = self.engine.describe(self.engine.tick(at).changes)
        self._wait(RecordKind.TICK, (at, b""), changes)

    def remark(self, text: str, *, at: int) -> None:
        """A sentence for whoever reads the log."""
        self._wait(RecordKind.NOTE, (at, text.encode()), [])

    def reading_ahead(self, entries: Sequence[Mapping[str, Any]]) -> Callable[[], Ahead] | None:
        """What to call in another thread before `enter`, so that it need not read days itself.

        None where nothing is rebuilt; the call raises what `enter` would.
        """
        if not any(e.get("type") == "rule_set" and e.get("policy") == "rebuild" for e in entries):
            return None
        registry, old = self.registry, self.engine.plan
        at, seq = self.engine.newest_at, self.seq

        def read() -> Ahead:
            other = _copied(registry)
            other.fold(decode_registry(encode_registry(entries)))
            plan = _plan_of(other)
            members = _members(plan)
            handles = [h for name in changed_objects(plan, old) for h in members[name]]
            wanted = Wanted(tuple(handles), at - plan.horizon_ms, seq)
            return read_ahead(store_in(self.data), wanted)

        return read

    def enter(
        self, entries: Sequence[Mapping[str, Any]], *, at: int, ahead: Ahead | None = None
    ) -> None:
        """Registry entries; Malformed where one is wrong, and then none holds.

        ahead: what `reading_ahead` has read; all steps before must be durable. Entries of type
        `note` are no registry: their `text` becomes a remark in the log.
        """
        notes = [str(entry.get("text", "")) for entry in entries if entry.get("type") == "note"]
        entries = [entry for entry in entries if entry.get("type") != "note"]
        if ahead is not None:
            ahead.follow(self.log)
        self._ahead = ahead
        try:
            if entries:
                self._enter(entries, at)
        finally:
            self._ahead = None
        for text in notes:
            self.remark(text, at=at)

    def _enter(self, entries: Sequence[Mapping[str, Any]], at: int) -> None:
        registry = _copied(self.registry)
        body = encode_registry(entries)
        plain = decode_registry(body)
        registry.fold(plain)
        check_sense(registry, plain)
        policy_of(plain)  # a wrong one is refused before anything holds
        plan = _plan_of(registry) if _moves_plan(plain) else None
        self.registry = registry
        self._edits.append(body)
        self._wait(RecordKind.REGISTRY, (at, body), self._adopt(plain, plan))

    def _adopt(self, entries: list[dict[str, Any]], plan: Plan | None) -> list[Change]:
        if not _moves_plan(entries):
            return []
        changes = self.engine.adopt(plan or present_plan(self.registry), policy=policy_of(entries))
        self.latest.grow(len(self.registry.sensors))
        return changes

    def _wait(self, kind: RecordKind, said: tuple[int, bytes], changes: Sequence[Change]) -> None:
        at, body = said
        record = Record(kind, at, body, encode_changes(changes))
        self._waiting.append(_Waiting(record, changes))

    def _note(self, batch: Batch) -> None:
        self.latest.take(batch)
        self.counts.readings += len(batch.sensor)
        newest = int(batch.time.max(initial=NEVER))
        if self.counts.last_reading_at is None or newest > self.counts.last_reading_at:
            self.counts.last_reading_at = newest

    # Durability

    @property
    def waits(self) -> bool:
        """Whether steps are not durable yet."""
        return bool(self._waiting)

    def commit(self) -> list[Told]:
        """Makes all steps so far durable; their changes. Unavailable: they go on waiting."""
        if not self._waiting:
            return []
        last = self.log.append([one.record for one in self._waiting])
        first = last - len(self._waiting) + 1
        told = [
            Told(Cursor(self.log.epoch, seq, number), change)
            for seq, one in enumerate(self._waiting, first)
            for number, change in enumerate(one.changes, 1)
        ]
        self.last_at = max(self.last_at, self._waiting[-1].record.at)
        self._waiting.clear()
        self.seq = last
        self.counts.changes += len(told)
        return told

    def _stored(self, handles: tuple[int, ...], since: int) -> Batch:
        """Stored readings of some sensors before the record at work, in log order."""
        known = None if self._ahead is None else self._ahead.rows(handles, since)
        if known is not None:
            return known.batch()
        rows = self._opened_archive().rows(handles, Span(since))
        return rows.at(rows.seq <= self.seq).batch()

    def _between(self, handles: Any, low: int, high: int) -> Batch:
        """Stored readings of some sensors with low ≤ time ≤ high."""
        return self._opened_archive().rows(handles.tolist(), Span(low, high + 1)).batch()

    def _opened_archive(self) -> Archive:
        if self._archive is None:
            self._archive = Archive(store_in(self.data))
        return self._archive

    # Snapshots

    def snapshot(self) -> Snapshot:
        """The state after the last durable record; only when nothing waits."""
        if self._waiting:
            raise ValueError("steps wait to be written")
        return Snapshot(
            self.log.epoch,
            self.seq,
            copy.copy(self.counts),
            list(self._edits),
            self.engine.snapshot(),
            self.latest.pack(),
        )

    def close(self) -> None:
        """Frees the store; a snapshot makes the next start quick."""
        try:
            if not self._waiting:
                save(self.folder, self.snapshot())
        except AnlanError:
            pass  # the log is enough
        finally:
            if self._archive is not None:
                self._archive.close()
            self.log.close()


def _moves_plan(entries: Iterable[Mapping[str, Any]]) -> bool:
    return any(
        entry.get("type") not in _NO_PLAN
        and not (entry.get("type") == "retire" and _only_key(entry))
        for entry in entries
    )


def _only_key(entry: Mapping[str, Any]) -> bool:
    return set(entry) <= {"type", "source_key", "calendar", "sensor"}


def _plan_of(registry: Registry) -> Plan:
    """The plan of the registry; Malformed where its numbers or dates are none that can be."""
    try:
        return present_plan(registry)
    except (ValueError, OverflowError) as error:
        raise Malformed(f"the rules cannot be put to work ({error})") from error


def _members(plan: Plan) -> dict[str, list[int]]:
    members: dict[str, list[int]] = defaultdict(list)
    for handle, sensor in enumerate(plan.sensors):
        members[sensor.object].append(handle)
    return members


def _copied(registry: Registry) -> Registry:
    """A registry to try entries on."""
    other = Registry()
    for name, value in vars(registry).items():
        plain = (
            {k: list(v) if isinstance(v, list) else v for k, v in value.items()}
            if isinstance(value, dict)
            else copy.copy(value)
        )
        setattr(other, name, plain)
    return other
