"""The public's pages stay up when the records are gone, and say when they are no longer fresh."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

_FOUND = """
from anlan.site.crew.prepare import prepare
prepare()
from django.utils import timezone
from anlan.site.crew.tasks import tasks
[task] = [one for one in tasks() if one.name == "public pages"]
task.run(timezone.now())
assert not task.told, task.told
"""
_WAIT_S = 60.0


def _around(data: Path) -> dict[str, str]:
    return {**os.environ, "ANLAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}


@contextmanager
def serving(data: Path) -> Iterator[int]:
    """The web process of a data folder; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        fd = listening.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "anlan.site.part", "web", json.dumps({"fd": fd})],
            env=_around(data), stdin=subprocess.PIPE, pass_fds=(fd,),
        )  # fmt: skip
        try:
            yield int(listening.getsockname()[1])
        finally:
            process.terminate()
            process.communicate(timeout=20)


def ask(port: int, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers; waits for a process that has just begun."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=_WAIT_S)
    try:
        told = {"Host": "localhost", **{k.replace("_", "-"): v for k, v in headers.items()}}
        line.request("GET", path, headers=told)
        answer = line.getresponse()
        return answer.status, answer.read().decode(), {**answer.headers}
    finally:
        line.close()


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with records, and pages of them that the work process has written."""
    data = tmp_path_factory.mktemp("founded")
    subprocess.run([sys.executable, "-c", _FOUND], env=_around(data), check=True, timeout=120)
    return data


@pytest.fixture
def site(founded: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    return Path(shutil.copytree(founded, tmp_path / "data"))


def _replace(file: Path, content: bytes) -> None:
    """As a bad restore does. Cut short in place, the shared memory of SQLite would end the process
    by a bus error: another fault, after which the parent begins it anew.
    """
    part = file.with_name(f".part-{file.name}")
    part.write_bytes(content)
    part.replace(file)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("fault", ["removed", "spoilt"])
def test_pages_answer_without_the_records(site: Path, fault: str) -> None:
    with serving(site) as port:
        status, fresh, headers = ask(port, "/public/zh/")
        assert status == 200
        assert "目前没有生效的预警" in fresh
        assert ask(port, "/public/zh/here?q=x")[0] == 200
        for file in (site / "desk").glob("desk.sqlite3*"):
            if fault == "removed":
                file.unlink()
            else:
                _replace(file, b"this is no database" * 1000)
        for path in ("/public/", "/public/zh/", "/public/en/", "/public/warnings.json",
                     "/public/atom.xml", "/public/rss.xml", "/public/style.css"):  # fmt: skip
            assert ask(port, path)[0] == 200, path
        assert ask(port, "/public/zh/")[1] == fresh
        assert ask(port, "/public/zh/", If_None_Match=headers["etag"])[0] == 304
        status, told, _ = ask(port, "/public/zh/here?q=x", Cookie="anlan=whoever")
        assert (status, "数据库暂时连接不上" in told) == (503, True)


@pytest.mark.timeout(180)
def test_pages_that_nobody_writes_any_more_say_so(site: Path) -> None:
    written = site / "public" / "written.json"
    told = json.loads(written.read_text())
    with serving(site) as port:
        assert "没有更新" not in ask(port, "/public/zh/")[1]
        told["written_at"] = (datetime.now(UTC) - timedelta(minutes=12)).isoformat()
        written.write_text(json.dumps(told))
        assert "已有 10 分钟以上没有更新" in ask(port, "/public/zh/")[1]


@pytest.mark.timeout(180)
def test_while_the_pages_are_written_each_answer_is_whole(site: Path) -> None:
    """A page that is replaced again and again is one edition or another, never a mixture."""
    index = site / "public" / "zh" / "index.html"
    texts = {letter: f"<p>{letter * size}</p>" for letter, size in (("a", 90_000), ("b", 900))}
    with serving(site) as port:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            for text in texts.values():
                part = index.with_name(".part-index.html")
                part.write_text(text)
                part.replace(index)
                status, body, headers = ask(port, "/public/zh/")
                assert (status, body) == (200, text)
                assert int(headers["content-length"]) == len(body)
