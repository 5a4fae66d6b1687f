"""No more than so many a second."""

import threading
import time


class Pace:
    """Lets callers through one after another, evenly; thread-safe."""

    def __init__(self, rate: float) -> None:
        self._each_s, self._next_s, self._lock = 1 / rate, 0.0, threading.Lock()

    def wait(self, until_s: float) -> None:
        """Returns when it is the caller's turn. Raises TimeoutError where that is too late."""
        with self._lock:
            turn_s = max(time.monotonic(), self._next_s)
            if turn_s > until_s:
                raise TimeoutError("too many are waiting for their turn")
            self._next_s = turn_s + self._each_s
        time.sleep(max(0.0, turn_s - time.monotonic()))
