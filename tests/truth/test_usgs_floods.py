"""Flash floods on two small rivers, 5-minute stage: every flood over 4 ft, once each.

An event begins with the first reading at or over 4 ft and ends with the last one; crests less
than 12 h apart are one event. The list is made here by plain comparison, and must come out of
the command with an off-delay of 12 h.
"""

import csv
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from anlan.site.cli.replay import command
from anlan.terms.times import parse_time

HOUR = 3_600_000
FT = 0.3048
FLOOD_FT = 4.0
SERIES = {
    "01581752": "01581752_2016_2017_5min.csv.gz",
    "01589330": "01589330_201806_5min.csv.gz",
}


@dataclass
class Flood:
    start: int
    end: int
    peak_ft: float


def stage(path: Path, site: str) -> list[tuple[str, float | None]]:
    """(time as written, stage in ft or None) in order of time."""
    column = f"USGS:{site}:00065:00000"
    with gzip.open(path, "rt", newline="") as text:
        return [
            (row["datetimeUTC"], float(row[column]) if row[column] else None)
            for row in csv.DictReader(text)
        ]


def floods(rows: list[tuple[str, float | None]]) -> list[Flood]:
    found: list[Flood] = []
    for text, feet in rows:
        if feet is None or feet < FLOOD_FT:
            continue
        time = parse_time(text)
        if found and time - found[-1].end < 12 * HOUR:
            found[-1].end = time
            found[-1].peak_ft = max(found[-1].peak_ft, feet)
        else:
            found.append(Flood(time, time, feet))
    return found


def metres(feet: float) -> str:
    return f"{feet * FT:.6f}"


def replayed(folder: Path, *options: str) -> list[dict[str, object]]:
    out = folder / "changes.ndjson"
    arguments = [str(folder / "readings.csv"), "--sensors", str(folder / "sensors.csv")]
    arguments += ["--limits", str(folder / "limits.csv"), "--pack", "flood", "--out", str(out)]
    result = CliRunner().invoke(command, [*arguments, *options])
    assert result.exit_code == 0, result.output
    changes = [json.loads(line) for line in out.read_text().splitlines()]
    return [c for c in changes if c["kind"] in ("raised", "cleared")]


@pytest.fixture(scope="module", params=sorted(SERIES))
def river(
    request: pytest.FixtureRequest,
    real_data: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, list[Flood]]:
    site = request.param
    rows = stage(real_data("usgs_nwis") / SERIES[site], site)
    folder = tmp_path_factory.mktemp(site)
    with (folder / "readings.csv").open("w") as file:
        file.write("sensor,time,value\n")
        for text, feet in rows:
            file.write(f"{site},{text},{'' if feet is None else metres(feet)}\n")
    (folder / "sensors.csv").write_text(
        f"sensor,quantity,object,name,lon,lat,interval_s\n{site},water_level,{site},,,,300\n"
    )
    (folder / "limits.csv").write_text(
        "sensor,level,value,direction,deadband,valid_from,valid_to,source\n"
        f"{site},red,{metres(FLOOD_FT)},high,0,,,4 ft\n"
    )
    return folder, floods(rows)


def test_every_flood_is_raised_at_its_first_reading_once(
    river: tuple[Path, list[Flood]],
) -> None:
    folder, events = river
    assert events
    changes = replayed(folder, "--gate", "accept", "--off-delay", "12h")
    raised = [parse_time(str(c["at"])) for c in changes if c["kind"] == "raised"]
    assert raised == [event.start for event in events]


def test_every_flood_ends_once_and_keeps_its_peak(river: tuple[Path, list[Flood]]) -> None:
    folder, events = river
    changes = replayed(folder, "--gate", "accept", "--off-delay", "12h")
    cleared = [c for c in changes if c["kind"] == "cleared"]
    assert len(cleared) == len(events)
    for change, event in zip(cleared, events, strict=True):
        assert 12 * HOUR <= parse_time(str(change["at"])) - event.end < 13 * HOUR
        evidence = change["evidence"]
        assert isinstance(evidence, dict)
        assert evidence["max"] == pytest.approx(event.peak_ft * FT, abs=1e-5)


def test_the_gate_of_the_pack_misses_no_flash_flood(river: tuple[Path, list[Flood]]) -> None:
    """Rises of metres in minutes are confirmed by the next reading: 5 minutes late at most."""
    folder, events = river
    changes = replayed(folder, "--off-delay", "12h")
    raised = [parse_time(str(c["at"])) for c in changes if c["kind"] == "raised"]
    assert len(raised) == len(events)
    for at, event in zip(raised, events, strict=True):
        assert 0 <= at - event.start <= 10 * 60_000
