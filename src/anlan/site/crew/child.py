"""Processes of a site that end with their parent, even where it is killed.

They run `python -m anlan.site.part WHAT SETTINGS`; standard input is a pipe of the parent, and at
its end they stop.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from anlan.live.supervisor import environment
from anlan.site.options import DATA, DEMO, SERVED

_GRACE_S = 5.0
_BESIDE_LIVE = {"web", "work", "mass"}
"""What enters into the log through the live service alone."""


class Child:
    """A process that is running. fds: open files that it inherits."""

    def __init__(
        self, what: str, data: Path, settings: dict[str, Any], *, fds: tuple[int, ...] = ()
    ) -> None:
        words = [sys.executable, "-m", "anlan.site.part", what, json.dumps(settings)]
        own = {
            DATA: str(data.absolute()),
            DEMO: "1" if settings.get("demo") else "",
            SERVED: "1" if what in _BESIDE_LIVE else "",
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
