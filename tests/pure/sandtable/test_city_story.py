"""The city's readings: the same in pieces, believable, and a story that the shipped rules see."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from anlan.engine.engine import Engine
from anlan.engine.plan import Plan, compile_plan
from anlan.packs import load_packs
from anlan.sandtable.city import (
    City,
    Columns,
    Script,
    city,
    co_night,
    columns,
    dangers,
    demo,
    history,
    quiet_week,
    rainstorm,
    tailings_rise,
    tank_leak,
    tunnel_gas,
)
from anlan.terms.changes import Change, Kind
from anlan.terms.levels import Level
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER

START = 1_795_500_000_000
MINUTE, DAY = 60_000, 86_400_000
RAISES = (Kind.RAISED, Kind.RISEN)


@pytest.fixture(scope="module")
def here() -> City:
    return city()


@pytest.fixture(scope="module")
def plan(here: City) -> Plan:
    rule_sets = [pack.rule_set for pack in load_packs().values()]
    return compile_plan(here.sensors, here.limits, rule_sets, here.groups)


@pytest.fixture(scope="module")
def storm(here: City, plan: Plan) -> list[Change]:
    """What the shipped rules say of the rainstorm, after two ordinary days."""
    return play(here, plan, rainstorm(START), until=START + 4 * 60 * MINUTE)


def play(here: City, plan: Plan, script: Script, *, until: int, days: int = 2) -> list[Change]:
    engine = Engine(plan, window=None)
    said: list[Change] = []
    for low in range(START - days * DAY, until, DAY):
        sent = columns(here, script, low, min(until, low + DAY))
        received = np.full(len(sent.time), NEVER, np.int64)
        batch = Batch(sent.sensor, sent.time, sent.value, sent.quality, received)
        said += engine.describe(engine.apply(batch, inline_ticks=True).changes)
    return said


def first(said: list[Change], level: Level, rule: str = "", thing: str = "") -> float:
    """Minutes from the start to the first rise to a level or above."""
    found = [
        one.at
        for one in said
        if one.kind in RAISES and one.after >= level and rule in one.rule and thing in one.object
    ]
    return (min(found) - START) / MINUTE


def same(a: Columns, b: Columns) -> bool:
    return all(
        np.array_equal(x, y, equal_nan=x.dtype.kind == "f") for x, y in zip(a, b, strict=True)
    )


def test_pieces_give_what_the_whole_gives(here: City) -> None:
    script = rainstorm(START)
    low, high = START - 40 * MINUTE, START + 50 * MINUTE
    whole = columns(here, script, low, high)
    cuts = [low, START - 15 * MINUTE - 1, START - 3, START + 61_234, START + 61_235, high]
    pieces = [columns(here, script, a, b) for a, b in pairwise(cuts)]
    assert same(whole, Columns(*(np.concatenate(p) for p in zip(*pieces, strict=True))))
    assert len(columns(here, script, low, low).time) == 0


def test_readings_are_in_order_and_seeded(here: City) -> None:
    sent = columns(here, quiet_week(), START, START + DAY)
    assert (np.diff(sent.time) >= 0).all()
    assert [column.dtype.name for column in sent] == ["int32", "int64", "float64", "uint8"]
    assert same(sent, columns(here, quiet_week(), START, START + DAY))
    assert not same(sent, columns(here, quiet_week(7), START, START + DAY))


def test_thirty_five_days_are_some_ten_million_readings(here: City) -> None:
    day = columns(here, history(START), START - 20 * DAY, START - 19 * DAY)
    assert 10e6 < 35 * len(day.time) < 20e6
    driven = {k for k, one in enumerate(here.sensors) if one.object in here.routes}
    assert set(np.unique(day.sensor).tolist()) == set(range(len(here.sensors))) - driven


def test_instruments_fail_as_instruments_do(here: City) -> None:
    sent = columns(here, quiet_week(), START, START + 3 * DAY)
    assert 0 < np.isnan(sent.value).mean() < 0.01
    assert 0 < (sent.quality == 1).mean() < 0.01
    one = sent.time[sent.sensor == 0]
    assert len(one) < 3 * DAY // here.sensors[0].interval_ms  # type: ignore[operator]  # given


def test_gauges_count_all_the_rain_and_no_more(here: City) -> None:
    """Whatever the pace of a gauge, what it counts adds up to what fell."""
    quick = next(k for k, one in enumerate(here.sensors) if one.key == "990101RS903-P1")
    live = columns(here, rainstorm(START), START - DAY, START + DAY)
    total = np.nansum(live.value[live.sensor == quick])
    assert 105 < total < 145


def test_the_first_orange_comes_within_a_minute(storm: list[Change]) -> None:
    assert 0.0 < first(storm, Level.ORANGE) < 1.0


def test_the_chain_runs_from_rain_to_leak_within_half_an_hour(storm: list[Change]) -> None:
    order = [
        first(storm, Level.ORANGE, "waterlogging_depth"),
        first(storm, Level.ORANGE, "flood.rain.level"),
        first(storm, Level.ORANGE, "flood.water_level", "990101RV"),
        first(storm, Level.RED, "mud_level", "990101DF901"),
        first(storm, Level.RED, "chemical.promotion.site", "990101MH901"),
    ]
    assert order == sorted(order)
    assert order[-1] < 30
    assert first(storm, Level.RED, "geohazard", "990101LS901") < 15
    assert {one.after for one in storm} == set(Level)


def test_the_storm_reaches_what_the_city_runs_on(storm: list[Change]) -> None:
    assert 20 < first(storm, Level.ORANGE, "elevator.trapped", "990101EL901") < 30
    assert 30 < first(storm, Level.ORANGE, "bridge.scour_depth", "990101BR901") < 60
    assert 0 < first(storm, Level.BLUE, "pipe.drain_depth") < 60


def test_it_recedes(storm: list[Change]) -> None:
    standing: dict[tuple[str | None, str, str], Level] = {}
    for one in storm:
        standing[one.sensor, one.object, one.rule] = one.after
    water = [v for (_, _, rule), v in standing.items() if "level.level" in rule or "depth" in rule]
    assert max(water) < Level.ORANGE


def test_the_story_plays_in_one_county(storm: list[Change]) -> None:
    red = {one.object[:6] for one in storm if one.after is Level.RED}
    assert red == {"990101"}


@pytest.mark.parametrize(
    ("script", "reds"),
    [
        (tank_leak, {("toxic_gas", "990101MH901T3"): 3}),
        (tailings_rise, {("pool_level", "990101TP901W"): 35}),
        (
            tunnel_gas,
            {
                ("flammable_gas", "990101GP903"): 5,
                ("tunnel.methane", "990101UT901C3"): 5,
                ("pipe.promotion.leak", "990101GL901"): 8,
            },
        ),
        (co_night, {("co.", "990101HM903"): 25}),
    ],
)
def test_every_other_story_reaches_red(
    here: City, plan: Plan, script: Callable[[int], Script], reds: dict[tuple[str, str], float]
) -> None:
    said = play(here, plan, script(START), until=START + 60 * MINUTE, days=1)
    for (rule, thing), within in reds.items():
        assert 0 < first(said, Level.RED, rule, thing) < within


def test_the_truth_of_the_tunnel_is_gas_in_the_tunnel_and_a_well(here: City) -> None:
    """Next door nobody was in danger."""
    script = tunnel_gas(START)
    truth = {one.object: one for one in dangers(here, script, START, START + 30 * MINUTE)}
    assert truth["990101UT901C3"].start < START + 5 * MINUTE
    assert truth["990101GL901W6"].start < START + 8 * MINUTE
    assert "990101UT901C2" not in truth


def test_a_quiet_week_is_quiet(here: City, plan: Plan) -> None:
    said = play(here, plan, quiet_week(), until=START, days=7)
    assert not [one for one in said if one.after >= Level.ORANGE]


def test_danger_is_known_from_physics(here: City) -> None:
    found = dangers(here, rainstorm(START), START - 30 * MINUTE, START + 180 * MINUTE)
    assert min(one.start for one in found) > START
    kinds = {one.what for one in found if one.level is Level.RED}
    assert kinds == {
        "deep standing water",
        "river over its banks",
        "slope on the move",
        "debris flow",
        "explosive gas",
    }
    assert {"people trapped", "foundation laid bare"} <= {one.what for one in found}
    assert all(one.end > one.start for one in found)


def test_the_demo_is_history_and_then_storms(here: City) -> None:
    script = demo(START, (START, START + 3 * DAY))
    acts = [act.at for act in script.acts]
    assert acts == sorted(acts)
    assert START - 10 * DAY < acts[0] < START - 8 * DAY
    live = columns(here, script, START, START + MINUTE)
    assert len(live.time) > 1_000


def test_a_start_soon_after_another_sends_nothing_twice(here: City) -> None:
    script = demo(START, (START, START + 20 * MINUTE))
    live = columns(here, script, START, START + 60 * MINUTE)
    assert len(np.unique(np.column_stack((live.sensor, live.time)), axis=0)) == len(live.time)
