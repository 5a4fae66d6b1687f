"""What the past would have looked like under a proposed limit: asked for, and taken up when done.

The engine runs in a process of its own, which ends by itself; its answer lies in a file until
somebody looks.
"""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from anlan.apps.atlas.models import LimitChange
from anlan.desk.asker import Asker
from anlan.history.registry import limit_entry
from anlan.live.supervisor import environment
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit

PATIENCE = timedelta(minutes=3)
"""After so long without an answer there will be none: others may have waited before it."""


def begin(asker: Asker, change: LimitChange) -> None:
    """Starts the run for a proposal; an answer of before is forgotten."""
    out = _answer(change)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.unlink(missing_ok=True)
    change.preview, change.preview_at = {}, asker.now
    change.save(update_fields=["preview", "preview_at"])
    _start(_asked(asker, change))


def collect(change: LimitChange) -> None:
    """Takes up the answer where there is one."""
    if change.preview:
        return
    try:
        found = json.loads(_answer(change).read_text())
    except (OSError, ValueError):
        return
    change.preview = found
    change.save(update_fields=["preview"])
    _answer(change).unlink(missing_ok=True)


def state_of(asker: Asker, change: LimitChange) -> str:
    """running, done, empty (nothing was measured), slow, or failed."""
    if not change.preview:
        begun = change.preview_at
        is_running = begun is not None and asker.now - begun < PATIENCE
        return "running" if is_running else "failed"
    if "fault" in change.preview:
        return "slow" if change.preview["fault"] == "slow" else "failed"
    return "done" if change.preview.get("readings") else "empty"


def _answer(change: LimitChange) -> Path:
    return Path(settings.PLACE.data) / "desk" / "previews" / f"{change.key}.json"


def _asked(asker: Asker, change: LimitChange) -> dict[str, Any]:
    limit = Limit(
        sensor=change.sensor_key, level=Level(change.level), value=change.value,
        direction="low" if change.direction == "low" else "high", deadband=change.deadband,
        source=change.source,
    )  # fmt: skip
    return {
        "data": str(settings.PLACE.data),
        "object": change.object_key,
        "limit": limit_entry(limit),
        "now": int(asker.now.timestamp() * 1000),
        "out": str(_answer(change)),
    }


def _start(asked: dict[str, Any]) -> None:
    process = subprocess.Popen(
        ["nice", "-n", "5", sys.executable, "-m", "anlan.apps.atlas.trial"],  # noqa: S607 - coreutils
        env=environment(settings.PLACE.data),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if process.stdin is not None:
        process.stdin.write(json.dumps(asked).encode())
        process.stdin.close()
