"""The store: appending, size, and the first questions people ask of it.

Append: W1, 10,000 sensors at 1 Hz with ±50 ms of jitter, one commit per record, flushed to the
disk; beside it a DuckDB file, one commit per batch. Stored: ANLAN_BENCH_READINGS of them
(200 million) sealed; size of all files, latest of all sensors, one sensor's series; beside them
DuckDB asked for the same over the same Parquet. Month: 30 full days of 10,000
sensors, two readings an hour.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from anlan.history.codec import encode_readings
from anlan.history.log import Log, Record, RecordKind
from anlan.history.parts.engine import files_sql
from anlan.history.parts.manifest import Kind, Manifest
from anlan.history.query import Archive, Resolution, Span, latest, series
from anlan.history.seal import seal, seal_beside
from anlan.terms.readings import Batch

START = 1_767_225_600_000
SENSORS, HOUR, HALF_HOUR, DAY = 10_000, 3_600_000, 1_800_000, 86_400_000
READINGS = int(os.environ.get("ANLAN_BENCH_READINGS", "200_000_000"))
RUNS = 5


def seconds_of_w1(count: int, seed: int = 7) -> Iterator[Batch]:
    """One batch a second of all sensors: noise about 50 with excursions, two decimals."""
    chance = np.random.Generator(np.random.Philox(seed))
    period, phase = chance.integers(100, 2000, SENSORS), chance.integers(0, 2000, SENSORS)
    length = chance.integers(2, 40, SENSORS)
    height = chance.choice([15.0, 25.0, 35.0, 45.0], SENSORS)
    for tick in range(count):
        value = chance.standard_normal(SENSORS) * 2.0 + 50.0
        value += np.where((tick + phase) % period < length, height, 0.0)
        at = START + tick * 1000
        yield Batch(
            sensor=np.arange(SENSORS, dtype=np.int32),
            time=at + chance.integers(-50, 51, SENSORS),
            value=np.round(value, 2),
            quality=np.zeros(SENSORS, np.uint8),
            received=np.full(SENSORS, at + 60 + int(chance.integers(0, 20))),
        )


def pieces(batches: list[Batch], rows: int) -> list[Batch]:
    """The same readings in batches of so many rows."""
    whole = Batch(*(np.concatenate(column) for column in zip(*batches, strict=True)))
    count = len(whole.sensor)
    return [Batch(*(c[i : i + rows] for c in whole)) for i in range(0, count, rows)]


def figure(
    name: str, value: float, unit: str, peer: str = "", peer_value: float = 0.0
) -> dict[str, Any]:
    """One line of the bench; the ratio says how many times better the store is."""
    better = value / peer_value if unit == "readings/s" and peer_value else 0.0
    if unit in ("ms", "bytes") and value:
        better = peer_value / value
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "peer": peer or None,
        "peer_value": round(peer_value, 3) if peer else None,
        "ratio": round(better, 2) if peer else None,
        "cores": os.cpu_count(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def run() -> Iterator[dict[str, Any]]:
    """All figures; needs about 2 GB of disk below ANLAN_BENCH_DIR (default: the temporary one)."""
    place = Path(tempfile.mkdtemp(prefix="anlan-bench-", dir=os.environ.get("ANLAN_BENCH_DIR")))
    try:
        for rows in (500, 5_000, 50_000):
            yield from appending(place, rows)
        yield from sealing_beside(place)
        yield from stored(place)
        yield from month(place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def appending(place: Path, rows: int) -> Iterator[dict[str, Any]]:
    total = min(5_000_000, rows * 1000)
    batches = pieces(list(seconds_of_w1(total // SENSORS)), rows)
    spent = _append_all(place / f"append-{rows}", batches)
    peer = total / sum(_append_duckdb(place / f"peer-{rows}.duckdb", batches))
    name = f"store_append_{rows}"
    yield figure(name, total / sum(spent), "readings/s", "duckdb file, a commit each", peer)
    yield figure(f"{name}_p99", float(np.percentile(spent, 99)) * 1e3, "ms")


def _append_all(folder: Path, batches: list[Batch]) -> list[float]:
    """Seconds of each append, encoding included."""
    spent = []
    with Log.open(folder, write=True) as log:
        for batch in batches:
            begin = time.perf_counter()
            at = int(batch.received[0])
            log.append([Record(RecordKind.READINGS, at, encode_readings(batch))])
            spent.append(time.perf_counter() - begin)
    return spent


def _append_duckdb(path: Path, batches: list[Batch]) -> list[float]:
    spent = []
    with duckdb.connect(str(path)) as peer:
        peer.execute("CREATE TABLE r (s INT, t BIGINT, v DOUBLE, q UTINYINT, a BIGINT)")
        for batch in batches:
            begin = time.perf_counter()
            peer.register("b", pa.table(list(batch), names=["s", "t", "v", "q", "a"]))
            peer.execute("INSERT INTO r SELECT * FROM b")
            spent.append(time.perf_counter() - begin)
    return spent


def sealing_beside(place: Path) -> Iterator[dict[str, Any]]:
    """How long an append takes while another process seals the same store, 20 records a second."""
    folder = place / "beside"
    fill(folder, seconds_of_w1(3_000))
    batches = pieces(list(seconds_of_w1(20)), 500)
    sealing = seal_beside(folder)
    spent = []
    with Log.open(folder, write=True) as log:
        for batch in batches:
            begin = time.perf_counter()
            log.append([Record(RecordKind.READINGS, START, encode_readings(batch))])
            spent.append(time.perf_counter() - begin)
            time.sleep(0.02)
    is_busy = sealing.poll() is None
    sealing.wait()
    if not is_busy:
        print("store: sealing ended before the appends", file=sys.stderr)
    yield figure("store_append_beside_sealing_p99", float(np.percentile(spent, 99)) * 1e3, "ms")


def fill(folder: Path, batches: Iterator[Batch]) -> None:
    with Log.open(folder, write=True) as log:
        for batch in batches:
            at = int(batch.received[0])
            log.append([Record(RecordKind.READINGS, at, encode_readings(batch))])
        log.roll()


def stored(place: Path) -> Iterator[dict[str, Any]]:
    folder = place / "w1"
    fill(folder, seconds_of_w1(READINGS // SENSORS))
    begin = time.perf_counter()
    manifest = seal(folder)
    count = sum(part.rows for part in manifest.of(Kind.READINGS))
    yield figure("store_seal", count / (time.perf_counter() - begin), "readings/s")
    size = sum(part.bytes for part in manifest.parts)
    yield figure("store_bytes_per_reading", size / count, "bytes")
    files = files_sql([folder / part.file for part in manifest.of(Kind.READINGS)])
    plain = f"SELECT sensor, arg_max(value, time) FROM {files} GROUP BY sensor"  # noqa: S608 - our own files
    with duckdb.connect() as peer:
        slow = _ms(lambda: peer.execute(plain).fetchnumpy(), runs=1)
    cold = _ms(lambda: _cold_latest(folder), runs=RUNS)
    yield figure("store_latest_all_cold", cold, "ms", "duckdb over the same parquet", slow)
    with Archive(folder) as archive:
        yield figure("store_latest_all", _ms(lambda: latest(archive), runs=RUNS), "ms")
        whole = Span(START, START + READINGS // SENSORS * 1000)
        value = _ms(lambda: series(archive, 4321, whole), runs=RUNS)
        yield figure("store_series_all_of_one_sensor", value, "ms")


def _cold_latest(folder: Path) -> None:
    with Archive(folder) as archive:
        if len(latest(archive).sensor) != SENSORS:
            raise AssertionError("a sensor is missing")


def month(place: Path) -> Iterator[dict[str, Any]]:
    """30 full days of two readings an hour: as many hours as a month has."""
    folder = place / "month"
    fill(folder, map(_spread, seconds_of_w1(30 * DAY // HALF_HOUR)))
    manifest = seal(folder)
    span = Span(START - 1000, START + 30 * DAY)
    with Archive(folder) as archive, duckdb.connect() as peer:
        found = series(archive, 4321, span)
        if found.resolution is not Resolution.HOUR or found.points.n.sum() != 1440:
            raise AssertionError("the month is not whole")
        value = _ms(lambda: series(archive, 4321, span), runs=RUNS)
        slow = _ms(lambda: peer.execute(_hours_sql(folder, manifest)).fetchnumpy(), runs=RUNS)
        yield figure("store_series_month", value, "ms", "duckdb over the same parquet", slow)


def _spread(batch: Batch) -> Batch:
    """Half an hour between two batches instead of a second."""
    gap = (int(batch.received[0]) - START) // 1000 * (HALF_HOUR - 1000)
    return batch._replace(time=batch.time + gap, received=batch.received + gap)


def _hours_sql(folder: Path, manifest: Manifest) -> str:
    files = files_sql([folder / part.file for part in manifest.of(Kind.READINGS)])
    return f"""SELECT time // {HOUR} AS h, count(*), min(value), max(value), avg(value)
        FROM {files} WHERE sensor = 4321 GROUP BY h ORDER BY h"""  # noqa: S608 - our own files


def _ms(ask: Callable[[], object], *, runs: int) -> float:
    """The median time of a question."""
    spent = []
    for _ in range(runs):
        begin = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - begin)
    return float(np.median(spent)) * 1e3
