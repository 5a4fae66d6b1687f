"""`anlan demo` as people start it: the address first, readings flow, and it ends cleanly."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow.demos import START_S, Demo, descendants, free_port, runs, until


@pytest.fixture
def data(warmed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(warmed, tmp_path / "data"))


@pytest.fixture(scope="module")
def demo(warmed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One that goes on, for all who only look."""
    folder = tmp_path_factory.mktemp("looked-at")
    shutil.copytree(warmed, folder / "data")
    one = Demo(folder, folder / "data", port=free_port())
    yield one
    one.stop()


def test_it_is_ready_soon(demo: Demo) -> None:
    demo.health()
    assert time.monotonic() - demo.began < 30  # 15 s on a quiet machine; other work may go on here


def test_readings_flow_and_alarms_come_within_a_minute(demo: Demo) -> None:
    assert demo.address().startswith("http://127.0.0.1:")
    first = demo.health()
    assert first["status"] == "ok"
    assert set(first) >= {"version", "readings", "changes", "last_reading_at", "lag_s"}
    more = until(lambda: growth(demo, int(first["readings"])), within_s=15)
    assert more["last_reading_at"]
    assert until(lambda: demo.health()["changes"], within_s=60) > 0
    assert "虚构" in page(f"{demo.address()}/login")


def growth(demo: Demo, before: int) -> dict[str, Any] | None:
    health = demo.health()
    return health if health["readings"] > before else None


def page(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own http address
        return str(answer.read().decode())


def test_a_second_demo_has_a_folder_of_its_own(warmed: Path, tmp_path: Path) -> None:
    for name in ("demo-data", "demo-data-2"):
        shutil.copytree(warmed, tmp_path / name)
    port, prefix = free_port(), f"cd {tmp_path}; "
    first = Demo(tmp_path, Path("demo-data"), port=port, prefix=prefix)
    try:
        assert first.health()["status"] == "ok"
        second = Demo(tmp_path, Path("demo-data"), port=port, prefix=prefix)
        try:
            assert second.health()["status"] == "ok"
            moved = int(second.address().rpartition(":")[2])
            assert port < moved < port + 100  # the port was taken too
        finally:
            second.stop()
    finally:
        first.stop()


def test_a_folder_that_was_named_is_not_moved(demo: Demo, tmp_path: Path) -> None:
    assert demo.health()["status"] == "ok"
    other = Demo(tmp_path, demo.data, port=free_port())
    assert other.process.wait(15) == 1
    assert other.out.read_text() == ""
    assert other.out.with_suffix(".err").read_text().count("\n") == 1


def test_a_store_in_use_is_one_sentence(demo: Demo) -> None:
    assert demo.health()["status"] == "ok"
    words = [sys.executable, "-c", "from anlan.site.cli import main; main()", "serve"]
    ended = subprocess.run(
        [*words, "--data", str(demo.data)], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1
    assert "already written by process" in ended.stderr
    assert "leaked" not in ended.stderr


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_int_that_reaches_only_make_ends_everything(data: Path, tmp_path: Path) -> None:
    program = f"{sys.executable} -c 'from anlan.site.cli import main; main()'"
    recipe = f"demo:\n\t@exec {program} demo --port {free_port()} --data {data} --days 1 >out\n"
    (tmp_path / "Makefile").write_text(recipe)
    # Whoever runs the tests in the background may have made this signal count for nothing.
    make = subprocess.Popen(
        ["make", "demo"], cwd=tmp_path, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    try:
        out = tmp_path / "out"
        assert until(lambda: out.exists() and out.read_text(), within_s=10)
        children = until(lambda: descendants(make.pid), within_s=10)
        make.send_signal(signal.SIGINT)
        make.wait(10)
        assert until(lambda: not any(runs(pid) for pid in children), within_s=5)
    finally:
        make.terminate()
        make.wait(15)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything(data: Path, tmp_path: Path, number: signal.Signals) -> None:
    """And every line of its log was JSON, since that was asked for."""
    # In the background of a shell INT is ignored; the demo hears it all the same.
    prefix = "trap '' INT; export ANLAN_LOG_FORMAT=json; "
    demo = Demo(tmp_path, data, port=free_port(), prefix=prefix)
    demo.health()
    children = demo.children()
    assert len(children) >= 2
    began = time.monotonic()
    demo.process.send_signal(number)
    assert demo.process.wait(10) == 0
    assert time.monotonic() - began < 10
    assert not [pid for pid in children if runs(pid)]
    said = [json.loads(one) for one in demo.out.with_suffix(".err").read_text().splitlines()]
    assert said[0]["message"].startswith("accounts: county ")
    assert {one["level"] for one in said} == {"INFO"}


def test_nothing_outlives_a_demo_that_is_killed(data: Path, tmp_path: Path) -> None:
    demo = Demo(tmp_path, data, port=free_port())
    demo.health()
    children = demo.children()
    assert len(children) >= 2
    demo.process.kill()
    demo.process.wait(10)
    until(lambda: not any(runs(pid) for pid in children), within_s=10)


def test_a_signal_while_it_warms_ends_it(tmp_path: Path) -> None:
    demo = Demo(tmp_path, tmp_path / "cold", port=free_port())
    demo.address()
    children = until(demo.children, within_s=10)
    demo.process.terminate()
    assert demo.process.wait(10) == 0
    assert not [pid for pid in children if runs(pid)]


def test_a_second_start_keeps_what_was_measured(data: Path, tmp_path: Path) -> None:
    port = free_port()
    first = Demo(tmp_path, data, port=port)
    before = until(lambda: growth(first, 0), within_s=START_S)
    first.stop()
    second = Demo(tmp_path, data, port=port)
    try:
        assert second.health()["readings"] >= before["readings"]
        until(lambda: growth(second, int(before["readings"]) + 50), within_s=START_S)
    finally:
        second.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own needs root")
def test_it_needs_no_network(data: Path, tmp_path: Path) -> None:
    """In a network namespace with nothing but the loopback."""
    probe = tmp_path / "probe.py"
    probe.write_text(PROBE)
    inside = f"ip link set lo up && {sys.executable} {probe} {sys.executable} {data}"
    done = subprocess.run(
        ["unshare", "-n", "sh", "-c", inside],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "unshare failed" in done.stderr:
        pytest.skip("this machine allows no network namespaces")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["readings"] > 0


PROBE = """
import json, subprocess, sys, time, urllib.request
python, data = sys.argv[1:]
command = [python, "-c", "from anlan.site.cli import main; main()", "demo", "--data", data]
demo = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
address = demo.stdout.readline().decode().strip()
health, end = {}, time.monotonic() + 60
while not health.get("readings") and time.monotonic() < end:
    time.sleep(0.3)
    try:
        health = json.load(urllib.request.urlopen(address + "/healthz", timeout=5))
    except OSError:
        pass
demo.terminate()
demo.wait(15)
print(json.dumps(health))
"""
