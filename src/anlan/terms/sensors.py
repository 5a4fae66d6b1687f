"""Sensors and their limits: the registry's words, frozen."""

import re
from dataclasses import dataclass
from typing import Literal

from anlan.terms.levels import Level
from anlan.terms.times import FOREVER, NEVER

Direction = Literal["high", "low"]
_KEY = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,128}")


def is_key(text: str) -> bool:
    """A key is 1–128 printable characters; spaces, brackets and Chinese included."""
    return _KEY.fullmatch(text) is not None and text.strip() == text and text.isprintable()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One quantity measured at one place 测点.

    interval_ms: the nominal time between readings; None takes the pack's.
    """

    key: str
    quantity: str
    object: str
    name: str = ""
    lon: float | None = None
    lat: float | None = None
    interval_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A threshold of one sensor and level, in force from valid_from to before valid_to.

    high: reached at value ≥ limit, left at value < limit − deadband; low is mirrored.
    """

    sensor: str
    level: Level
    value: float
    direction: Direction = "high"
    deadband: float = 0.0
    valid_from: int = NEVER
    valid_to: int = FOREVER
    source: str = ""
