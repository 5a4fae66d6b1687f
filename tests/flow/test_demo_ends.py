"""How `anlan demo` ends, whoever ends it, and that it begins again where it stood."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.demos import START_S, Demo, all_end, descendants, free_port, growth, runs, until

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def data(warmed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(warmed, tmp_path / "data"))


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
        assert until(lambda: out.exists() and out.read_text(), within_s=START_S)
        children = until(lambda: descendants(make.pid), within_s=START_S)
        make.send_signal(signal.SIGINT)
        make.wait(10)
        assert until(lambda: not any(runs(pid) for pid in children), within_s=10)
    finally:
        make.terminate()
        make.wait(15)


def test_a_signal_while_it_warms_ends_it(tmp_path: Path) -> None:
    demo = Demo(tmp_path, tmp_path / "cold", port=free_port())
    demo.address()
    children = until(demo.children, within_s=START_S)
    demo.process.terminate()
    assert demo.process.wait(10) == 0
    assert not [pid for pid in children if runs(pid)]


def test_a_second_start_keeps_what_was_measured(data: Path, tmp_path: Path) -> None:
    """The first was told to end, and each line of its log was JSON, since that was asked for.

    The second is killed, and nothing outlives it.
    """
    port = free_port()
    first = Demo(tmp_path, data, port=port, prefix="export ANLAN_LOG_FORMAT=json; ")
    try:
        before = until(lambda: growth(first, 0), within_s=START_S)
        all_end(first, signal.SIGTERM)
    finally:
        first.stop()
    said = [json.loads(one) for one in first.out.with_suffix(".err").read_text().splitlines()]
    assert said[0]["message"].startswith("accounts: county ")
    assert {one["level"] for one in said} == {"INFO"}
    second = Demo(tmp_path, data, port=port)
    try:
        assert second.health()["readings"] >= before["readings"]
        until(lambda: growth(second, int(before["readings"]) + 50), within_s=START_S)
        children = second.children()
        assert len(children) >= 2
        second.process.kill()
        second.process.wait(10)
        until(lambda: not any(runs(pid) for pid in children), within_s=10)
    finally:
        second.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own needs root")
def test_it_needs_no_network(data: Path, tmp_path: Path) -> None:
    """In a network namespace with nothing but the loopback."""
    probe = tmp_path / "probe.py"
    probe.write_text(PROBE)
    inside = f"ip link set lo up && {sys.executable} {probe} {sys.executable} {data} {START_S}"
    done = subprocess.run(
        ["unshare", "-n", "sh", "-c", inside],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=2 * START_S,
        check=False,
    )
    if "unshare failed" in done.stderr:
        pytest.skip("this machine allows no network namespaces")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["readings"] > 0


PROBE = """
import json, subprocess, sys, time, urllib.request
python, data = sys.argv[1:3]
command = [python, "-c", "from anlan.site.cli import main; main()", "demo", "--data", data]
demo = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
address = demo.stdout.readline().decode().strip()
health, end = {}, time.monotonic() + float(sys.argv[3])
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
