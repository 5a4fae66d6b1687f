"""The heart of a store: repeats, restarts from snapshots good and bad, edits all or none."""

import json
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numba.core.event import install_recorder

from anlan.engine.engine import Engine
from anlan.history.codec import decode_changes
from anlan.history.log import Log, store_in
from anlan.live.decode.body import decode
from anlan.live.loop.heart import Heart
from anlan.live.loop.snapshot import Snapshot, save
from anlan.live.prepared import prepare
from anlan.live.replay.trying.past import present_plan
from anlan.live.view import OPERATOR, View
from anlan.live.warming import warm
from anlan.terms.errors import Malformed, Refused
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER
from tests.flow.conftest import Starter, found_town, now_ms, own_rules

START = 1_782_000_000_000


def batch(rows: list[tuple[int, int, float]]) -> Batch:
    sensor, second, value = zip(*rows, strict=True)
    n = len(rows)
    return Batch(
        np.array(sensor, np.int32),
        START + 1000 * np.array(second, np.int64),
        np.array(value, np.float64),
        np.zeros(n, np.uint8),
        np.full(n, NEVER, np.int64),
    )


def some_rows(seed: int, n: int) -> list[tuple[int, int, float]]:
    """In order of time, a few sensors, now and then high."""
    chance = random.Random(seed)
    return [(i % 3, i // 3, chance.choice([5, 5, 15, 25, 35, 35])) for i in range(n)]


def feed(heart: Heart, rows: list[tuple[int, int, float]], size: int) -> list[int]:
    verdicts: list[int] = []
    for start in range(0, len(rows), size):
        verdicts += heart.take(batch(rows[start : start + size]), at=START).tolist()
        heart.tick(START + 1000 * rows[start][1])
        heart.commit()
    return verdicts


@pytest.mark.parametrize("seed", range(3))
def test_repeats_told_in_bulk_are_those_of_the_engine(tmp_path: Path, seed: int) -> None:
    """Resent, contradicted, missing and infinite rows: the same verdicts, one by one or not."""
    chance = random.Random(seed)
    rows = some_rows(seed, 300)
    odd = [(s, t, chance.choice([v, v, v + 1, np.nan, np.inf])) for s, t, v in rows]
    odd += [(s, t - 5000, v) for s, t, v in rows[:40]]
    verdicts = []
    for number, size in enumerate((1, 7, 340)):
        found_town(tmp_path / str(number), {"a": 3}, own_rules())
        heart = Heart(tmp_path / str(number))
        feed(heart, rows, 50)
        verdicts.append(feed(heart, odd, size))
        heart.close()
    assert verdicts[0] == verdicts[1] == verdicts[2]
    assert len(set(verdicts[0])) >= 3


@pytest.mark.parametrize("fate", ["whole", "gone", "damaged", "newer", "another"])
def test_a_restart_finds_the_same_state(
    tmp_path: Path, fate: str
) -> None:  # house: four fates, one story
    found_town(tmp_path, {"a": 3}, own_rules())
    rows = some_rows(1, 600)
    heart = Heart(tmp_path)
    feed(heart, rows[:300], 30)
    kept = heart.snapshot()
    feed(heart, rows[300:], 30)
    before = heart.snapshot()
    levels = heart.engine.levels().tolist()
    heart.close()
    path = tmp_path / "live" / "snapshot"
    (tmp_path / "live" / "snapshot.before").unlink(missing_ok=True)
    if fate == "gone":
        path.unlink()
    elif fate == "damaged":
        path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    elif fate == "newer":
        kept.seq = before.seq + 100
        save(tmp_path / "live", kept)
        (tmp_path / "live" / "snapshot.before").unlink()
    else:
        kept.epoch = "another" if fate == "another" else kept.epoch
        save(tmp_path / "live", kept)
    again = Heart(tmp_path)
    assert again.taken_up_from == (
        kept.seq if fate == "whole" else 0 if fate != "another" else before.seq
    )
    assert (again.seq, again.counts, again.latest.pack()) == before_but_engine(before)
    assert again.engine.levels().tolist() == levels
    more = [(s, t + 300, v) for s, t, v in some_rows(3, 300)]
    feed(again, more, 30)
    again.close()
    with Log.open(store_in(tmp_path)) as log:
        told = [c for r in log.records() for c in decode_changes(r.changes)]
    engine = Engine(present_plan(again.registry))
    for start in range(0, 900, 30):
        part = (rows + more)[start : start + 30]
        told_now = engine.describe(engine.apply(batch(part)).changes)
        told_now += engine.describe(engine.tick(START + 1000 * part[0][1]).changes)
        assert told[: len(told_now)] == told_now
        del told[: len(told_now)]
    assert told == []


def before_but_engine(snapshot: Snapshot) -> tuple[object, ...]:
    return (snapshot.seq, snapshot.counts, snapshot.latest)


def test_the_log_tells_what_an_engine_says_to_it(tmp_path: Path) -> None:
    """Batches of any size and restarts between them: the same changes."""
    told = []
    for number, size in enumerate((3, 45, 600)):
        data = tmp_path / str(number)
        found_town(data, {"a": 3}, own_rules())
        rows = some_rows(2, 600)
        for start in range(0, 600, 300):
            heart = Heart(data)
            for at in range(start, start + 300, size):
                heart.take(batch(rows[at : min(at + size, start + 300)]), at=START)
                heart.commit()
            heart.close()
        with Log.open(store_in(data)) as log:
            told.append([c for r in log.records() for c in decode_changes(r.changes)])
    assert told[0] == told[1] == told[2]
    engine = Engine(present_plan(heart.registry))
    assert told[0] == engine.describe(engine.apply(batch(rows)).changes)


def test_an_hour_without_data_then_all_of_it(tmp_path: Path) -> None:
    """A gap, then the missing hour in order: nothing is late, the alarm of the hour is told."""
    found_town(tmp_path, {"a": 3}, own_rules(stale_ms=60_000))
    heart = Heart(tmp_path)
    feed(heart, [(0, i, 5.0) for i in range(10)], 10)
    for second in range(10, 3700, 10):
        heart.tick(START + 1000 * second)
    heart.commit()
    verdicts = feed(heart, [(0, i, 25.0 if 100 < i < 200 else 5.0) for i in range(10, 3700)], 500)
    assert set(verdicts) == {0}
    heart.close()
    with Log.open(store_in(tmp_path)) as log:
        told = [c for r in log.records() for c in decode_changes(r.changes)]
    words = [c.kind.word for c in told]
    assert words[0] == "stale"
    assert words.count("raised") == words.count("cleared") == 1


def test_entries_hold_all_or_none(tmp_path: Path) -> None:
    found_town(tmp_path, {"a": 1})
    heart = Heart(tmp_path)
    before = heart.seq
    good = {"type": "sensor", "key": "n", "quantity": "t.v", "object": "o"}
    for bad in ({"type": "wish"}, {"type": "limit", "sensor": "n", "level": "pink", "value": 1}):
        with pytest.raises(Malformed):
            heart.enter([good, bad], at=START)
        assert not heart.waits
        assert "n" not in heart.registry.handle
    assert heart.seq == before
    with pytest.raises(Refused, match="already written by process"):
        Heart(tmp_path)
    heart.close()


def test_a_clean_stop_leaves_nothing_to_go_through(tmp_path: Path, start: Starter) -> None:
    town = found_town(tmp_path, {"a": 1})
    live = start(tmp_path)
    body = b'{"sensor":"a-0","time":%d,"value":5}' % now_ms()
    assert live.post(body, town.keys["a"])[0] == 200
    live.stop()
    heart = Heart(tmp_path)
    assert heart.taken_up_from == heart.seq == heart.log.last()
    assert heart.counts.readings == 1
    heart.close()


def test_nothing_is_compiled_while_serving(tmp_path: Path) -> None:
    """After `warm` every form of body, repeats, ticks and snapshots run compiled code."""
    found_town(tmp_path, {"a": 3}, own_rules())
    warm()
    rows = [{"sensor": f"a-{i % 3}", "time": START + 1000 * i, "value": 5.5} for i in range(60)]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    table = pa.table(columns)
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    csv = "sensor,time,value\n" + "\n".join("{sensor},{time},{value}".format(**r) for r in rows)
    bodies = [
        ("\n".join(map(json.dumps, rows)).encode(), "ndjson"),
        (json.dumps(rows).encode(), "json"),
        (json.dumps(columns).encode(), "json"),
        (csv.encode(), "csv"),
        (out.getvalue().to_pybytes(), "arrow"),
    ]
    with install_recorder("numba:compile") as recorder:
        for number, (body, form) in enumerate(bodies):
            data = tmp_path / "each" / str(number)
            found_town(data, {"a": 3}, own_rules())
            heart = Heart(data)
            view = View(heart.registry)
            for _ in range(2):
                decoded = decode(body, form, view.table, most_bytes=1 << 20)
                ready = prepare(decoded, view, OPERATOR, now=START)
                heart.take(ready.batch, at=START)
                heart.tick(START + 60_000)
                heart.commit()
            heart.close()
    assert recorder.buffer == []
