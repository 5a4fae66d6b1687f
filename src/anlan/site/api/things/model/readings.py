"""Observations: readings of the history."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from anlan.site.api.things.model.kinds import Kind, Link
from anlan.terms.quality import Quality
from anlan.terms.times import FIRST_MS, LAST_MS, NEVER

_KEY = re.compile(r"(\d{1,9})-(-?\d{1,15})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Observed(NamedTuple):
    """A reading; times in ms UTC, value None where it is missing."""

    handle: int
    time: int
    value: float | None
    quality: int
    received: int


def key_of(handle: int, time: int) -> str:
    """A sensor has one reading at a time, for ever: this is its name."""
    return f"{handle}-{time}"


def place_of(key: str) -> tuple[int, int] | None:
    """Handle and time of a key; None where it is none."""
    match = _KEY.fullmatch(key)
    return (int(match[1]), int(match[2])) if match else None


def moment(ms: int) -> datetime | None:
    """A moment of the log; None where it is not known."""
    if ms == NEVER or not FIRST_MS <= ms <= LAST_MS:
        return None
    return _EPOCH + timedelta(milliseconds=ms)


def _handle(row: Any) -> tuple[Any, ...]:
    return (row.handle,)


READINGS = Kind(
    name="Observation",
    plural="Observations",
    key=lambda row: key_of(row.handle, row.time),
    properties={
        "phenomenonTime": lambda row: moment(row.time),
        "resultTime": lambda row: moment(row.received),
        "result": lambda row: row.value,
        "resultQuality": lambda row: Quality(row.quality).word,
    },
    links={
        "Datastream": Link("Datastreams", False, _handle, "handle"),
        "FeatureOfInterest": Link("FeaturesOfInterest", False, _handle, "handle"),
    },
)
