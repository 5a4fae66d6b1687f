"""Sealing keeps every reading, change and record; questions are answered as by brute force."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anlan.history.codec import decode_changes, decode_readings, encode_changes, encode_registry
from anlan.history.cursor import Cursor, changes_since
from anlan.history.disk.database import open_to_write
from anlan.history.log import Log, Record, RecordKind, Sizes
from anlan.history.parts import gather, layout, merge
from anlan.history.parts.manifest import Kind, Manifest, read_manifest
from anlan.history.parts.rows import Rows
from anlan.history.registry import Registry, sensor_entry
from anlan.history.seal import Retention, seal
from anlan.terms.changes import Change, Evidence
from anlan.terms.changes import Kind as Happening
from anlan.terms.errors import Refused
from anlan.terms.levels import Level
from anlan.terms.readings import Batch
from anlan.terms.sensors import Sensor
from tests.pure.history.streams import (
    DAY0,
    append_all,
    batch_of,
    note,
    readings,
    same,
    steady,
    tick,
)

SMALL = Sizes(segment_bytes=20_000)
DAY = 86_400_000


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "MOST_ROWS", 3000)


def change(at: int) -> Change:
    return Change(
        sensor=f"s{at % 7}",
        object="河",
        rule="flood.water_level.level",
        kind=Happening.RISEN,
        before=Level.BLUE,
        after=Level.RED,
        at=at,
        evidence=Evidence(limit=3.0, value=at / 8, first_at=at - 5, n=2, unit="m", formula="v>3"),
    )


def mixed_records(days: int, seed: int = 3) -> Iterator[Record]:
    """Readings in and out of order, ticks, changes, entries and notes over some days."""
    rng = np.random.default_rng(seed)
    yield Record(
        RecordKind.REGISTRY,
        DAY0,
        encode_registry([sensor_entry(Sensor(key="s0", quantity="q", object="o"))]),
    )
    for day in range(days):
        start = DAY0 + day * DAY + 3_600_000
        for i, batch in enumerate(steady(sensors=40, seconds=120, start=start, seed=day)):
            at = start + i * 1000
            shuffled = rng.permutation(40) if i % 3 == 0 else np.arange(40)
            changes = encode_changes([change(at), change(at + 1)]) if i % 10 == 0 else b""
            yield readings(Batch(*(c[shuffled] for c in batch)), at, changes)
            yield tick(at + 999)
        yield readings(batch_of([(7, start - 1_800_000, 1.5), (9, start - 5, float("nan"))]), start)
        yield note(f"day {day}", start)


def fill(folder: Path, records: Iterator[Record]) -> list[Record]:
    given = list(records)
    with Log.open(folder, write=True, sizes=SMALL) as log:
        append_all(log, given)
        log.roll()
    return [Record(r.kind, r.at, r.body, r.changes, seq) for seq, r in enumerate(given, 1)]


def same_record(one: Record, other: Record) -> bool:
    if one.kind is RecordKind.READINGS and not same(
        decode_readings(one.body), decode_readings(other.body)
    ):
        return False
    return (
        (one.seq, one.kind, one.at) == (other.seq, other.kind, other.at)
        and decode_changes(one.changes) == decode_changes(other.changes)
        and (one.kind is RecordKind.READINGS or one.body == other.body)
    )


def assert_all_there(folder: Path, stored: list[Record]) -> None:
    with Log.open(folder) as log:
        found = list(log.records())
    assert len(found) == len(stored)
    assert all(same_record(a, b) for a, b in zip(found, stored, strict=True))


def test_everything_comes_back_from_the_seal_in_order_and_to_the_bit(tmp_path: Path) -> None:
    stored = fill(tmp_path, mixed_records(2))
    manifest = seal(tmp_path)
    assert manifest.sealed_to == stored[-1].seq
    assert len(list((tmp_path / "log").glob("*.sqlite"))) == 1
    assert_all_there(tmp_path, stored)
    with Log.open(tmp_path) as log:
        assert [r.seq for r in log.records(100)] == [r.seq for r in stored[100:]]
        assert list(log.records(kinds={RecordKind.NOTE})) == [
            r for r in stored if r.kind is RecordKind.NOTE
        ]
        assert len(Registry.from_log(log).sensors) == 1


def test_changes_are_told_the_same_before_and_after_sealing(tmp_path: Path) -> None:
    fill(tmp_path, mixed_records(2))
    with Log.open(tmp_path) as log:
        before = changes_since(log, Cursor(log.epoch), 10_000)
        middle = before[len(before) // 2][0]
        seal(tmp_path)
        assert changes_since(log, Cursor(log.epoch), 10_000) == before
        assert changes_since(log, middle, 3) == before[len(before) // 2 + 1 :][:3]
    assert len(before) == 48


def test_only_up_to_the_place_given_and_never_the_open_segment(tmp_path: Path) -> None:
    stored = fill(tmp_path, mixed_records(1))
    assert seal(tmp_path, until=50).sealed_to == 50
    assert_all_there(tmp_path, stored)
    assert seal(tmp_path).sealed_to == stored[-1].seq
    with Log.open(tmp_path, write=True) as log:
        log.append([note("open")])
        assert seal(tmp_path).sealed_to == stored[-1].seq


def test_parts_of_a_past_day_are_joined(tmp_path: Path) -> None:
    stored = fill(tmp_path, mixed_records(3))
    manifest = seal(tmp_path)
    days = [part.day for part in manifest.of(Kind.READINGS)]
    past = [day for day in days if day < max(days)]
    assert len(past) == len(set(past)) == 2
    assert_all_there(tmp_path, stored)
    seal(tmp_path)
    assert {f.name for f in (tmp_path / "sealed").rglob("*.parquet")} == {
        Path(part.file).name for part in manifest.parts
    }


def test_joining_in_small_windows_keeps_every_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge, "_WINDOW_ROWS", 50)
    monkeypatch.setattr(layout, "_FEWEST", 70)
    stored = fill(tmp_path, mixed_records(3))
    manifest = seal(tmp_path)
    assert len(manifest.of(Kind.READINGS)) < 8
    assert_all_there(tmp_path, stored)


def test_raw_readings_age_out_before_rollups(tmp_path: Path) -> None:
    fill(tmp_path, mixed_records(4))
    manifest = seal(tmp_path, retention=Retention(raw_days=2, minute_days=3))
    days = {kind: {p.day - DAY0 // DAY for p in manifest.of(kind)} for kind in Kind}
    assert days[Kind.READINGS] == {2, 3}
    assert days[Kind.MINUTE] == {1, 2, 3}
    assert days[Kind.HOUR] == days[Kind.CHANGES] == days[Kind.RECORDS] == {0, 1, 2, 3}
    with Log.open(tmp_path) as log:
        rows = [
            len(decode_readings(r.body).sensor) for r in log.records(kinds={RecordKind.READINGS})
        ]
    assert sum(rows) == 2 * (40 * 120 + 2)


def test_a_regular_stream_takes_less_than_4_bytes_a_reading(tmp_path: Path) -> None:
    with Log.open(tmp_path, write=True) as log:
        stream = steady(sensors=200, seconds=1500)
        append_all(log, (readings(batch, int(batch.received[0])) for batch in stream), 50)
        log.roll()
    gather.MOST_ROWS = 2_000_000
    manifest = seal(tmp_path)
    assert sum(part.bytes for part in manifest.parts) <= 4 * 200 * 1500


def test_only_one_seals(tmp_path: Path) -> None:
    fill(tmp_path, iter([note("a")]))
    (tmp_path / "sealing.lock").touch()
    holder = subprocess.Popen(
        [sys.executable, "-c", "import fcntl,sys;f=open(sys.argv[1],'r+');fcntl.flock(f,2);"
         "print('held',flush=True);input()", str(tmp_path / "sealing.lock")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(Refused, match="already written"):
        seal(tmp_path)
    holder.communicate("\n", timeout=20)


SEALER = """
import sys
from pathlib import Path
from anlan.history.parts import gather, layout, merge
from anlan.history.seal import seal
gather.MOST_ROWS = 2000
print("begin", flush=True)
seal(Path(sys.argv[1]))
"""


def test_sealing_killed_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    stored = fill(tmp_path, mixed_records(3))
    chance = random.Random(1)
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", SEALER, str(tmp_path)], stdout=subprocess.PIPE
        ) as sealer:
            assert sealer.stdout is not None
            sealer.stdout.readline()
            time.sleep(chance.uniform(0.01, 0.25))
            os.kill(sealer.pid, signal.SIGKILL)
        assert_all_there(tmp_path, stored)
    seal(tmp_path)
    assert_all_there(tmp_path, stored)
    known = {tmp_path / part.file for part in read_manifest(tmp_path).parts}
    seal(tmp_path)
    assert set((tmp_path / "sealed").rglob("*.parquet")) == known
    assert not list((tmp_path / "sealed").rglob(".*"))


def test_a_list_that_was_killed_while_it_was_made_holds_nothing_yet(tmp_path: Path) -> None:
    stored = fill(tmp_path, mixed_records(1))
    open_to_write(tmp_path / "manifest.sqlite", create=True).close()
    assert read_manifest(tmp_path) == Manifest(0, ())
    assert_all_there(tmp_path, stored)
    seal(tmp_path)
    assert read_manifest(tmp_path).parts
    assert_all_there(tmp_path, stored)


def test_damaged_records_do_not_stop_sealing_and_are_kept_aside(tmp_path: Path) -> None:
    stored = fill(tmp_path, mixed_records(1))
    path = sorted((tmp_path / "log").glob("*.sqlite"))[1]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    seal(tmp_path)
    with Log.open(tmp_path) as log:
        found = {r.seq for r in log.records()}
    assert len(stored) - 40 <= len(found) < len(stored)
    assert (tmp_path / "quarantine" / path.name).exists()


def test_rows_sort_like_a_plain_sort_for_many_sensors() -> None:
    rng = np.random.default_rng(5)
    count = 5000
    batch = Batch(
        sensor=rng.integers(0, 200_000, count).astype(np.int32) // 50 * 50,
        time=rng.integers(0, 100, count),
        value=rng.normal(size=count),
        quality=np.zeros(count, np.uint8),
        received=np.zeros(count, np.int64),
    )
    rows = Rows.of(batch, 1).by_sensor()
    expected = np.lexsort((np.arange(count), batch.time, batch.sensor))
    assert same(rows.batch(), Batch(*(c[expected] for c in batch)))
    assert same(rows.in_log_order().batch(), batch)
