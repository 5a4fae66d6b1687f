"""Intake over HTTP, end to end on the loopback: durable before acknowledged, changes told.

Workload W1 and rule R4 with the quality gate on. The changes of every throughput run are
compared with a plain walk over the same values before its figure is given; those of the latency
run are not. No peer is run beside it yet, so no peer's figure is told. Four sources send a
quarter of 10,000 sensors each, in order, from a process on the same cores. Latency: 10,000
readings in one body a second, from the first byte sent to the change on the event stream.
"""

import importlib.util
import json
import os
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from anlan.history.cursor import Cursor, changes_since
from anlan.history.log import Log, store_in
from bench._load import DEADBAND, LIMITS, OFF_S, ON_S, Sender, body_of, prepare, send_all, serving

SENSORS, TICKS, SOURCES, TICKS_A_BODY = 10_000, 400, 4, 8
LATENCY_S = 40
_W1 = Path(__file__).resolve().parents[2] / "shared" / "peers" / "iot" / "workload.py"


def run() -> Iterator[dict[str, Any]]:
    """Readings a second by form, then the latency."""
    w1 = _workload()
    if w1 is None:
        print(f"intake: skipped, there is no {_W1}", file=sys.stderr)
        return
    values = w1.values(SENSORS, TICKS)
    expected = walk(values)
    for form in ("ndjson", "columns", "arrow"):
        speed = throughput(form, values, expected)
        yield row(f"intake_{form}", speed, "readings/s")
    p50, p99 = latency(w1.values(SENSORS, LATENCY_S))
    yield row("intake_latency_p50", p50, "ms")
    yield row("intake_latency_p99", p99, "ms")


def _workload() -> ModuleType | None:
    if not _W1.exists():
        return None
    spec = importlib.util.spec_from_file_location("workload", _W1)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def row(name: str, value: float, unit: str) -> dict[str, Any]:
    """A figure in the form that all benches print."""
    return {
        "name": name,
        "value": round(value, 1) if unit == "ms" else round(value),
        "unit": unit,
        "peer": None,
        "peer_value": None,
        "ratio": None,
        "cores": os.cpu_count(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def keys_of(sensors: int) -> list[str]:
    return [f"S{i:06d}" for i in range(sensors)]


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


def latency(values: Any) -> tuple[float, float]:
    """Median and 99th percentile of milliseconds from sending a reading to hearing its change."""
    keys = keys_of(values.shape[1])
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        key = prepare(data, keys)
        with serving(data) as address:
            sent: dict[int, float] = {}
            heard: list[float] = []
            threading.Thread(target=listen, args=(address, sent, heard), daemon=True).start()
            sender = Sender(address, key, "ndjson")
            begin = int(time.time()) + 2
            for tick in range(len(values)):
                stamp = (begin + tick) * 1000
                body = body_of("ndjson", keys, np.array([stamp]), values[tick : tick + 1])
                time.sleep(max(0.0, begin + tick + 0.3 - time.time()))
                sent[stamp] = time.perf_counter()
                sender.send(body)
            time.sleep(1)
    return float(np.percentile(heard, 50)), float(np.percentile(heard, 99))


def listen(address: str, sent: dict[int, float], heard: list[float]) -> None:
    """Notes how long after its reading was sent each change arrives."""
    with urllib.request.urlopen(f"{address}/api/v1/stream", timeout=60) as stream:  # noqa: S310 - our own address
        for line in stream:
            if line.startswith(b"data:"):
                now = time.perf_counter()
                at = json.loads(line[5:])["at"].replace("Z", "+00:00")
                stamp = round(datetime.fromisoformat(at).timestamp() * 1000)
                if stamp in sent:
                    heard.append((now - sent[stamp]) * 1000)
