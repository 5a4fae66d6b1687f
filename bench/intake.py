"""Intake over HTTP, end to end on the loopback: durable before acknowledged, changes told.

Workload W1 and rule R4 with the quality gate on. The changes of every run are compared with a
plain walk over the same values before its figure is given. Four sources send a quarter of 10,000
sensors each, in order, from a process on the same cores. Latency: 10,000 readings in one body a
second, from the first byte sent to the change on the event stream; a line for each peer.
The peers run after one another in the same run, with the easier task: see bench/_peers.py.
"""

import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from anlan.history.cursor import Cursor, changes_since
from anlan.history.log import Log, store_in
from bench import _peers as peers
from bench._latency import latency
from bench._load import DEADBAND, LIMITS, OFF_S, ON_S, body_of, keys_of, prepare, send_all, serving

SENSORS, TICKS, SOURCES, TICKS_A_BODY = 10_000, 400, 4, 8
LATENCY_S, PROMETHEUS_S = 40, 75
_W1 = peers.DRIVERS / "workload.py"

Rows = Iterator[dict[str, Any]]


def run() -> Rows:
    """Readings a second by form, then the latency."""
    w1 = _workload()
    if w1 is None:
        print(f"intake: skipped, there is no {_W1}", file=sys.stderr)
        return
    values = w1.values(SENSORS, TICKS)
    expected = walk(values)
    asked = {"sensors": SENSORS, "ticks": TICKS}
    speed = throughput("ndjson", values, expected)
    yield row("intake_ndjson", speed, peer=peers.node_red_speed("a", **asked))
    speed = throughput("columns", values, expected)
    yield row("intake_columns", speed, peer=peers.node_red_speed("b", **asked))
    speed = throughput("arrow", values, expected)
    yield row("intake_arrow", speed, peer=peers.bytewax_speed(**asked))
    yield from latencies(w1.values(SENSORS, LATENCY_S))


def latencies(values: Any) -> Rows:
    """Median and 99th percentile, each beside each peer that is here."""
    p50, p99 = latency(values, walk(values))
    told = (
        peers.node_red_latency(sensors=SENSORS, seconds=LATENCY_S),
        peers.prometheus_latency(sensors=SENSORS, seconds=PROMETHEUS_S),
    )
    found: list[peers.Latency | None] = [one for one in told if one is not None]
    for peer in found or [None]:
        yield row("intake_latency_p50", p50, unit="ms", peer=None if peer is None else peer.p50)
        yield row("intake_latency_p99", p99, unit="ms", peer=None if peer is None else peer.p99)


def _workload() -> ModuleType | None:
    if not _W1.exists():
        return None
    spec = importlib.util.spec_from_file_location("workload", _W1)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def row(
    name: str, value: float, *, unit: str = "readings/s", peer: peers.Peer | None
) -> dict[str, Any]:
    """A figure in the form that all benches print; the ratio says how many times better it is."""
    digits = 1 if unit == "ms" else None
    told: dict[str, Any] = {"peer": None, "peer_value": None, "ratio": None}
    if peer is not None:
        ratio = peer.value / value if unit == "ms" else value / peer.value
        told = {
            "peer": peer.name,
            "peer_value": round(peer.value, digits),
            "ratio": round(ratio, 2),
        }
    return {
        "name": name,
        "value": round(value, digits),
        "unit": unit,
        **told,
        "cores": os.cpu_count(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def throughput(form: str, values: Any, expected: set[tuple[int, int, int]]) -> float:
    """Readings a second over all sources, acknowledged; the changes are right."""
    start = int(time.time()) * 1000 - 3_600_000
    keys = keys_of(SENSORS)
    shares = []
    for source in range(SOURCES):
        mine = slice(source, None, SOURCES)
        shares.append(
            [
                body_of(
                    form,
                    keys[mine],
                    start + 1000 * np.arange(t, min(t + TICKS_A_BODY, TICKS), dtype=np.int64),
                    values[t : t + TICKS_A_BODY, mine],
                )
                for t in range(0, TICKS, TICKS_A_BODY)
            ]
        )
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        key = prepare(data, keys)
        with serving(data) as address:
            took = send_all(address, key, form, shares)
        check(data, start, expected)
    return SENSORS * TICKS / took


def check(data: Path, start: int, expected: set[tuple[int, int, int]]) -> None:
    """The changes in the store are those of the plain walk, each once."""
    with Log.open(store_in(data)) as log:
        told = changes_since(log, Cursor(log.epoch), 10_000_000)
    found = [
        ((c.at - start) // 1000, int(str(c.sensor)[1:]), int(c.after))
        for _, c in told
        if c.rule == "w1.v.level"
    ]
    assert len(found) == len(set(found)), "a change stands twice"
    assert set(found) == expected, (
        f"{len(set(found) ^ expected)} changes differ from the plain walk"
    )


def walk(values: Any) -> set[tuple[int, int, int]]:
    """(tick, sensor, level) whenever a reported level changes, by a plain walk over all sensors."""
    ticks, sensors = values.shape
    stands = np.zeros((4, sensors), bool)
    since = np.full((4, sensors), -1)
    reported = np.zeros(sensors, int)
    found = set()
    for t in range(ticks):
        for k, limit in enumerate(LIMITS):
            met = np.where(stands[k], values[t] <= limit - DEADBAND, values[t] > limit)
            since[k] = np.where(met, np.where(since[k] < 0, t, since[k]), -1)
            wait = np.where(stands[k], OFF_S, ON_S)
            turn = met & (t - since[k] >= wait)
            stands[k] ^= turn
            since[k][turn] = -1
        level = np.where(stands, np.arange(1, 5)[:, None], 0).max(axis=0)
        for s in np.flatnonzero(level != reported).tolist():
            found.add((t, s, int(level[s])))
        reported = level
    return found
