"""Signing to last hand-over of a warning with very many subscribers, a quarter each by four ways.

A whole work process and two senders on SQLite; the far ends are processes on the same cores: a push
service that reads one message in 500, an HTTP gateway, webhooks, and Mosquitto with 1,000 live
sessions that all get the messages of all districts (QoS 1). Told are seconds of the clock, and the
seconds of the processor of ours and of the far ends apart. ANLAN_BENCH_SUBSCRIBERS: how many
(default 200,000).
"""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench._sinks import AUTH, own_key, point

COUNT = int(os.environ.get("ANLAN_BENCH_SUBSCRIBERS", "200_000"))
SESSIONS, SENDERS = 1_000, 2
MOST_S = float(os.environ.get("ANLAN_BENCH_SECONDS", "400"))
WAYS = ("push", "sms", "webhook", "mqtt")
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {} - 1)"
_INSERT = """
INSERT INTO warning_subscription (key, way, address, digest, cell, region, place, spot, kinds,
    least, language, status, state, reason, asked_at)
{numbers} SELECT '{way}' || i, '{way}', {address}, '{way}' || i, -1,
    '990101001' || substr('00' || (1 + i % {areas}), -3), '', i, '', 1, 'zh-hans', 'Actual',
    'confirmed', '', '2026-07-01 00:00:00' FROM n
"""


def run() -> Iterator[dict[str, Any]]:
    """The figures."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        for what, (value, unit) in _measured(Path(name), stack).items():
            yield {
                "name": f"mass_{COUNT}_{what}", "value": round(value, 2), "unit": unit,
                "peer": None, "peer_value": None, "ratio": None, "cores": os.cpu_count(),
                "date": datetime.now(UTC).date().isoformat(),
            }  # fmt: skip


def _measured(data: Path, stack: ExitStack) -> dict[str, tuple[float, str]]:
    areas = max(1, COUNT // 4 // SESSIONS)
    broker_port, broker = _broker(data, stack)
    topics = [f"anlan/warnings/990101001{n + 1:03}" for n in range(areas)]
    told = {"port": broker_port, "sessions": SESSIONS, "topics": topics}
    sinks = {way: _Sink(way, told if way == "mqtt" else {}, stack) for way in WAYS}
    _write_options(data, {way: sink.port for way, sink in sinks.items()})
    _part(data, "-c", "import bench.mass as b; b.fill()", str(areas),
          json.dumps({way: sink.port for way, sink in sinks.items()}))  # fmt: skip
    senders = [_started(data, stack, "mass", json.dumps({"number": n})) for n in range(SENDERS)]
    work = _started(data, stack, "work", "{}")
    time.sleep(3)  # they are at work
    ours = [one.pid for one in (*senders, work)]
    before = [_cpu_s(one) for one in ours], _cpu_s(broker.pid)
    signed_s = float(_part(data, "-c", "import bench.mass as b; b.sign()").split()[-1])
    held_mb = [0.0]
    ended_s, counts = _awaited(data, signed_s, lambda: held_mb.append(sum(map(_held_mb, ours))))
    cpu = [_cpu_s(one) - was for one, was in zip(ours, before[0], strict=True)]
    broker_cpu = _cpu_s(broker.pid) - before[1]
    time.sleep(1)  # the last that the broker holds
    told_by = {way: sink.told() for way, sink in sinks.items()}
    return _figures(
        signed_s, ended_s, counts=counts, told=told_by, ends=_ends(data),
        cost={"memory": (max(held_mb), "MB"), "cpu_senders": (sum(cpu[:-1]), "s"),
              "cpu_work": (cpu[-1], "s"), "cpu_broker": (broker_cpu, "s")},
    )  # fmt: skip


def _figures(
    signed_s: float, ended_s: float, *, counts: dict[str, int], told: dict[str, dict[str, Any]],
    ends: dict[str, float], cost: dict[str, tuple[float, str]],
) -> dict[str, tuple[float, str]]:  # fmt: skip
    firsts = [one["first_s"] for one in told.values() if one["first_s"]]
    found = {
        "whole": (ended_s - signed_s, "s"),
        "first": (min(firsts) - signed_s, "s"),
        "a_second": (COUNT / (ended_s - signed_s), "recipients/s"),
        "twice": (sum(one["twice"] for one in told.values()), "recipients"),
        "accounted": (100 * sum(counts.values()) / COUNT, "%"),
        "handed": (100 * counts.get("16", 0) / COUNT, "%"),
        "arrived": (sum(one["recipients"] for one in told.values()), "recipients"),
        "read": (told["push"]["read"], "messages"),
        **cost,
    }
    for way, one in told.items():
        found[f"cpu_sink_{way}"] = one["cpu_s"], "s"
        found[f"first_{way}"] = one["first_s"] - signed_s, "s"
    return found | {f"whole_{way}": (ended - signed_s, "s") for way, ended in ends.items()}


class _Sink:
    """A far end."""

    def __init__(self, way: str, told: dict[str, Any], stack: ExitStack) -> None:
        words = [sys.executable, "-m", "bench._sinks", way, json.dumps(told)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True)
        stack.enter_context(self._process)
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


def _broker(data: Path, stack: ExitStack) -> tuple[int, "subprocess.Popen[bytes]"]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    config = data / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
        "max_inflight_messages 0\nset_tcp_nodelay true\n"
        + ("user root\n" if os.geteuid() == 0 else "")
    )
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "Mosquitto is not installed"
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([program, "-c", str(config)], stdout=quiet, stderr=quiet)
    stack.enter_context(process)
    stack.callback(process.kill)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    return port, process


def _write_options(data: Path, ports: dict[str, int]) -> None:
    (data / "desk").mkdir(exist_ok=True)
    (data / "anlan.toml").write_text(
        'webhook_secret = "a key of more than 16 bytes"\nwebhook_private = true\n'
        f'push_key = "{"A" * 42}E="\npush_contact = "mailto:duty@anlan.example"\n'
        f'mqtt_broker = "mqtt://127.0.0.1:{ports["mqtt"]}"\n'
        f'sms_batch_gateway = "http://127.0.0.1:{ports["sms"]}/send"\n'
    )


def _around(data: Path) -> dict[str, str]:
    own = {"ANLAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}
    return {**os.environ, **own}


def _part(data: Path, *words: str) -> str:
    done = subprocess.run([sys.executable, *words], env=_around(data), check=True, text=True,
                          stdout=subprocess.PIPE)  # fmt: skip
    return done.stdout


def _started(data: Path, stack: ExitStack, what: str, told: str) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-m", "anlan.site.part", what, told]
    process = subprocess.Popen(words, env=_around(data), stdin=subprocess.PIPE)
    stack.enter_context(process)
    stack.callback(process.terminate)
    return process


def fill() -> None:
    """Makes people, a draft that waits for the last signature, and the subscribers."""
    import django

    django.setup()
    from anlan.site.crew.prepare import prepare
    from tests.apps.conftest import make_world
    from tests.apps.warning.conftest import found

    prepare()
    found(make_world()).reviewed()
    subscribe(COUNT // 4, areas=int(sys.argv[1]), ports=json.loads(sys.argv[2]))


def subscribe(each: int, *, areas: int, ports: dict[str, int]) -> None:
    """Makes subscribers, so many by each way, in so many areas of the town."""
    from django.db import connection

    from anlan.channels.push.browser import text_of

    keys = {"p256dh": text_of(point(own_key().public_key())), "auth": text_of(AUTH)}
    addresses = {
        "push": f"""'{{"endpoint":"http://127.0.0.1:{ports["push"]}/p/' || i || '","keys":"""
        f"{json.dumps(keys)}}}'",
        "sms": "'138' || substr('0000000' || i, -8)",
        "webhook": f"'http://127.0.0.1:{ports['webhook']}/h/' || i",
        "mqtt": "'app-' || i",
    }
    with connection.cursor() as cursor:
        for way, address in addresses.items():
            numbers = _NUMBERS.format(each)
            sql = _INSERT.format(numbers=numbers, way=way, address=address, areas=areas)
            cursor.execute(sql)
        cursor.execute("ANALYZE")


def sign() -> None:
    """Signs it; tells the moment."""
    import django

    django.setup()
    from django.utils import timezone

    from anlan.apps.people.models import User
    from anlan.apps.people.queries import person_of
    from anlan.apps.warning.actions import sign as sign_it
    from anlan.apps.warning.models import Warning
    from tests.apps.conftest import PASSWORD
    from tests.apps.warning.conftest import CHIEF

    one = Warning.objects.get()
    chief = person_of(User.objects.get(key=CHIEF), timezone.now())
    sign_it(chief, one.key, version=one.version, password=PASSWORD)
    print(time.time())


def _rows(data: Path, sql: str, *values: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{data}/desk/desk.sqlite3?mode=ro", uri=True)) as file:
        return file.execute(sql, values).fetchall()


def _awaited(data: Path, since_s: float, look: Callable[[], None]) -> tuple[float, dict[str, int]]:
    """When the last recipient was decided, and how many there are of each outcome.

    look: is called some times a second.
    """
    while time.time() - since_s < MOST_S:
        ((size, still),) = _rows(
            data, "SELECT coalesce(sum(size), 0), coalesce(sum(is_open), 0) FROM warning_parcel"
        )
        if size == COUNT and not still:
            break
        look()
        time.sleep(0.25)
    counts: dict[str, int] = {}
    for (told,) in _rows(data, "SELECT counts FROM warning_parcel WHERE is_open = 0"):
        for code, count in json.loads(told).items():
            counts[code] = counts.get(code, 0) + count
    return max(_ends(data).values(), default=time.time()), counts


def _ends(data: Path) -> dict[str, float]:
    """By way when the last parcel ended."""
    rows = _rows(data, "SELECT way, max(ended_at) FROM warning_parcel GROUP BY way")
    return {
        way: datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() for way, at in rows if at
    }


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def _held_mb(pid: int) -> float:
    """Memory of a process, what it shares with others by parts: the records are mapped by all."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
