"""When each object truly became dangerous: from the truth, not from what instruments sent."""

from dataclasses import dataclass

from anlan.sandtable.instruments import Instrument, instruments
from anlan.sandtable.signals import World
from anlan.sandtable.storm import SECOND_MS, Script
from anlan.terms.levels import Level, level_named


@dataclass(frozen=True, slots=True)
class Danger:
    """An object stood at a level by one of its sensors, from `start` to before `end`, ms UTC."""

    object: str
    sensor: str
    level: Level
    start: int
    end: int


def dangers(script: Script, low: int, high: int) -> list[Danger]:
    """Every span in which a limit was truly reached, second by second, within low … high.

    Only what has limits on its present value: sums of rain and rates of movement have none.
    """
    world = World(script, high)
    found = [d for one in instruments() for d in _of(world, one, low=low, high=high)]
    return sorted(found, key=lambda danger: (danger.start, danger.sensor, danger.level))


def _of(world: World, one: Instrument, *, low: int, high: int) -> list[Danger]:
    if not one.marks:
        return []
    truth = [(at, world.truth(one, at)) for at in range(low, high, SECOND_MS)]
    found = []
    for word, mark in one.marks.items():
        start: int | None = None
        for at, value in truth:
            is_reached = value <= mark if one.low else value >= mark
            if is_reached and start is None:
                start = at
            elif not is_reached and start is not None:
                found.append(_danger(one, word, start, at))
                start = None
        if start is not None:
            found.append(_danger(one, word, start, high))
    return found


def _danger(one: Instrument, word: str, start: int, end: int) -> Danger:  # house: one row's fields
    return Danger(one.place.key, one.key, level_named(word), start, end)
