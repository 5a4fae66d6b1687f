"""`anlan replay` as its contract says: rows in, changes out, summary, exit status."""

import hashlib
import itertools
import json
from pathlib import Path

import pytest

from tests.wire.conftest import LIMITS, READINGS, SENSORS, Basin

UP_AND_DOWN = [
    ("raised", None, "yellow"),
    ("raised", None, "red"),
    ("risen", "yellow", "orange"),
    ("fallen", "orange", "yellow"),
    ("cleared", "red", None),
    ("cleared", "yellow", None),
]


def test_levels_rise_and_fall_with_their_evidence(basin: Basin) -> None:
    ran = basin.run()
    assert ran.told == UP_AND_DOWN
    first = ran.changes[0]
    assert list(first) == ["sensor", "object", "rule", "kind", "from", "to", "at", "evidence"]
    assert first["sensor"] == "bridge"
    assert first["object"] == "upper reach"
    assert first["rule"] == "flood.water_level.level"
    assert first["at"] == "2026-07-01T03:40:00Z"
    evidence = first["evidence"]
    wanted = "rule_version limit limit_source value first_at n min max coverage quality unit"
    assert set(wanted.split()) <= set(evidence)
    assert evidence["limit"] == 4.0
    assert evidence["limit_source"] == "notice 12"
    assert evidence["value"] == 4.0
    assert evidence["first_at"] == "2026-07-01T03:40:00Z"
    assert evidence["unit"] == "m"
    assert evidence["quality"] == "good"


def test_lines_stand_by_time_sensor_and_rule(basin: Basin) -> None:
    ran = basin.run()
    keys = [(c["at"], c["sensor"] or "", c["rule"]) for c in ran.changes]
    assert keys == sorted(keys)


def test_the_summary_counts_what_was_taken_and_what_was_not(basin: Basin) -> None:
    basin.readings(
        "bridge,2026-07-01T03:00:00Z,3.0",
        "bridge,2026-07-01T03:00:00Z,3.0",
        "bridge,2026-07-01T03:00:00Z,3.1",
        "nobody,2026-07-01T03:00:00Z,3.0",
        "bridge,2026-07-01T03:10:00Z,inf",
        "bridge,2026-07-01T03:20:00Z,99999",
        "bridge,tomorrow,3.0",
        "bridge,2026-07-01T03:30:00Z,abc",
        "bridge,2026-07-01T03:30:00,3.0",
        "bridge,2026-07-01T03:40:00Z,",
        "bridge,2026-07-01T03:50:00Z",
        ",2026-07-01T03:50:00Z,3.0",
        "bridge,2026-07-01T04:00:00Z,4.5",
    )
    ran = basin.run()
    refused = ran.summary["refused"]
    assert refused == {
        "conflict": 1,
        "duplicate": 1,
        "not_finite": 1,
        "range": 1,
        "unknown_sensor": 1,
        "unreadable": 5,
    }
    assert ran.summary["readings"] + sum(refused.values()) == 13
    assert ran.stderr.splitlines()[-1] == (
        "refused 10 rows: conflict 1, duplicate 1, not_finite 1, range 1, unknown_sensor 1, "
        "unreadable 5"
    )
    assert ran.summary["first"] == "2026-07-01T03:00:00Z"
    assert ran.summary["last"] == "2026-07-01T04:00:00Z"
    assert ran.summary["changes"]["raised"] == 1


def test_the_summary_has_its_fields_and_the_digest_of_the_lines(basin: Basin) -> None:
    ran = basin.run()
    fields = "readings refused sensors changes first last seconds digest"
    assert list(ran.summary) == fields.split()
    written = (basin.folder / "changes.ndjson").read_bytes()
    assert ran.summary["digest"] == hashlib.sha256(written).hexdigest()
    assert ran.summary["sensors"] == 2
    assert ran.summary["readings"] == 10
    assert ran.summary["refused"] == {}
    assert ran.stderr.splitlines()[-1] == "refused 0 rows"


def test_rows_may_stand_in_any_order(basin: Basin) -> None:
    lines = READINGS.splitlines()
    expected = basin.run().summary["digest"]
    for order in itertools.islice(itertools.permutations(lines[1:]), 0, None, 400_000):
        basin.readings(*order)
        assert basin.run().summary["digest"] == expected


def test_the_first_of_two_values_for_one_time_stands(basin: Basin) -> None:
    basin.readings("bridge,2026-07-01T03:00:00Z,4.5", "bridge,2026-07-01T03:00:00Z,3.0")
    assert basin.run().told == [("raised", None, "yellow")]
    basin.readings("bridge,2026-07-01T03:00:00Z,3.0", "bridge,2026-07-01T03:00:00Z,4.5")
    assert basin.run().told == []


def test_with_received_rows_are_taken_as_they_came(basin: Basin) -> None:
    """The reading of 03:10 comes after that of 03:20, so the alarm is told later: corrected."""
    head = "sensor,time,value,received"
    rows = [
        "bridge,2026-07-01T03:00:00Z,3.6,2026-07-01T03:00:05Z",
        "bridge,2026-07-01T03:20:00Z,3.7,2026-07-01T03:20:05Z",
        "bridge,2026-07-01T03:10:00Z,4.2,2026-07-01T03:21:00Z",
    ]
    basin.readings(*rows, head=head)
    ran = basin.run("--gate", "accept")
    kinds = [kind for kind, _, _ in ran.told]
    assert kinds[0] == "corrected"
    assert "raised" not in kinds
    basin.readings(*reversed(rows), head=head)
    assert basin.run("--gate", "accept").summary["digest"] == ran.summary["digest"]


def test_a_duplicate_of_an_older_reading_is_known_again(basin: Basin) -> None:
    basin.readings(
        "bridge,2026-07-01T03:00:00Z,3.0,2026-07-01T03:00:05Z",
        "bridge,2026-07-01T03:10:00Z,3.1,2026-07-01T03:10:05Z",
        "bridge,2026-07-01T03:00:00Z,3.0,2026-07-01T03:10:06Z",
        "bridge,2026-07-01T03:00:00Z,3.2,2026-07-01T03:10:07Z",
        head="sensor,time,value,received",
    )
    assert basin.run().summary["refused"] == {"conflict": 1, "duplicate": 1}


def test_a_clock_ahead_of_its_reception_is_refused(basin: Basin) -> None:
    basin.readings(
        "bridge,2026-07-01T03:00:00Z,3.0,",
        "bridge,2059-07-01T03:00:00Z,9.0,2026-07-01T03:10:05Z",
        "bridge,1970-01-01T03:00:00Z,9.0,2026-07-01T03:10:05Z",
        head="sensor,time,value,received",
    )
    ran = basin.run()
    assert ran.summary["refused"] == {"bad_time": 2}
    assert ran.told == []


def test_bad_and_missing_values_neither_raise_nor_clear(basin: Basin) -> None:
    basin.readings(
        "bridge,2026-07-01T03:00:00Z,4.5,",
        "bridge,2026-07-01T03:10:00Z,1.0,bad",
        "bridge,2026-07-01T03:20:00Z,,good",
        "bridge,2026-07-01T03:30:00Z,4.4,uncertain",
        head="sensor,time,value,quality",
    )
    assert basin.run().told == [("raised", None, "yellow")]


def test_the_later_valid_from_holds_and_a_gap_is_no_limit(basin: Basin) -> None:
    basin.write(
        "limits.csv",
        "sensor,level,value,direction,deadband,valid_from,valid_to,source\n"
        "bridge,yellow,4.0,high,0,,2026-07-01T05:00:00Z,old\n"
        "bridge,yellow,3.0,high,0,2026-07-01T03:30:00Z,2026-07-01T04:00:00Z,new\n",
    )
    basin.readings(
        "bridge,2026-07-01T03:20:00Z,3.5",
        "bridge,2026-07-01T03:30:00Z,3.5",
        "bridge,2026-07-01T04:00:00Z,3.5",
        "bridge,2026-07-01T04:10:00Z,4.0",
        "bridge,2026-07-01T05:00:00Z,4.0",
    )
    ran = basin.run("--gate", "accept")
    assert [(c["kind"], c["at"][11:16]) for c in ran.changes if c["to"] != c["from"]] == [
        ("raised", "03:30"),
        ("cleared", "04:00"),
        ("raised", "04:10"),
        ("cleared", "05:00"),
    ]
    assert ran.changes[0]["evidence"]["limit_source"] == "new"


def test_options_override_the_pack(basin: Basin) -> None:
    basin.readings(
        "bridge,2026-07-01T03:00:00Z,3.0",
        "bridge,2026-07-01T03:10:00Z,4.5",
        "bridge,2026-07-01T03:20:00Z,3.0",
        "bridge,2026-07-01T03:30:00Z,3.1",
    )
    assert basin.run().told == []
    assert basin.run("--gate", "accept").told == [
        ("raised", None, "yellow"),
        ("cleared", "yellow", None),
    ]
    assert basin.run("--gate", "accept", "--on-delay", "10min").told == []
    assert basin.run("--gate", "accept", "--off-delay", "1h").told == [("raised", None, "yellow")]


def test_limits_out_of_order_are_a_warning(basin: Basin) -> None:
    basin.write("limits.csv", LIMITS.replace("orange,5.0", "orange,3.0"))
    ran = basin.run()
    assert ran.status == 0
    assert "warning" in ran.stderr
    assert "bridge" in ran.stderr


def test_no_readings_at_all_is_a_calm_end(basin: Basin) -> None:
    basin.readings()
    ran = basin.run()
    assert ran.status == 0
    assert ran.changes == []
    assert ran.summary["readings"] == 0
    assert ran.summary["first"] is None
    assert (basin.folder / "changes.ndjson").read_bytes() == b""


WRONG_ROWS = {
    "sensors.csv:4": ("sensors.csv", SENSORS + "x,water_lvl,o,,,,\n"),
    "sensors.csv:5": ("sensors.csv", SENSORS + "\nbridge,water_level,o,,,,\n"),
    "sensors.csv:4:": ("sensors.csv", SENSORS + "x,water_level,o,,200,,\n"),
    "limits.csv:5": ("limits.csv", LIMITS + "nobody,red,1,high,,,,\n"),
    "limits.csv:5:": ("limits.csv", LIMITS + "bridge,purple,1,high,,,,\n"),
    "limits.csv:5: ": ("limits.csv", LIMITS + "bridge,red,,high,,,,\n"),
    "limits.csv:5: v": ("limits.csv", LIMITS + "bridge,red,x,high,,,,\n"),
    "limits.csv:5: d": ("limits.csv", LIMITS + "bridge,red,1,up,,,,\n"),
    "limits.csv:5: deadband": ("limits.csv", LIMITS + "bridge,red,1,high,-1,,,\n"),
    "limits.csv:5: valid_from": ("limits.csv", LIMITS + "bridge,red,1,high,,2026-07-01,,\n"),
    "limits.csv:5: valid_to": (
        "limits.csv",
        LIMITS + "bridge,red,1,high,,2026-07-01T00:00:00Z,2026-07-01T00:00:00Z,\n",
    ),
}


@pytest.mark.parametrize("where", WRONG_ROWS)
def test_a_wrong_row_is_named_and_nothing_is_written(basin: Basin, where: str) -> None:
    basin.write(*WRONG_ROWS[where])
    before = sorted(basin.folder.iterdir())
    ran = basin.run()
    assert ran.status == 1
    assert where.strip() in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
    assert sorted(basin.folder.iterdir()) == before


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--gate", "perhaps"], 2),
        (["--on-delay", "soon"], 2),
        (["--nonsense"], 2),
        (["--pack", "volcano"], 1),
        (["--events", "floods.csv"], 2),
        (["--events", "missing.csv", "--report", "report.html"], 1),
        (["--packs", "missing"], 1),
    ],
)
def test_wrong_usage_is_2_and_what_cannot_be_read_is_1(
    basin: Basin, options: list[str], status: int
) -> None:
    ran = basin.run(*options)
    assert ran.status == status
    assert "Traceback" not in ran.stderr
    assert not (basin.folder / "changes.ndjson").exists()


@pytest.mark.parametrize("value", ["1e999", "-1e309", "1" + 400 * "0"])
def test_a_number_beyond_every_double_is_not_finite_in_ndjson_and_csv(
    basin: Basin, value: str
) -> None:
    basin.readings("bridge,2026-07-01T03:00:00Z,3.0", f"bridge,2026-07-01T03:10:00Z,{value}")
    assert basin.run().summary["refused"] == {"not_finite": 1}
    time = '"2026-07-01T03:10:00Z"'
    lines = [f'{{"sensor":"bridge","time":{time},"value":{v}}}' for v in (value, "NaN", "[1e999]")]
    basin.write("r.ndjson", "\n".join([*lines, f'{{"sensor":"bridge","time":{value},"value":1}}']))
    assert basin.run(readings="r.ndjson").summary["refused"] == {"not_finite": 1, "unreadable": 3}


@pytest.mark.parametrize(
    "name", ["missing.csv", "notes.txt", "empty.csv", "torn.parquet", "headless.csv"]
)
def test_readings_that_cannot_be_read_end_with_1(basin: Basin, name: str) -> None:
    basin.write("notes.txt", "sensor,time,value\n")
    basin.write("empty.csv", "")
    basin.write("torn.parquet", b"PAR1 and then nothing")
    basin.write("headless.csv", "bridge,2026-07-01T03:00:00Z,3\n")
    ran = basin.run(readings=name)
    assert ran.status == 1
    assert name in ran.stderr
    assert not (basin.folder / "changes.ndjson").exists()


def test_outputs_stay_as_they_were_when_one_cannot_be_written(basin: Basin) -> None:
    basin.write("changes.ndjson", "old\n")
    ran = basin.run("--report", str(basin.folder / "no folder" / "r.html"))
    assert ran.status == 1
    assert (basin.folder / "changes.ndjson").read_text() == "old\n"
    assert not (basin.folder / "summary.json").exists()


def test_an_output_may_not_be_an_input(basin: Basin) -> None:
    ran = basin.run("--report", str(basin.folder / "readings.csv"))
    assert ran.status == 1
    assert (basin.folder / "readings.csv").read_text(encoding="utf-8") == READINGS


def test_only_the_named_files_are_written(basin: Basin) -> None:
    before = {path.name for path in basin.folder.iterdir()}
    basin.run("--report", str(basin.folder / "report.html"))
    after = {path.name for path in basin.folder.iterdir()}
    assert after - before == {"changes.ndjson", "summary.json", "report.html"}


def test_out_may_be_a_pipe_or_device(basin: Basin) -> None:
    ran = basin.run("--report", "/dev/null")
    assert ran.status == 0
    assert Path("/dev/null").exists()


def test_ndjson_and_csv_registers_say_the_same(basin: Basin) -> None:
    expected = basin.run().summary["digest"]
    rows = [dict(zip(LIMITS.split("\n")[0].split(","), line.split(","), strict=True))
            for line in LIMITS.splitlines()[1:]]  # fmt: skip
    limits = basin.write("limits.ndjson", "\n".join(json.dumps(row) for row in rows))
    assert basin.run("--limits", str(limits)).summary["digest"] == expected
