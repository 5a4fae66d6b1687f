"""A rebuild reads days of readings beside the loop: intake goes on, no change is another."""

import queue
import threading
from pathlib import Path

import numpy as np
import pytest

from anlan.history.registry import rule_set_entry
from anlan.live.loop import ahead, heart
from anlan.live.loop.beat import Beat, Done, Edit, Offer
from anlan.live.loop.clock import Clock
from anlan.live.loop.heart import Heart
from anlan.terms.errors import Malformed
from tests.flow.conftest import found_town, own_rules
from tests.flow.test_rule_change import BEGIN, second, slower, told, told_again

REBUILD = [rule_set_entry(slower(), policy="rebuild")]
WAIT_S = 60


def played(data: Path, *, reads_ahead: bool) -> list[str]:
    """A minute of readings, the new rules once 10 s more have come, and a late reading after."""
    found_town(data, {"a": 3}, own_rules(low=-100, high=100, stale_ms=20_000))
    site, read = Heart(data), None
    for n in range(100):
        if n == 50 and reads_ahead:
            reading = site.reading_ahead(REBUILD)
            assert reading is not None
            read = reading()
        if n == 60:
            site.enter(REBUILD, at=BEGIN + 1000 * n, ahead=read)
            site.commit()
        site.take(second(n), at=BEGIN + 1000 * n)
        site.tick(BEGIN + 1000 * n + 400)
        site.commit()
    site.close()
    return told(data)


@pytest.mark.parametrize("most", [8_000_000, -1])
def test_what_was_read_ahead_changes_no_change(
    tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wholly, or only the first sensor, the others by the loop itself."""
    monkeypatch.setattr(ahead, "MOST_ROWS", most)
    monkeypatch.setattr(ahead, "_SENSORS_AT_ONCE", 1)
    alone = played(tmp_path / "alone", reads_ahead=False)
    assert played(tmp_path / "ahead", reads_ahead=True) == alone
    assert told_again(tmp_path / "ahead", tmp_path) == alone
    assert len(alone) > 3


def test_only_a_rebuild_reads_ahead(tmp_path: Path) -> None:
    found_town(tmp_path, {"a": 1})
    site = Heart(tmp_path)
    assert site.reading_ahead([rule_set_entry(slower())]) is None
    assert site.reading_ahead([{"type": "retire", "sensor": "a-0"}]) is None
    site.close()


@pytest.mark.parametrize("ends", [False, True])
def test_readings_are_taken_while_days_are_read(
    tmp_path: Path, ends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_town(tmp_path, {"a": 3}, own_rules(low=-100, high=100, stale_ms=20_000))
    site, goes_on = Heart(tmp_path), threading.Event()
    reads = ahead.read_ahead

    def slowly(store: Path, wanted: ahead.Wanted) -> ahead.Ahead:
        assert goes_on.wait(WAIT_S)
        return reads(store, wanted)

    monkeypatch.setattr(heart, "read_ahead", slowly)
    clock = Clock(wall=lambda: BEGIN + 200_000, floor=BEGIN)
    beat = Beat(site, clock, ring=lambda told: None, entered=lambda: None)
    edited: queue.Queue[Done] = queue.Queue()
    stored: queue.Queue[Done] = queue.Queue()
    beat.start()
    beat.offer(Edit(REBUILD, edited.put))
    for n in range(3):
        beat.offer(Offer(second(n), stored.put))
        done = stored.get(timeout=WAIT_S)
        assert done.error is None
        assert np.all(done.verdicts == 0)
    assert edited.empty()
    if ends:
        beat.end(WAIT_S)
        assert "stopping" in str(edited.get(timeout=WAIT_S).error)
    goes_on.set()
    if not ends:
        assert edited.get(timeout=WAIT_S).error is None
        assert site.registry.rule_sets["t"] == slower()
        beat.end(WAIT_S)


def test_a_wrong_rebuild_is_answered_for(tmp_path: Path) -> None:
    found_town(tmp_path, {"a": 1})
    beat = Beat(Heart(tmp_path), Clock(floor=0), ring=lambda told: None, entered=lambda: None)
    edited: queue.Queue[Done] = queue.Queue()
    beat.start()
    beat.offer(Edit([*REBUILD, {"type": "sensor"}], edited.put))
    assert isinstance(edited.get(timeout=WAIT_S).error, Malformed)
    beat.end(WAIT_S)
