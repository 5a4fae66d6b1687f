"""A site under load whose live process is killed, and what must hold afterwards."""

import http.client
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from anlan.engine.engine import Engine
from anlan.engine.plan import compile_plan
from anlan.history.codec import decode_changes, decode_readings, decode_registry
from anlan.history.log import Log, Record, RecordKind, store_in
from anlan.history.registry import Registry
from anlan.live.loop.heart import Heart
from anlan.terms.changes import Change
from anlan.terms.readings import Batch
from tests.flow.conftest import NDJSON, Live, Town, now_ms, wait_until
from tests.law.case import as_told
from tests.oracle import Oracle
from tests.oracle_told import Row, Told


@dataclass
class Source:
    """Sends its sensors' readings in order, each batch until it is acknowledged.

    A batch without an answer is sent again, as real senders do. Connections that come while the
    process is away wait in the queue of the port.
    """

    live: Live
    name: str
    key: str
    sensors: list[str]
    chance: random.Random
    begin_ms: int
    step_ms: int = 200
    acknowledged: list[tuple[str, int, float]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    again: int = 0

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self.run, name=self.name)

    def run(self) -> None:
        time_ms = self.begin_ms
        level = 5.0
        while not self.stopping.is_set():
            rows = []
            for _ in range(self.chance.randint(1, 20)):
                time_ms += self.step_ms
                level = self.chance.choice([5.0, 5.0, 12.0, 22.0, 33.0, level, level, level])
                rows += [(s, time_ms, round(level + self.chance.random(), 2)) for s in self.sensors]
            self._send(rows)

    def _send(self, rows: list[tuple[str, int, float]]) -> None:
        lines = (json.dumps({"sensor": s, "time": t, "value": v}) for s, t, v in rows)
        body = "\n".join(lines).encode()
        while True:
            try:
                status, told = self.live.post(body, self.key, NDJSON)
            except (OSError, http.client.HTTPException):
                self.again += 1
                time.sleep(0.05)
                continue
            if status == 503:
                time.sleep(0.2)
                continue
            assert status == 200, told
            assert told["refused"] == []
            self.acknowledged += rows
            return


def sources(live: Live, town: Town, seed: int, before: list[Source]) -> list[Source]:
    """One for each source of the town, going on where those before ended."""
    ends = [time for source in before for _, time, _ in source.acknowledged]
    begin_ms = max(ends, default=now_ms() - 23 * 3_600_000)
    return [
        Source(
            live,
            name,
            key,
            [s.key for s in town.sensors if s.key.startswith(f"{name}-")],
            random.Random(f"{seed} {name}"),
            begin_ms,
        )
        for name, key in town.keys.items()
    ]


def one_round(live: Live, town: Town, seed: int, *, before: Sequence[Source] = ()) -> list[Source]:
    """Load, a kill at a random moment, load again; the sources with what was acknowledged."""
    chance = random.Random(seed)
    senders = sources(live, town, seed, list(before))
    for sender in senders:
        sender.thread.start()
    time.sleep(chance.uniform(0.2, 1.5))
    killed = live.pid
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: live.pid != killed, most_s=60)
    live.ready()
    marks = [len(sender.acknowledged) for sender in senders]
    wait_until(
        lambda: all(len(s.acknowledged) > n for s, n in zip(senders, marks, strict=True)), 60
    )
    for sender in senders:
        sender.stopping.set()
    for sender in senders:
        sender.thread.join(60)
        assert not sender.thread.is_alive()
    return senders


def check(data: Path, town: Town, senders: list[Source]) -> None:
    """Nothing acknowledged is missing or doubled; the changes are those of the log."""
    with Log.open(store_in(data)) as log:
        records = list(log.records())
        assert log.damage() == []
    stored = Counter(_keyed(town, records))
    assert max(stored.values(), default=1) == 1, "a reading stands twice"
    missing = {row for s in senders for row in s.acknowledged} - stored.keys()
    assert not missing, f"{len(missing)} acknowledged readings are missing"
    told = [change for record in records for change in decode_changes(record.changes)]
    assert told, "the load should have raised something"
    assert told == by_engine(records)
    assert Counter(map(as_told, told)) == Counter(by_oracle(town, records))
    assert_state_is_that_of_the_log(data, records)


def _keyed(town: Town, records: list[Record]) -> list[tuple[str, int, float]]:
    rows = []
    for record in records:
        if record.kind is RecordKind.READINGS:
            batch = decode_readings(record.body)
            columns = (batch.sensor.tolist(), batch.time.tolist(), batch.value.tolist())
            rows += [(town.sensors[h].key, t, v) for h, t, v in zip(*columns, strict=True)]
    return rows


def by_engine(records: list[Record]) -> list[Change]:
    """What a new engine says to the whole log."""
    registry, stored = Registry(), [_empty()]

    def window(handles: tuple[int, ...], since: int) -> Batch:
        rows = Batch(*(np.concatenate(columns) for columns in zip(*stored, strict=True)))
        hit = np.isin(rows.sensor, handles) & (rows.time >= since)
        return Batch(*(column[hit] for column in rows))

    engine = Engine(compile_plan([], [], []), window=window)
    told: list[Change] = []
    for record in records:
        if record.kind is RecordKind.READINGS:
            batch = decode_readings(record.body)
            told += engine.describe(engine.apply(batch).changes)
            stored.append(batch)
        elif record.kind is RecordKind.TICK:
            told += engine.describe(engine.tick(record.at).changes)
        elif record.kind is RecordKind.REGISTRY:
            registry.fold(decode_registry(record.body))
            sets, groups = list(registry.rule_sets.values()), list(registry.groups.values())
            plan = compile_plan(registry.sensors, registry.limits, sets, groups)
            told += engine.adopt(plan, policy="carry")
    return told


def _empty() -> Batch:
    types = (np.int32, np.int64, np.float64, np.uint8, np.int64)
    return Batch(*(np.zeros(0, t) for t in types))


def by_oracle(town: Town, records: list[Record]) -> list[Told]:
    """What the oracle says to the readings and ticks of the log."""
    rows: list[Row] = []
    for record in records:
        if record.kind is RecordKind.READINGS:
            batch = decode_readings(record.body)
            keys = [town.sensors[h].key for h in batch.sensor.tolist()]
            rows += list(zip(keys, *(c.tolist() for c in batch[1:]), strict=True))
        elif record.kind is RecordKind.TICK:
            rows.append(("tick", record.at))
    oracle = Oracle(town.sensors, town.limits, town.rules)
    return list(oracle.tell(rows, "given"))


def assert_state_is_that_of_the_log(data: Path, records: list[Record]) -> None:
    """A heart that takes the store up has the state of an engine that saw the whole log."""
    heart = Heart(data)
    levels = heart.engine.levels().tolist()
    counts = heart.counts
    heart.close()
    (data / "live" / "snapshot").unlink()
    (data / "live" / "snapshot.before").unlink(missing_ok=True)
    again = Heart(data)
    assert again.engine.levels().tolist() == levels
    assert again.counts == counts
    assert again.taken_up_from == 0
    again.close()
