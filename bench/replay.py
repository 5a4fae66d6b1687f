"""Replay of a file, end to end: readings on disk to change lines on disk.

Workload W1: 10,000 sensors, one reading a second each, noise and excursions, the same values
for the same seed wherever it is made. Rule R4: four levels at 60/70/80/90, deadband 3,
on-delay 5 s, off-delay 10 s, behind the quality gate. The changes of some sensors are checked
against plain Python before a figure is given. The peer answers an easier question on the same
file: raises of one level, by window functions in DuckDB.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from anlan.engine.plan import Plan, compile_plan
from anlan.engine.rules import Gate, LevelRule, Rule, RuleSet
from anlan.live.replay.lines import change_lines
from anlan.live.replay.run import Replayed, replay
from anlan.live.replay.summary import Digest
from anlan.terms.levels import RAISED_LEVELS
from anlan.terms.sensors import Limit, Sensor

SENSORS, TICKS, CSV_TICKS = 10_000, 2_000, 200
START = 1_767_225_600_000
LIMITS, DEADBAND, ON_S, OFF_S = (60.0, 70.0, 80.0, 90.0), 3.0, 5, 10
REPEATS, CHECKED = 5, 100

Rows = Iterator[dict[str, Any]]


def run() -> Rows:
    """One row a figure: readings a second of Parquet and CSV, best of some repeats."""
    values = workload()
    plan = rules()
    with tempfile.TemporaryDirectory() as folder:
        parquet, csv = Path(folder) / "w1.parquet", Path(folder) / "w1.csv"
        write_parquet(parquet, values)
        pa_csv.write_csv(pq.read_table(parquet).slice(0, SENSORS * CSV_TICKS), csv)
        replayed = end_to_end(parquet, plan)[0]
        check(replayed, values)
        peer = best(lambda: SENSORS * TICKS / duckdb_raises(parquet))
        speed = best(lambda: SENSORS * TICKS / end_to_end(parquet, plan)[1])
        yield row("replay_parquet", speed, peer=("duckdb window SQL, one level", peer))
        speed = best(lambda: SENSORS * CSV_TICKS / end_to_end(csv, plan)[1])
        yield row("replay_csv", speed)


def row(name: str, speed: float, *, peer: tuple[str, float] | None = None) -> dict[str, Any]:
    """A figure in the form that all benches print."""
    return {
        "name": name,
        "value": round(speed),
        "unit": "readings/s",
        "peer": peer[0] if peer else None,
        "peer_value": round(peer[1]) if peer else None,
        "ratio": round(speed / peer[1], 2) if peer else None,
        "cores": os.cpu_count(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def best(measure: Callable[[], float]) -> float:
    """The median of the better half of the repeats: other work on the machine only slows."""
    found = sorted(measure() for _ in range(REPEATS))
    return statistics.median(found[REPEATS // 2 :])


def workload() -> Any:
    """(TICKS, SENSORS) values, two decimals, the same for the same seed."""
    chance = np.random.Generator(np.random.Philox(7))
    period = chance.integers(100, 2000, SENSORS)
    phase = chance.integers(0, 2000, SENSORS)
    length = chance.integers(2, 40, SENSORS)
    height = chance.choice([15.0, 25.0, 35.0, 45.0], SENSORS)
    values = np.empty((TICKS, SENSORS))
    for tick in range(TICKS):
        noise = chance.standard_normal(SENSORS) * 2.0 + 50.0
        excursion = np.where((tick + phase) % period < length, height, 0.0)
        values[tick] = np.round(noise + excursion, 2)
    return values


def rules() -> Plan:
    """R4 behind a gate whose rate the excursions keep."""
    levels = tuple(
        LevelRule(level=level, on_delay_ms=ON_S * 1000, off_delay_ms=OFF_S * 1000)
        for level in RAISED_LEVELS
    )
    rule = Rule(key="w1.value.level", quantity="value", levels=levels, takes_limits=True)
    gate = Gate(low=-1000, high=1000, spike="confirm", rate_per_h=360_000, interval_ms=1000)
    sensors = [Sensor(key=key(i), quantity="value", object=key(i)) for i in range(SENSORS)]
    limits = [
        Limit(sensor=sensor.key, level=level, value=value, deadband=DEADBAND)
        for sensor in sensors
        for level, value in zip(RAISED_LEVELS, LIMITS, strict=True)
    ]
    return compile_plan(sensors, limits, [RuleSet(pack="w1", gates={"value": gate}, rules=(rule,))])


def key(i: int) -> str:
    return f"s{i:06d}"


def write_parquet(path: Path, values: Any) -> None:
    """In order of time, some ticks a row group; one row is sensor, time, value."""
    keys = pa.array([key(i) for i in range(SENSORS)])
    writer = None
    for tick in range(0, TICKS, 100):
        ticks = np.arange(tick, tick + 100, dtype=np.int64)
        places = np.tile(np.arange(SENSORS, dtype=np.int32), 100)
        table = pa.table(
            {
                "sensor": pa.DictionaryArray.from_arrays(places, keys),
                "time": np.repeat(START + ticks * 1000, SENSORS),
                "value": values[tick : tick + 100].ravel(),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def end_to_end(path: Path, plan: Plan) -> tuple[Replayed, float]:
    """A replay with its change file written; and the seconds it took."""
    began = time.perf_counter()
    replayed = replay(path, plan)
    digest = Digest()
    with path.with_suffix(".ndjson").open("wb") as file:
        for piece in digest.passing(change_lines(replayed.engine, replayed.changes)):
            file.write(piece)
    return replayed, time.perf_counter() - began


def check(replayed: Replayed, values: Any) -> None:
    """The changes of the first sensors equal those of plain Python."""
    changes = replayed.engine.describe(replayed.changes)
    for i in range(CHECKED):
        told = [((c.at - START) // 1000, int(c.after)) for c in changes if c.sensor == key(i)]
        assert told == oracle(values[:, i].tolist()), f"{key(i)} differs from plain Python"


def oracle(values: list[float]) -> list[tuple[int, int]]:
    """(tick, level) whenever the reported level changes; one reading a tick, none held."""
    stands, on, off = [False] * 4, [-1] * 4, [-1] * 4
    told, reported = [], 0
    for tick, value in enumerate(values):
        for k, limit in enumerate(LIMITS):
            met = value < limit - DEADBAND if stands[k] else value >= limit
            since, wait = (off, OFF_S) if stands[k] else (on, ON_S)
            since[k] = (tick if since[k] < 0 else since[k]) if met else -1
            if met and tick - since[k] >= wait:
                stands[k] = not stands[k]
                on[k] = off[k] = -1
        level = max((k + 1 for k in range(4) if stands[k]), default=0)
        if level != reported:
            told.append((tick, level))
            reported = level
    return told


def duckdb_raises(path: Path) -> float:
    """Seconds that DuckDB takes to find the runs of 5 s and more above 80."""
    began = time.perf_counter()
    engine = duckdb.connect()
    engine.execute("set enable_progress_bar = false")
    engine.execute(
        """
        select count(*) from (
          select sensor, run, max(time) - min(time) as lasting from (
            select sensor, time, sum(changes) over (partition by sensor order by time) as run,
                   above
            from (
              select sensor, time, value > 80 as above,
                     ((value > 80) <> coalesce(lag(value > 80) over
                       (partition by sensor order by time), false))::int as changes
              from read_parquet(?)))
          where above group by sensor, run)
        where lasting >= 5000
        """,
        [str(path)],
    ).fetchall()
    return time.perf_counter() - began
