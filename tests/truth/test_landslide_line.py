"""The rain line of shallow landslides around Seattle, hour by hour.

P3 >= 3.5 - 0.67 P15 inches, P3 the rain of 3 days and P15 that of the 15 days before them.
Rain is recorded in hundredths of an inch, so the list of hours is made here in whole numbers:
100 P3 + 67 P15 >= 35000. The engine must give the same hours.
"""

import bisect
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from anlan.engine.plan import compile_plan
from anlan.engine.rules import Gate, LevelRule, Rule, RuleSet
from anlan.live.replay.run import replay
from anlan.site.cli.replay import command
from anlan.terms.levels import Level
from anlan.terms.sensors import Sensor
from anlan.terms.times import parse_time

HOUR = 3_600_000
RECENT, WHOLE = 72 * HOUR, 432 * HOUR
STATIONS = ("KSEA", "KTIW")

Rain = list[tuple[int, int]]  # time in ms UTC, hundredths of an inch


def rain_of(path: Path) -> Rain:
    """Lines are station 2, year 4, month 2, day 2, hour 2, hundredths of an inch 3."""
    rows = []
    for line in path.read_text().split():
        day = datetime(int(line[2:6]), int(line[6:8]), int(line[8:10]), tzinfo=UTC)
        at = day + timedelta(hours=int(line[10:12]))
        rows.append((int(at.timestamp()) * 1000, int(line[12:15])))
    return rows


def exceedance(rain: Rain) -> list[int]:
    """The hours over the line, from when 18 days of record lie behind."""
    times = [t for t, _ in rain]
    before = [0]
    for _, hundredths in rain:
        before.append(before[-1] + hundredths)

    def total(start: int, end: int) -> int:
        """Of the times in (start, end]."""
        return before[bisect.bisect_right(times, end)] - before[bisect.bisect_right(times, start)]

    return [
        t
        for t in times
        if t - times[0] >= WHOLE
        and 100 * total(t - RECENT, t) + 67 * total(t - WHOLE, t - RECENT) >= 35_000
    ]


def hours_standing(rain: Rain, spans: list[tuple[int, int]]) -> list[int]:
    """The hours of the record at which a level stood, from 18 days on."""
    hours = [t for t, _ in rain if t - rain[0][0] >= WHOLE]
    return [t for t in hours if any(start <= t < end for start, end in spans)]


def spans_of(steps: list[tuple[int, bool]]) -> list[tuple[int, int]]:
    """(raised, cleared) of each time that it stood."""
    spans, since = [], None
    for at, stands in steps:
        if stands and since is None:
            since = at
        elif not stands and since is not None:
            spans.append((since, at))
            since = None
    return [*spans, (since, 1 << 62)] if since is not None else spans


@pytest.fixture(scope="module", params=STATIONS)
def rain(request: pytest.FixtureRequest, real_data: Callable[[str], Path]) -> Rain:
    folder = real_data("usgs_landslide_thresholds") / "data/test"
    return rain_of(folder / f"{request.param}_t.txt")


def write_readings(path: Path, rain: Rain, scale: float) -> None:
    lines = [f"g,{t},{hundredths * scale!r}" for t, hundredths in rain]
    path.write_text("\n".join(["sensor,time,value", *lines, ""]))


def test_exceedance_hours_are_exact(rain: Rain, tmp_path: Path) -> None:
    """A Boolean rule with windows of 3 and 18 days, in hundredths of an inch."""
    line = "100 * sum(rain, 72h) + 67 * (sum(rain, 432h) - sum(rain, 72h)) >= 35000"
    rule = Rule(
        key="line.rain.p3p15",
        quantity="rain",
        levels=(LevelRule(level=Level.ORANGE, measure=line),),
    )
    gates = {"rain": Gate(low=0, interval_ms=HOUR)}
    plan = compile_plan(
        [Sensor(key="g", quantity="rain", object="slope")],
        [],
        [RuleSet(pack="line", gates=gates, rules=(rule,))],
    )
    write_readings(tmp_path / "rain.csv", rain, 1.0)
    replayed = replay(tmp_path / "rain.csv", plan)
    changes = replayed.engine.describe(replayed.changes)
    steps = [(c.at, c.after > 0) for c in changes if c.kind.word in ("raised", "cleared")]
    expected = exceedance(rain)
    assert len(expected) > 500
    assert hours_standing(rain, spans_of(steps)) == expected


def test_the_packs_line_gives_the_same_hours(rain: Rain, tmp_path: Path) -> None:
    """The geohazard pack states the line in mm; only hours within rounding of it may differ."""
    write_readings(tmp_path / "rain.csv", rain, 0.254)
    (tmp_path / "sensors.csv").write_text(
        "sensor,quantity,object,name,lon,lat,interval_s\ng,rain,slope,,,,3600\n"
    )
    (tmp_path / "limits.csv").write_text(
        "sensor,level,value,direction,deadband,valid_from,valid_to,source\n"
    )
    arguments = [str(tmp_path / "rain.csv"), "--sensors", str(tmp_path / "sensors.csv")]
    arguments += ["--limits", str(tmp_path / "limits.csv"), "--pack", "geohazard"]
    result = CliRunner().invoke(command, [*arguments, "--out", str(tmp_path / "out.ndjson")])
    assert result.exit_code == 0, result.output
    lines = (tmp_path / "out.ndjson").read_text().splitlines()
    changes = [c for c in map(json.loads, lines) if c["rule"] == "geohazard.rain.usgs_line"]
    steps = [
        (parse_time(c["at"]), c["to"] is not None)
        for c in changes
        if c["kind"] not in ("stale", "fresh")
    ]
    assert hours_standing(rain, spans_of(steps)) == exceedance(rain)
