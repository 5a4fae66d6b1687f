"""The fictional city: how fast it is made, and what the shipped rules see of its truth.

Each story is played through the engine with the packs as they are shipped, after two ordinary days.
An object that was truly dangerous (see `anlan.sandtable.city.story.truth`) and stood at orange or
red is a hit; at yellow or blue only, `low`; else a miss. Lead is from the first orange or red to
the danger: above 0 the rules were first. A false alarm is an orange or red of an object whose
danger is known and which was never dangerous; objects without a measure of danger, such as rain
stations, are not judged.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np

from anlan.engine.engine import Engine
from anlan.engine.plan import Plan, compile_plan
from anlan.packs import load_packs
from anlan.sandtable.city import SCRIPTS, City, Script, city, columns, dangers, quiet_week
from anlan.sandtable.city.story.truth import HARMS
from anlan.terms.changes import Change
from anlan.terms.levels import Level
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

START = 1_795_500_000_000
MINUTE_MS, DAY_MS = 60_000, 86_400_000
BEFORE_MS, AFTER_MS = 30 * MINUTE_MS, 180 * MINUTE_MS
QUIET_DAYS = 28

Rows = Iterator[dict[str, Any]]


def run() -> Rows:
    """Every figure: making, speed, the stories, the quiet weeks."""
    yield from _made()
    here = city()
    yield from _speed(here)
    rule_sets = [pack.rule_set for pack in load_packs().values()]
    plan = compile_plan(here.sensors, here.limits, rule_sets, here.groups)
    for name, story in SCRIPTS.items():
        yield from _told(name, judge(here, plan, story(START)))
    yield from _quiet(here, plan)


def _made() -> Rows:
    """Seconds of a processor and MiB for each size, in a process of its own."""
    for size in ("S", "M", "L"):
        code = f"import bench.sandtable as b; b.make({size!r})"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        seconds, mib, sensors = done.stdout.split()
        yield _row(f"city {size} made, {sensors} sensors", float(seconds), "s")
        yield _row(f"city {size}, memory", float(mib), "MiB")


def make(size: str) -> None:
    """Prints processor seconds, MiB and sensors of making one size."""
    begin = time.process_time()
    made = city(size)
    took = time.process_time() - begin
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{took:.1f} {mib} {len(made.sensors)}")


def _speed(here: City) -> Rows:
    """Readings a second of one processor, over a week of ordinary days."""
    columns(here, quiet_week(), START, START + DAY_MS)
    begin = time.process_time()
    sent = columns(here, quiet_week(), START - 7 * DAY_MS, START)
    yield _row(
        "city S, readings made", len(sent.time) / (time.process_time() - begin), "readings/s"
    )


class Judged(NamedTuple):
    """One story: objects hit, seen too low, missed, alarmed without danger; leads in s."""

    hits: list[str]
    low: list[str]
    missed: list[str]
    false: list[str]
    leads_s: list[float]


def judge(here: City, plan: Plan, script: Script) -> Judged:
    """The shipped rules against the truth of one story."""
    said = play(here, plan, script, low=START - 2 * DAY_MS, high=START + AFTER_MS)
    span = START - BEFORE_MS, START + AFTER_MS
    begins: dict[str, int] = {}
    for one in dangers(here, script, *span):
        begins[one.object] = min(one.start, begins.get(one.object, one.start))
    high = first_raises(said, Level.ORANGE, since=span[0])
    any_level = first_raises(said, Level.BLUE, since=span[0])
    judged = {s.object for s in here.sensors if s.quantity in HARMS}
    return Judged(
        hits=[key for key in begins if key in high],
        low=[key for key in begins if key not in high and key in any_level],
        missed=[key for key in begins if key not in any_level],
        false=[key for key in high if key in judged and key not in begins],
        leads_s=[(begins[key] - high[key]) / 1000 for key in begins if key in high],
    )


def play(here: City, plan: Plan, script: Script, *, low: int, high: int) -> list[Change]:
    """What the engine says of a span, day by day."""
    engine, said = Engine(plan, window=None), []
    for begin in range(low, high, DAY_MS):
        sent = columns(here, script, begin, min(high, begin + DAY_MS))
        received = np.full(len(sent.time), NEVER, np.int64)
        batch = Batch(sent.sensor, sent.time, sent.value, sent.quality, received)
        said += engine.describe(engine.apply(batch, inline_ticks=True).changes)
    return said


def first_raises(said: list[Change], least: Level, *, since: int) -> dict[str, int]:
    """When each object first rose to a level or above."""
    found: dict[str, int] = {}
    for one in said:
        if one.after >= least and one.after > one.before and one.at >= since:
            found[one.object] = min(one.at, found.get(one.object, one.at))
    return found


def _told(name: str, one: Judged) -> Rows:
    for words, count in (
        ("dangerous objects hit (orange or red)", len(one.hits)),
        ("dangerous objects seen too low (yellow or blue)", len(one.low)),
        ("dangerous objects missed", len(one.missed)),
        ("false orange or red", len(one.false)),
    ):
        yield _row(f"{name}: {words}", count, "objects")
    measures: tuple[tuple[str, Callable[[list[float]], float]], ...] = (
        ("median", statistics.median),
        ("shortest", min),
    )
    for words, measure in measures:
        if one.leads_s:
            yield _row(f"{name}: {words} lead before danger", measure(one.leads_s), "s")


def _quiet(here: City, plan: Plan) -> Rows:
    """Orange and red of ordinary weeks, all false, for 10,000 sensor-days; target below 1."""
    said = play(here, plan, quiet_week(), low=START - QUIET_DAYS * DAY_MS, high=START)
    days = len(here.sensors) * QUIET_DAYS / 10_000
    for words, least in (
        ("false orange or red", Level.ORANGE),
        ("alarms of any level", Level.BLUE),
    ):
        count = sum(one.after >= least > one.before for one in said)
        yield _row(f"quiet weeks: {words} in 10,000 sensor-days", count / days, "alarms")


def _row(name: str, value: float, unit: str) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "peer": None,
        "peer_value": None,
        "ratio": None,
        "cores": os.cpu_count(),
        "date": datetime.now(UTC).date().isoformat(),
    }
