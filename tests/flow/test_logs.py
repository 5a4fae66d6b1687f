"""A site that is told to speak JSON says nothing else on standard error, whatever happens to it."""

import http.client
import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.flow.demos import children
from tests.flow.test_backup import PROGRAM, until

pytestmark = pytest.mark.timeout(900)
SECRETS = ("geheim-123", "13812345678", "li.si@county.example")
NAMES = {"time", "level", "logger", "part", "message", "fields", "exception"}


class Served:
    """`anlan serve --pages` with its output in files."""

    def __init__(self, data: Path, **more: str) -> None:
        self.data, self.out, self.err = data, data.with_suffix(".out"), data.with_suffix(".err")
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [*PROGRAM, "serve", "--data", str(data), "--port", "0", "--pages", "0"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=os.environ | more,
            )  # fmt: skip

    def pages(self) -> str:
        """Their host and port, once they answer."""
        lines = until(lambda: (x := self.out.read_text().split()) and len(x) == 2 and x)
        host = str(lines[1]).removeprefix("http://")
        until(lambda: ask(host, "GET", "/login") == 200)
        return host

    def lines(self) -> list[dict[str, Any]]:
        """What it said so far; fails where a line is no object. One that is being written is not
        whole yet; who has ended writes none."""
        text = self.err.read_text("utf-8")
        if self.process.poll() is None:
            text = text[: text.rfind("\n") + 1]
        return [dict(json.loads(line)) for line in text.splitlines()]

    def said(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first line that is it."""
        return dict(until(lambda: next((one for one in self.lines() if is_it(one)), None)))

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def ask(host: str, method: str, path: str, body: bytes = b"", **headers: str) -> int:
    """The status of an answer; 0 where there is none."""
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request(method, path, body, headers)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return asked_for_json(tmp_path)


def asked_for_json(folder: Path) -> Path:
    """The data folder of a site that is to speak JSON."""
    data = folder / "data"
    data.mkdir()
    (data / "anlan.toml").write_text('log_format = "json"\ntime_zone = "Asia/Shanghai"\n')
    return data


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site at work to which things happen; each looks for its own line."""
    one = Served(asked_for_json(tmp_path_factory.mktemp("faulty")))
    yield one
    one.stop()


def test_a_normal_start_and_end(data: Path) -> None:
    served = Served(data)
    try:
        served.pages()
    finally:
        served.stop()
    assert served.process.returncode == 0
    assert all(line.startswith("http://127.0.0.1:") for line in served.out.read_text().split())
    lines = served.lines()
    assert lines[0]["message"] == "making the kernels ready …"
    assert {one["level"] for one in lines} == {"INFO"}


def test_a_fault_of_a_page_is_one_line_without_what_was_typed(faulty: Served) -> None:
    host = faulty.pages()
    break_records(faulty.data)
    form = urlencode({"username": SECRETS[2], "password": SECRETS[0], "phone": SECRETS[1]}).encode()
    assert ask(host, "GET", f"/login?token={SECRETS[0]}", Cookie=f"anlan={SECRETS[0]}") == 500
    fault = faulty.said(lambda one: one["level"] == "ERROR")
    assert (fault["part"], fault["logger"]) == ("web", "django.request")
    assert fault["fields"]["request"] == {"method": "GET", "path": "/login"}
    assert "no such table" in fault["exception"]
    assert fault["time"][-6:] == "+08:00"
    ask(host, "POST", "/login", form, **{"Content-Type": "application/x-www-form-urlencoded"})
    assert ask(host, "GET", "/no%0Asuch%E2%80%A8page%FF") in (404, 500)
    faulty.said(lambda one: "such" in one["message"])
    faulty.said(lambda one: one["part"] == "work")
    everything = faulty.err.read_text()
    assert not [secret for secret in SECRETS if secret in everything]
    assert all(set(one) <= NAMES for one in faulty.lines())


def break_records(data: Path) -> None:
    """Takes the tables of sessions and of alarms away."""
    with closing(sqlite3.connect(data / "desk" / "desk.sqlite3", timeout=20)) as records:
        names = [row[0] for row in records.execute("SELECT name FROM sqlite_master").fetchall()]
        for name in ("people_session", "watch_alarm"):
            assert name in names
            records.execute(f"ALTER TABLE {name} RENAME TO {name}_gone")
        records.commit()


def test_a_process_that_dies_is_told(faulty: Served) -> None:
    faulty.pages()
    pids = children(faulty.process.pid)
    [work] = [pid for pid in pids if b"anlan.site.part\0work" in words_of(pid)]
    os.kill(work, signal.SIGKILL)
    told = faulty.said(lambda one: one["message"].startswith("work ended"))
    assert (told["part"], told["level"]) == ("site", "WARNING")
    assert told["message"] == "work ended (status -9); starting it again"


def test_a_signal_while_it_compiles_ends_it(data: Path, tmp_path: Path) -> None:
    one = Served(data, NUMBA_CACHE_DIR=str(tmp_path / "nothing"))

    def compiling() -> list[int]:
        return [pid for pid in children(one.process.pid) if b"anlan.live.warming" in words_of(pid)]

    try:
        found = until(compiling)
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(10) == 0
        assert not Path(f"/proc/{found[0]}").exists()
        assert [line["level"] for line in one.lines()] == ["INFO"]
    finally:
        one.stop()


def words_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.parametrize(
    ("settings", "more", "said"),
    [
        ("log_format = 'xml'\n", {"ANLAN_LOG_FORMAT": "json"}, "text or json"),
        ("log_format = 'json'\ndatabase = 'mysql://u:geheim-123@x/y'\n", {}, "postgresql://"),
    ],
)
def test_a_refused_start_is_told_in_the_same_form(
    data: Path, settings: str, more: dict[str, str], said: str
) -> None:
    (data / "anlan.toml").write_text(settings)
    one = Served(data, **more)
    try:
        assert one.process.wait(60) == 1
        assert said in one.lines()[-1]["message"] + "".join(x["message"] for x in one.lines())
        assert "geheim-123" not in one.err.read_text()
    finally:
        one.stop()


def test_text_is_the_default(data: Path) -> None:
    (data / "anlan.toml").unlink()
    one = Served(data)
    try:
        first = until(lambda: one.err.read_text().partition("\n")[0])
        assert first == "making the kernels ready …"
    finally:
        one.stop()
