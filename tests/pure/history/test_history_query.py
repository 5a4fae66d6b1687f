"""Questions are answered as by brute force over every reading, sealed or not."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from anlan.history.codec import encode_changes
from anlan.history.cursor import Told
from anlan.history.disk.identity import new_identity
from anlan.history.log import Log, Sizes
from anlan.history.parts import gather
from anlan.history.projection import Projection
from anlan.history.query import (
    Archive,
    Resolution,
    Span,
    aggregate,
    latest,
    readings_of,
    series,
)
from anlan.history.query import tail as tail_room
from anlan.history.seal import Retention, seal
from anlan.terms.errors import Malformed
from anlan.terms.readings import Batch
from tests.pure.history.streams import DAY0, append_all, batch_of, readings, same, steady
from tests.pure.history.test_history_seal import change

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SENSORS = 12


def stream() -> Iterator[Batch]:
    """Two days with gaps, late readings, missing and bad values, times before 1970."""
    for day in range(2):
        for batch in steady(sensors=SENSORS, seconds=900, start=DAY0 + day * DAY, seed=day):
            batch.value[::5] = np.where(batch.time[::5] % 3 == 0, np.nan, batch.value[::5])
            batch.quality[batch.time % 7 == 0] = 2
            yield batch
        yield batch_of([(3, DAY0 - HOUR, 9.5), (4, -5, 7.25), (SENSORS + 1, DAY0 + day, 1.0)])


@pytest.fixture(scope="module", params=["open", "part sealed", "sealed", "long tail"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("store")
    with Log.open(folder, write=True, sizes=Sizes(segment_bytes=40_000)) as log:
        append_all(log, (readings(batch, max(DAY0, int(batch.time[0]))) for batch in stream()))
        if request.param == "sealed":
            log.roll()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gather, "MOST_ROWS", 4000)
        if request.param == "long tail":
            patch.setattr(tail_room, "MOST_ROWS", 2000)
        if "sealed" in request.param:
            seal(folder, until=None if request.param == "sealed" else 500)
        yield folder


@pytest.fixture(scope="module")
def everything() -> Batch:
    return Batch(*(np.concatenate(column) for column in zip(*stream(), strict=True)))


def picked(everything: Batch, mask: np.ndarray) -> Batch:
    return Batch(*(column[mask] for column in everything))


def test_readings_of_some_sensors_since_a_time_in_log_order(store: Path, everything: Batch) -> None:
    with Archive(store) as archive:
        for handles, since in (
            ((3, 4), DAY0 + DAY),
            ((4, 11, 99), -(2**62)),
            ((0,), DAY0 + 500_000),
        ):
            mask = np.isin(everything.sensor, handles) & (everything.time >= since)
            assert same(readings_of(archive, handles, since), picked(everything, mask))
        assert len(readings_of(archive, (), DAY0).sensor) == 0


def test_latest_of_all_and_of_some(store: Path, everything: Batch) -> None:
    expected: dict[int, tuple[int, int, float]] = {}
    for row in zip(*(column.tolist() for column in everything), strict=True):
        if row[0] not in expected or row[1] >= expected[row[0]][1]:
            expected[row[0]] = row[:3]
    with Archive(store) as archive:
        found = latest(archive)
        assert found.sensor.tolist() == sorted(expected)
        assert found.time.tolist() == [expected[s][1] for s in sorted(expected)]
        np.testing.assert_array_equal(found.value, [expected[s][2] for s in sorted(expected)])
        assert latest(archive, [3, 77]).time.tolist() == [expected[3][1]]


@pytest.mark.parametrize("step", [1000, MINUTE, 7 * MINUTE, HOUR, 8 * HOUR, DAY, 10 * DAY])
def test_aggregates(store: Path, everything: Batch, step: int) -> None:
    span = Span(DAY0 + 3 * MINUTE, DAY0 + DAY + 5 * MINUTE)
    whole = span.whole(step)
    known = (everything.quality < 2) & ~np.isnan(everything.value)
    known &= (everything.time >= whole.low) & (everything.time < whole.high)
    with Archive(store) as archive:
        found = aggregate(archive, [2, 3, 13], span, step_ms=step)
    at = 0
    for handle in (2, 3, 13):
        mine = picked(everything, known & (everything.sensor == handle))
        for start in np.unique(mine.time - mine.time % step):
            within = (mine.time >= start) & (mine.time < start + step)
            values, times = mine.value[within], mine.time[within]
            assert (found.sensor[at], found.start[at], found.n[at]) == (handle, start, len(values))
            assert (found.min[at], found.max[at]) == (values.min(), values.max())
            assert found.mean[at] == pytest.approx(values.mean())
            assert (found.first_at[at], found.last_at[at]) == (times.min(), times.max())
            assert found.first[at] == values[times.argmin()]
            assert found.last[at] == values[times.argmax()]
            at += 1
    assert at == len(found.sensor)


def test_a_series_chooses_its_resolution(store: Path) -> None:
    with Archive(store) as archive:
        wide = Span(DAY0, DAY0 + 30 * DAY)
        assert series(archive, 1, wide, points=3000).resolution is Resolution.RAW
        assert series(archive, 1, wide, points=1000).resolution is Resolution.HOUR
        assert series(archive, 1, wide, points=40).resolution is Resolution.DAY
        near = series(archive, 1, Span(DAY0, DAY0 + 15 * MINUTE), points=20)
        assert near.resolution is Resolution.MINUTE
        assert len(near.points.start) in (15, 16)
        assert (near.points.min <= near.points.mean).all()


def test_what_is_appended_is_seen_at_the_next_question(tmp_path: Path) -> None:
    with Log.open(tmp_path, write=True) as log, Archive(tmp_path) as archive:
        assert len(latest(archive).sensor) == 0
        for n in range(3):
            log.append([readings(batch_of([(1, DAY0 + n, float(n))]))])
            assert latest(archive).value.tolist() == [n]
        log.roll()
        seal(tmp_path)
        log.append([readings(batch_of([(1, DAY0 + 5, 5.0)]))])
        assert readings_of(archive, [1]).value.tolist() == [0, 1, 2, 5]


def test_a_question_while_files_are_joined_away(tmp_path: Path) -> None:
    with Log.open(tmp_path, write=True) as log, Archive(tmp_path) as archive:
        for day in range(3):
            for part in range(2):
                at = DAY0 + day * DAY + part
                log.append([readings(batch_of([(1, at, float(part))]), at)])
                log.roll()
                seal(tmp_path)
                archive.refresh()
        manifest = archive.manifest
        log.append([readings(batch_of([(1, at + DAY, 9.0)]), at + DAY)])
        log.roll()
        seal(tmp_path)
        seal(tmp_path)  # the files of before are gone now
        archive.manifest = manifest
        assert len(archive.rows([1], Span()).sensor) == 7


def test_rollups_stand_in_for_aged_readings(tmp_path: Path) -> None:
    with Log.open(tmp_path, write=True) as log:
        for day in range(3):
            for batch in steady(sensors=2, seconds=100, start=DAY0 + day * DAY):
                log.append([readings(batch, int(batch.received[0]))])
        log.roll()
    seal(tmp_path, retention=Retention(raw_days=1))
    with Archive(tmp_path) as archive:
        old = series(archive, 0, Span(DAY0, DAY0 + HOUR))
        assert old.resolution is Resolution.MINUTE
        assert old.points.n.sum() > 90
        assert len(readings_of(archive, [0]).sensor) == 100


def note_down(connection: sqlite3.Connection, told: Sequence[Told]) -> None:
    connection.executemany("INSERT INTO seen VALUES (?)", [(c.at,) for _, c in told])


def test_a_projection_takes_each_change_once_across_failures(tmp_path: Path) -> None:
    schema = "CREATE TABLE IF NOT EXISTS seen (at INTEGER)"
    store = tmp_path / "store"
    with Log.open(store, write=True) as log:
        for n in range(4):
            changes = encode_changes([change(10 * n), change(10 * n + 1)])
            log.append([readings(batch_of([(1, n, 1.0)]), DAY0, changes)])

        def failing(connection: sqlite3.Connection, told: Sequence[Told]) -> None:
            note_down(connection, told)
            raise ValueError("power cut")

        with Projection(tmp_path / "seen.sqlite", schema) as seen:
            assert seen.follow(log, note_down, limit=3) == 3
            with pytest.raises(ValueError, match="power cut"):
                seen.follow(log, failing)
        with Projection(tmp_path / "seen.sqlite", schema) as seen:
            assert seen.follow(log, note_down) == 5
            assert seen.follow(log, note_down) == 0
            rows = seen.connection.execute("SELECT at FROM seen").fetchall()
            assert [at for (at,) in rows] == [0, 1, 10, 11, 20, 21, 30, 31]
    new_identity(store)
    with Log.open(store) as log, Projection(tmp_path / "seen.sqlite", schema) as seen:
        with pytest.raises(Malformed, match="restored"):
            seen.follow(log, note_down)
        seen.start_over(lambda connection: connection.execute("DELETE FROM seen"))
        assert seen.follow(log, note_down) == 8
