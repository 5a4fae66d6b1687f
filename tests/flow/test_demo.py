"""`anlan demo` as people start it: the address first, readings flow, and it ends cleanly."""

import re
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
from click.testing import CliRunner

from anlan.live.gateway.told import last_told
from anlan.live.quarantine import Quarantine
from anlan.live.ways.told import last_told as ways_told
from anlan.site.cli import main
from tests.flow.demos import START_S, Demo, all_end, free_port, growth, processor_s, until

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def demo(warmed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One that goes on, for all who only look: in the folder that it takes by itself."""
    folder = tmp_path_factory.mktemp("looked-at")
    for name in ("demo-data", "demo-data-2"):
        shutil.copytree(warmed, folder / name)
    one = Demo(folder, Path("demo-data"), port=free_port(), prefix=f"cd {folder}; ")
    one.data = folder / "demo-data"
    yield one
    one.stop()


def test_it_is_ready_soon(demo: Demo) -> None:
    demo.health()
    # 16 s on a quiet machine. Of the processor: the clock would tell how busy the machine is.
    assert processor_s(demo.process.pid) < 90


def test_readings_flow_and_alarms_come_within_a_minute(demo: Demo) -> None:
    assert demo.address().startswith("http://127.0.0.1:")
    first = demo.health()
    assert first["status"] == "ok"
    assert set(first) >= {"version", "readings", "changes", "last_reading_at", "lag_s"}
    more = until(lambda: growth(demo, int(first["readings"])), within_s=60)
    assert more["last_reading_at"]
    assert until(lambda: demo.health()["changes"], within_s=60) > 0
    assert "虚构" in page(f"{demo.address()}/login")


def test_devices_speak_to_the_gateway(demo: Demo) -> None:
    """Rain gauges, fire hosts, works and vehicles, each by its own protocol: values of sensors that
    are registered, and no faults."""
    began_ms = time.time() * 1000
    told = until(lambda: listeners(demo, began_ms), within_s=200)
    assert {one["protocol"] for one in told} == {"sl651", "gb26875", "hj212", "jt808"}
    for one in told:
        assert one["devices"] > 0
        assert one["faults"] == {}
    said = CliRunner().invoke(main, ["status", "--data", str(demo.data)]).output
    for one in told:
        assert re.search(rf"{one['name']} +\d+ connections, .* devices online, .* frames/s", said)
    aside = Quarantine(demo.data)
    assert {one.source for one in aside.counts()} <= {"sandtable"}
    aside.close()


def test_tanks_come_by_the_registers_of_their_plants(demo: Demo) -> None:
    began_ms = time.time() * 1000

    def come() -> dict[str, Any] | None:
        told = ways_told(demo.data)
        (row,) = told["listeners"] if told and told["at"] > began_ms else ({"readings": 0},)
        is_well = row["readings"] and row["devices_online"] == row["devices"]
        return row if is_well else None

    row = until(come, within_s=200)
    assert (row["protocol"], row["trouble"], row["faults"]) == ("modbus", "", {})
    aside = Quarantine(demo.data)
    assert {one.source for one in aside.counts()} <= {"sandtable"}
    aside.close()


def listeners(demo: Demo, began_ms: float) -> list[dict[str, Any]] | None:
    """What the gateway says of its ports by now, once each has brought readings, and whoever was
    heard is connected."""
    told = last_told(demo.data)
    if told is None or told["at"] < began_ms:
        return None
    rows: list[dict[str, Any]] = told["listeners"]
    well = [row["readings"] and row["devices_online"] == row["devices"] for row in rows]
    return rows if all(well) else None


def page(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - our own http address
        return str(answer.read().decode())


def test_a_second_demo_has_a_folder_of_its_own(demo: Demo, tmp_path: Path) -> None:
    """And a signal that reaches it alone ends it, and nothing else."""
    assert demo.health()["status"] == "ok"
    port = int(demo.address().rpartition(":")[2])
    # In the background of a shell INT is ignored; the demo hears it all the same.
    prefix = f"cd {demo.data.parent}; trap '' INT; "
    second = Demo(tmp_path, Path("demo-data"), port=port, prefix=prefix)
    try:
        assert second.health()["status"] == "ok"
        moved = int(second.address().rpartition(":")[2])
        assert port < moved < port + 100  # the port was taken too
        all_end(second, signal.SIGINT)
    finally:
        second.stop()
    assert demo.health()["status"] == "ok"


def test_a_folder_that_was_named_is_not_moved(demo: Demo, tmp_path: Path) -> None:
    assert demo.health()["status"] == "ok"
    other = Demo(tmp_path, demo.data, port=free_port())
    assert other.process.wait(START_S) == 1
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
