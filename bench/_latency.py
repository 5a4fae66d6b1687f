"""How long after its reading was sent a change is heard, and that what is heard is right."""

import json
import tempfile
import threading
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from anlan.terms.levels import level_named
from bench._load import Sender, body_of, keys_of, prepare, serving

_GRACE_S = 1.0


class Heard(NamedTuple):
    """A change on the event stream: the time of its reading, and when it came."""

    stamp: int
    sensor: int
    level: int
    came: float


def latency(values: Any, expected: set[tuple[int, int, int]]) -> tuple[float, float]:
    """Median and 99th percentile of milliseconds from sending a reading to hearing its change.

    `expected` holds (tick, sensor, level); another change, a missing or a repeated one raises.
    """
    keys = keys_of(values.shape[1])
    heard: list[Heard] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        key = prepare(data, keys)
        with serving(data) as address:
            threading.Thread(target=listen, args=(address, heard), daemon=True).start()
            begin = int(time.time()) + 2
            sent = send_each_second(Sender(address, key, "ndjson"), keys, values, begin=begin)
            time.sleep(_GRACE_S)
    found = [((one.stamp // 1000 - begin), one.sensor, one.level) for one in heard]
    assert len(found) == len(set(found)), "a change was told twice"
    assert set(found) == expected, f"{len(set(found) ^ expected)} changes differ from the walk"
    took = [(one.came - sent[one.stamp]) * 1000 for one in heard]
    return float(np.percentile(took, 50)), float(np.percentile(took, 99))


def send_each_second(
    sender: Sender, keys: list[str], values: Any, *, begin: int
) -> dict[int, float]:
    """Sends all sensors once a second; when the first byte of each second went out."""
    sent: dict[int, float] = {}
    for tick in range(len(values)):
        stamp = (begin + tick) * 1000
        body = body_of("ndjson", keys, np.array([stamp]), values[tick : tick + 1])
        time.sleep(max(0.0, begin + tick + 0.3 - time.time()))
        sent[stamp] = time.perf_counter()
        sender.send(body)
    return sent


def listen(address: str, heard: list[Heard]) -> None:
    """Notes each change of the rule as it arrives."""
    with urllib.request.urlopen(f"{address}/api/v1/stream", timeout=60) as stream:  # noqa: S310 - our own address
        for line in stream:
            if line.startswith(b"data:"):
                came = time.perf_counter()
                told = json.loads(line[5:])
                if told["rule"] == "w1.v.level":
                    at = datetime.fromisoformat(told["at"].replace("Z", "+00:00"))
                    stamp, sensor = round(at.timestamp() * 1000), int(told["sensor"][1:])
                    heard.append(Heard(stamp, sensor, int(level_named(told["to"])), came))
