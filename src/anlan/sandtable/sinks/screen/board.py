"""A screen: verifies each order, shows what is in force, clears, and says so."""

import hmac
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from anlan.channels.screen.order import ASK, CLEAR, SHOW, Shown, signature

_MOST_BYTES = 262_144
_OLDEST_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """slow_s: before each answer · down: breaks off · busy: 503 · nonsense: answers that are no
    receipts · strange: of another order · refusing: shows nothing · late: says only that it has
    taken it, until it is asked · cut: does it, and breaks off before it answers."""

    slow_s: float = 0.0
    down: bool = False
    busy: bool = False
    nonsense: bool = False
    strange: bool = False
    refusing: bool = False
    late: bool = False
    cut: bool = False


class Board:
    """Listens as long as it is entered; may have its faults changed at any time."""

    def __init__(self, key: bytes, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self.faults = Faults()
        self._key, self._lock = key, threading.Lock()
        self._shown: dict[str, dict[str, Any]] = {}
        self._ended: dict[str, int] = {}
        self._states: dict[str, Shown] = {}
        self._server = ThreadingHTTPServer((host, port), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where orders are posted to."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/orders"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def shown(self) -> list[dict[str, Any]]:
        """The orders that stand on the screen now, the newest first."""
        with self._lock:
            return sorted(self._shown.values(), key=lambda one: -int(one["order"]))

    def answered(self, headers: Any, body: bytes) -> tuple[int, bytes] | None:
        """Status and body of the answer to an order; None where the connection is broken off."""
        faults = self.faults
        time.sleep(faults.slow_s)
        if faults.down:
            return None
        if faults.busy:
            return 503, b"come again"
        if not self._is_signed(headers, body):
            return 401, b"not signed"
        if faults.nonsense:
            return 200, b"<html>it works</html>"
        try:
            order = json.loads(body)
            state = self._obeyed(order)
        except (ValueError, KeyError, TypeError):
            return 422, b"not an order"
        name = "another" if faults.strange else order["id"]
        told = {"id": name, "state": state, "at": int(time.time() * 1000)}
        if state is Shown.REFUSED:
            told["said"] = "屏幕检修"
        return None if faults.cut else (200, json.dumps(told).encode())

    def _is_signed(self, headers: Any, body: bytes) -> bool:
        name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not at.isdigit() or abs(time.time() - int(at)) > _OLDEST_S:
            return False
        mark = signature(self._key, name=name, at_s=int(at), body=body)
        return hmac.compare_digest(mark, headers.get("webhook-signature", ""))

    def _obeyed(self, order: dict[str, Any]) -> Shown:
        """Does what is ordered; what is older than the end of its course changes nothing."""
        name, kind = order["id"], order["kind"]
        with self._lock:
            if kind == ASK:
                return self._states.get(name, Shown.REFUSED)
            if self.faults.refusing or kind not in (SHOW, CLEAR):
                return Shown.REFUSED
            for earlier in order["replaces"]:
                self._shown.pop(earlier, None)
                self._ended[earlier] = order["order"]
            if kind == SHOW and name not in self._ended:
                self._shown[name] = order
            self._states[name] = Shown.CLEARED if kind == CLEAR else Shown.SHOWN
            return Shown.TAKEN if self.faults.late else self._states[name]


def _handler(board: Board) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            if not 0 < size <= _MOST_BYTES:
                self.send_error(413)
                return
            answer = board.answered(self.headers, self.rfile.read(size))
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer[1])))
            self.end_headers()
            self.wfile.write(answer[1])

        def log_message(self, *_: object) -> None:
            pass

    return Answering
