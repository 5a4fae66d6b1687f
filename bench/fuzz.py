"""Each codec under a coverage-guided fuzzer: how many inputs raised nothing, and how much of the
codec they reached. Half of the time every check sum is believed: the rest lies behind them.

Seeds are frames of our own simulators, and the real ones beside this checkout where they are there.
FUZZ_S in the environment: seconds for each protocol.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anlan.live.gateway.protocols import names
from bench._devices import PROTOCOLS, frames_of
from bench._fuzzed import SUMS

_REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "protocols"
_SEED = re.compile(r"[0-9a-f]{8,4096}", re.IGNORECASE)
_MOST_SEEDS = 400
_PULSE = re.compile(r"^#(\d+)\s.*cov: (\d+) .*corp: (\d+)", re.MULTILINE)


def run() -> Iterator[dict[str, Any]]:
    """For each protocol: the inputs it took, and the branches they reached."""
    seconds = int(os.environ.get("FUZZ_S", "60"))
    for protocol in names():
        ways = [[], ["any"]] if protocol in SUMS else [[]]
        runs = [_fuzzed(protocol, seconds // len(ways), way) for way in ways]
        yield _figure(f"fuzz_{protocol}_inputs", sum(inputs for inputs, _ in runs), "inputs")
        yield _figure(f"fuzz_{protocol}_reached", max(reached for _, reached in runs), "branches")


def _fuzzed(protocol: str, seconds: int, way: list[str]) -> tuple[int, int]:
    with tempfile.TemporaryDirectory() as folder:
        for n, seed in enumerate(_seeds(protocol)):
            (Path(folder) / f"seed-{n}").write_bytes(bytes((0,)) + seed)
        command = [sys.executable, "-m", "bench._fuzzed", protocol, folder, str(seconds), *way]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        if told.returncode:
            broken = [path.read_bytes().hex() for path in Path(folder).glob("*-*")
                      if not path.name.startswith("seed-")]  # fmt: skip
            raise AssertionError(f"{protocol} broke at {broken}\n{told.stderr[-3000:]}")
        inputs, reached, _kept = _PULSE.findall(told.stderr)[-1]
        return int(inputs), int(reached)


def _seeds(protocol: str) -> list[bytes]:
    """Frames to begin with."""
    found = frames_of(protocol, 1, 8) if protocol in PROTOCOLS else []
    for path in sorted((_REAL / protocol).glob("*.json")):
        found += _in(json.loads(path.read_text("utf-8")))
    return found[:_MOST_SEEDS]


def _in(told: Any) -> list[bytes]:
    """What is written in hexadecimal anywhere in it, and its longer texts."""
    if isinstance(told, str):
        if _SEED.fullmatch(told) and len(told) % 2 == 0:
            return [bytes.fromhex(told)]
        return [told.encode()] if len(told) > 20 else []
    several = told.values() if isinstance(told, dict) else told if isinstance(told, list) else ()
    return [one for part in several for one in _in(part)]


def _figure(name: str, value: float, unit: str) -> dict[str, Any]:
    return {
        "name": name, "value": value, "unit": unit, "peer": None, "peer_value": None,
        "ratio": None, "cores": 1, "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip
