"""INT that reaches only `make`: it waits for its recipe and passes nothing but TERM on to it."""

import os
import signal
import threading
import time
from pathlib import Path

_LOOK_S = 0.5
_INT = 1 << (signal.SIGINT - 1)


def heed(ending: threading.Event) -> None:
    """Sets `ending` soon after a parent called make was interrupted; does nothing elsewhere."""
    make = os.getppid()
    if _told(make).get("Name") != "make" or _is_interrupted(make):
        return

    def watch() -> None:
        while not ending.is_set():
            if _is_interrupted(make):
                ending.set()
            time.sleep(_LOOK_S)

    threading.Thread(target=watch, name="make", daemon=True).start()


def _is_interrupted(pid: int) -> bool:
    """Whether a process is at work on INT: meanwhile the system holds further ones back."""
    return bool(int(_told(pid).get("SigBlk", "0"), 16) & _INT)


def _told(pid: int) -> dict[str, str]:
    """What the system says of a process; nothing where it says nothing."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
