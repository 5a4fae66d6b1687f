"""What is true of each place at each moment, before any instrument looks at it."""

import math

from anlan.sandtable.instruments import Instrument
from anlan.sandtable.storm import (
    DAY_MS,
    LASTING_MS,
    SECOND_MS,
    Script,
    Storm,
    plateau,
    rained,
    smooth,
    wave,
)


class World:
    """The storms of a script as far as some moment, ready to be asked."""

    def __init__(self, script: Script, until: int) -> None:
        self.storms = tuple(script.storms(until))

    def near(self, at: int) -> list[Storm]:
        """The storms that are still felt at a moment."""
        return [s for s in self.storms if s.onset <= at < s.onset + LASTING_MS]

    def truth(self, instrument: Instrument, at: int) -> float:
        """The true value at a moment, ms UTC; for rain, what falls in its interval before."""
        value = _resting(instrument, at)
        for storm in self.near(at):
            if instrument.every == 1 or storm.number % instrument.every == instrument.turn:
                value += instrument.gain * _share(instrument, storm, at)
        if instrument.answer == "creep":
            value += instrument.gain * self._moved_before(instrument, at)
        return value if instrument.floor is None else max(value, instrument.floor)

    def _moved_before(self, instrument: Instrument, at: int) -> float:
        """What the storms that are over have moved for good."""
        past = (s for s in self.storms if s.onset + LASTING_MS <= at)
        return sum(s.weight(instrument.place.northness) for s in past)


def _resting(instrument: Instrument, at: int) -> float:
    if instrument.daily == 0.0:
        return instrument.base
    turn = at / DAY_MS + len(instrument.zh) / 7
    return instrument.base + instrument.daily * math.sin(2.0 * math.pi * turn)


def _share(instrument: Instrument, storm: Storm, at: int) -> float:
    """How much of a gain one storm has brought by a moment."""
    since = (at - storm.onset) / SECOND_MS - instrument.delay_s
    strength = storm.weight(instrument.place.northness)
    match instrument.answer:
        case "wave":
            return strength * wave(since, instrument.rise_s, instrument.fall_s)
        case "rain":
            before = rained(since - instrument.interval_s, instrument.rise_s)
            return strength * (rained(since, instrument.rise_s) - before)
        case "creep":
            return strength * smooth(since / instrument.rise_s)
        case "leak":
            return plateau(since, instrument.rise_s, instrument.fall_s)
        case _:
            return 0.0
