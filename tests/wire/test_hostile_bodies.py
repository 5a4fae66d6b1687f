"""Bodies meant to hurt: each is rows refused one by one, or one clear refusal, and soon."""

import io
import math
import struct
import time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from anlan.connectors.mqtt.codec import Published, read_message
from anlan.connectors.mqtt.mapping import parse_mapping
from anlan.live.decode.body import decode
from anlan.live.decode.decoded import Decoded
from anlan.live.decode.keytable import KeyTable
from anlan.terms.errors import Malformed

TABLE = KeyTable([("a", 0), ("b", 1)])
DIGITS = b"9" * 10_000
DEEP = b"[" * 900 + b"]" * 900
HUGE = b"1" + b"0" * 400


def read(body: bytes, form: str) -> Decoded:
    return decode(body, form, TABLE, most_bytes=1 << 26)


def arrow(**columns: Any) -> bytes:
    table = pa.table(columns)
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return out.getvalue()


def told(decoded: Decoded) -> tuple[list[tuple[int, float]], list[tuple[int, str]]]:
    """Readings as (row, value), and faults as (row, code)."""
    places = range(decoded.rows) if decoded.places is None else decoded.places.tolist()
    readings = list(zip(places, decoded.batch.value.tolist(), strict=True))
    return readings, [(fault.row, fault.code) for fault in decoded.faults.kept]


@pytest.mark.parametrize("cell", [DIGITS, DEEP, HUGE], ids=["digits", "deep", "1e400"])
@pytest.mark.parametrize("name", ["sensor", "time", "value", "quality", "received"])
def test_a_monstrous_cell_costs_its_own_row(name: str, cell: bytes) -> None:
    row = {"sensor": b'"a"', "time": b"1", "value": b"1", name: cell}
    good = {"sensor": b'"b"', "time": b"2", "value": b"2"}
    odd, plain = (
        b"{" + b",".join(b'"%s":%s' % (n.encode(), c) for n, c in one.items()) + b"}"
        for one in (row, good)
    )
    for body, form in [
        (odd + b"\n" + plain, "ndjson"),
        (b"[" + odd + b"," + plain + b"]", "json"),
        (
            b"{"
            + b",".join(
                b'"%s":[%s,%s]' % (n.encode(), c, good.get(n, b"null")) for n, c in row.items()
            )
            + b"}",
            "json",
        ),
    ]:
        if name == "value" and cell is HUGE:
            assert told(read(body, form)) == ([(0, math.inf), (1, 2.0)], [])
        else:
            assert told(read(body, form)) == ([(1, 2.0)], [(0, "unreadable")])


@pytest.mark.parametrize("cell", [b"1e999", b"-1e309", HUGE, b'"1e999"', b'"inf"'])
def test_a_number_beyond_every_double_is_infinite_in_every_form(cell: bytes) -> None:
    """So the loop refuses it as not_finite, whoever sent it and how."""
    sign = -1.0 if cell.startswith(b"-") else 1.0
    row = b'{"sensor":"a","time":1,"value":%s}' % cell
    for body, form in [
        (row, "ndjson"),
        (b"[" + row + b"]", "json"),
        (b'{"sensor":["a"],"time":[1],"value":[%s]}' % cell, "json"),
        (b'{"sensor":["a"],"time":[1],"value":%s}' % cell, "json"),
        (b"sensor,time,value\na,1," + cell, "csv"),
    ]:
        assert told(read(body, form)) == ([(0, sign * math.inf)], [])


@pytest.mark.parametrize("tail", [b',"x":NaN}', b',"x":Infinity}', b',"x":', b",}", b"} {}"])
def test_what_is_no_json_stays_unreadable_beside_such_a_number(tail: bytes) -> None:
    row = b'{"sensor":"a","time":1,"value":1e999' + tail
    assert told(read(row, "ndjson")) == ([], [(0, "unreadable")])


@pytest.mark.parametrize("cell", [DIGITS, DEEP], ids=["digits", "deep"])
def test_a_monstrous_cell_over_mqtt_is_a_fault(cell: bytes) -> None:
    mapping = parse_mapping(
        '[broker]\nhost="h"\nclient_id="c"\n[[topic]]\nfilter="t"\nshape="flat"\n', where="m"
    )
    payload = b'[{"sensor":"a","time":1,"value":%s},{"sensor":"b","time":1,"value":2}]' % cell
    try:
        readings, faults, _ = read_message(mapping, Published("t", payload, 0))
    except Malformed:
        return  # then the message is set aside as a whole
    assert [one.sensor for one in readings] == ["b"]
    assert len(faults) == 1


@pytest.mark.parametrize(
    "text",
    [
        b"a,1," + DIGITS,
        b"a,0x10,1",
        b"a,1,0x1F",
        b"a,1,true",
        b"a,2026-01-01 08:00,1",
        b"a,1,2026-01-01",
    ],
)
def test_csv_cells_are_read_as_json_cells_are(text: bytes) -> None:
    body = b"sensor,time,value\n" + text + b"\nb,2,2\n"
    assert told(read(body, "csv")) == ([(1, 2.0)], [(0, "unreadable")])
    assert told(read(b"sensor,time,value\n" + text, "csv")) == ([], [(0, "unreadable")])


def test_a_plus_sign_is_part_of_a_number() -> None:
    body = b"sensor,time,value\na,+5,+1.5\nb,+6,-2\n"
    assert told(read(body, "csv")) == ([(0, 1.5), (1, -2.0)], [])
    assert read(body, "csv").batch.time.tolist() == [5, 6]


def test_csv_in_another_encoding_is_refused_with_its_line() -> None:
    with pytest.raises(Malformed, match="not CSV in UTF-8: line 3"):
        read("sensor,time,value\na,1,1\n石桥站,2,2\n".encode("gb18030"), "csv")


@pytest.mark.parametrize(
    "times",
    [
        pa.array([2**64 - 1, 2], pa.uint64()),
        pa.array([18_446_744_073_709_552, 0], pa.timestamp("s", "UTC")),
        pa.array([2**62, 2], pa.int64()),
        pa.array([float("inf"), 2.0]),
        pa.array([None, 2]),
    ],
)
def test_a_time_that_runs_over_is_no_other_time(times: Any) -> None:
    found = read(arrow(sensor=["a", "b"], time=times, value=[1, 2]), "arrow")
    assert told(found) == ([(1, 2.0)], [(0, "unreadable")])


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("sensor", pa.nulls(1000)),
        ("sensor", pa.array([b"a"] * 1000)),
        ("time", pa.nulls(1000)),
        ("time", pa.array([1] * 1000, pa.duration("s"))),
        ("time", pa.RunEndEncodedArray.from_arrays(pa.array([1000]), pa.array([1]))),
        ("value", pa.array([[1]] * 1000)),
        ("value", pa.array([1] * 1000, pa.timestamp("s"))),
        ("value", pa.array(["1"] * 1000).dictionary_encode()),
        ("quality", pa.array([0] * 1000)),
    ],
)
def test_a_column_of_another_type_is_named(name: str, column: Any) -> None:
    columns: dict[str, Any] = {"sensor": ["a"] * 1000, "time": [1] * 1000, "value": [1] * 1000}
    with pytest.raises(Malformed, match=f"column {name} is .*; it may be"):
        read(arrow(**columns | {name: column}), "arrow")


def test_an_odd_row_leaves_the_others_as_they_are() -> None:
    """Decimals, views and words are read the same beside a row that is not plain."""
    keys = ["a", " a ", "b", "\x01", "zz", None]
    for sensor in (
        pa.array(keys),
        pa.array(keys).dictionary_encode(),
        pa.array(keys, pa.string_view()),
        pa.array(keys, pa.large_string()),
    ):
        for values in (
            pa.array([1.5] * 6),
            pa.array([1.5] * 6).cast(pa.decimal128(3, 1)),
            pa.array(["1.5"] * 6, pa.string_view()),
        ):
            received = pa.array([None, 5, None, 5, 5, 5], pa.timestamp("ms", "UTC"))
            qualities = pa.array(["good", "bad", None, "so", "good", "good"])
            found = read(
                arrow(
                    sensor=sensor,
                    time=list(range(6)),
                    value=values,
                    received=received,
                    quality=qualities,
                ),
                "arrow",
            )
            assert told(found) == (
                [(0, 1.5), (1, 1.5), (2, 1.5)],
                [(3, "unreadable"), (4, "unknown_sensor"), (5, "unreadable")],
            )
            assert found.batch.sensor.tolist() == [0, 0, 1]
            assert found.batch.time.tolist() == [0, 1, 2]
            assert found.batch.quality.tolist() == [0, 2, 0]
            assert found.batch.received.tolist()[1] == 5


def test_sensors_that_are_numbered() -> None:
    table = KeyTable([("17", 3)])
    body = arrow(sensor=[17, 18], time=[1, 2], value=[1, 2])
    found = decode(body, "arrow", table, most_bytes=1 << 20)
    assert found.batch.sensor.tolist() == [3]
    assert found.faults.kept[0].reason == "sensor 18 is not registered"


N = 20_000
LONG = "x" * 2_000_000


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b'{"sensor":"%s","time":[%s],"value":1}' % (LONG.encode(), b"1," * N + b"1"), "json"),
        (b'{"sensor":"a","time":[%s],"value":"%s"}' % (b"1," * N + b"1", LONG.encode()), "json"),
        (
            arrow(
                sensor=pa.DictionaryArray.from_arrays(np.zeros(N, np.int8), [LONG]),
                time=[1] * N,
                value=[1] * N,
            ),
            "arrow",
        ),
    ],
    ids=["key", "value", "word"],
)
def test_one_long_text_for_many_rows_stays_one(body: bytes, form: str) -> None:
    began = time.process_time()
    found = read(body, form)
    assert time.process_time() - began < 30  # of the processor, however busy it is
    assert found.faults.counts == {"unreadable": found.rows}
    assert sum(len(fault.text) for fault in found.faults.kept) < 64 << 20


def test_many_views_of_one_long_text_are_refused() -> None:
    view = struct.pack("<i4sii", len(LONG), b"xxxx", 0, 0)
    buffers = [None, pa.py_buffer(view * N), pa.py_buffer(LONG.encode())]
    views = pa.Array.from_buffers(pa.string_view(), N, buffers)
    with pytest.raises(Malformed, match="column sensor unfolds to more than"):
        read(arrow(sensor=views, time=[1] * N, value=[1] * N), "arrow")
