"""The newest reading of every sensor, kept beside the parts so that nobody has to search."""

import contextlib
from pathlib import Path

import numpy as np

from anlan.history.parts.layout import (
    READINGS,
    read_all,
    read_groups,
    readings_table,
    rows_of,
    write_part,
)
from anlan.history.parts.manifest import Kind, Manifest, Part
from anlan.history.parts.rows import Rows
from anlan.terms.errors import Malformed


def newest(rows: Rows) -> Rows:
    """One row per sensor, by sensor: the newest by time, of equal times the later row."""
    if not len(rows.sensor):
        return rows
    order = np.argsort(rows.time, kind="stable")
    at = np.full(int(rows.sensor.max()) + 1, -1, np.int64)
    at[rows.sensor[order]] = order  # of one sensor the last written stays
    return rows.at(at[at >= 0])


def newest_sorted(rows: Rows) -> Rows:
    """The same of rows that are sorted by sensor and time already."""
    is_last = np.ones(len(rows.sensor), bool)
    is_last[:-1] = rows.sensor[1:] != rows.sensor[:-1]
    return rows.at(is_last)


def read_latest(folder: Path, manifest: Manifest) -> Rows:
    """The newest sealed reading of every sensor, by sensor."""
    files = manifest.of(Kind.LATEST)
    if not files:
        return Rows.none()
    try:
        return rows_of(read_all(folder / files[-1].file))
    except Malformed:
        return _searched(folder, manifest)


def _searched(folder: Path, manifest: Manifest) -> Rows:
    """The same from all readings, where the projection is damaged."""
    found = Rows.none()
    for part in manifest.of(Kind.READINGS):
        with contextlib.suppress(Malformed):
            for table in read_groups(folder / part.file):
                found = newest(Rows.joined([found, newest_sorted(rows_of(table))]))
    return found


def write_latest(folder: Path, rows: Rows, like: Part) -> Part:
    """Writes the projection after the part `like`."""
    name = f"sealed/latest-{like.last:016d}.parquet"
    part = like._replace(file=name, kind=Kind.LATEST, rows=len(rows.sensor))
    return write_part(folder, part, [readings_table(rows)], READINGS)
