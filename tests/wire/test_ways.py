"""The process of all ways: begins outside any loop, tells how each does, and ends when told to."""

import asyncio
import json
import math
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from anlan.live.decode.body import decode
from anlan.live.decode.keytable import KeyTable
from anlan.live.gateway.store import Intake, body_of
from anlan.live.ways.process import run
from anlan.live.ways.settings import has_ways, looked, ways_in
from anlan.live.ways.told import file_of
from anlan.site.crew import backup
from anlan.terms.readings import Reading
from anlan.terms.times import NEVER

MODBUS = """
[modbus]
host = "127.0.0.1"
port = 1
timeout_s = 0.2
period_s = 0.2
[[read]]
device = "pump"
values = { level = { at = 0 } }
"""
FOLDER = """
[folder]
path = "../in"
settled_s = 0
[row]
device = "{1}"
values = { level = "level" }
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "ways").mkdir()
    (tmp_path / "ways" / "pumps.toml").write_text(MODBUS)
    (tmp_path / "ways" / "tables.toml").write_text(FOLDER)
    return tmp_path


def listeners(data: Path) -> dict[str, dict[str, Any]]:
    if not file_of(data).exists():
        return {}
    return {one["name"]: one for one in json.loads(file_of(data).read_text())["listeners"]}


def test_each_way_is_named_and_a_wrong_one_says_where(data: Path) -> None:
    assert has_ways(data)
    assert [one.name for one in looked(data)] == ["modbus:pumps", "files:tables"]
    (data / "ways" / "odd.toml").write_text("[else]\n")
    found = {one.name: one.why for one in looked(data) if one.why}
    assert list(found) == ["ways/odd.toml"]
    assert found["ways/odd.toml"].startswith("ways/odd.toml: needs one of [modbus]")


def test_a_backup_has_the_mappings_and_their_secrets(data: Path, tmp_path: Path) -> None:
    (data / "ways" / "onenet.secret").write_text("token-12345678")
    (data / "gateway.toml").write_text("")
    (data / "ways" / "in").mkdir()
    backup._copy_files(data, tmp_path / "copy")
    assert sorted(
        str(one.relative_to(tmp_path / "copy")) for one in (tmp_path / "copy").rglob("*.*")
    ) == [
        "gateway.toml",
        "ways/onenet.secret",
        "ways/pumps.toml",
        "ways/tables.toml",
    ]


def test_what_a_way_brings_is_what_the_intake_reads() -> None:
    readings = [
        Reading("a", 1_782_864_000_000, 2.5, 0, NEVER), Reading("b", 5, math.nan, 1, 7),
    ]  # fmt: skip
    table = KeyTable([("a", 0), ("b", 1)])
    got = decode(body_of(readings), "json", table, most_bytes=1 << 20)
    assert got.faults.kept == []
    assert got.batch.received.tolist() == [NEVER, 7]
    assert got.batch.time.tolist() == [1_782_864_000_000, 5]


def test_a_way_that_cannot_begin_harms_no_other(data: Path) -> None:
    async def scene(port: int) -> None:
        hook = f'[webhook]\ncloud = "other"\nport = {port}\nsecret_file = "secret"\n'
        (data / "ways" / "secret").write_text("token-12345678")
        (data / "ways" / "hook.toml").write_text(f'{hook}[[message]]\nvalues = {{ v = "v" }}\n')
        ways = ways_in(data, lambda: Intake(data))
        task = asyncio.create_task(run(data, ways))
        books = {one.name: one.way.books for one in ways.mapped if one.way}
        async with asyncio.timeout(60):
            while not ("cannot listen" in books["webhook:hook"].trouble
                       and books["modbus:pumps"].frames > 2):  # fmt: skip
                await asyncio.sleep(0.02)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        asyncio.run(scene(taken.getsockname()[1]))


def test_the_process_tells_how_its_ways_do_and_ends_when_told(data: Path) -> None:
    command = [sys.executable, "-m", "anlan.live.ways.process", str(data)]
    process = subprocess.Popen(command)
    try:
        end = time.monotonic() + 60
        while "pump: nothing answers" not in listeners(data).get("modbus:pumps", {}).get(
            "trouble", ""
        ):
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.05)
        (data / "in" / "a.csv").write_text("time,level\n1,2\n")  # nothing runs that could store it
        while "does not run" not in listeners(data)["files:tables"]["trouble"]:
            assert time.monotonic() < end
            time.sleep(0.05)
        assert (data / "in" / "a.csv").exists()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
