"""The public's front page over HTTP: requests a second that one core of the web process answers.

The invented city's pages, written by the publisher, are asked for over 32 connections that stay
open, by a process of its own. Told are answers a second of the server's processor, which is what a
core gives that nobody else uses; answers a second of the clock (`wall`); and how much of the
processors server and load had. ANLAN_BENCH_SECONDS: of each measurement (default 5).
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

SECONDS, CONNECTIONS = float(os.environ.get("ANLAN_BENCH_SECONDS", "5")), 32
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_FOUND = """
import django
django.setup()
from pathlib import Path
from django.conf import settings
from django.utils import timezone
from anlan.apps.atlas.actions import found_city
from anlan.apps.portal.actions import Publisher
from anlan.apps.portal.press.edition import Site
from anlan.sandtable.city import city
from anlan.site.crew.prepare import prepare
from anlan.site.demo.script import SEED, SIZE
prepare()
found_city(city(SIZE, SEED), timezone.now())
Publisher(settings.PLACE.public_folder, Site("安澜")).publish(timezone.now())
"""
_ASK = "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {encoding}\r\n{more}\r\n"


_PEER = """
import socket, sys, uvicorn
from starlette.staticfiles import StaticFiles
config = uvicorn.Config(StaticFiles(directory=sys.argv[2], html=True), log_level="warning",
                        access_log=False, server_header=False, lifespan="off")
uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
"""
"""Starlette's own server of files, under the same Uvicorn."""


def run() -> Iterator[dict[str, Any]]:
    """The figures: whole pages, pressed ones, and that nothing has changed."""
    with tempfile.TemporaryDirectory() as folder:
        around = {**os.environ, "ANLAN_DATA": folder,
                  "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}  # fmt: skip
        subprocess.run([sys.executable, "-c", _FOUND], env=around, check=True)
        peer = _peer(Path(folder), around)
        with _serving(["-m", "anlan.site.part", "web", '{{"fd": {}}}'], around) as (port, pid):
            for name, asked in _questions(port):
                found = _measured(asked, port=port, pid=pid)
                yield _figure(name, found.pop("core"), peer if name == "200" else None)
                for what, value in found.items():
                    yield _figure(f"{name}_{what}", value, None)


def _peer(data: Path, around: dict[str, str]) -> float:
    """Requests a second of one core by Starlette's files, for the same page."""
    with _serving(["-c", _PEER, "{}", str(data / "public" / "zh")], around) as (port, pid):
        asked = _ASK.format(path="/index.html", encoding="identity", more="").encode()
        return _measured(asked, port=port, pid=pid)["core"]


def _questions(port: int) -> Iterator[tuple[str, bytes]]:
    for name, encoding in (("200", "identity"), ("200_gzip", "gzip")):
        yield name, _ASK.format(path="/public/zh/", encoding=encoding, more="").encode()
    asked = _ASK.format(path="/public/zh/", encoding="gzip", more="").encode()
    told = _once(port, asked).partition(b"\r\n\r\n")[0]
    tag = next(line.split(b": ")[1] for line in told.split(b"\r\n") if line.startswith(b"etag"))
    known = f"If-None-Match: {tag.decode()}\r\n"
    yield "304", _ASK.format(path="/public/zh/", encoding="gzip", more=known).encode()


@contextmanager
def _serving(words: list[str], around: dict[str, str]) -> Iterator[tuple[int, int]]:
    """A web process on a socket whose number stands in its words; its port and its own number."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        fd = listening.fileno()
        process = subprocess.Popen(
            [sys.executable, *(w.format(fd) if "{}" in w and len(w) < 20 else w for w in words)],
            env=around, stdin=subprocess.PIPE, pass_fds=(fd,),
        )  # fmt: skip
        try:
            yield int(listening.getsockname()[1]), process.pid
        finally:
            process.terminate()
            process.communicate()


def _once(port: int, asked: bytes) -> bytes:
    """One whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(asked)
        told = b""
        while b"\r\n\r\n" not in told:
            told += line.recv(65536)
        head, _, body = told.partition(b"\r\n\r\n")
        size = int((b"content-length: 0\r\n" + head).split(b"content-length: ")[-1].split()[0])
        while len(body) < size:
            body += line.recv(65536)
        return head + b"\r\n\r\n" + body


class _Line(asyncio.Protocol):
    """One connection that asks again as soon as it has its answer, each as long as the first."""

    def __init__(self, asked: bytes, size: int) -> None:
        self.asked, self.size, self.count, self.left = asked, size, 0, size

    def connection_made(self, transport: Any) -> None:
        self.line = transport
        transport.write(self.asked)

    def data_received(self, data: bytes) -> None:
        self.left -= len(data)
        if self.left == 0:
            self.count, self.left = self.count + 1, self.size
            self.line.write(self.asked)


async def _load(asked: bytes, port: int, size: int) -> int:
    """Asks for some seconds over all connections; how many answers came."""
    loop = asyncio.get_running_loop()
    lines = [
        (await loop.create_connection(lambda: _Line(asked, size), "127.0.0.1", port))[1]
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(SECONDS)
    for one in lines:
        one.line.close()
    return sum(one.count for one in lines)


def _measured(asked: bytes, *, port: int, pid: int) -> dict[str, float]:
    """Answers a second of the server's processor and of the clock, and who used how much of it."""
    first = _once(port, asked)
    assert first.startswith((b"HTTP/1.1 200", b"HTTP/1.1 304")), first[:200]
    spent, own, began = _cpu_s(pid), time.process_time(), time.perf_counter()
    count = uvloop.run(_load(asked, port, len(first)))
    wall_s, cpu_s = time.perf_counter() - began, _cpu_s(pid) - spent
    return {
        "core": count / cpu_s,
        "wall": count / wall_s,
        "server_cores": cpu_s / wall_s,
        "load_cores": (time.process_time() - own) / wall_s,
    }


def _figure(name: str, value: float, peer: float | None) -> dict[str, Any]:
    return {
        "name": f"public_{name}", "value": round(value, 2),
        "unit": "cores" if name.endswith("cores") else "requests/s",
        "peer": "starlette.staticfiles" if peer else None,
        "peer_value": round(peer, 2) if peer else None,
        "ratio": round(value / peer, 2) if peer else None,
        "cores": os.cpu_count(), "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip


def _cpu_s(pid: int) -> float:
    """Seconds of the processor that a process has had, of its own and of the system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S
