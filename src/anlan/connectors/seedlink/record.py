"""miniSEED, versions 2 and 3 → how strongly a record shakes, and when."""

import json
import math
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from anlan.terms.errors import Malformed

_NS_PER_MS = 1_000_000
_LATEST_MS = 4_102_444_800_000
_TEXT = "t"


class Shaking(NamedTuple):
    """One record of one channel. network, station, location, channel: as it names itself ·
    start, end: of its samples, ms UTC · rate: samples a second · samples: how many · mean: counts ·
    peak, rms: counts around the mean · clock: how sure its time is, 0 to 100, None where it does
    not say."""

    network: str
    station: str
    location: str
    channel: str
    start: int
    end: int
    rate: float
    samples: int
    mean: float
    peak: float
    rms: float
    clock: float | None

    @property
    def device(self) -> str:
        return f"{self.network}.{self.station}"


def shakings_in(data: bytes) -> Iterator[Shaking]:
    """Of each record, in order; Malformed at one that cannot be read, is broken or holds no
    samples of the ground."""
    seed = _library()
    try:
        for record in seed.MS3Record.from_buffer(data, unpack_data=True):
            yield _shaking(seed, record)
    except (seed.PymseedError, ValueError, UnicodeDecodeError) as error:
        raise Malformed(str(error).splitlines()[0][:200] or "no miniSEED") from error


@cache
def _library() -> Any:
    """Imported where it is needed: it brings a compiled library."""
    import pymseed

    pymseed.configure_logging(max_messages=16)  # what is wrong is raised, and not written
    return pymseed


def _shaking(seed: Any, record: Any) -> Shaking:
    if record.sampletype == _TEXT or record.samprate <= 0:
        raise Malformed("it holds no samples of the ground")
    samples = np.asarray(record.np_datasamples, dtype=np.float64)
    if not len(samples) or len(samples) != record.samplecnt:
        raise Malformed("fewer samples than it says")
    if not np.isfinite(samples).all():
        raise Malformed("a sample is no number")
    start, end = record.starttime // _NS_PER_MS, record.endtime // _NS_PER_MS
    if not 0 <= start <= end < _LATEST_MS:
        raise Malformed("its time is outside 1970 to 2099")
    mean, peak, rms = _strength(samples)
    network, station, location, channel = seed.sourceid2nslc(record.sourceid)
    return Shaking(
        network=network, station=station, location=location, channel=channel, start=start, end=end,
        rate=float(record.samprate), samples=len(samples), mean=mean, peak=peak, rms=rms,
        clock=_clock(record.extra),
    )  # fmt: skip


def _strength(samples: Any) -> tuple[float, float, float]:
    """The mean, and around it the peak and the root mean square."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(samples.mean())
        around = samples - mean
        found = mean, float(np.abs(around).max()), math.sqrt(float(np.square(around).mean()))
    if not all(map(math.isfinite, found)):
        raise Malformed("its samples are beyond all numbers")
    return found


def _clock(extra: str) -> float | None:
    """The timing quality, where a record tells it (blockette 1001)."""
    try:
        told: Any = json.loads(extra)["FDSN"]["Time"]["Quality"] if extra else None
    except (ValueError, KeyError, TypeError):
        return None
    return float(told) if type(told) in (int, float) and 0 <= told <= 100 else None
