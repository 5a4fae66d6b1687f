"""What instruments do wrong: fall silent, jump, stick, send nothing or doubt themselves."""

from anlan.sandtable.chance import uniform
from anlan.sandtable.instruments import Instrument
from anlan.sandtable.storm import SECOND_MS, Script, Storm

BLOCK_MS = 120 * SECOND_MS
_SILENT_BLOCKS, _SPIKES, _EMPTY, _DOUBTED = 0.004, 1 / 2600, 1 / 3000, 1 / 900
_JUMPS = {"water_level": 2.4, "reservoir_level": 3.5, "waterlogging_depth": 0.7}

SILENT = {"990107-Z1": (150, 250), "990206-P1": (60, 170), "990806-CO1": (400, 640)}
"""Sensors that fall silent in every storm: from, to in seconds after the rain begins."""

STUCK = {"990109-Z1": (215, 420)}
"""Sensors that send one and the same value in every storm."""


def is_silent(script: Script, instrument: Instrument, at: int, *, storms: list[Storm]) -> bool:
    """Whether nothing comes from it at a moment."""
    if _stands_in(SILENT, instrument.key, at, storms=storms):
        return True
    block = at // BLOCK_MS
    return uniform(script.seed, _number(instrument.key), block, 21) < _SILENT_BLOCKS


def stuck_since(instrument: Instrument, at: int, *, storms: list[Storm]) -> int | None:
    """Since when it has sent the same value, ms UTC; None when it works."""
    return _stands_in(STUCK, instrument.key, at, storms=storms)


def _stands_in(
    spans: dict[str, tuple[int, int]], key: str, at: int, *, storms: list[Storm]
) -> int | None:
    if key in spans:
        low, high = spans[key]
        for storm in storms:
            if low <= (at - storm.onset) / SECOND_MS < high:
                return storm.onset + low * SECOND_MS
    return None


def spoiled(script: Script, instrument: Instrument, at: int) -> tuple[float, str]:
    """What is added to one value (NaN: it is missing), and the quality that is sent with it."""
    number = _number(instrument.key)
    chance = uniform(script.seed, number, at, 22)
    jump = _JUMPS.get(instrument.quantity)
    if jump is not None and chance < _SPIKES:
        return jump, "good"
    if chance > 1 - _EMPTY:
        return float("nan"), "good"
    return 0.0, "uncertain" if 0.5 < chance < 0.5 + _DOUBTED else "good"


def _number(key: str) -> int:
    return int.from_bytes(key.encode()[-8:], "big")
