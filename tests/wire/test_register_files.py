"""SENSORS, LIMITS, EVENTS and change files: odd bytes end in one sentence, never a traceback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.live.replay.reading.registers import read_events, read_limits, read_sensors
from anlan.live.replay.trying.changes import read_changes
from anlan.terms.errors import AnlanError
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit, Sensor
from anlan.terms.times import FOREVER, NEVER

QUANTITIES = {"water_level": None}
SENSORS = [Sensor(key="a", quantity="water_level", object="o")]
HEADS = {
    "sensors": "sensor,quantity,object,name,lon,lat,interval_s",
    "limits": "sensor,level,value,direction,deadband,valid_from,valid_to,source",
    "events": "object,start,end,level",
}
READERS: dict[str, Callable[[Path], Any]] = {
    "sensors": lambda path: read_sensors(path, quantities=QUANTITIES, pack="flood"),
    "limits": lambda path: read_limits(path, SENSORS),
    "events": read_events,
    "changes": lambda path: list(read_changes(path)),
}


def why_not(name: str, path: Path) -> str | None:
    """The sentence that the reader ends with; None where it reads the file."""
    try:
        READERS[name](path)
    except AnlanError as error:
        return str(error)
    return None


cells = st.one_of(
    st.sampled_from(["a", "water_level", "red", "1.5", "high", "2026-01-01T00:00:00Z", '"', ""]),
    st.text(max_size=5),
)


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(HEADS)),
    rows=st.lists(st.lists(cells, min_size=1, max_size=9), max_size=4),
    tail=st.binary(max_size=20),
)
def test_no_csv_crashes_a_register(
    tmp_path_factory: pytest.TempPathFactory, name: str, rows: list[list[str]], tail: bytes
) -> None:
    path = tmp_path_factory.mktemp("register") / "r.csv"
    text = "\n".join([HEADS[name], *(",".join(row) for row in rows)])
    path.write_bytes(text.encode("utf-8", "surrogatepass") + tail)
    assert "r.csv" in (why_not(name, path) or "r.csv")


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(READERS)),
    ending=st.sampled_from(["csv", "ndjson", "parquet"]),
    content=st.binary(max_size=200),
)
def test_no_bytes_crash_a_register(
    tmp_path_factory: pytest.TempPathFactory, name: str, ending: str, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("register") / f"r.{ending}"
    path.write_bytes(content)
    assert "r." in (why_not(name, path) or "r.")


values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5))


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(["sensors", "limits", "events", "changes"]),
    row=st.dictionaries(
        st.sampled_from([*",".join(HEADS.values()).split(","), "kind", "from", "to", "at"]),
        st.one_of(values, cells, st.lists(values, max_size=2)),
    ),
)
def test_no_object_crashes_a_register(
    tmp_path_factory: pytest.TempPathFactory, name: str, row: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("register") / "r.ndjson"
    path.write_text(json.dumps(row))
    assert "r.ndjson" in (why_not(name, path) or "r.ndjson")


def test_limits_read_the_same_from_csv_ndjson_and_parquet(tmp_path: Path) -> None:
    head = HEADS["limits"].split(",")
    cells = ["a", "orange", "5.5", "low", "", "2026-01-01T08:00:00+08:00", "", "县防指〔2026〕1号"]
    (tmp_path / "l.csv").write_bytes(
        f"{HEADS['limits']}\r\n{','.join(cells)}\r\n".encode("gb18030")
    )
    row = dict(zip(head, cells, strict=True))
    (tmp_path / "l.ndjson").write_text(json.dumps({**row, "value": 5.5, "deadband": None}))
    pq.write_table(pa.Table.from_pylist([{**row, "value": 5.5}]), tmp_path / "l.parquet")
    wanted = Limit(
        sensor="a",
        level=Level.ORANGE,
        value=5.5,
        direction="low",
        valid_from=1_767_225_600_000,
        valid_to=FOREVER,
        source="县防指〔2026〕1号",
    )
    for ending in ("csv", "ndjson", "parquet"):
        limits, _ = read_limits(tmp_path / f"l.{ending}", SENSORS)
        assert limits == [wanted], ending


def test_sensors_come_in_order_of_key_with_what_they_say(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "lat,lon,object,quantity,sensor,note\n,,o,flood.water_level,b,x\n1.5,-2,o,water_level,a,\n"
    )
    sensors = read_sensors(tmp_path / "s.csv", quantities=QUANTITIES, pack="flood")
    assert [s.key for s in sensors] == ["a", "b"]
    assert (sensors[0].lat, sensors[0].lon) == (1.5, -2.0)
    assert sensors[1].quantity == "water_level"
    assert sensors[1].interval_ms is None
    assert Limit(sensor="a", level=Level.RED, value=1).valid_from == NEVER
