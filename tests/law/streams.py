"""Seeded plans, and streams of nasty readings that run through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from anlan.engine.rules import Gate, LevelRule, Rule, RuleSet, Season
from anlan.terms.levels import RAISED_LEVELS
from anlan.terms.sensors import Limit, Sensor
from anlan.terms.times import FOREVER, NEVER
from tests.law.case import DAY, MINUTE, Case
from tests.oracle_told import Row

START = 1_700_000_000_000 // DAY * DAY
T = TypeVar("T")
Chance = np.random.Generator
KS = ((1, 1), (1, 1), (1, 1), (2, 2), (2, 3), (3, 5), (1, 4))
SEASONS = (None,) * 8 + (Season(first=(11, 15), last=(2, 29)),)


@dataclass(frozen=True)
class Taste:
    """What is nasty in a stream; shares of readings, each 0–1."""

    jump: float = 0.1
    missing: float = 0.03
    bad: float = 0.03
    infinite: float = 0.005
    gap: float = 0.03
    repeat: float = 0.03
    spike: float = 0.03
    late: float = 0.0
    delay_ms: int = 0  # > 0: a `received` column, up to so much after the time


def chance(seed: int) -> Chance:
    return np.random.Generator(np.random.Philox(seed))


def pick(rng: Chance, options: Sequence[T]) -> T:
    return options[int(rng.integers(len(options)))]


def some_gate(rng: Chance, policy: str = "") -> Gate:
    """Rates are such that a plausible change over whole seconds is an exact number."""
    return Gate(
        low=pick(rng, [float("-inf"), -4.0, 0.0]),
        high=pick(rng, [float("inf"), 14.0]),
        spike=policy or pick(rng, ["accept", "confirm", "confirm", "reject"]),  # type: ignore[arg-type]  # a word of three
        rate_per_h=pick(rng, [15.0, 60.0, 120.0]),
        confirm_ms=pick(rng, [None, None, 90_000, 5 * MINUTE]),
        max_gap_ms=pick(rng, [None, None, MINUTE, 10 * MINUTE]),
        stale_ms=pick(rng, [None, None, 7 * MINUTE]),
        flat_ms=pick(rng, [None, 3 * MINUTE]),
        flat_by=pick(rng, [0.0, 0.25]),
    )


def some_delays(rng: Chance) -> dict[str, object]:
    """How a level comes and goes."""
    k, n = pick(rng, KS)
    return {
        "on_delay_ms": pick(rng, [0, 0, 0, MINUTE, 2 * MINUTE, 5 * MINUTE + 1]),
        "off_delay_ms": pick(rng, [0, 0, 0, MINUTE, 4 * MINUTE]),
        "min_hold_ms": pick(rng, [0, 0, 0, 3 * MINUTE, 10 * MINUTE]),
        "mode": pick(rng, ["evidence", "hold"]),
        "k": k,
        "n": n,
        "season": pick(rng, SEASONS),
    }


def some_limits(rng: Chance, key: str) -> list[Limit]:
    """Any subset of levels, one direction or both, dates that overlap and leave gaps."""
    limits = []
    way = pick(rng, ["high", "high", "low", "both"])
    for level in RAISED_LEVELS:
        for _ in range(int(rng.choice([0, 1, 1, 1, 2, 3]))):
            begin, end = sorted(int(x) * MINUTE for x in rng.integers(-60, 400, 2))
            limits.append(
                Limit(
                    sensor=key,
                    level=level,
                    value=float(rng.integers(8, 33)) / 4,
                    direction=pick(rng, ["high", "low"]) if way == "both" else way,  # type: ignore[arg-type]  # a word of two
                    deadband=pick(rng, [0.0, 0.0, 0.25, 1.0]),
                    valid_from=pick(rng, [NEVER, NEVER, START + begin]),
                    valid_to=pick(rng, [FOREVER, FOREVER, START + end]),
                    source=pick(rng, ["", "notice 7"]),
                )
            )
    return limits


def some_sensors(rng: Chance, quantities: Sequence[str]) -> list[Sensor]:
    """One to three objects with one to three sensors each, the first of the first quantity."""
    sensors = []
    for place in range(int(rng.integers(1, 4))):
        for number in range(int(rng.integers(1, 4))):
            quantity = quantities[0] if number == 0 else pick(rng, quantities)
            key = f"{place}.{number}"
            interval = pick(rng, [None, None, None, 30_000])
            sensors.append(
                Sensor(key=key, quantity=quantity, object=f"o{place}", interval_ms=interval)
            )
    return sensors


def level_plan(rng: Chance, policy: str = "") -> Case:
    """The graded rule on limits, with any delays."""
    sensors = some_sensors(rng, ["w"])
    levels = tuple(
        LevelRule(level=level, **some_delays(rng))  # type: ignore[arg-type]  # mixed fields
        for level in RAISED_LEVELS
    )
    rule = Rule(key="p.w.level", quantity="w", levels=levels, takes_limits=True)
    limits = [limit for sensor in sensors for limit in some_limits(rng, sensor.key)]
    gates = {"w": some_gate(rng, policy)}
    return Case(tuple(sensors), tuple(limits), RuleSet(pack="p", gates=gates, rules=(rule,)))


MEASURES = (
    ("{f}({q}, {w})", 1.0),
    ("rate({q}, {w})", 60.0),
    ("slope({q}, {w})", 60.0),
    ("value", 1.0),
    ("{f}({q}, {w}) - min({q}, {w})", 1.0),
    ("r + w", 2.0),
    ("w * 2 - r", 1.0),
)
CONDITIONS = (
    "w >= {x} and r > {y}",
    "w > {x} or not r >= {y}",
    "sum(r, {w}) >= {x} and w < {y}",
    "(r - w) * 2 <= {x}",
)


def some_measure(rng: Chance, quantity: str) -> dict[str, object]:
    """A measure with its threshold; thresholds of rounded measures lie off the grid."""
    words = {
        "q": quantity,
        "w": pick(rng, ["2min", "5min", "10min", "90s"]),
        "f": pick(rng, ["sum", "mean", "min", "max", "count", "first", "last"]),
        "x": float(rng.integers(8, 33)) / 4,
        "y": float(rng.integers(8, 33)) / 4,
    }
    if rng.random() < 0.3:
        return {"measure": pick(rng, CONDITIONS).format(**words)}
    text, scale = pick(rng, MEASURES)
    return {
        "measure": text.format(**words),
        "threshold": float(rng.integers(8, 33)) / 4 * scale + 0.01,
        "direction": pick(rng, ["high", "high", "low"]),
        "deadband": pick(rng, [0.0, 0.25, 1.0]),
    }


def measure_plan(rng: Chance, policy: str = "") -> Case:
    """Windows, rates, slopes and expressions, on sensors and on objects."""
    sensors = some_sensors(rng, ["w", "r"])
    rules = []
    for number in range(2):
        quantity = pick(rng, ["w", "r"])
        levels = tuple(
            LevelRule(
                level=level,
                min_coverage=pick(rng, [0.8, 0.8, 0.5, 0.0]),
                lower_bound=pick(rng, [True, True, False]),
                **some_delays(rng),  # type: ignore[arg-type]  # mixed fields
                **some_measure(rng, quantity),  # type: ignore[arg-type]  # mixed fields
            )
            for level in RAISED_LEVELS
            if rng.random() < 0.5
        )
        scope = pick(rng, ["sensor", "object"])
        age = pick(rng, [None, 2 * MINUTE])
        key = f"p.{quantity}.n{number}"
        rules.append(Rule(key=key, quantity=quantity, levels=levels, scope=scope, max_age_ms=age))  # type: ignore[arg-type]  # a word of two
    gates = {"w": some_gate(rng, policy), "r": some_gate(rng, policy)}
    return Case(tuple(sensors), (), RuleSet(pack="p", gates=gates, rules=tuple(rules)))


def stream(rng: Chance, case: Case, count: int, taste: Taste) -> list[Row]:
    """About `count` readings of all sensors, in the order of a log."""
    each = max(2, count // len(case.sensors))
    rows = [row for sensor in case.sensors for row in course(rng, sensor, each, taste)]
    if taste.delay_ms:
        delays = rng.integers(0, taste.delay_ms, len(rows))
        delays[rng.random(len(rows)) < 0.02] -= 11 * MINUTE
        clocks = [row[1] + int(delay) for row, delay in zip(rows, delays, strict=True)]
        heard = [(*row[:4], clock) for row, clock in zip(rows, clocks, strict=True)]
        return [*sorted(heard, key=lambda row: row[4])]
    behind = rng.integers(MINUTE, 20 * MINUTE, len(rows)) * (rng.random(len(rows)) < taste.late)
    places = sorted(range(len(rows)), key=lambda i: rows[i][1] + int(behind[i]))
    return [rows[place] for place in places]


def course(
    rng: Chance, sensor: Sensor, count: int, taste: Taste
) -> list[tuple[str, int, float, int, int]]:
    """One sensor's readings in order of time, repeats beside their first."""
    lot = rng.random((count, 6))
    steps = rng.choice([0, 0, 15_000, -15_000], count) + MINUTE
    steps += (lot[:, 0] < taste.gap) * rng.integers(MINUTE, 12 * MINUTE, count)
    times = START + np.cumsum(steps) // 5000 * 5000
    values = walk(rng, count, taste.jump)
    spiked = lot[:, 1] < taste.spike
    values[spiked] += rng.integers(-60, 61, int(spiked.sum())) / 4
    values[lot[:, 2] < taste.missing] = np.nan
    values[lot[:, 3] < taste.infinite] = np.inf
    quality = np.where(lot[:, 4] < taste.bad, rng.integers(0, 4, count), 0)
    rows = []
    for i in range(count):
        row = (sensor.key, int(times[i]), float(values[i]), int(quality[i]), NEVER)
        rows.append(row)
        if lot[i, 5] < taste.repeat:
            rows.append(row if lot[i, 5] < taste.repeat / 2 else (*row[:2], row[2] + 0.5, *row[3:]))
    return rows


def walk(rng: Chance, count: int, jump: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Quarters that wander between −6 and 16 and often stand still."""
    steps = rng.choice([0, 0, 1, -1, 2, -2], count)
    steps += (rng.random(count) < jump) * rng.integers(-16, 17, count)
    values = np.empty(count)
    at = int(rng.integers(8, 33))
    for i, step in enumerate(steps):
        at = min(64, max(-24, at + int(step)))
        values[i] = at / 4
    return values


def with_ticks(rows: Sequence[Row]) -> list[Row]:
    """The same log with the ticks written out that a replay makes."""
    told: list[Row] = []
    clock = NEVER
    for row in rows:
        now = row[1] if len(row) == 2 or row[4] == NEVER else row[4]
        if now > clock:
            clock = now
            told.append(("tick", now))
        told.append(row)
    return told
