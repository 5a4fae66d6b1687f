"""What goes into the oracle and what comes out."""

from typing import NamedTuple

from anlan.terms.levels import Level

Row = tuple[str, int, float, int, int] | tuple[str, int]
"""A reading (sensor, time, value, quality, received or NEVER), or ("tick", at)."""


class Told(NamedTuple):
    """One change with its evidence."""

    sensor: str | None
    object: str
    rule: str
    kind: str
    before: Level
    after: Level
    at: int
    first_at: int | None = None
    value: float | None = None
    limit: float | None = None
    n: int = 0
    low: float | None = None
    high: float | None = None
    quality: str = "good"


def kind_of(before: Level, after: Level) -> str:
    """4.2: the word for a change of level."""
    if not before:
        return "raised"
    if not after:
        return "cleared"
    return "risen" if after > before else "fallen"
