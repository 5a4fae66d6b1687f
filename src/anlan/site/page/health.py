"""What the page answers to whoever watches over it: the loop's own health."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from anlan import __version__
from anlan.site.page.board import Board
from anlan.terms.times import format_time

_WAIT_S = 1.0
_FIELDS = ("status", "version", "readings", "changes", "last_reading_at", "lag_s")


def ask_live(url: str) -> dict[str, Any] | None:
    """The health that the live process at a URL tells; None where it does not answer."""
    try:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_WAIT_S)
        try:
            connection.request("GET", "/healthz")
            told = json.loads(connection.getresponse().read())
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException):
        return None
    return told if isinstance(told, dict) else None


def health(board: Board, told: dict[str, Any] | None, *, now: int) -> tuple[int, dict[str, Any]]:
    """HTTP status and body: of the loop, or of what is known while it does not answer."""
    if told is not None and "status" in told:
        return (200 if told["status"] == "ok" else 503), {k: told.get(k) for k in _FIELDS}
    last = max((one.time for one in board.latest.values()), default=None)
    return 503, {
        "status": "cut off" if board.is_open else "starting",
        "version": __version__,
        "readings": None,
        "changes": board.changes if board.is_open else None,
        "last_reading_at": None if last is None else format_time(last),
        "lag_s": None if board.tick_at is None else round((now - board.tick_at) / 1000, 3),
    }
