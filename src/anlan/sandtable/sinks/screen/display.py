"""A screen: verifies each order, shows what is in force, clears, and says so."""

import hmac
import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from anlan.channels.screen.order import ASK, CLEAR, SHOW, Shown, signature

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


class Display:
    """What stands on a screen; may have its faults changed at any time."""

    def __init__(self, key: bytes) -> None:
        self.faults = Faults()
        self._key, self._lock = key, threading.Lock()
        self._shown: dict[str, dict[str, Any]] = {}
        self._ended: dict[str, int] = {}
        self._states: dict[str, Shown] = {}

    def shown(self) -> list[dict[str, Any]]:
        """The orders that stand on the screen now, the newest first."""
        with self._lock:
            return sorted(self._shown.values(), key=lambda one: -int(one["order"]))

    def take(self, order: dict[str, Any]) -> None:
        """Hears of each order that is obeyed."""

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
            self.take(order)
            return Shown.TAKEN if self.faults.late else self._states[name]
