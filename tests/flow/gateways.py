"""A gateway as a process before a live site, and devices that speak to it over sockets."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.flow.conftest import wait_until
from tests.flow.demos import free_port


class Gateway:
    """It listens for the protocol of the tests; `more`: settings of the listener."""

    def __init__(self, data: Path, *, port: int = 0, **more: Any) -> None:
        self.data, self.port = data, port or free_port()
        lines = [f"{name} = {json.dumps(value)}" for name, value in more.items()]
        head = ["[[listener]]", 'protocol = "tiny"', f"port = {self.port}"]
        (data / "gateway.toml").write_text("\n".join([*head, *lines]))
        self.err = data / "gateway.err"
        self.start()

    def start(self) -> None:
        """Starts it; returns when the port is open and it has said how it does."""
        words = [sys.executable, "-m", "tests.pure.gateway.run", str(self.data)]
        with self.err.open("ab") as err:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=err)
        wait_until(self._is_open)

    def _is_open(self) -> bool:
        assert self.process.poll() is None, self.err.read_text()
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError:
            return False
        return (self.data / "gateway" / "status.json").exists()

    def connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def said(self, *lines: str) -> list[str]:
        """What is answered to lines of one device that then only listens."""
        with self.connected() as one:
            one.sendall("".join(f"{line}\n" for line in lines).encode())
            one.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: one.recv(4096), b"")).decode().splitlines()

    def told(self) -> dict[str, Any]:
        """How its listener does."""
        found = json.loads((self.data / "gateway" / "status.json").read_text())
        return dict(found["listeners"][0])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@dataclass
class Device:
    """Sends readings of one sensor in order, each until it is acknowledged, as real devices do."""

    gateway: Gateway
    name: str
    begin_ms: int
    acknowledged: list[tuple[str, int, float]] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    again: int = 0

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self.run, name=self.name)
        self.thread.start()

    def run(self) -> None:
        n = 0
        while not self.stopping.is_set():
            try:
                with self.gateway.connected() as line, line.makefile("rb") as answers:
                    while not self.stopping.is_set():
                        row = (f"{self.name}-0", self.begin_ms + n * 200, 5.0 + n % 7)
                        line.sendall(f"{self.name} {0} {row[2]} {row[1]}\n".encode())
                        if answers.readline() == f"ok {self.name}\n".encode():
                            self.acknowledged.append(row)
                            n += 1
                        else:
                            self.again += 1
            except OSError:
                self.again += 1
                time.sleep(0.05)


def killed(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
