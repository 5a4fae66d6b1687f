"""Devices by their own protocols: frames a second of each codec, and through a socket to durable.

A codec is measured on one core: the frames of many devices, each stream fed in pieces of 1,400
bytes, and what is answered made too. End to end, a live site, the gateway and the devices (a
process of their own) share the cores; each device waits for the acknowledgement of its frame, which
is what p99 is of.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anlan.connectors.frames import Way
from anlan.history.registry import sensor_entry
from anlan.live.gateway.protocols import speech_of
from anlan.live.reach import Desk, running
from anlan.terms.sensors import Sensor
from bench._devices import PROTOCOLS, UNANSWERED, fleet
from tests.flow.demos import free_port

DEVICES, EACH, PIECE, WAIT_S = 400, 100, 1_400, 120.0


def run() -> Iterator[dict[str, Any]]:
    """For each protocol: the codec alone, end to end, and p99 there where it acknowledges."""
    for protocol in PROTOCOLS:
        yield _figure(f"gateway_{protocol}_codec", _codec(protocol), "frames/s/core")
        told = _end_to_end(protocol)
        yield _figure(f"gateway_{protocol}_durable", told["per_s"], "frames/s")
        yield _figure(f"gateway_{protocol}_readings", told["readings_per_s"], "readings/s")
        yield _figure(f"gateway_{protocol}_p50", told["p50_ms"], "ms")
        yield _figure(f"gateway_{protocol}_p99", told["p99_ms"], "ms")
    for protocol in UNANSWERED:
        yield _figure(f"gateway_{protocol}_codec", _codec(protocol), "frames/s/core")


def _codec(protocol: str) -> float:
    speech, now = speech_of(protocol), time.time_ns() // 1_000_000
    streams = [b"".join(frames) for frames in fleet(protocol, 40, EACH)]
    frames, began = 0, time.process_time()
    for stream in streams:
        talk = speech.talk(Way())
        for at in range(0, len(stream), PIECE):
            for frame in talk.feed(stream[at : at + PIECE]):
                talk.answer(frame, now)
                frames += frame.is_ok
    return frames / (time.process_time() - began)


def _end_to_end(protocol: str) -> dict[str, Any]:
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sensors = _registered(protocol, data)
        _live(data, stack)
        port = free_port()
        (data / "gateway.toml").write_text(
            f'[[listener]]\nprotocol = "{protocol}"\nport = {port}\n'
            "frames_per_s = 1e6\ndevice_frames_per_s = 1e6\n"
        )
        _process(stack, "anlan.live.gateway.process", str(data))
        _until(lambda: (data / "gateway" / "status.json").exists())
        words = [protocol, str(port), str(DEVICES), str(EACH)]
        devices = _process(stack, "bench._devices", *words, stdout=subprocess.PIPE)
        assert devices.stdout is not None
        assert devices.stdin is not None
        devices.stdout.readline()
        began = time.perf_counter()
        devices.stdin.write(b"go\n")
        devices.stdin.flush()
        told: dict[str, Any] = json.loads(devices.stdout.readline())
        took = time.perf_counter() - began
        stored = _stored(data)
        print(f"{protocol}: {sensors:,} sensors, {stored:,} readings, {told}", file=sys.stderr)
        return told | {"readings_per_s": stored / took}


def _registered(protocol: str, data: Path) -> int:
    """Enters every sensor that the devices name; how many."""
    talk_of, keys = speech_of(protocol).talk, set[str]()
    for frames in fleet(protocol, DEVICES, 1):
        talk = talk_of(Way())
        for frame in talk.feed(b"".join(frames)):
            keys |= {one.sensor for one in frame.readings}
    entries = [sensor_entry(Sensor(key=k, quantity="b.v", object=k)) for k in sorted(keys)]
    with Desk(data) as desk:
        desk.enter(entries)
    return len(keys)


def _live(data: Path, stack: ExitStack) -> None:
    _process(stack, "anlan.site.cli", "serve", "--data", str(data), "--port", "0")
    _until(lambda: _answers(data))


def _answers(data: Path) -> bool:
    live = running(data)
    if live is None:
        return False
    with closing(live):
        return bool(live.ask("GET", "/healthz")["status"] == "ok")


def _stored(data: Path) -> int:
    live = running(data)
    assert live is not None
    with closing(live):
        return int(live.ask("GET", "/api/v1/status")["store"]["readings"])


def _process(
    stack: ExitStack, module: str, *words: str, stdout: int | None = None
) -> subprocess.Popen[bytes]:
    run = ["-c", "from anlan.site.cli import main; main()"] if module == "anlan.site.cli" else None
    command = [sys.executable, *(run or ["-m", module]), *words]
    one = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=stdout or subprocess.DEVNULL)
    stack.callback(one.wait, 30)
    stack.callback(one.terminate)
    return one


def _until(is_so: Any) -> None:
    end = time.monotonic() + WAIT_S
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.1)


def _figure(name: str, value: float, unit: str) -> dict[str, Any]:
    return {
        "name": name, "value": round(value, 1), "unit": unit, "peer": None, "peer_value": None,
        "ratio": None, "cores": os.cpu_count(), "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip
