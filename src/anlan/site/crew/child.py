"""Processes of a site that end with their parent, even where it is killed.

`python -m anlan.site.crew.child WHAT SETTINGS`: standard input is a pipe of the parent; at its end
the child stops. WHAT is one of `warm`, `prepare`, `web`, `work`, and for the demo `feed`.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anlan.live.supervisor import environment
from anlan.site.options import DATA, DEMO

_GRACE_S = 5.0


class Child:
    """A process that is running. fds: open files that it inherits."""

    def __init__(
        self, what: str, data: Path, settings: dict[str, Any], *, fds: tuple[int, ...] = ()
    ) -> None:
        words = [sys.executable, "-m", "anlan.site.crew.child", what, json.dumps(settings)]
        own = {
            DATA: str(data.absolute()),
            DEMO: "1" if settings.get("demo") else "",
            "DJANGO_SETTINGS_MODULE": "anlan.site.settings",
        }
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            words,
            env=environment(data) | own,
            stdin=subprocess.PIPE,
            stdout=sys.stderr,
            pass_fds=fds,
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


def _warm(settings: dict[str, Any]) -> None:
    from anlan.live.warming import warm

    warm()


def _prepare(settings: dict[str, Any]) -> None:
    from anlan.site.crew.prepare import prepare

    prepare(int(settings.get("days", 0)))


def _web(settings: dict[str, Any]) -> None:
    from anlan.site.crew.web import serve

    serve(settings["fd"])


def _work(settings: dict[str, Any]) -> None:
    from anlan.site.crew.work import work

    work()


def _feed(settings: dict[str, Any]) -> None:
    from anlan.site.demo.feeder import feed

    feed(Path(settings["data"]), settings["url"], settings["since"])


_PARTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "warm": _warm,
    "prepare": _prepare,
    "web": _web,
    "work": _work,
    "feed": _feed,
}


def main(words: list[str]) -> None:
    """Runs one part until it is done or stopped."""
    # A shell starts what it puts into the background with INT ignored, and children inherit it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _end_with_parent()
    _PARTS[words[0]](json.loads(words[1]))


if __name__ == "__main__":
    from anlan.terms.errors import AnlanError

    try:
        main(sys.argv[1:])
    except AnlanError as error:
        sys.exit(f"anlan: {error}")
