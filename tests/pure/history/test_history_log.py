"""The ordered log: order, durability, readers beside the writer, one writer only."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from anlan.history.log import Log, Record, RecordKind, Sizes
from anlan.terms.errors import Malformed, Refused, Unavailable
from tests.pure.history.streams import DAY0, note, notes_in, tick

HOUR = 3_600_000


def test_records_come_back_in_order_with_places_from_1(tmp_path: Path) -> None:
    with Log.open(tmp_path, write=True) as log:
        assert log.append([note("a"), note("b")]) == 2
        assert log.append([Record(RecordKind.TICK, DAY0, b"", b"changes")]) == 3
        assert log.append([]) == 3
        assert [r.seq for r in log.records()] == [1, 2, 3]
    with Log.open(tmp_path) as log:
        third = list(log.records(2))
        assert third == [Record(RecordKind.TICK, DAY0, b"", b"changes", 3)]
        assert log.last() == 3


def test_only_the_kinds_asked_for(tmp_path: Path) -> None:
    with Log.open(tmp_path, write=True) as log:
        log.append([note("a"), tick(DAY0), note("b")])
    assert notes_in(tmp_path) == ["a", "b"]


def test_writing_goes_on_after_reopening_with_the_same_epoch(tmp_path: Path) -> None:
    with Log.open(tmp_path, write=True) as log:
        log.append([note("a")])
        epoch = log.epoch
    with Log.open(tmp_path, write=True) as log:
        assert log.append([note("b")]) == 2
        assert log.epoch == epoch
    assert notes_in(tmp_path) == ["a", "b"]


def test_a_new_segment_by_size_time_and_day(tmp_path: Path) -> None:
    sizes = Sizes(segment_bytes=1000, segment_ms=HOUR)
    times = [DAY0, DAY0 + HOUR - 1, DAY0 + HOUR, DAY0 + 23 * HOUR, DAY0 + 24 * HOUR + 1]
    with Log.open(tmp_path, write=True, sizes=sizes) as log:
        for at in times:
            log.append([note("x", at)])
        log.append([note("y" * 1000, times[-1])])
        log.append([note("z", times[-1])])
        assert [r.seq for r in log.records()] == list(range(1, 8))
    firsts = sorted(int(p.stem) for p in (tmp_path / "log").glob("*.sqlite"))
    assert firsts == [1, 3, 4, 5, 7]


def test_a_clock_that_steps_back_makes_no_segments(tmp_path: Path) -> None:
    with Log.open(tmp_path, write=True) as log:
        for i in range(50):
            log.append([note("x", DAY0 + (i % 2) * 1000 - 500)])
    assert len(list((tmp_path / "log").glob("*.sqlite"))) == 2


def test_a_second_writer_is_refused_and_told_whose_store_it_is(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from anlan.history.log import Log
Log.open(Path({str(tmp_path)!r}), write=True)
print("open", flush=True)
input()
"""
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    with pytest.raises(Refused, match=f"already written by process {other.pid}"):
        Log.open(tmp_path, write=True)
    other.communicate("\n", timeout=20)
    Log.open(tmp_path, write=True).close()


def test_a_folder_without_a_store_and_a_later_format(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="no store"):
        Log.open(tmp_path)
    (tmp_path / "store.json").write_text('{"format": 9, "epoch": "x"}')
    with pytest.raises(Malformed, match="format 9"):
        Log.open(tmp_path)


def test_a_reader_cannot_append(tmp_path: Path) -> None:
    Log.open(tmp_path, write=True).close()
    with Log.open(tmp_path) as log, pytest.raises(Unavailable, match="reading only"):
        log.append([note("a")])


def _write(folder: Path, count: int) -> None:
    with Log.open(folder, write=True, sizes=Sizes(segment_bytes=20_000)) as log:
        for i in range(count):
            log.append([note(f"{i}" + "." * 500)])


def test_a_reader_in_another_process_sees_every_record_once_and_in_order(tmp_path: Path) -> None:
    Log.open(tmp_path, write=True).close()
    writer = multiprocessing.get_context("spawn").Process(target=_write, args=(tmp_path, 400))
    writer.start()
    seen: list[int] = []
    with Log.open(tmp_path) as log:
        while len(seen) < 400 and (writer.is_alive() or log.last() > len(seen)):
            seen += [r.seq for r in log.records(seen[-1] if seen else 0)]
    writer.join()
    assert seen == list(range(1, 401))
