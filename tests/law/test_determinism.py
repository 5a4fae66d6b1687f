"""The law of determinism: the changes are a function of the ordered log and of nothing else."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from anlan.engine import work
from anlan.engine.rules import Gate, LevelRule, Rule, RuleSet
from anlan.terms.levels import Level
from anlan.terms.sensors import Sensor
from tests.law.case import MINUTE, Case, reading
from tests.law.streams import (
    Chance,
    Taste,
    chance,
    level_plan,
    measure_plan,
    stream,
    with_ticks,
)
from tests.oracle_told import Row, Told

SEEDS = range(12)


def digest(told: Sequence[Told]) -> str:
    """Of the changes as a set."""
    return hashlib.sha256("\n".join(sorted(map(str, told))).encode()).hexdigest()


def world(seed: int, taste: Taste = Taste(late=0.01)) -> tuple[Chance, Case, list[Row]]:  # noqa: B008  # frozen
    rng = chance(seed)
    case = (level_plan if seed % 2 else measure_plan)(rng)
    return rng, case, stream(rng, case, 600, taste)


@pytest.mark.parametrize("seed", SEEDS)
def test_11_1_batch_size_changes_nothing(seed: int) -> None:
    _, case, rows = world(seed)
    whole, verdicts = case.by_engine(rows)
    for size in (1, 7, 100):
        told, judged = case.by_engine(rows, size=size)
        assert judged == verdicts
        assert told == whole


@pytest.mark.parametrize("seed", SEEDS)
def test_11_1_a_restart_from_a_snapshot_changes_nothing(seed: int) -> None:
    rng, case, rows = world(seed)
    whole, _ = case.by_engine(rows)
    for _ in range(3):
        restarts = {int(number) for number in rng.integers(1, len(rows) // 7, 5)}
        told, _ = case.by_engine(rows, size=7, restarts=restarts)
        assert told == whole


@pytest.mark.parametrize("ticks", ["inline", "none"])
@pytest.mark.parametrize("seed", SEEDS)
def test_11_1_the_room_for_changes_changes_nothing(
    seed: int, ticks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel stops and goes on wherever its room is full, in mid-tick too."""
    _, case, rows = world(seed)
    rows = rows if ticks == "inline" else with_ticks(rows)
    whole = case.by_engine(rows, ticks)
    monkeypatch.setattr(work, "ROOM", 1)
    assert case.by_engine(rows, ticks) == whole


@pytest.mark.parametrize("ticks", ["inline", "none"])
def test_8_1_all_sensors_may_fall_silent_at_one_tick(ticks: str) -> None:
    gate = Gate(stale_ms=10 * MINUTE)
    rule = Rule(key="p.w.x", quantity="w", levels=(LevelRule(level=Level.RED, threshold=5.0),))
    keys = [f"s{i}" for i in range(5_000)]
    sensors = tuple(Sensor(key=key, quantity="w", object=key) for key in keys)
    case = Case(sensors, (), RuleSet(pack="p", gates={"w": gate}, rules=(rule,)))
    rows = [reading(0, 1, key) for key in keys] + [reading(m, 1, keys[0]) for m in (5, 10, 15)]
    told, _ = case.by_engine(rows if ticks == "inline" else with_ticks(rows), ticks)
    assert [(x.kind, x.at) for x in told] == [("stale", 15 * MINUTE)] * (len(keys) - 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_11_1_a_replay_equals_the_live_log_with_its_ticks(seed: int) -> None:
    _, case, rows = world(seed)
    live = with_ticks(rows)
    assert case.by_engine(live, "none") == case.by_engine(rows)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [2, 3])
def test_11_2_shards_by_object_change_nothing(seed: int, count: int) -> None:
    _, case, rows = world(seed)
    live = with_ticks(rows)
    whole, _ = case.by_engine(live, "none")
    parted: list[Told] = []
    for shard in shards(case, count):
        mine = {sensor.key for sensor in shard.sensors}
        parted += shard.by_engine([r for r in live if len(r) == 2 or r[0] in mine], "none")[0]
    assert digest(parted) == digest(whole)


def shards(case: Case, count: int) -> Iterator[Case]:
    places = sorted({sensor.object for sensor in case.sensors})
    for number in range(count):
        mine = tuple(s for s in case.sensors if s.object in places[number::count])
        keys = {sensor.key for sensor in mine}
        if mine:
            limits = tuple(limit for limit in case.limits if limit.sensor in keys)
            yield replace(case, sensors=mine, limits=limits)


@pytest.mark.parametrize("seed", [seed * 2 + 1 for seed in SEEDS])
def test_11_1_sensors_may_be_delivered_in_any_order_between_ticks(seed: int) -> None:
    rng, case, rows = world(seed, Taste())
    live = with_ticks(rows)
    assert digest(case.by_engine(shuffled(rng, live), "none")[0]) == digest(
        case.by_engine(live, "none")[0]
    )


def shuffled(rng: Chance, rows: Sequence[Row]) -> list[Row]:
    """Readings between two ticks in another order of sensors, each sensor's own order kept."""
    parts: list[list[Row]] = [[]]
    for row in rows:
        if len(row) == 2:
            parts += [[row], []]
        else:
            parts[-1].append(row)
    told: list[Row] = []
    for part in parts:
        ranks = dict(zip(sorted({row[0] for row in part}), rng.permutation(99), strict=False))
        told += sorted(part, key=lambda row: int(ranks[row[0]]))
    return told


def test_11_2_changes_stand_in_the_order_of_the_log() -> None:
    _, case, rows = world(1, Taste())
    told, _ = case.by_engine(rows)
    ats = np.array([change.at for change in told if change.kind not in ("corrected",)])
    assert (np.diff(ats) >= 0).all()
