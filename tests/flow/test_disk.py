"""Full and read-only disks: a clear refusal, nothing lost, and on as soon as there is room."""

import os
import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.conftest import Starter, found_town, now_ms, wait_until
from tests.flow.crashes import Source, check
from tests.flow.test_intake_contract import row

NO_LIMIT = resource.RLIM_INFINITY


def test_a_full_disk_is_an_honest_503(tmp_path: Path, start: Starter) -> None:
    """No file may grow any more; later it may: nothing is missing and nothing stands twice."""
    town = found_town(tmp_path, {"a": 2})
    site = start(tmp_path)
    t = now_ms() - 100_000_000
    assert site.post(row("a-0", t, 5), town.keys["a"])[0] == 200
    sent = 0
    resource.prlimit(site.pid, resource.RLIMIT_FSIZE, (1, NO_LIMIT))
    try:
        for _ in range(200):
            sent += 1
            rows = b"\n".join(row(f"a-{i % 2}", t + 1000 * sent, 22.5) for i in range(2))
            status, told = site.post(rows, town.keys["a"])
            if status == 503:
                break
        assert status == 503
        assert "nothing was stored" in told["error"] or "cannot be written" in told["error"]
        assert int(site.headers["retry-after"]) >= 1
        status, health = site.get("/healthz")
        assert (status, health["status"]) == (503, "trouble")
        assert site.post(row("a-0", t + 5, 5), town.keys["a"])[0] == 503
    finally:
        resource.prlimit(site.pid, resource.RLIMIT_FSIZE, (NO_LIMIT, NO_LIMIT))
    wait_until(lambda: bool(site.get("/healthz")[0] == 200))
    source = Source(site, "a", town.keys["a"], ["a-0", "a-1"], chance=random.Random(1), begin_ms=0)
    for number in range(1, sent + 20):
        source._send([(f"a-{i}", t + 1000 * number, 22.5) for i in range(2)])
    site.stop()
    check(tmp_path, town, [source])


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("unshare"), reason="needs mount")
def test_a_read_only_disk_is_told_in_one_sentence(tmp_path: Path) -> None:
    found_town(tmp_path, {"a": 1})
    anlan = Path(sys.executable).with_name("anlan")
    script = (
        f"mount --bind '{tmp_path}' '{tmp_path}' && mount -o remount,bind,ro '{tmp_path}' "
        f"&& exec '{anlan}' serve --data '{tmp_path}' --port 0"
    )
    command = ["unshare", "-m", "sh", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if "mount:" in done.stderr or "unshare:" in done.stderr:
        pytest.skip("mounting is not allowed here")
    assert done.returncode == 1
    assert "Read-only file system" in done.stderr or "read-only" in done.stderr
    assert "Traceback" not in done.stderr
