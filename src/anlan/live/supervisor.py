"""Keeps a live site running: warms it, listens, starts the process, starts it again if it dies.

Light on purpose: nothing heavy is imported here.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anlan.live.compiled import kernel_folder, user_cache
from anlan.terms.errors import Malformed, Unavailable

_PORTS_TRIED = 100
_BACKLOG = 1024
_STOP_S = 8.0
_LOOK_S = 0.1
_CANNOT_START = 3
POLICIES = ("carry", "reset", "rebuild")
"""What may become of standing alarms when rules change; see engine.adopt."""
FIRST_WAIT_S, LONGEST_WAIT_S, SOUND_S = 0.5, 5.0, 10.0
"""A process that died waits before it is started again: so long at first, twice as long each time,
so long at most. What ran for the third did not die at its start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to serve. policy: one of POLICIES, for packs whose rules are others than before ·
    bounds: see door.bodies.Bounds, where they differ from its own.
    """

    data: Path
    port: int = 8322
    bind: str = "127.0.0.1"
    packs: Path | None = None
    policy: str = "carry"
    mqtt: Path | None = None
    bounds: dict[str, Any] = field(default_factory=dict)


def cache_folder(data: Path) -> str:
    """Where a site keeps compiled code: below its data.

    Begun with what this person's other commands have compiled already, if there is something.
    """
    folder = kernel_folder(data / "cache")
    ready = Path(os.environ.get("NUMBA_CACHE_DIR") or kernel_folder(user_cache()))
    if folder != ready and ready.name == folder.name and not any(folder.iterdir()):
        with contextlib.suppress(OSError, shutil.Error):  # then it is compiled anew
            shutil.copytree(ready, folder, dirs_exist_ok=True)
    return str(folder.absolute())


def use_cache(data: Path) -> None:
    """Lets this process use the site's compiled code; to be called before Numba is imported."""
    os.environ["NUMBA_CACHE_DIR"] = cache_folder(data)


def environment(data: Path) -> dict[str, str]:
    """The environment of a site's processes."""
    return os.environ | {"NUMBA_CACHE_DIR": cache_folder(data)}


def warm_up(data: Path, ending: threading.Event | None = None) -> None:
    """Compiles what is not compiled yet, or until `ending` is set; Unavailable where that fails."""
    command = [sys.executable, "-m", "anlan.live.warming"]
    child = subprocess.Popen(  # noqa: S603 - our own program
        command,
        env=environment(data),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = None
    while said is None:
        try:
            said = child.communicate(timeout=_LOOK_S)[1]
        except subprocess.TimeoutExpired:
            if ending is not None and ending.is_set():
                child.kill()
    if child.returncode and not (ending is not None and ending.is_set()):
        last = (said.strip().splitlines() or ["no reason given"])[-1]
        raise Unavailable(f"the kernels cannot be compiled ({last})")


def listen(bind: str, port: int) -> socket.socket:
    """A socket listening on the port or, where it is taken, on the next free one.

    Raises Malformed for an address that is none of this machine's, Unavailable where no port is
    free.
    """
    try:
        found = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise Malformed(f"cannot listen on {bind!r} ({error.strerror})") from error
    family, _, _, _, address = found[0]
    for candidate in range(port, min(port + _PORTS_TRIED, 65536)) if port else (0,):
        one = socket.socket(family, socket.SOCK_STREAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((address[0], candidate, *address[2:]))
            one.listen(_BACKLOG)
        except PermissionError as error:
            one.close()
            raise Unavailable(f"port {candidate} may not be used ({error.strerror})") from error
        except OSError as error:
            one.close()
            if error.errno != 98:  # anything but a port in use
                raise Malformed(f"cannot listen on {bind!r} ({error.strerror})") from error
            continue
        return one
    raise Unavailable(f"no free port from {port} on")


def address_of(listening: socket.socket) -> str:
    """The address to open, as a URL."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - told, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Site:
    """A live process on a listening socket; connections wait while it is started again."""

    def __init__(
        self, plan: Plan, listening: socket.socket, *, tell: Callable[[str], None],
        ending: threading.Event | None = None,
    ) -> None:  # fmt: skip
        self._plan, self._listening, self._tell = plan, listening, tell
        self._ending = ending or threading.Event()

    def run(self) -> int:
        """Runs until it is to end; 0 then, 1 where the process cannot be started at all."""
        wait_s = FIRST_WAIT_S
        while not self._ending.is_set():
            began = time.monotonic()
            status = self._run_once()
            if self._ending.is_set():
                break
            if status == _CANNOT_START:
                return 1
            if time.monotonic() - began > SOUND_S:
                wait_s = FIRST_WAIT_S
            self._tell(f"the live process ended (status {status}); starting it again")
            self._ending.wait(wait_s)
            wait_s = min(LONGEST_WAIT_S, 2 * wait_s)
        return 0

    def _run_once(self) -> int:
        number = self._listening.fileno()
        settings = {
            "data": str(self._plan.data),
            "packs": str(self._plan.packs) if self._plan.packs else None,
            "policy": self._plan.policy,
            "mqtt": str(self._plan.mqtt) if self._plan.mqtt else None,
            "bounds": self._plan.bounds,
        }
        command = [sys.executable, "-m", "anlan.live.process", str(number), json.dumps(settings)]
        child = subprocess.Popen(  # noqa: S603 - our own program
            command,
            env=environment(self._plan.data),
            stdin=subprocess.PIPE,
            pass_fds=[number],
            stdout=sys.stderr,
            start_new_session=True,
        )
        while child.poll() is None and not self._ending.wait(_LOOK_S):
            pass
        return _stopped(child)

    def end(self) -> None:
        """Stops the process and lets `run` return."""
        self._ending.set()


def _stopped(child: subprocess.Popen[bytes]) -> int:
    """The exit status of a process, which is stopped if it runs."""
    if child.poll() is None:
        child.terminate()
    if child.stdin is not None:
        child.stdin.close()
    try:
        return child.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def told_to_end() -> threading.Event:
    """What is set once this process hears INT or TERM."""
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Set even where INT was ignored, as a shell does for what runs in the background.
        signal.signal(number, lambda *_: ending.set())
    return ending


def serve(
    plan: Plan, *, tell: Callable[[str], None], ready: Callable[[str], None],
    ending: threading.Event,
) -> int:  # fmt: skip
    """Serves in the foreground until `ending` is set; the exit status.

    ready: hears the address once the port is open.
    """
    warm_up(plan.data, ending)
    if ending.is_set():
        return 0
    with listen(plan.bind, plan.port) as listening:
        ready(address_of(listening))
        return Site(plan, listening, tell=tell, ending=ending).run()
