"""The kernel alone: rule R4 with the quality gate on workload W1, one core.

In order: 10,000 sensors, batches of one reading each. Shuffled: 1,000,000 sensors in random
order within a batch. The level changes are checked against a plain Python walk over some
sensors.
"""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np

from anlan.engine.engine import Engine
from anlan.engine.plan import compile_plan
from anlan.engine.rules import Gate, LevelRule, Rule, RuleSet
from anlan.terms.levels import RAISED_LEVELS
from anlan.terms.readings import Batch
from anlan.terms.sensors import Sensor
from anlan.terms.times import NEVER

START = 1_767_225_600_000
LIMITS, DEADBAND, ON_MS, OFF_MS = (60.0, 70.0, 80.0, 90.0), 3.0, 5_000, 10_000


def values(sensors: int, ticks: int, seed: int = 7) -> np.ndarray:
    """(ticks, sensors) W1: noise about 50 with excursions, two decimals."""
    chance = np.random.Generator(np.random.Philox(seed))
    period, phase = chance.integers(100, 2000, sensors), chance.integers(0, 2000, sensors)
    length = chance.integers(2, 40, sensors)
    height = chance.choice([15.0, 25.0, 35.0, 45.0], sensors)
    out = np.empty((ticks, sensors))
    for t in range(ticks):
        x = chance.standard_normal(sensors) * 2.0 + 50.0
        out[t] = np.round(x + np.where((t + phase) % period < length, height, 0.0), 2)
    return out


def engine_for(sensors: int) -> Engine:
    """R4 behind a gate that confirms implausible jumps."""
    levels = tuple(
        LevelRule(
            level=level, threshold=limit, deadband=DEADBAND, on_delay_ms=ON_MS, off_delay_ms=OFF_MS
        )
        for level, limit in zip(RAISED_LEVELS, LIMITS, strict=True)
    )
    gate = Gate(low=-1e3, high=1e3, spike="confirm", rate_per_h=1e9, interval_ms=1000)
    rule = Rule(key="w1.v.level", quantity="v", levels=levels, takes_limits=True)
    one = [Sensor(key=f"S{i:07d}", quantity="v", object=f"O{i}") for i in range(sensors)]
    return Engine(compile_plan(one, [], [RuleSet(pack="w1", gates={"v": gate}, rules=(rule,))]))


def plain(column: np.ndarray) -> list[tuple[int, int]]:
    """(tick, level) changes of one sensor by a plain walk."""
    stands, on, off, said = [False] * 4, [-1] * 4, [-1] * 4, []
    level = 0
    for t, v in enumerate(column.tolist()):
        for k, limit in enumerate(LIMITS):
            if stands[k]:
                off[k] = (t if off[k] < 0 else off[k]) if v < limit - DEADBAND else -1
                stands[k] = off[k] < 0 or (t - off[k]) * 1000 < OFF_MS
                on[k] = -1 if not stands[k] else on[k]
            else:
                on[k] = (t if on[k] < 0 else on[k]) if v >= limit else -1
                stands[k] = on[k] >= 0 and (t - on[k]) * 1000 >= ON_MS
                off[k] = -1
        now = max((k + 1 for k in range(4) if stands[k]), default=0)
        if now != level:
            said.append((t, now))
            level = now
    return said


def batches(v: np.ndarray, order: np.ndarray) -> Iterator[Batch]:
    for t in range(len(v)):
        n = len(order)
        time_ms = np.full(n, START + t * 1000, np.int64)
        yield Batch(order, time_ms, v[t][order], np.zeros(n, np.uint8), np.full(n, NEVER, np.int64))


def measure(sensors: int, ticks: int, *, shuffled: bool) -> tuple[float, bool]:
    """(readings a second, changes right)."""
    v, engine = values(sensors, ticks), engine_for(sensors)
    order = np.arange(sensors, dtype=np.int32)
    if shuffled:
        order = np.random.default_rng(1).permutation(sensors).astype(np.int32)
    said: dict[int, list[tuple[int, int]]] = {}
    took = 0.0
    for t, batch in enumerate(batches(v, order)):
        begin = time.perf_counter()
        if shuffled:  # as a live loop does it: a tick, then the readings as they come
            engine.tick(int(batch.time[0]))
        changes = engine.apply(batch, inline_ticks=not shuffled).changes
        took += time.perf_counter() - begin if t else 0.0
        for change in changes[changes["instance"] < 100]:
            said.setdefault(int(change["instance"]), []).append((t, int(change["after"])))
    right = all(said.get(i, []) == plain(v[:, i]) for i in range(100))
    return sensors * (ticks - 1) / took, right


def run() -> Iterator[dict[str, Any]]:
    """The kernel's figures."""
    for name, sensors, ticks, shuffled in (
        ("kernel R4 with the gate, in order, 10,000 sensors", 10_000, 600, False),
        ("kernel R4 with the gate, in order, 1,000,000 sensors", 1_000_000, 24, False),
        ("kernel R4 with the gate, shuffled, 1,000,000 sensors", 1_000_000, 24, True),
    ):
        rate, right = measure(sensors, ticks, shuffled=shuffled)
        yield {
            "name": name,
            "value": round(rate),
            "unit": "readings/s",
            "digest": "ok" if right else "WRONG",
            "peer": None,
            "peer_value": None,
            "ratio": None,
            "cores": os.cpu_count(),
            "date": datetime.now(UTC).date().isoformat(),
        }
