"""Processes of the demo that end with it, even where it is killed.

`python -m anlan.site.demo.child warm|page SETTINGS.json`: standard input is a pipe of the
parent; at its end the child stops.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from anlan.live.supervisor import environment

_GRACE_S = 5.0


class Child:
    """A helper process that is running."""

    def __init__(self, what: str, data: Path, settings: dict[str, Any]) -> None:
        words = [sys.executable, "-m", "anlan.site.demo.child", what, json.dumps(settings)]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            words,
            env=environment(data),
            stdin=subprocess.PIPE,
            stdout=sys.stderr,
            start_new_session=True,
        )

    def ended(self) -> int | None:
        """Its exit status, None while it runs."""
        return self._process.poll()

    def ask_to_end(self) -> None:
        """Tells it to stop, without waiting."""
        if self.ended() is None:
            self._process.terminate()

    def end(self) -> None:
        """Stops it; a process that does not listen is killed after some seconds."""
        self.ask_to_end()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


def _end_with_parent() -> None:
    """Stops this process at the end of standard input."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE_S)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def main(words: list[str]) -> None:
    """Runs one helper until it is done or stopped."""
    what, settings = words[0], json.loads(words[1])
    # A shell starts what it puts into the background with INT ignored, and children inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _end_with_parent()
    if what == "warm":
        from anlan.live.warming import warm

        warm()
        return
    from anlan.site.page import serve

    serve(
        bind=settings["bind"],
        port=settings["port"],
        live_url=settings["live_url"],
        data=Path(settings["data"]),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
