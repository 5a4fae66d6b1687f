"""The readings that the basin's sensors send, second by second."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from anlan.sandtable import faults
from anlan.sandtable.chance import normal
from anlan.sandtable.instruments import Instrument, instruments
from anlan.sandtable.signals import World
from anlan.sandtable.storm import SECOND_MS, Script


class Reading(NamedTuple):
    """One reading as a source sends it; time in ms UTC, value None when it is missing."""

    sensor: str
    time: int
    value: float | None
    quality: str


def readings(script: Script, low: int, high: int) -> Iterator[Reading]:
    """All readings with low ≤ time < high (ms UTC), in order of time, then of sensor.

    The same script gives the same readings, whatever the pieces in which they are asked for.
    """
    world = World(script, high)
    fleet = tuple(enumerate(instruments()))
    for second in range(-(-low // SECOND_MS), -(-high // SECOND_MS)):
        at = second * SECOND_MS
        storms = world.near(at)
        for number, instrument in fleet:
            if (second + number) % instrument.interval_s:
                continue
            if not faults.is_silent(script, instrument, at, storms=storms):
                yield _measured(world, script, instrument, at=at)


def _measured(world: World, script: Script, instrument: Instrument, *, at: int) -> Reading:
    """What one instrument makes of the truth."""
    seen = faults.stuck_since(instrument, at, storms=world.near(at))
    seen = at if seen is None else seen
    seed = int.from_bytes(instrument.key.encode(), "big")
    value = world.truth(instrument, seen) + instrument.noise * normal(script.seed, seed, seen)
    added, quality = faults.spoiled(script, instrument, at)
    if math.isnan(added):
        return Reading(instrument.key, at, None, quality)
    value += added
    if instrument.floor is not None:
        value = max(value, instrument.floor)
    # Adding zero makes −0.0 a plain 0.0.
    return Reading(instrument.key, at, round(value, instrument.decimals) + 0.0, quality)
