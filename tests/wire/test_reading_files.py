"""Files of readings: the same rows in any form are the same readings; odd bytes never crash."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.live.replay import order
from anlan.live.replay.reading.columns import Known
from anlan.live.replay.reading.faults import Faults
from anlan.live.replay.reading.files import batches
from anlan.live.replay.reading.text import OddRowsError
from anlan.terms.errors import AnlanError
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER
from tests.wire.conftest import READINGS, Basin

KNOWN = Known(pa.array(sorted(["a", "b c", "坝 [3#]"])))


def read(path: Path, *, careful: bool = False) -> tuple[Batch, Faults]:
    """All readings of a file, as the replay reads it."""
    faults = Faults()
    try:
        found = list(batches(path, KNOWN, faults, careful=careful))
    except OddRowsError:
        assert not careful
        faults.clear()
        found = list(batches(path, KNOWN, faults, careful=True))
    empty = [np.zeros(0, t) for t in (np.int32, np.int64, float, np.uint8, np.int64)]
    return order.joined([Batch(*empty), *found]), faults


def why_unreadable(path: Path) -> str | None:
    """The sentence that the reader ends with; None where it reads the file."""
    try:
        read(path)
    except AnlanError as error:
        return str(error)
    return None


def rows_of(path: Path, *, careful: bool = False) -> list[tuple[Any, ...]]:
    """(key, time, value or None, quality, received or None) of every reading taken."""
    batch, _ = read(path, careful=careful)
    columns = (column.tolist() for column in batch)
    return [
        (KNOWN.keys[s].as_py(), t, None if v != v else v, q, None if r == NEVER else r)
        for s, t, v, q, r in zip(*columns, strict=True)
    ]


FORMS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with BOM": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "GB18030": lambda text: text.encode("gb18030"),
    "CR LF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR alone": lambda text: text.replace("\n", "\r").encode(),
    "blank lines": lambda text: text.replace("\n", "\n\n").encode(),
    "no last line end": lambda text: text.rstrip("\n").encode(),
    "spaces": lambda text: text.replace(",", " , ").encode(),
    "quotes": lambda text: "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()
    ).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_csv_file_reads_the_same_in_every_form(basin: Basin, form: str) -> None:
    expected = basin.run().summary["digest"]
    basin.write("readings.csv", FORMS[form](READINGS))
    ran = basin.run()
    assert ran.summary["digest"] == expected
    assert ran.summary["refused"] == {}


def as_rows() -> list[dict[str, str]]:
    head, *lines = READINGS.splitlines()
    return [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]


def test_columns_in_any_order_and_unknown_ones_between(basin: Basin) -> None:
    expected = basin.run().summary["digest"]
    rows = [f"x,{r['value']},{r['time']},,{r['sensor']}" for r in as_rows()]
    basin.readings(*rows, head="note,value,time,another,sensor")
    assert basin.run().summary["digest"] == expected


def test_ndjson_and_parquet_say_the_same(basin: Basin) -> None:
    expected = basin.run().summary["digest"]
    rows = [{**r, "value": float(r["value"]), "extra": [1]} for r in as_rows()]
    basin.write("readings.ndjson", "\n".join(json.dumps(row) for row in rows))
    assert basin.run(readings="readings.ndjson").summary["digest"] == expected
    table = pa_csv.read_csv(
        basin.folder / "readings.csv",
        convert_options=pa_csv.ConvertOptions(column_types={"time": pa.string()}),
    )
    pq.write_table(table, basin.folder / "readings.parquet")
    assert basin.run(readings="readings.parquet").summary["digest"] == expected


@pytest.mark.parametrize(
    "unit", [pa.timestamp("s", "UTC"), pa.timestamp("ms", "+08:00"), pa.timestamp("ns", "UTC")]
)
def test_parquet_timestamps_of_any_unit(tmp_path: Path, unit: pa.DataType) -> None:
    seconds = pa.array([1_700_000_000, 1_700_000_060], pa.int64())
    times = seconds.cast(pa.timestamp("s", "UTC")).cast(unit)
    keys = pa.array(["a", "a"]).dictionary_encode()
    table = pa.table({"sensor": keys, "time": times, "value": pa.array([1, None], pa.int32())})
    pq.write_table(table, tmp_path / "r.parquet")
    assert rows_of(tmp_path / "r.parquet") == [
        ("a", 1_700_000_000_000, 1.0, 0, None),
        ("a", 1_700_000_060_000, None, 0, None),
    ]


def test_a_parquet_time_without_a_zone_is_an_error(tmp_path: Path) -> None:
    times = pa.array([0], pa.timestamp("ms"))
    table = pa.table({"sensor": ["a"], "time": times, "value": [1.0]})
    pq.write_table(table, tmp_path / "r.parquet")
    with pytest.raises(AnlanError, match=r"\.parquet: .*zone"):
        read(tmp_path / "r.parquet")


GOOD_TIMES = {
    "2026-02-19T10:01:02.412+05:30": 1_771_475_462_412,
    "2026-02-19 10:01:02.412+0530": 1_771_475_462_412,
    "2026-02-19T04:31:02.4129999Z": 1_771_475_462_412,
    "2026-02-19 04:31Z": 1_771_475_460_000,
    "20260219T043102Z": 1_771_475_462_000,
    "1771475462412": 1_771_475_462_412,
    "-1": -1,
    "1969-12-31T23:59:59.9995Z": -1,
    "0": 0,
}
BAD_TIMES = [
    "",
    "yesterday",
    "2026-02-19",
    "2026-02-19T10:01:02",
    "2026-02-30T10:01:02Z",
    "2026-13-01T10:01:02Z",
    "2026-02-19T25:01:02Z",
    "2026-02-19x10:01:02Z",
    "１２３",
    "12.5",
    "99999999999999999999",
    "0001-01-01T00:00:00+08:00",
    "1_000",
]


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("text", GOOD_TIMES)
def test_a_time_is_read(tmp_path: Path, text: str, mixed: bool) -> None:
    extra = "a,never,1\n" if mixed else ""
    (tmp_path / "r.csv").write_text(f"sensor,time,value\na,{text},1\n{extra}", encoding="utf-8")
    assert [row[1] for row in rows_of(tmp_path / "r.csv")] == [GOOD_TIMES[text]]


@pytest.mark.parametrize("text", BAD_TIMES)
def test_what_is_no_time_is_refused_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.csv").write_text(
        f"sensor,time,value\na,{text},1\na,5,2\na,1970-01-01T00:00:01Z,3\n", encoding="utf-8"
    )
    batch, faults = read(tmp_path / "r.csv")
    assert batch.time.tolist() == [5, 1000]
    assert faults.counts == {"unreadable": 1}
    assert faults.examples["unreadable"][0][0] == 1


GOOD_VALUES = {"1.5": 1.5, "-.5": -0.5, "2.": 2.0, "1e3": 1000.0, "+7": 7.0, "": None, "NaN": None}
BAD_VALUES = ["abc", "1,5", "1_0", "0x10", "１", "--1", "1 2", "null", "True"]


@pytest.mark.parametrize("text", GOOD_VALUES)
def test_a_value_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.csv").write_text(f"sensor,time,value\na,1,{text}\n")
    assert [row[2] for row in rows_of(tmp_path / "r.csv")] == [GOOD_VALUES[text]]


@pytest.mark.parametrize("text", BAD_VALUES)
def test_what_is_no_value_is_refused_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.csv").write_text(f"sensor,time,value\na,1,{text}\na,2,2\n", encoding="utf-8")
    batch, faults = read(tmp_path / "r.csv")
    assert batch.time.tolist() == [2]
    assert faults.counts == {"unreadable": 1}


def test_numbers_are_exact_to_the_last_bit(tmp_path: Path) -> None:
    chance = random.Random(4)
    values = [chance.uniform(-1, 1) * 10 ** chance.randint(-300, 300) for _ in range(2000)]
    rows = "\n".join(f"a,{i},{v!r}" for i, v in enumerate(values))
    (tmp_path / "r.csv").write_text(f"sensor,time,value\n{rows}\n")
    assert [row[2] for row in rows_of(tmp_path / "r.csv")] == values


def test_a_quoted_note_may_hold_line_ends(tmp_path: Path) -> None:
    text = 'sensor,time,value,note\na,1,1,"two\nlines, and ""quotes"""\na,2,2,x\n'
    (tmp_path / "r.csv").write_text(text)
    assert [row[1] for row in rows_of(tmp_path / "r.csv")] == [1, 2]


def test_a_quote_left_open_costs_one_row(tmp_path: Path) -> None:
    text = 'sensor,time,value,note\na,1,1,x\na,2,2,"x\na,3,3,x\na,4,4,"y\na,5,5,z\n'
    (tmp_path / "r.csv").write_text(text)
    batch, faults = read(tmp_path / "r.csv")
    assert batch.time.tolist() == [1, 3, 5]
    assert faults.counts == {"unreadable": 2}


def test_a_damaged_byte_costs_one_row(tmp_path: Path) -> None:
    text = "sensor,time,value\n坝 [3#],1,1\n坝 [3#],2,2\n".encode() + b"\xff\xfe,3,3\na,4,4\n"
    (tmp_path / "r.csv").write_bytes(text)
    batch, faults = read(tmp_path / "r.csv")
    assert batch.time.tolist() == [1, 2, 4]
    assert faults.counts == {"unreadable": 1}


def test_a_key_that_is_none_is_unreadable_and_a_strange_one_unknown(tmp_path: Path) -> None:
    long = "x" * 129
    (tmp_path / "r.csv").write_text(f"sensor,time,value\n{long},1,1\n,1,1\nz,1,1\nb c,1,1\n")
    batch, faults = read(tmp_path / "r.csv")
    assert len(batch.time) == 1
    assert faults.counts == {"unreadable": 2, "unknown_sensor": 1}


cells = st.one_of(
    st.sampled_from(["a", "b c", "坝 [3#]", "nobody", "1", "2026-02-19T10:01:02Z", "3.5", "bad"]),
    st.text(st.characters(codec="gb18030", exclude_characters="\r\n"), max_size=8),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.lists(cells, min_size=1, max_size=6), max_size=12), coding=st.booleans())
def test_the_quick_and_the_careful_way_read_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], coding: bool
) -> None:
    lines = [",".join(cell.replace('"', "").replace(",", "") for cell in row) for row in rows]
    text = "\n".join(["sensor,time,value,quality,received", *lines])
    path = tmp_path_factory.mktemp("csv") / "r.csv"
    path.write_bytes(text.encode("gb18030" if coding else "utf-8"))
    quick, careful = read(path), read(path, careful=True)
    for one, other in zip(quick[0], careful[0], strict=True):
        np.testing.assert_array_equal(one, other)
    assert quick[1].counts == careful[1].counts


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=400), ending=st.sampled_from(["csv", "ndjson", "parquet"]))
def test_no_bytes_crash_the_reader(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, ending: str
) -> None:
    head = {"csv": b"sensor,time,value\n", "ndjson": b"", "parquet": b"PAR1"}[ending]
    path = tmp_path_factory.mktemp("bytes") / f"r.{ending}"
    path.write_bytes(head + data)
    assert path.name in (why_unreadable(path) or path.name)


@settings(max_examples=1000, deadline=None)
@given(seed=st.integers(0, 2**32), damage=st.integers(1, 12))
def test_damage_to_a_parquet_file_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, seed: int, damage: int
) -> None:
    chance = random.Random(seed)
    path = tmp_path_factory.mktemp("parquet") / "r.parquet"
    table = pa.table({"sensor": ["a"] * 50, "time": list(range(50)), "value": [1.5] * 50})
    pq.write_table(table, path)
    content = bytearray(path.read_bytes())
    for _ in range(damage):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(bytes(content))
    assert path.name in (why_unreadable(path) or path.name)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {"sensor": st.one_of(st.just("a"), json_values), "time": json_values},
            optional={"value": json_values, "quality": json_values, "received": json_values},
        ),
        max_size=8,
    )
)
def test_ndjson_rows_are_taken_or_counted(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("json") / "r.ndjson"
    path.write_bytes("\n".join(json.dumps(row) for row in rows).encode())
    batch, faults = read(path)
    assert len(batch.time) + faults.total == len(rows)


@pytest.mark.parametrize("most_rows", [1 << 20, 3000])
def test_every_way_of_reading_gives_the_same_digest(
    basin: Basin, most_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In order, by sensor, shuffled, line by line, and too large for memory."""
    chance = random.Random(3)
    level, rows = {"bridge": 3.0, "旧坝 [3#]": 3.0}, []
    for i in range(5000):
        for key in level:
            level[key] += chance.uniform(-0.2, 0.2) + (3.5 - level[key]) * 0.02
            rows.append(f"{key},{1_782_000_000_000 + i * 600_000},{level[key]:.2f}")
    basin.readings(*rows)
    expected = basin.run()
    assert len(expected.changes) > 50
    monkeypatch.setattr(order, "MOST_ROWS", most_rows)
    monkeypatch.setattr(order, "_BUFFER", 2000)
    for arranged in (sorted(rows), chance.sample(rows, len(rows)), rows[::-1]):
        basin.readings(*arranged)
        assert basin.run().summary["digest"] == expected.summary["digest"]
    basin.readings(*(f'{row},"a\nb"' for row in rows), head="sensor,time,value,note")
    assert basin.run().summary["digest"] == expected.summary["digest"]
