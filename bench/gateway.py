"""Devices by their own protocols: frames a second of each codec, and through a socket to durable.

A codec is measured on one core: the frames of many devices, each stream fed in pieces of 1,400
bytes, and what is answered made too. End to end, a live site, the gateway and the devices (a
process of their own) share the cores; each device waits for the acknowledgement of its frame, which
is what p99 is of. ANLAN_BENCH_DEVICES: how many are connected (default as aimed at). No peer runs
here: no open platform at hand speaks these protocols.
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
from anlan.live.gateway.told import last_told
from anlan.live.reach import Desk, running
from anlan.terms.sensors import Sensor
from bench._devices import PROTOCOLS, UNANSWERED, fleet
from tests.flow.demos import descendants, free_port

DEVICES = int(os.environ.get("ANLAN_BENCH_DEVICES", "0"))
EACH, PIECE, WAIT_S = 20, 1_400, 300.0
AIMED = {"jt808": (10_000, 30_000)}
OTHERS = (5_000, 20_000)
"""Devices that are connected, and frames a second that are aimed at on two cores."""


def run() -> Iterator[dict[str, Any]]:
    """For each protocol: the codec alone, and all that `_end_to_end` tells."""
    for protocol in PROTOCOLS:
        yield _figure(f"gateway_{protocol}_codec", _codec(protocol), "frames/s/core")
        for name, (value, unit) in _end_to_end(protocol).items():
            yield _figure(f"gateway_{protocol}_{name}", value, unit)
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


def _end_to_end(protocol: str) -> dict[str, tuple[float, str]]:
    """Frames and readings a second until durable and acknowledged; how late at half the load that
    is aimed at; what each process takes of the processor for a frame; memory of a connection."""
    count, aimed = AIMED.get(protocol, OTHERS)
    count = DEVICES or count
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sensors = _registered(protocol, data, count)
        site, port = _live(data, stack), free_port()
        gateway = _gateway(data, stack, (protocol, port, count))
        memory = [_pss_kb(gateway.pid)]
        words = [protocol, str(port), str(count), str(EACH), str(aimed // 2)]
        devices = _process(stack, "bench._devices", *words, stdout=subprocess.PIPE)
        assert devices.stdout is not None
        devices.stdout.readline()
        _until(lambda: _connections(data) == count)
        memory.append(_pss_kb(gateway.pid))
        half, _ = _ride(devices, data)
        used = [_cpu_s(one.pid) for one in (gateway, site)]
        full, readings_per_s = _ride(devices, data)
        took = [_cpu_s(one.pid) - then for one, then in zip((gateway, site), used, strict=True)]
        memory.append(_pss_kb(gateway.pid))
    print(
        f"{protocol}: {sensors:,} sensors, {count:,} devices, load of the machine "
        f"{os.getloadavg()[0]:.1f}, at half load {half}, then {full}",
        file=sys.stderr,
    )
    shares = [1e6 * one / full["frames"] for one in (*took, full["cpu_s"])]
    kb = [(one - memory[0]) / count for one in memory[1:]]
    return {
        "durable": (full["per_s"], "frames/s"), "readings": (readings_per_s, "readings/s"),
        "p50": (full["p50_ms"], "ms"), "p99": (full["p99_ms"], "ms"),
        "half_load": (half["per_s"], "frames/s"), "half_load_p99": (half["p99_ms"], "ms"),
        "cpu_gateway": (shares[0], "µs/frame"), "cpu_site": (shares[1], "µs/frame"),
        "cpu_devices": (shares[2], "µs/frame"),
        "idle_connection": (kb[0], "kB"), "connection_that_spoke": (kb[1], "kB"),
    }  # fmt: skip


def _gateway(data: Path, stack: ExitStack, what: tuple[str, int, int]) -> subprocess.Popen[bytes]:
    """Listens for so many devices of a protocol on a port."""
    protocol, port, count = what
    (data / "gateway.toml").write_text(
        f'[[listener]]\nprotocol = "{protocol}"\nport = {port}\nfirst_s = 600\n'
        f"most_connections = {count}\nmost_per_address = {count}\n"
        "frames_per_s = 1e6\ndevice_frames_per_s = 1e6\n"
    )
    gateway = _process(stack, "anlan.live.gateway.process", str(data))
    _until(lambda: _connections(data) == 0)
    return gateway


def _ride(devices: subprocess.Popen[bytes], data: Path) -> tuple[dict[str, float], float]:
    """What the devices tell of their next ride, and readings a second that became durable."""
    assert devices.stdin is not None
    assert devices.stdout is not None
    before, began = _stored(data), time.perf_counter()
    devices.stdin.write(b"go\n")
    devices.stdin.flush()
    told: dict[str, float] = json.loads(devices.stdout.readline())
    took = time.perf_counter() - began
    return told, (_stored(data) - before) / took


def _connections(data: Path) -> int:
    """How many the gateway told last; -1 before it told anything."""
    told = last_told(data)
    return -1 if told is None else int(told["listeners"][0]["connections"])


def _pss_kb(pid: int) -> int:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.split("Pss:")[1].split()[0])


def _cpu_s(pid: int) -> float:
    """Of a process and all that it started."""
    ticks = 0
    for one in (pid, *descendants(pid)):
        told = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _registered(protocol: str, data: Path, devices: int) -> int:
    """Enters every sensor that the devices name; how many."""
    talk_of, keys = speech_of(protocol).talk, set[str]()
    for frames in fleet(protocol, devices, 1):
        talk = talk_of(Way())
        for frame in talk.feed(b"".join(frames)):
            keys |= {one.sensor for one in frame.readings}
    entries = [sensor_entry(Sensor(key=k, quantity="b.v", object=k)) for k in sorted(keys)]
    with Desk(data) as desk:
        desk.enter(entries)
    return len(keys)


def _live(data: Path, stack: ExitStack) -> subprocess.Popen[bytes]:
    site = _process(stack, "anlan.site.cli", "serve", "--data", str(data), "--port", "0")
    _until(lambda: _answers(data))
    return site


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
