"""Other systems on the same workload, each driven in the same run and checked by its own driver.

`make peers` puts the systems into build/peers; their drivers lie beside the checkout, in
../shared/peers/iot, and run where they lie. A peer that is not here, fails, or tells wrong
changes has no figure, and stderr says why. All of them have the easier task: rule R1, one level,
no quality gate, nothing durable (Prometheus writes a log that it does not wait for).
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "build" / "peers"
DRIVERS = ROOT.parent / "shared" / "peers" / "iot"
_LIMIT_S = 240
# Prometheus sees the first values for some seconds before the clock of its driver starts, and an
# excursion lasts at most 40 s: until then it raises earlier than the workload says.
_STARTED_S = 45
_UNDER_WAY_S = 2  # what is due last may still be on its way when the driver ends
_MOST_MISSED = 0.01
_Figure = TypeVar("_Figure")


class Peer(NamedTuple):
    """A figure of another system; `name` says how it was fed."""

    name: str
    value: float


class Latency(NamedTuple):
    """Milliseconds from a reading to its change."""

    p50: Peer
    p99: Peer


class Absent(Exception):
    """Why a peer has no figure."""


def node_red_speed(mode: str, *, sensors: int, ticks: int) -> Peer | None:
    """Readings a second; mode `a` is one reading a message, `b` all sensors of a second in one."""
    fed = "one reading a message" if mode == "a" else f"{sensors:,} readings a message"

    def ask() -> Peer:
        told = _node_red(mode, sensors, ticks, rate=0)
        return Peer(f"{_node_red_name()}, line JSON over TCP, {fed}", speed_of(told))

    return _or_reason("Node-RED", ask)


def bytewax_speed(*, sensors: int, ticks: int) -> Peer | None:
    """Readings a second, one worker, keyed by sensor, out of memory."""

    def ask() -> Peer:
        told = checked(_drive("b_bytewax.py", sensors, ticks, "key"))
        name, version = told.split()[:2]
        return Peer(f"{name} {version}, a key a sensor, from memory", speed_of(told))

    return _or_reason("Bytewax", ask)


def node_red_latency(*, sensors: int, seconds: int) -> Latency | None:
    """All sensors once a second, one reading a message."""

    def ask() -> Latency:
        told = _node_red("a", sensors, seconds, rate=1)
        return latency_of(f"{_node_red_name()}, line JSON over TCP", told)

    return _or_reason("Node-RED", ask)


def prometheus_latency(*, sensors: int, seconds: int) -> Latency | None:
    """Scraped and evaluated once a second, until the alert is at the door of an Alertmanager."""

    def ask() -> Latency:
        told = complete(_drive("b_prom.py", sensors, seconds), seconds=seconds)
        return latency_of(f"{_prometheus_name()}, scrape and rules each second", told)

    return _or_reason("Prometheus", ask)


def _or_reason(name: str, ask: Callable[[], _Figure]) -> _Figure | None:
    try:
        return ask()
    except Absent as why:
        print(f"{name}: no figure, {why}", file=sys.stderr)
        return None


def checked(told: str) -> str:
    """What a driver told, if the changes it saw have the digest of the workload's own oracle."""
    if "digest ok=True" not in told or "finished=False" in told:
        raise Absent(f"its changes are not those of the workload: {told.strip()[-400:]}")
    return told


def complete(told: str, *, seconds: int) -> str:
    """What Prometheus' driver told, if the raises due after its start-up were alerted."""
    due, seen = (int(n) for n in _found(r"oracle raises (\d+), alerts matched (\d+)", told))
    missed = {int(t): int(n) for t, n in re.findall(r"(\d+): (\d+)", _found(r"(\{.*\})", told)[0])}
    late = sum(n for t, n in missed.items() if _STARTED_S <= t < seconds - _UNDER_WAY_S)
    if seen == 0 or late > _MOST_MISSED * seen:
        raise Absent(f"it missed {late} raises after its start; {seen} of {due} matched in all")
    return told


def speed_of(told: str) -> float:
    """Readings a second on the wall clock."""
    return float(_found(r"([\d,]+) readings/s", told)[0].replace(",", ""))


def latency_of(name: str, told: str) -> Latency:
    """The percentiles that a driver told."""
    p50, p99 = _found(r"p50 ([\d.]+) p99 ([\d.]+)", told)
    return Latency(Peer(name, float(p50)), Peer(name, float(p99)))


def _found(pattern: str, told: str) -> tuple[str, ...]:
    found = re.search(pattern, told)
    if found is None:
        raise Absent(f"its driver did not tell {pattern!r}: {told.strip()[-400:]}")
    return found.groups()


def _node_red(mode: str, sensors: int, ticks: int, *, rate: int) -> str:
    _need(PLACE / "node_modules" / "node-red" / "red.js")
    settings = PLACE / "nr" / "settings.js"
    settings.parent.mkdir(exist_ok=True)
    settings.unlink(missing_ok=True)
    settings.symlink_to(DRIVERS / "nr" / "settings.js")
    _drive("gen_flow.py")
    return checked(_drive("b_nodered.py", mode, sensors, ticks, rate))


def _node_red_name() -> str:
    package = PLACE / "node_modules" / "node-red" / "package.json"
    return f"Node-RED {json.loads(package.read_text())['version']}"


def _prometheus_name() -> str:
    program = PLACE / "debian" / "usr" / "bin" / "prometheus"
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return "Prometheus " + (told.stdout + told.stderr).split()[2].split("+")[0]


def _need(path: Path) -> None:
    if not path.exists():
        raise Absent(f"there is no {path} (make peers)")


def _drive(driver: str, *words: object) -> str:
    """What a driver prints; it runs where it lies and writes only below build/peers."""
    _need(PLACE / "venv" / "bin" / "python")
    _need(DRIVERS / driver)
    if driver == "b_prom.py":
        _need(PLACE / "debian" / "usr" / "bin" / "prometheus")
    path = f"{PLACE / 'debian' / 'usr' / 'bin'}:{os.environ['PATH']}"
    process = subprocess.Popen(
        [PLACE / "venv" / "bin" / "python", DRIVERS / driver, *map(str, words)],
        cwd=PLACE,
        env={**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        told, _ = process.communicate(timeout=_LIMIT_S)
    except subprocess.TimeoutExpired:
        raise Absent(f"its driver did not end within {_LIMIT_S} s") from None
    finally:
        _end_all(process.pid)
    if process.returncode:
        raise Absent(f"its driver failed: {told.strip()[-400:]}")
    return told


def _end_all(group: int) -> None:
    """Ends whatever a driver left behind."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
