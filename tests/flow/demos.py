"""A demo that runs as a child, for the tests that look at one from outside."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

START_S = 240.0
"""Generous: the test machine may be busy."""


class Demo:
    """A demo that runs as a child, without a terminal."""

    def __init__(self, folder: Path, data: Path, *, port: int, prefix: str = "") -> None:
        self.data, self.began = data, time.monotonic()
        self.out = folder / f"demo-{time.monotonic_ns()}.out"
        command = f"{prefix}exec {sys.executable} -c 'from anlan.site.cli import main; main()' demo"
        with self.out.open("wb") as out, self.out.with_suffix(".err").open("wb") as err:
            self.process = subprocess.Popen(
                ["sh", "-c", f"{command} --port {port} --data {data} --days 1"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                env=os.environ | {"BIND": ""},
            )

    def address(self) -> str:
        """The first line of its output."""
        return str(until(lambda: self.out.read_text().partition("\n")[0], within_s=START_S))

    def health(self) -> dict[str, Any]:
        """What /healthz says, once the site answers."""
        return dict(until(lambda: asked(f"{self.address()}/healthz"), within_s=START_S))

    def children(self) -> list[int]:
        """Processes that it has started and that run."""
        return descendants(self.process.pid)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(15)


def growth(demo: Demo, before: int) -> dict[str, Any] | None:
    """What /healthz says, where more readings came than before."""
    health = demo.health()
    return health if health["readings"] > before else None


def all_end(demo: Demo, number: signal.Signals) -> None:
    """A signal ends a demo, within ten seconds, and all that it has started."""
    children = demo.children()
    assert len(children) >= 2
    began = time.monotonic()
    demo.process.send_signal(number)
    assert demo.process.wait(10) == 0
    assert time.monotonic() - began < 10
    assert not [pid for pid in children if runs(pid)]


def until(ask: Callable[[], Any], *, within_s: float) -> Any:
    """The first answer that is something."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if found := ask():
            return found
        time.sleep(0.1)
    raise AssertionError(f"nothing within {within_s} s")


def asked(url: str) -> dict[str, Any] | None:
    """A JSON answer; None where nobody answers well."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own http address
            return dict(json.load(answer))
    except (OSError, ValueError):
        return None


def descendants(pid: int) -> list[int]:
    return [one for child in children(pid) for one in (child, *descendants(child))]


def children(pid: int) -> list[int]:
    """What a process has started. Its threads come and go while they are looked at."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def processor_s(pid: int) -> float:
    """What a process, all that it has started and all that has ended of it have worked, s."""
    ticks = 0
    for one in (pid, *descendants(pid)):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, words[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def runs(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
