"""Texts to many by CMPP 3.0 and by SMPP 3.4, and the reports of their parts; no peer.

A whole work process and two senders with two connections each on SQLite, as a site has them; the
message centre and its phones, ours, are a process on the same cores, and its seconds of the
processor are told apart. ANLAN_BENCH_TEXTS: how many recipients (default 4,000).
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from bench import mass
from bench._centre import SECRET, USER

COUNT = int(os.environ.get("ANLAN_BENCH_TEXTS", "4_000"))
SENDERS, LINES, WINDOW, MOST_S = 2, 2, 64, 240.0
HANDED, DELIVERED = 0x10, 0x20
PARTS = 2
"""How many a text of the warning has."""


def run() -> Iterator[dict[str, Any]]:
    """The figures."""
    for protocol in ("cmpp", "smpp"):
        with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
            for what, (value, unit) in _measured(Path(name), protocol, stack).items():
                yield {
                    "name": f"sms_{protocol}_{COUNT}_{what}", "value": round(value, 2),
                    "unit": unit, "peer": None, "peer_value": None, "ratio": None,
                    "cores": os.cpu_count(), "date": datetime.now(UTC).date().isoformat(),
                }  # fmt: skip


def _measured(data: Path, protocol: str, stack: ExitStack) -> dict[str, tuple[float, str]]:
    centre = Far(protocol, stack)
    site = Site(data, protocol, centre.port, stack)
    ours = [*(site.sender(n) for n in range(SENDERS)), site.started("work", "{}")]
    time.sleep(3)  # they are at work
    before = [mass._cpu_s(one.pid) for one in ours]
    signed_s = site.sign()
    handed_s = site.awaited(lambda counts: sum(counts.values()) - counts.get(0, 0) == COUNT)
    told_s = site.awaited(lambda counts: counts.get(DELIVERED, 0) == COUNT)
    cpu = [mass._cpu_s(one.pid) - was for one, was in zip(ours, before, strict=True)]
    far = centre.told()
    return {
        "whole": (handed_s - signed_s, "s"),
        "parts_a_second": (far["parts"] / (far["last_s"] - far["first_s"]), "parts/s"),
        "texts_a_second": (far["recipients"] / (far["last_s"] - far["first_s"]), "texts/s"),
        "all_reports": (told_s - signed_s, "s"),
        "delivered": (100 * site.counts().get(DELIVERED, 0) / COUNT, "%"),
        "twice": (far["twice"], "parts"),
        "cpu_senders": (sum(cpu[:-1]), "s"), "cpu_work": (cpu[-1], "s"),
        "cpu_centre": (far["cpu_s"], "s"),
    }  # fmt: skip


class Far:
    """The message centre."""

    def __init__(self, protocol: str, stack: ExitStack) -> None:
        words = [sys.executable, "-m", "bench._centre", protocol]
        self._process = stack.enter_context(Popen(words, stdin=PIPE, stdout=PIPE, text=True))
        stack.callback(self._process.kill)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def so_far(self) -> dict[str, Any]:
        """What it has taken by now."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("?\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def told(self) -> dict[str, Any]:
        """What it has taken; it ends."""
        said, _ = self._process.communicate()
        found: dict[str, Any] = json.loads(said)
        return found


class Site:
    """A site with a warning that waits for its last signature, and subscribers by SMS."""

    def __init__(
        self, data: Path, protocol: str, port: int, stack: ExitStack, *, count: int = COUNT
    ) -> None:
        self._data, self._stack, self._count = data, stack, count
        (data / "desk").mkdir()
        (data / "anlan.toml").write_text(
            f'sms_gateway = "{protocol}://127.0.0.1:{port}"\nsms_user = "{USER}"\n'
            f'sms_password = "{SECRET}"\nsms_rate = 10000\n'
            f"sms_window = {WINDOW}\nsms_lines = {LINES}\n"
        )
        mass._part(data, "-c", "import bench.sms as b; b.fill()", str(count))

    def started(self, what: str, told: str) -> "Popen[bytes]":
        """A part of the site."""
        return mass._started(self._data, self._stack, what, told)

    def sender(self, number: int) -> "Popen[bytes]":
        return self.started("mass", json.dumps({"number": number}))

    def sign(self) -> float:
        """Signs; the moment."""
        said = mass._part(self._data, "-c", "import bench.mass as b; b.sign()")
        return float(said.split()[-1])

    def counts(self) -> dict[int, int]:
        """How many there are of each outcome."""
        found: dict[int, int] = {}
        for (told,) in mass._rows(self._data, "SELECT counts FROM warning_parcel"):
            for code, count in json.loads(told).items():
                found[int(code) & 0xF0] = found.get(int(code) & 0xF0, 0) + count
        return found

    def noted(self) -> int:
        """Of how many recipients something is known, while no sender runs: its book has them."""
        from anlan.apps.warning.actions.mass.book import Book  # needs Django's settings

        book = Book(self._data / "desk" / "mass" / "0.book")
        known = {(parcel, place) for parcel, lines in book.read().items() for place, _ in lines}
        book.close()
        return len(known)

    def awaited(self, is_so: Any, most_s: float = MOST_S) -> float:
        """When the counts are so, or it has lasted too long."""
        until_s = time.time() + most_s
        while time.time() < until_s:
            counts = self.counts()
            if sum(counts.values()) == self._count and is_so(counts):
                break
            time.sleep(0.1)
        return time.time()


def fill() -> None:
    """Makes people, a draft that waits for the last signature, and the subscribers."""
    import django

    django.setup()
    from django.db import connection

    from anlan.site.crew.prepare import prepare
    from tests.apps.conftest import make_world
    from tests.apps.warning.conftest import found

    prepare()
    found(make_world()).reviewed()
    numbers = mass._NUMBERS.format(int(sys.argv[1]))
    with connection.cursor() as cursor:
        cursor.execute(mass._INSERT.format(
            numbers=numbers, way="sms", areas=4, address="'138' || substr('0000000' || i, -8)",
        ))  # fmt: skip
