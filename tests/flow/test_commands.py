"""The commands around a live site: serve, sensors, limits, keys, import, quarantine, status."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result

from anlan.site.cli import main
from tests.flow.conftest import found_town, now_ms

ANLAN = Path(sys.executable).with_name("anlan")
SENSORS = "sensor,quantity,object,name,lon,lat,interval_s\ng1,water_level,reach,桥,,,3600\n"
LIMITS = "sensor,level,value,direction,deadband,valid_from,valid_to,source\ng1,orange,5,high,,,,t\n"
READINGS = "sensor,time,value\n" + "".join(
    f"g1,2026-07-01T{hour:02}:00:00+08:00,{4 + hour / 10}\n" for hour in range(24)
)


def anlan(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def registered(file: Path, data: Path) -> bool:
    return anlan("sensors", "import", file, "--pack", "flood", "--data", data).exit_code == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files of a gauge, registered in `data`."""
    for name, text in (("s.csv", SENSORS), ("l.csv", LIMITS), ("r.csv", READINGS)):
        (tmp_path / name).write_text(text)
    assert registered(tmp_path / "s.csv", tmp_path / "data")
    return tmp_path


def fetch(url: str) -> bytes:
    """What the service answers."""
    found: bytes = urlopen(url, timeout=60).read()  # noqa: S310 - our own service
    return found


@contextmanager
def served(data: Path, *words: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """`anlan serve` as a process; its first line."""
    command = [str(ANLAN), "serve", "--data", str(data), *words]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip(), process
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_tells_its_address_and_stops_when_told(tmp_path: Path, number: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with served(tmp_path / "data", "--port", str(port)) as (address, process):
            assert address.startswith("http://127.0.0.1:")
            assert int(address.rpartition(":")[2]) > port
            told = json.loads(fetch(f"{address}/healthz"))
            assert told["status"] == "ok"
            process.send_signal(number)
            assert process.wait(60) == 0
    pid = json.loads((tmp_path / "data" / "live" / "running.json").read_text())["pid"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_second_writer_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with served(tmp_path / "data", "--port", "0") as (address, _):
        fetch(f"{address}/healthz")
        with served(tmp_path / "data", "--port", "0") as (_, second):
            assert second.wait(60) == 1
            assert second.stderr is not None
            told = second.stderr.read()
            assert "already written by process" in told
            assert "Traceback" not in told


def test_registers_by_hand_and_while_it_runs(folder: Path) -> None:
    data = folder / "data"
    found = anlan("limits", "import", folder / "l.csv", "--data", data)
    assert found.output == "1 limits of 1 sensors in force\n"
    assert "g1,orange,5,high,0,,,t" in anlan("limits", "list", "--data", data).output
    with served(data, "--port", "0") as (address, _):
        fetch(f"{address}/healthz")
        (folder / "s2.csv").write_text(SENSORS.replace("g1", "g2"))
        assert registered(folder / "s2.csv", data)
        sensors = json.loads(fetch(f"{address}/api/v1/sensors"))["sensors"]
        assert [s["sensor"] for s in sensors] == ["g1", "g2"]
        assert sensors[0]["quantity"] == "flood.water_level"
        status = anlan("status", "--data", data)
        assert status.exit_code == 0
        assert "2 sensors" in status.output
    assert anlan("status", "--data", data).exit_code == 1


def test_a_sensor_that_is_not_there_cannot_be_retired(folder: Path) -> None:
    wrong = anlan("sensors", "retire", "g1", "nosuch", "--data", folder / "data")
    assert wrong.exit_code == 1
    assert wrong.stderr == "Error: there is no sensor 'nosuch'; nothing was retired\n"
    assert anlan("sensors", "list", "--data", folder / "data").output.startswith("g1\t")
    assert anlan("sensors", "retire", "g1", "--data", folder / "data").exit_code == 0
    assert anlan("sensors", "list", "--data", folder / "data").output == ""


def test_import_is_idempotent(folder: Path) -> None:
    data = folder / "data"
    anlan("limits", "import", folder / "l.csv", "--data", data)
    first = anlan("import", folder / "r.csv", "--data", data)
    assert first.output == "24 stored, 0 were stored before; refused: none\n"
    again = anlan("import", folder / "r.csv", "--data", data)
    assert again.output == "0 stored, 24 were stored before; refused: none\n"
    with served(data, "--port", "0") as (address, _):
        fetch(f"{address}/healthz")
        assert anlan("import", folder / "r.csv", "--data", data).output == again.output
        changes = json.loads(fetch(f"{address}/api/v1/changes"))["changes"]
    raised = [c for c in changes if c["kind"] == "raised"]
    assert [c["at"] for c in raised] == ["2026-07-01T02:00:00Z"]


def test_import_in_every_form_and_of_odd_files(folder: Path) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    table = pyarrow.csv.read_csv(folder / "r.csv")
    pyarrow.parquet.write_table(table, folder / "r.parquet")
    lines = "\n".join(json.dumps(row, default=lambda t: t.isoformat()) for row in table.to_pylist())
    (folder / "r.ndjson").write_text(lines)
    (folder / "odd.csv").write_text(READINGS + "x,2026-07-01T00:00Z,1\ng1,soon,2\ng1,1\n")
    stored = "24 stored, 0 were stored before"
    for number, name in enumerate(("r.csv", "r.parquet", "r.ndjson", "odd.csv")):
        data = folder / f"data{number}"
        anlan("sensors", "import", folder / "s.csv", "--pack", "flood", "--data", data)
        found = anlan("import", folder / name, "--data", data)
        assert found.output.startswith(stored), found.output
    assert "refused: unknown_sensor 1, unreadable 2" in found.output
    listed = anlan("quarantine", "list", "--data", folder / "data3").output
    assert "sensor x is not registered" in listed
    missing = anlan("import", folder / "none.csv", "--data", folder / "data")
    assert missing.exit_code == 1


def test_a_file_of_unknown_sensors_says_what_to_do(folder: Path) -> None:
    found = anlan("import", folder / "r.csv", "--data", folder / "other")
    assert "refused: unknown_sensor 24" in found.output
    assert "Register them" in found.stderr


def test_an_export_that_ends_before_it_begins_is_wrong_usage(folder: Path) -> None:
    span = ("--from", "2026-07-02T00:00:00Z", "--to", "2026-07-01T00:00:00Z")
    found = anlan("export", "readings", "--out", folder / "x.csv", *span, "--data", folder)
    assert found.exit_code == 2
    assert "--from lies after --to" in found.output


def test_keys_from_first_to_last(folder: Path) -> None:
    data = folder / "data"
    first = anlan("keys", "add", "office", "--sensors", "g*", "--data", data).output.split()[0]
    assert first.startswith("anl_")
    assert anlan("keys", "add", "office", "--sensors", "g*", "--data", data).exit_code == 1
    assert anlan("keys", "add", "other", "--data", data).exit_code == 2
    by_quantity = anlan("keys", "add", "q", "--quantity", "flood.water_level", "--data", data)
    assert by_quantity.exit_code == 0
    second = anlan("keys", "rotate", "office", "--data", data).output.split()[0]
    listed = anlan("keys", "list", "--data", data).output
    assert listed.count("office") == 2
    assert first not in listed
    log = b"".join(p.read_bytes() for p in data.rglob("*") if p.is_file())
    assert first.encode() not in log
    assert second.encode() not in log
    oldest = listed.split("\n")[0].split("\t")[0]
    assert anlan("keys", "revoke", oldest, "--data", data).output == "1 revoked\n"
    assert anlan("keys", "revoke", "office", "--data", data).output == "1 revoked\n"
    assert anlan("keys", "revoke", "office", "--data", data).exit_code == 1


def test_two_keys_work_while_one_replaces_the_other(tmp_path: Path) -> None:
    town = found_town(tmp_path, {"a": 1})
    new = anlan("keys", "rotate", "a", "--data", tmp_path).output.split()[0]
    from tests.flow.conftest import Live
    from tests.flow.test_intake_contract import row

    live = Live(tmp_path).ready()
    try:
        t = now_ms()
        for number, key in enumerate((town.keys["a"], new)):
            assert live.post(row("a-0", t + number, 1), key)[1]["accepted"] == 1
        newest = anlan("keys", "rotate", "a", "--data", tmp_path).output.split()[0]
        told = [live.post(b"", key)[0] for key in (town.keys["a"], new, newest)]
        assert told == [401, 200, 200]
    finally:
        live.stop()


def test_wrong_files_are_named_by_line(folder: Path) -> None:
    data = folder / "data"
    (folder / "bad.csv").write_text(LIMITS + "g1,purple,5,high,,,,t\n")
    found = anlan("limits", "import", folder / "bad.csv", "--data", data)
    assert found.exit_code == 1
    assert "bad.csv:3" in found.output
    assert "purple" in found.output
    assert anlan("limits", "list", "--data", data).output.count("\n") == 1
    (folder / "bad.csv").write_text(SENSORS + "g3,colour,o,n,,,\n")
    found = anlan("sensors", "import", folder / "bad.csv", "--pack", "flood", "--data", data)
    assert (found.exit_code, "bad.csv:3" in found.output) == (1, True)
    found = anlan("sensors", "import", folder / "s.csv", "--pack", "weather", "--data", data)
    assert (found.exit_code, "no such pack" in found.output) == (1, True)


def test_quarantine_is_bounded_for_each_source(tmp_path: Path) -> None:
    from anlan.live.decode.decoded import Fault
    from anlan.live.quarantine import Quarantine

    quarantine = Quarantine(tmp_path, cap=10)
    rows = [Fault(i, "unreadable", "why", b"%d" % i) for i in range(25)]
    quarantine.add("a", rows[:8], at=1)
    quarantine.add("b", rows[:1], at=1)
    quarantine.add("a", rows[8:], at=2, unseen=100)
    counts = {c.source: (c.kept, c.lost) for c in quarantine.counts()}
    assert counts == {"a": (10, 115), "b": (1, 0)}
    assert [row.body for row in quarantine.rows("a")] == [b"%d" % i for i in range(15, 25)]
    assert quarantine.drop("a") == 10
    assert [c.source for c in quarantine.counts()] == ["b"]
    quarantine.close()
    dropped = anlan("quarantine", "drop", "--yes", "--data", tmp_path)
    assert dropped.output == "1 dropped\n"
