"""What the live process says of itself, and how fast readings come in."""

import http.client
import json
import time
from collections import deque
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from anlan.live.reach import running
from anlan.terms.errors import AnlanError

_SAMPLES: deque[tuple[float, int]] = deque(maxlen=120)
_WINDOW_S = 60.0
_REMEMBERED = timedelta(hours=1)


def ask_live(path: str) -> dict[str, Any] | None:
    """The answer of the live process; None while it does not answer."""
    try:
        live = running(settings.PLACE.data)
        if live is None:
            return None
        try:
            told = live.ask("GET", path)
        finally:
            live.close()
    except (AnlanError, OSError, ValueError, http.client.HTTPException):
        return None
    return told if isinstance(told, dict) else None


def readings_per_s(readings: int) -> float | None:
    """Readings per second over the last minute at most; None until two looks are apart."""
    now = time.monotonic()
    if _SAMPLES and readings < _SAMPLES[-1][1]:
        _SAMPLES.clear()  # the live process was started again
    while _SAMPLES and now - _SAMPLES[0][0] > _WINDOW_S:
        _SAMPLES.popleft()
    first = _SAMPLES[0] if _SAMPLES else None
    if not _SAMPLES or now - _SAMPLES[-1][0] > 0.5:
        _SAMPLES.append((now, readings))
    if first is None or now - first[0] < 0.5:
        return None
    return (readings - first[1]) / (now - first[0])


def tasks_told() -> list[dict[str, Any]]:
    """What the work process last said of its tasks; empty where it never ran."""
    return _rows(settings.PLACE.work_file)


def ends_told(now: datetime) -> dict[str, list[datetime]]:
    """When parts of the site ended unasked within the last hour, by the part."""
    found: dict[str, list[datetime]] = {}
    for row in _rows(settings.PLACE.ends_file):
        at = datetime.fromisoformat(row["at"])
        if at > now - _REMEMBERED:
            found.setdefault(row["part"], []).append(at)
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    return found
