"""A damaged record costs only itself; what the disk refuses is refused whole."""

import contextlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from anlan.history.log import Log, Sizes
from anlan.terms.errors import Unavailable
from tests.pure.history.streams import note, notes_in

BLOB = os.urandom(3000).hex()


def _texts(count: int, size: int = 6000) -> list[str]:
    """Texts that stand on the disk as they are, each with its own mark."""
    return [f"<{i}>{BLOB[: size - 8]}" for i in range(count)]


def _fill(folder: Path, texts: list[str], *, segment_bytes: int = 10**9) -> None:
    with Log.open(folder, write=True, sizes=Sizes(segment_bytes=segment_bytes)) as log:
        for text in texts:
            log.append([note(text)])


def _segments(folder: Path) -> list[Path]:
    return sorted((folder / "log").glob("*.sqlite"))


def _flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0x5A
    path.write_bytes(content)


def test_a_flipped_byte_costs_one_record_and_is_named(tmp_path: Path) -> None:
    texts = _texts(30)
    _fill(tmp_path, texts, segment_bytes=60_000)
    path = _segments(tmp_path)[1]
    seq = int(path.stem) + 3
    _flip(path, path.read_bytes().index(f"<{seq - 1}>".encode()) + 1000)
    with Log.open(tmp_path) as log:
        found = [r.body.decode() for r in log.records()]
        assert found == texts[: seq - 1] + texts[seq:]
        assert [(d.first, d.last) for d in log.damage()] == [(seq, seq)]
        assert "checksum" in str(log.damage()[0])


@pytest.mark.parametrize("seed", range(12))
def test_bytes_flipped_anywhere_cost_little_and_later_segments_open(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    texts = _texts(60, size=2500)
    _fill(tmp_path, texts, segment_bytes=50_000)
    path = _segments(tmp_path)[1]
    size = path.stat().st_size
    for _ in range(2):
        _flip(path, chance.randrange(size))
    found = notes_in(tmp_path)
    assert set(found) <= set(texts)
    assert found == sorted(found, key=texts.index)
    first, after = int(path.stem) - 1, int(_segments(tmp_path)[2].stem) - 1
    assert found[:first] == texts[:first]
    assert found[-(len(texts) - after) :] == texts[after:]
    assert len(found) >= len(texts) - 2 * 4  # a page holds up to three of these records


@pytest.mark.parametrize("at", [0, 18, 40, 100, 103, 105, 8192, 8193, 8195])
def test_a_spoilt_head_of_the_file_or_of_its_tree_costs_no_whole_segment(
    tmp_path: Path, at: int
) -> None:
    texts = _texts(40)
    _fill(tmp_path, texts, segment_bytes=100_000)
    _flip(_segments(tmp_path)[0], at)
    assert len(notes_in(tmp_path)) >= len(texts) - 3


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_truncated_last_file_opens_and_writing_goes_on(tmp_path: Path, share: float) -> None:
    texts = _texts(40)
    _fill(tmp_path, texts, segment_bytes=100_000)
    path = _segments(tmp_path)[-1]
    os.truncate(path, int(path.stat().st_size * share))
    kept = int(path.stem) - 1
    with Log.open(tmp_path, write=True) as log:
        later = log.append([note("later")])
        assert later > 40  # no place is given twice
        found = [r.body.decode() for r in log.records()]
    assert found[:kept] == texts[:kept]
    assert found[-1] == "later"
    assert set(found[kept:-1]) <= set(texts[kept:])
    assert (tmp_path / "quarantine" / path.name).exists()
    _fill(tmp_path, ["last"])
    assert notes_in(tmp_path) == [*found, "last"]


def _crash_image(folder: Path, copy: Path, texts: list[str]) -> Path:
    """A copy of the store as a power cut leaves it: everything in the write-ahead log."""
    with Log.open(folder, write=True) as log:
        for text in texts:
            log.append([note(text)])
        shutil.copytree(folder, copy)
    for shared in (copy / "log").glob("*-shm"):
        shared.unlink()
    return next((copy / "log").glob("*-wal"))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_flipped_byte_in_the_write_ahead_log_costs_only_its_record(
    tmp_path: Path, share: float
) -> None:
    texts = _texts(40)
    journal = _crash_image(tmp_path / "live", tmp_path / "copy", texts)
    _flip(journal, int(journal.stat().st_size * share))
    Log.open(tmp_path / "copy", write=True).close()
    found = notes_in(tmp_path / "copy")
    assert len(found) >= len(texts) - 2
    assert found[0] == texts[0] or share < 0.3
    assert set(found) <= set(texts)


def test_a_write_ahead_log_cut_short_loses_only_its_end(tmp_path: Path) -> None:
    texts = _texts(40)
    journal = _crash_image(tmp_path / "live", tmp_path / "copy", texts)
    os.truncate(journal, journal.stat().st_size // 2)
    with Log.open(tmp_path / "copy", write=True) as log:
        log.append([note("later")])
    found = notes_in(tmp_path / "copy")
    assert found[:-1] == texts[: len(found) - 1]
    assert len(found) > 10
    assert found[-1] == "later"


def _mounted(folder: Path, size: str) -> bool:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "anlan-test", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    if not _mounted(folder, "2m"):
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _append_all(log: Log, stored: list[str]) -> None:
    for text in _texts(1000):
        log.append([note(text), note(text.upper())])
        stored += [text, text.upper()]


def test_a_full_disk_is_a_clean_refusal_and_writing_goes_on_with_space(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_000_000))
    stored: list[str] = []
    with Log.open(small_disk / "store", write=True) as log:
        with pytest.raises(Unavailable, match=r"nothing was stored.*full"):
            _append_all(log, stored)
        with pytest.raises(Unavailable):
            log.append([note(BLOB * 50)])
        assert notes_in(small_disk / "store") == stored
        ballast.unlink()
        log.append([note("space again")])
    assert len(stored) > 20
    assert notes_in(small_disk / "store") == [*stored, "space again"]


LIMITED = """
import resource, sys
from pathlib import Path
from anlan.history.log import Log, Record, RecordKind
from anlan.terms.errors import Unavailable
log = Log.open(Path(sys.argv[1]), write=True)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
stored = 0
try:
    while True:
        stored = log.append([Record(RecordKind.NOTE, 0, b"%d" % (stored + 1) + bytes(5000))])
except Unavailable as error:
    print(error, file=sys.stderr)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
print(stored, log.append([Record(RecordKind.NOTE, 0, b"room again")]))
log.close()
"""


def test_a_file_that_may_not_grow_is_a_clean_refusal_too(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "nothing was stored" in ran.stderr
    stored, last = map(int, ran.stdout.split())
    assert 10 < stored == last - 1
    found = notes_in(tmp_path)
    assert [text.rstrip("\0") for text in found] == [*map(str, range(1, last)), "room again"]


def _fill_up(ballast: Path) -> None:
    handle = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while os.write(handle, bytes(4096)):
            pass
    os.close(handle)


def test_a_full_disk_when_a_segment_begins(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    with Log.open(small_disk / "store", write=True, sizes=Sizes(segment_bytes=1000)) as log:
        log.append([note("a" * 2000)])
        _fill_up(ballast)
        with pytest.raises(Unavailable):
            log.append([note("b")])
        ballast.unlink()
        log.append([note("c")])
    assert [t[0] for t in notes_in(small_disk / "store")] == ["a", "c"]


def test_a_read_only_disk_opens_for_reading(small_disk: Path) -> None:
    _fill(small_disk / "store", _texts(5))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert len(notes_in(small_disk / "store")) == 5
    with pytest.raises(Unavailable, match="read-only"):
        Log.open(small_disk / "store", write=True)


def test_a_read_only_copy_of_a_crashed_store_shows_its_tail(
    small_disk: Path, tmp_path: Path
) -> None:
    texts = _texts(5)
    _crash_image(tmp_path / "live", small_disk / "copy", texts)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert notes_in(small_disk / "copy") == texts
