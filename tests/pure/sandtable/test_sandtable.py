"""The sand table: fictional, seeded, the same bytes, and a storm whose truth the rules find."""

import hashlib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from anlan.engine.engine import Engine
from anlan.engine.plan import Plan, compile_plan
from anlan.packs import Pack, load_packs
from anlan.sandtable import CYCLE_MS, Reading, Script, basin, dangers, readings
from anlan.terms.changes import Change, Kind
from anlan.terms.levels import Level
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

START = 1_800_000_000_000
SCRIPT = Script(7, (START,))
OVERLAY = Path(__file__).resolve().parents[3] / "src/anlan/sandtable/overlay"


@pytest.fixture(scope="module")
def packs() -> dict[str, Pack]:
    return load_packs(OVERLAY)


@pytest.fixture(scope="module")
def plan(packs: dict[str, Pack]) -> Plan:
    here = basin()
    rule_sets = [pack.rule_set for pack in packs.values()]
    return compile_plan(here.sensors, here.limits, rule_sets, here.groups)


@pytest.fixture(scope="module")
def changes(plan: Plan) -> list[Change]:
    """What the rules say of one whole cycle, second by second, with its ticks."""
    engine = Engine(plan, window=None)
    rows = list(readings(SCRIPT, START, START + CYCLE_MS))
    batch = Batch(
        np.array([plan.handle[row.sensor] for row in rows], np.int32),
        np.array([row.time for row in rows], np.int64),
        np.array([np.nan if row.value is None else row.value for row in rows]),
        np.array([row.quality == "uncertain" for row in rows], np.uint8),
        np.full(len(rows), NEVER, np.int64),
    )
    return list(engine.describe(engine.apply(batch, inline_ticks=True).changes))


def bytes_of(script: Script, low: int, high: int) -> bytes:
    return "\n".join(map(repr, readings(script, low, high))).encode()


def test_the_same_seed_gives_the_same_bytes() -> None:
    whole = bytes_of(SCRIPT, START, START + 300_000)
    again = bytes_of(Script(7, (START,)), START, START + 300_000)
    assert hashlib.sha256(whole).digest() == hashlib.sha256(again).digest()
    assert whole != bytes_of(Script(8, (START,)), START, START + 300_000)


def test_pieces_give_what_the_whole_gives() -> None:
    whole = list(readings(SCRIPT, START, START + 120_000))
    cut = [START, START + 1_000, START + 1_500, START + 47_300, START + 120_000]
    pieces = [row for low, high in pairwise(cut) for row in readings(SCRIPT, low, high)]
    assert pieces == whole


def test_everything_is_fictional_and_says_so() -> None:
    here = basin()
    assert "虚构" in here.zh
    assert all(one.key.startswith("99") and one.object.startswith("99") for one in here.sensors)
    assert all("虚构" in limit.source for limit in here.limits)
    assert all(one.lon and one.lat and one.lon > 150 for one in here.sensors)


def test_it_has_sensors_of_every_pack(packs: dict[str, Pack]) -> None:
    here = basin()
    assert 60 <= len(here.sensors) <= 100
    assert len({one.key for one in here.sensors}) == len(here.sensors)
    for name, pack in packs.items():
        quantities = {f"{name}.{quantity}" for quantity in pack.quantities} | set(pack.quantities)
        assert any(one.quantity in quantities for one in here.sensors), name
    for one in here.sensors:
        bare = [name for name, pack in packs.items() if one.quantity in pack.quantities]
        pack_name, _, quantity = one.quantity.partition(".")
        assert len(bare) == 1 or quantity in packs[pack_name].quantities, one.quantity


def test_limits_are_in_order_of_level(plan: Plan) -> None:
    assert not plan.warnings


def test_something_is_dangerous_within_a_minute_and_red_within_minutes() -> None:
    found = dangers(SCRIPT, START, START + CYCLE_MS)
    assert min(danger.start for danger in found) < START + 45_000
    red_rivers = [d for d in found if d.level is Level.RED and d.sensor.endswith("Z1")]
    assert red_rivers
    assert all(d.start < START + 300_000 for d in red_rivers)


def test_storms_recur_with_variation() -> None:
    onsets = [storm.onset for storm in SCRIPT.storms(START + 3 * CYCLE_MS)]
    strengths = {storm.strength for storm in SCRIPT.storms(START + 3 * CYCLE_MS)}
    assert [b - a for a, b in pairwise(onsets)] == [CYCLE_MS] * (len(onsets) - 1)
    assert len(strengths) == len(onsets) == 3


def test_instruments_fail_as_instruments_do() -> None:
    rows = list(readings(SCRIPT, START, START + CYCLE_MS))
    assert any(row.value is None for row in rows)
    assert any(row.quality == "uncertain" for row in rows)
    runs = longest_pauses(rows)
    assert max(runs.values()) >= 100  # seconds: a sensor that falls silent
    stuck = [
        r.value for r in rows if r.sensor == "990109-Z1" and 230 < (r.time - START) / 1000 < 400
    ]
    assert len(set(stuck) - {None}) <= 2  # one value, and at most a jump on it


def longest_pauses(rows: list[Reading]) -> dict[str, float]:
    pauses: dict[str, float] = {}
    last: dict[str, int] = {}
    for row in rows:
        pause = (row.time - last.get(row.sensor, START)) / 1000
        pauses[row.sensor] = max(pauses.get(row.sensor, 0.0), pause)
        last[row.sensor] = row.time
    return pauses


def test_first_alarms_come_within_a_minute_and_red_follows(changes: list[Change]) -> None:
    raised = [c for c in changes if c.kind is Kind.RAISED]
    assert min(c.at for c in raised) < START + 60_000
    red = [c for c in changes if c.after is Level.RED and c.rule == "flood.water_level.level"]
    assert red
    assert min(c.at for c in red) < START + 300_000


def test_it_falls_again_before_the_next_storm(changes: list[Change]) -> None:
    standing: dict[tuple[str | None, str, str], Level] = {}
    for change in changes:
        standing[change.sensor, change.object, change.rule] = change.after
    rivers = [
        level for (_, _, rule), level in standing.items() if rule == "flood.water_level.level"
    ]
    assert rivers
    assert set(rivers) == {Level.NONE}


def test_the_rules_find_what_is_truly_dangerous(changes: list[Change]) -> None:
    """Every red reach of a sensor that works is told within seconds of its truth."""
    broken = {"990107-Z1", "990109-Z1"}
    truths = [
        d
        for d in dangers(SCRIPT, START, START + CYCLE_MS)
        if d.level is Level.RED and d.end - d.start > 30_000 and d.sensor not in broken
    ]
    assert truths
    for danger in truths:
        delays = [
            c.at - danger.start
            for c in changes
            if c.sensor == danger.sensor and c.after is Level.RED
        ]
        assert any(-20_000 <= delay <= 30_000 for delay in delays), danger
