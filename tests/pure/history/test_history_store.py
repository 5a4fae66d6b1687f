"""The store as a whole, through the command line: verify, compact, export, restore, changes."""

import csv
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from anlan.history.codec import encode_changes, encode_registry
from anlan.history.log import Log, Record, RecordKind, Sizes, store_in
from anlan.history.parts.manifest import Kind, read_manifest
from anlan.history.query import Archive, Span, latest
from anlan.history.registry import sensor_entry
from anlan.history.seal import seal
from anlan.history.store import back_up
from anlan.site.cli import main
from anlan.terms.sensors import Sensor
from tests.pure.history.streams import DAY0, batch_of, note, readings, steady
from tests.pure.history.test_history_seal import change

KEYS = ["河 (1)", 'a,"b"', "c"]
SECONDS = 50


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with 3 sensors, sealed in part."""
    entries = [sensor_entry(Sensor(key=key, quantity="q", object="o")) for key in KEYS]
    folder = store_in(tmp_path / "data")
    with Log.open(folder, write=True, sizes=Sizes(segment_bytes=3000)) as log:
        log.append([Record(RecordKind.REGISTRY, DAY0, encode_registry(entries))])
        for i, batch in enumerate(steady(sensors=3, seconds=SECONDS)):
            changes = encode_changes([change(DAY0 + i * 1000)]) if i % 10 == 0 else b""
            log.append([readings(batch, DAY0 + i * 1000, changes)])
        log.append([readings(batch_of([(2, DAY0 + 10**6, float("nan"))]), DAY0 + 10**6)])
    seal(folder, until=20)
    return tmp_path / "data"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_a_sound_store_is_said_to_be_sound(data: Path) -> None:
    found = run("store", "verify", "--data", data)
    assert found.exit_code == 0
    assert "52 records, 151 readings" in found.output
    assert found.output.endswith("sound\n")


def test_damage_is_named_set_aside_and_costs_only_itself(data: Path) -> None:
    part = next(p for p in read_manifest(store_in(data)).of(Kind.READINGS))
    path = store_in(data) / part.file
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    found = run("store", "verify", "--data", data)
    assert found.exit_code == 1
    where = f"{part.file}: records {part.first} to {part.last}"
    assert f"damaged: {where}: its checksum is wrong" in found.output
    assert run("store", "verify", "--data", data, "--set-aside").exit_code == 1
    again = run("store", "verify", "--data", data)
    assert again.exit_code == 0
    assert f"set aside earlier: quarantine/{path.name}" in again.output
    with Archive(store_in(data)) as archive:
        assert len(latest(archive).sensor) == 3
        assert 80 < len(archive.rows(None, Span()).sensor) < 151


@pytest.mark.parametrize("kind", [Kind.READINGS, Kind.HOUR, Kind.LATEST])
def test_a_sealed_file_cut_short_does_not_stop_questions_or_sealing(data: Path, kind: Kind) -> None:
    folder = store_in(data)
    part = read_manifest(folder).of(kind)[0]
    (folder / part.file).write_bytes(b"PAR1")
    with Archive(folder) as archive:
        assert len(latest(archive).sensor) == 3
        assert len(archive.rows(None, Span()).sensor) > 80
    with Log.open(folder, write=True) as log:
        for day in (1, 2):
            at = DAY0 + day * 86_400_000
            log.append([readings(batch_of([(0, at, 1.0)]), at)])
    assert run("store", "compact", "--data", data).exit_code == 0
    assert read_manifest(folder).sealed_to == 54


def test_compact_seals_everything_and_tells_the_size(data: Path) -> None:
    found = run("store", "compact", "--data", data, "--raw-days", 30)
    assert "sealed up to record 52: 151 readings" in found.output
    assert read_manifest(store_in(data)).sealed_to == 52


def test_compact_lets_old_files_go_at_once(data: Path) -> None:
    with Log.open(store_in(data), write=True) as log:
        at = DAY0 + 9 * 86_400_000
        log.append([readings(batch_of([(0, at, 1.0)]), at)])
    assert run("store", "compact", "--data", data, "--raw-days", 3).exit_code == 0
    files = {p.name for p in (store_in(data) / "sealed").rglob("*.parquet")}
    assert len([name for name in files if "readings" in name]) == 1
    assert len([name for name in files if "hour" in name]) == 2


def test_compact_beside_a_writer_leaves_its_open_segment(data: Path) -> None:
    with Log.open(store_in(data), write=True) as log:
        log.append([note("still open")])
        assert run("store", "compact", "--data", data).exit_code == 0
        assert 20 < read_manifest(store_in(data)).sealed_to < 53
        log.append([note("goes on")])


def _everything(folder: Path) -> list[Record]:
    with Log.open(folder) as log:
        return list(log.records())


def test_a_copy_of_a_running_store_restored_has_all_and_a_new_epoch(
    data: Path, tmp_path: Path
) -> None:
    cursor = json.loads(run("changes", "--data", data, "--limit", 1).output)["cursor"]
    with Log.open(store_in(data), write=True) as log:
        assert run("store", "export", tmp_path / "copy", "--data", data).exit_code == 0
        log.append([note("after the copy")])
    before = _everything(store_in(data))[:-1]
    found = run("store", "restore", tmp_path / "copy", "--data", tmp_path / "other")
    assert found.exit_code == 0
    assert _everything(store_in(tmp_path / "other")) == before
    told = run("changes", "--data", tmp_path / "other", "--after", cursor)
    assert told.exit_code == 1
    assert "restored" in told.output
    assert run("store", "verify", "--data", tmp_path / "other").exit_code == 0


def test_a_data_folder_of_a_crashed_writer_can_be_restored(data: Path, tmp_path: Path) -> None:
    with Log.open(store_in(data), write=True) as log:
        log.append([note("in the write-ahead log")])
        shutil.copytree(data, tmp_path / "crashed")
    found = run("store", "restore", tmp_path / "crashed", "--data", tmp_path / "other")
    assert found.exit_code == 0, found.output
    assert _everything(store_in(tmp_path / "other"))[-1].body == b"in the write-ahead log"


def test_what_is_there_is_never_written_over(data: Path, tmp_path: Path) -> None:
    back_up(store_in(data), tmp_path / "copy")
    for words in (
        ("store", "export", tmp_path / "copy", "--data", data),
        ("store", "restore", tmp_path / "copy", "--data", data),
    ):
        found = run(*words)
        assert found.exit_code == 1
        assert "is there already" in found.output
    found = run("store", "restore", tmp_path / "nothing", "--data", tmp_path / "new")
    assert found.exit_code == 1
    assert "no store in this folder" in found.output
    assert not (tmp_path / "new").exists()


def test_no_store_is_one_clear_sentence(tmp_path: Path) -> None:
    for words in (
        ("store", "verify"),
        ("store", "compact"),
        ("store", "export", tmp_path / "x"),
        ("export", "readings", "--out", tmp_path / "x.csv"),
        ("changes",),
    ):
        found = run(*words, "--data", tmp_path / "none")
        assert found.exit_code == 1
        assert found.output.startswith("Error: ")
        assert "there is no store in this folder" in found.output
        assert len(found.output.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def expected_rows() -> list[tuple[str, int, float, str, int | None]]:
    rows = []
    words = ["good", "uncertain", "bad"]
    for batch in steady(sensors=3, seconds=SECONDS):
        for s, t, v, q, r in zip(*(column.tolist() for column in batch), strict=True):
            rows.append((KEYS[s], t, v, words[q], r))
    return rows


def as_rows(table: pa.Table) -> list[tuple[Any, ...]]:
    plain = table.set_column(1, "time", table["time"].cast(pa.int64()))
    plain = plain.set_column(4, "received", table["received"].cast(pa.int64()))
    return [tuple(row.values()) for row in plain.to_pylist()]


def test_readings_as_parquet_in_log_order(data: Path, tmp_path: Path) -> None:
    found = run("export", "readings", "--out", tmp_path / "r.parquet", "--data", data)
    assert found.exit_code == 0
    table = pq.read_table(tmp_path / "r.parquet")
    assert table.column_names == ["sensor", "time", "value", "quality", "received"]
    rows = as_rows(table)
    assert rows[:-1] == expected_rows()
    assert rows[-1] == ("c", DAY0 + 10**6, None, "good", None)


def export(data: Path, out: Path, *words: object) -> None:
    found = run("export", "readings", "--out", out, *words, "--data", data)
    assert found.exit_code == 0, found.output


def test_readings_as_csv_and_ndjson(data: Path, tmp_path: Path) -> None:
    span = ("--from", "2026-01-01T08:00:10+08:00", "--to", DAY0 + 20_000)
    for ending in ("csv", "ndjson"):
        export(data, tmp_path / f"r.{ending}", *span)
    with (tmp_path / "r.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    objects = [json.loads(line) for line in (tmp_path / "r.ndjson").read_text().splitlines()]
    expected = [r for r in expected_rows() if DAY0 + 10_000 <= r[1] < DAY0 + 20_000]
    assert len(rows) == len(objects) == len(expected) > 20
    for row, one, (key, time, value, quality, received) in zip(
        rows, objects, expected, strict=True
    ):
        assert row["sensor"] == one["sensor"] == key
        assert row["time"] == one["time"]
        for text, ms in ((row["time"], time), (row["received"], received)):
            assert text.endswith("Z")
            assert np.datetime64(text[:-1], "ms") == np.datetime64(ms, "ms")
        assert float(row["value"]) == one["value"] == value
        assert row["quality"] == one["quality"] == quality


def test_named_sensors_only(data: Path, tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text(KEYS[1] + "\n", encoding="utf-8")
    asked = [(KEYS[0] + ",c", [KEYS[0], "c"]), (f"@{tmp_path / 'keys.txt'}", [KEYS[1]])]
    for word, keys in asked:
        out = tmp_path / "s.parquet"
        export(data, out, "--sensors", word)
        assert sorted(set(pq.read_table(out)["sensor"].to_pylist())) == sorted(keys)


def test_a_failed_export_leaves_no_file(data: Path, tmp_path: Path) -> None:
    for out, words in (
        (tmp_path / "x.csv", ("--sensors", "nobody")),
        (tmp_path / "x.xls", ()),
        (tmp_path / "no" / "x.csv", ()),
    ):
        found = run("export", "readings", "--out", out, *words, "--data", data)
        assert found.exit_code == 1
        assert len(found.output.splitlines()) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data"]
    assert run("export", "readings", "--out", "x.csv", "--from", "yesterday").exit_code == 2


def test_changes_in_every_form(data: Path, tmp_path: Path) -> None:
    wanted = [change(DAY0 + i * 10_000) for i in range(5)]
    for ending in ("ndjson", "csv", "parquet"):
        found = run("export", "changes", "--out", tmp_path / f"c.{ending}", "--data", data)
        assert found.exit_code == 0, found.output
    lines = (tmp_path / "c.ndjson").read_text(encoding="utf-8").splitlines()
    assert lines == [one.as_line() for one in wanted]
    with (tmp_path / "c.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(r["kind"], r["from"], r["to"], r["at"][:19]) for r in rows] == [
        ("risen", "blue", "red", one.as_dict()["at"][:19]) for one in wanted
    ]
    table = pq.read_table(tmp_path / "c.parquet")
    assert table["value"].to_pylist() == [one.evidence.value for one in wanted]
    assert table.column_names[:7] == ["sensor", "object", "rule", "kind", "from", "to", "at"]


def test_changes_go_on_from_any_cursor(data: Path) -> None:
    lines = run("changes", "--data", data).output.splitlines()
    told = [json.loads(line) for line in lines]
    assert [one["at"][17:19] for one in told] == ["00", "10", "20", "30", "40"]
    for i, one in enumerate(told):
        after = run("changes", "--data", data, "--after", one["cursor"]).output.splitlines()
        assert after == lines[i + 1 :]
    assert run("changes", "--data", data, "--after", "nonsense").exit_code == 1


def test_changes_are_followed_as_they_come(data: Path) -> None:
    words = [sys.executable, "-c", "from anlan.site.cli import main; main()"]
    words += ["changes", "--follow", "--data", str(data)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as follower:
        assert follower.stdout is not None
        for _ in range(5):
            follower.stdout.readline()
        with Log.open(store_in(data), write=True) as log:
            log.append([Record(RecordKind.TICK, DAY0, b"", encode_changes([change(77)]))])
            assert json.loads(follower.stdout.readline())["evidence"]["first_at"].startswith("1970")
        follower.send_signal(signal.SIGINT)
        assert follower.wait(10) == 0
