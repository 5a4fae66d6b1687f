"""A whole site is copied while it works, and goes on elsewhere where it stood."""

import json
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from anlan.history.cursor import Cursor, changes_since
from anlan.history.log import Log, store_in
from anlan.history.query import Archive, Span

pytestmark = pytest.mark.timeout(900)
PROGRAM = [sys.executable, "-c", "from anlan.site.cli import main; main()"]
SENSORS = "sensor,quantity,object,name,interval_s\n" + "".join(
    f"s{n},flood.water_level,reach{n},level {n},3600\n" for n in range(4)
)
LIMITS = "sensor,level,direction,value\n" + "".join(f"s{n},yellow,high,3.0\n" for n in range(4))


def anlan(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *words], capture_output=True, text=True, timeout=120,
                          check=False)  # fmt: skip


def until(ask: Callable[[], Any], *, within_s: float = 240) -> Any:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if found := ask():
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing within {within_s} s")


@contextmanager
def site(data: Path) -> Iterator[str]:
    """`anlan serve --pages` on a folder: live process, pages and work; the intake's address."""
    out = data.with_suffix(".out")
    with out.open("wb") as sink, data.with_suffix(".err").open("wb") as complaints:
        process = subprocess.Popen(
            [*PROGRAM, "serve", "--data", str(data), "--port", "0", "--pages", "0"],
            stdin=subprocess.DEVNULL, stdout=sink, stderr=complaints,
        )  # fmt: skip
    try:
        intake, pages = until(lambda: (x := out.read_text().split()) and len(x) == 2 and x)
        until(lambda: _is_well(f"{pages}/healthz"))
        yield str(intake)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def _is_well(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def send(url: str, key: str, ending: threading.Event) -> None:
    """Levels that go over the limit and back, so that alarms come and go."""
    turn = 0
    while not ending.is_set():
        now = time.time_ns() // 1_000_000
        value = 3.4 if turn // 3 % 2 else 2.0
        rows = [{"sensor": f"s{n}", "time": now, "value": value + n / 100} for n in range(4)]
        body = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        asked = urllib.request.Request(  # noqa: S310 - our own address
            f"{url}/api/v1/readings", body,
            {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"},
        )  # fmt: skip
        urllib.request.urlopen(asked, timeout=60).close()  # noqa: S310 - the same
        turn += 1
        time.sleep(0.05)


def records(data: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(data / "desk" / "desk.sqlite3")) as database:
        return database.execute(sql).fetchall()


def told(data: Path) -> int:
    """How many changes the log of a site holds."""
    with Log.open(store_in(data)) as log:
        return len(changes_since(log, Cursor(log.epoch), 1_000_000))


def followed(data: Path) -> int:
    """How many changes stand in the alarms' timelines."""
    return int(records(data, "SELECT count(*) FROM watch_step WHERE level IS NOT NULL")[0][0])


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that was at work, copied under load to `copy` beside it; nobody writes there again."""
    folder = tmp_path_factory.mktemp("working")
    data = folder / "data"
    data.mkdir()
    (folder / "sensors.csv").write_text(SENSORS)
    (folder / "limits.csv").write_text(LIMITS)
    with site(data) as intake:
        for words in (["sensors", "import", "sensors.csv"], ["limits", "import", "limits.csv"]):
            done = anlan(*words[:2], str(folder / words[2]), "--data", str(data))
            assert done.returncode == 0, done.stderr
        key = anlan("keys", "add", "test", "--sensors", "s*", "--data", str(data))
        secret = next(word for word in key.stdout.split() if len(word) > 30)
        (data / "files").mkdir(exist_ok=True)
        (data / "files" / "picture.jpg").write_bytes(b"seen")
        ending = threading.Event()
        sender = threading.Thread(target=send, args=(intake, secret, ending))
        sender.start()
        try:
            until(lambda: followed(data) >= 8)
            copied = anlan("backup", str(folder / "copy"), "--data", str(data))
            assert copied.returncode == 0, copied.stderr
            copied_at = told(data)
            until(lambda: told(data) > copied_at)
        finally:
            ending.set()
            sender.join(90)
    return data


def test_a_site_copied_under_load_goes_on_where_it_stood(working: Path, tmp_path: Path) -> None:
    copy, there = working.with_name("copy"), tmp_path / "there"
    with closing(sqlite3.connect(copy / "records.sqlite3")) as database:
        held = database.execute("SELECT cursor FROM watch_source").fetchone()[0]
    done = anlan("restore", str(copy), "--data", str(there))
    assert done.returncode == 0, done.stderr
    with Log.open(store_in(there)) as log:
        epoch = log.epoch
    copied = told(there)
    assert 8 <= copied < told(working)
    old, _, place = held.partition(":")
    assert epoch != old
    assert records(there, "SELECT cursor FROM watch_source") == [(f"{epoch}:{place}",)]
    assert (there / "files" / "picture.jpg").read_bytes() == b"seen"
    assert (there / "desk" / "secret").read_text() == (working / "desk" / "secret").read_text()
    with site(there):
        until(lambda: followed(there) == told(there))
    twice = (
        "SELECT count(*) FROM watch_step WHERE level IS NOT NULL GROUP BY cause HAVING count(*) > 1"
    )
    assert records(there, twice) == []
    with Archive(store_in(there)) as ours, Archive(store_in(working)) as theirs:
        kept, whole = ours.rows(None, Span()), theirs.rows(None, Span())
        assert 0 < len(kept.time) < len(whole.time)
        assert kept.time.tolist() == whole.time[: len(kept.time)].tolist()


def test_nothing_is_written_over(working: Path, tmp_path: Path) -> None:
    copy = str(working.with_name("copy"))
    again = anlan("backup", copy, "--data", str(working))
    assert (again.returncode, "is not written over" in again.stderr) == (1, True)
    onto = anlan("restore", copy, "--data", str(working))
    assert (onto.returncode, "is not written over" in onto.stderr) == (1, True)
    none = anlan("restore", str(tmp_path), "--data", str(tmp_path / "else"))
    assert (none.returncode, "there is no backup" in none.stderr) == (1, True)
    assert not (tmp_path / "else" / "history").exists()
