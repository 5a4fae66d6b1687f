"""kill -9 of the senders amid 20,000: nobody is lost, and who is told twice has the same key."""

import json
import random
import time
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from subprocess import Popen

import pytest

from bench import mass
from tests.flow.conftest import wait_until

COUNT, KILLS, PATIENCE_S = 20_000, 4, 120.0
_EACH = COUNT // 4
_ON_THEIR_WAY = {"push": 2 * 32, "webhook": 2 * 16, "sms": 2 * 4 * 500, "mqtt": 2 * 1_000 * 5}
"""Whose answer one sender may be waiting for at once, two parcels of each way in hand."""


def _open(data: Path) -> int:
    """How many parcels still have somebody who waits; at least one before they are packed."""
    rows = mass._rows(data, "SELECT sum(is_open), sum(size) FROM warning_parcel")
    ((still, size),) = rows
    return int(still) if size == COUNT else 1


def _counts(data: Path) -> dict[str, int]:
    """How many there are of each outcome."""
    counts: Counter[str] = Counter()
    for (text,) in mass._rows(data, "SELECT counts FROM warning_parcel"):
        counts.update(json.loads(text))
    return dict(counts)


def _is_whole(sink: mass._Sink) -> bool:
    """Whether a far end has told all of its way."""
    return bool(sink.so_far()["recipients"] == _EACH)


@pytest.mark.timeout(300)
def test_nobody_is_lost_and_few_are_told_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLAN_BENCH_SUBSCRIBERS", str(COUNT))
    monkeypatch.setattr(mass, "SESSIONS", 1_000)
    with ExitStack() as stack:
        port, _broker = mass._broker(tmp_path, stack)
        areas = [f"anlan/warnings/990101001{n + 1:03}" for n in range(5)]
        told = {"port": port, "sessions": 1_000, "topics": areas}
        sinks = {way: mass._Sink(way, told if way == "mqtt" else {}, stack) for way in mass.WAYS}
        ports = {way: sink.port for way, sink in sinks.items()}
        mass._write_options(tmp_path, ports)
        mass._part(tmp_path, "-c", "import bench.mass as b; b.fill()", "5", json.dumps(ports))

        def sender(number: int) -> "Popen[bytes]":
            return mass._started(tmp_path, stack, "mass", json.dumps({"number": number}))

        senders = [sender(n) for n in range(2)]
        mass._started(tmp_path, stack, "work", "{}")
        mass._part(tmp_path, "-c", "import bench.mass as b; b.sign()")
        chance, killed = random.Random(7), 0
        until_s = time.monotonic() + PATIENCE_S
        while (still := _open(tmp_path)) and time.monotonic() < until_s:
            time.sleep(chance.uniform(0.1, 0.6))
            if killed < KILLS and mass._rows(tmp_path, "SELECT 1 FROM warning_parcel LIMIT 1"):
                number = killed % 2
                senders[number].kill()
                senders[number].wait()
                senders[number], killed = sender(number), killed + 1
        assert not still
        assert killed > 0
        assert _counts(tmp_path) == {"16": COUNT}
        for way, sink in sinks.items():
            # The broker may still hand on.
            wait_until(partial(_is_whole, sink), PATIENCE_S)
            found = sink.told()
            # Each under one key: a repetition is known by it, at whichever try.
            assert found["recipients"] == _EACH, way
            assert found["twice"] <= killed * _ON_THEIR_WAY[way], way
