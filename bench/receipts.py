"""A storm of 1,000,000 status reports: again and again, in no order, and of what nobody sent.

Through the ears of the SMS channel and the worker's own step, on SQLite, with 100,000 texts that
wait for their reports; a fifth of the storm belongs to nothing. Beside it another process asks and
writes, as pages and officers do. The centre says more while the ears have room. Told are seconds,
memory, and the longest that the other process had to wait.
ANLAN_BENCH_RECEIPTS: how many.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anlan.channels.sms.said import Fate, Report, Word
from anlan.channels.sms.session.ears import Ears

COUNT = int(os.environ.get("ANLAN_BENCH_RECEIPTS", "1_000_000"))
TEXTS, _BESIDE_S = COUNT // 10, 0.1


def run() -> Iterator[dict[str, Any]]:
    """The figures."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "desk").mkdir()
        words = [sys.executable, "-c", "import bench.receipts as b; b.measure()"]
        around = {
            **os.environ,
            "ANLAN_DATA": folder,
            "DJANGO_SETTINGS_MODULE": "anlan.site.settings",
        }
        told = subprocess.run(words, env=around, check=True, stdout=subprocess.PIPE, text=True)
    for line in told.stdout.splitlines():
        name, value, unit = line.split("\t")
        yield {
            "name": f"receipts_{COUNT}_{name}", "value": float(value), "unit": unit, "peer": None,
            "peer_value": None, "ratio": None, "cores": os.cpu_count(),
            "date": datetime.now(UTC).date().isoformat(),
        }  # fmt: skip


class _Storm:
    """A channel towards a centre that tells on until everything is acknowledged."""

    name = "sms"

    def __init__(self, references: list[str]) -> None:
        self.ears = Ears(self.name, lambda: time.time_ns() // 1_000_000)
        self._untold, self.said, self.acknowledged = references, 0, 0

    def heard(self, most: int) -> Any:
        """What is held; the centre says more while there is room."""
        while self._untold and len(self.ears.heard(20_000)) < 18_000:
            for reference in self._untold[-2_000:]:
                self.said += 1
                report = Report(reference, Fate.DELIVERED, "DELIVRD")
                self.ears.hear(Word("", b"", report=report), 1)
            del self._untold[-2_000:]
        return self.ears.heard(most)

    def take(self, keys: Any) -> None:
        self.acknowledged += len(self.ears.take(keys))

    @property
    def is_over(self) -> bool:
        return not self._untold and not self.ears.heard(1)


def measure() -> None:
    """Fills the records, lets the storm come, and prints a figure a line."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from anlan.apps.people.actions.notices.hearing import Late, hear
    from anlan.apps.people.models import Notice

    call_command("migrate", verbosity=0)
    _texts(timezone.now())
    storm, longest, began, late = _Storm(_references()), 0.0, time.monotonic(), Late()
    beside = subprocess.Popen([sys.executable, "-c", "import bench.receipts as b; b.beside()"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
    while not storm.is_over:
        start = time.monotonic()
        if not hear([storm], timezone.now(), late=late):
            time.sleep(0.05)
        longest = max(longest, time.monotonic() - start)
    took = time.monotonic() - began
    waited = json.loads(beside.communicate()[0])
    states = Notice.objects.filter(state="delivered").count()
    assert storm.said == COUNT
    status = Path("/proc/self/status").read_text().splitlines()
    peak_kb = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    figures = {
        "whole": (took, "s"), "a_second": (COUNT / took, "receipts/s"),
        "accounted": (100 * states / TEXTS, "%"), "longest_step": (longest, "s"),
        "memory": (peak_kb / 1024, "MB"), "beside_read_longest": (waited["read"], "s"),
        "beside_write_longest": (waited["write"], "s"),
        "beside_writes": (waited["writes"], "writes"),
    }  # fmt: skip
    for name, (value, unit) in figures.items():
        print(f"{name}\t{value:.2f}\t{unit}")


def _texts(now: datetime) -> None:
    """Texts that were sent, and of which it is not known that they arrived."""
    from anlan.apps.people.models import Notice

    Notice.objects.bulk_create(
        (
            Notice(key=f"k{n}", kind="sms", address=f"138{n:08}", subject="s", text="t", cause="c",
                   region="99", state="sent", reference=f"{n}", created_at=now)
            for n in range(TEXTS)
        ),
        batch_size=1_000,
    )  # fmt: skip


def _references() -> list[str]:
    """Each text's once at least; the rest again, and a fifth of messages that nobody sent."""
    chance = random.Random(7)
    strange = [f"lie-{n % (TEXTS // 2)}" for n in range(COUNT // 5)]
    known = [f"{n}" for n in range(TEXTS)]
    again = chance.choices(known, k=COUNT - len(strange) - len(known))
    found = [*strange, *known, *again]
    chance.shuffle(found)
    return found


def beside() -> None:
    """Reads and writes as others do, until standard input ends; prints its longest waits."""
    import select

    import django

    django.setup()
    from django.utils import timezone

    from anlan.apps.people.actions import notify
    from anlan.apps.people.models import Notice

    longest = {"read": 0.0, "write": 0.0, "writes": 0}
    while not select.select([sys.stdin], [], [], _BESIDE_S)[0]:
        start = time.monotonic()
        list(Notice.objects.filter(kind="sms").order_by("-pk")[:50])
        read = time.monotonic()
        notify(now=timezone.now(), kind="email", address="a@b.invalid", subject="s", text="t",
               cause="beside", region="99")  # fmt: skip
        done = time.monotonic()
        longest["read"] = max(longest["read"], read - start)
        longest["write"] = max(longest["write"], done - read)
        longest["writes"] += 1
    print(json.dumps(longest))
