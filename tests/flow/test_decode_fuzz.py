"""The compiled readers give what the plain one gives, row by row, for any bytes."""

import json
import math
import random
import struct

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.live.decode.body import decode
from anlan.live.decode.decoded import Decoded
from anlan.live.decode.keytable import KeyTable
from anlan.live.decode.plain import read_line
from anlan.terms.errors import Malformed
from anlan.terms.readings import Reading
from anlan.terms.rows import read_row

KEYS = ["a", "S000123", "水位 [1]", 'say "x"', "b b", "x" * 128, "é"]
TABLE = KeyTable((key, handle) for handle, key in enumerate(KEYS))
Seen = tuple[str, str] | tuple[int, int, str, int, int]


def bits(value: float) -> str:
    """The value to the last bit; every NaN is the same."""
    return "nan" if math.isnan(value) else struct.pack("<d", value).hex()


def seen(reading: Reading) -> Seen:
    if reading.sensor not in KEYS:
        return ("unknown_sensor", "")
    handle = KEYS.index(reading.sensor)
    return (handle, reading.time, bits(reading.value), reading.quality, reading.received)


def plainly(line: bytes) -> Seen:
    """What the plain reader makes of a line."""
    try:
        return seen(read_line(line))
    except Malformed:
        return ("unreadable", "")


def rows_of(decoded: Decoded) -> list[Seen]:
    """What came of each row of a body."""
    rows: list[Seen] = [("", "")] * decoded.rows
    for fault in decoded.faults.kept:
        rows[fault.row] = (fault.code, "")
    places = range(decoded.rows) if decoded.places is None else decoded.places.tolist()
    columns = (column.tolist() for column in decoded.batch)
    for place, (h, t, v, q, r) in zip(places, zip(*columns, strict=True), strict=True):
        rows[place] = (h, t, bits(v), q, r)
    return rows


def check_lines(lines: list[bytes]) -> None:
    body = b"\n".join(lines)
    real = [x for x in body.split(b"\n") if x.strip(b" \t\r")]
    found = rows_of(decode(body, "ndjson", TABLE, most_bytes=1 << 20))
    assert found == [plainly(line) for line in real]


numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.decimals(-(10**6), 10**6, places=2).map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?([eE][-+]?[0-9]{1,3})?", fullmatch=True),
    st.sampled_from(
        ["null", "true", '"5.5"', '"nan"', '"inf"', "01", "1.", ".5", "-", "1e", "NaN"]
    ),
)
times = st.one_of(
    st.integers(-(10**14), 10**15).map(str),
    st.datetimes().map(lambda d: json.dumps(d.isoformat() + "Z")),
    st.from_regex(
        r'"[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](:[0-6][0-9](\.[0-9]{1,7})?)?'
        r'(Z|[+-][0-2][0-9]:?[0-5][0-9])"',
        fullmatch=True,
    ),
    st.sampled_from(["1e3", "5.0", "5.5", '"1767225600000"', "null", "[]", '"2026-02-29T00:00Z"']),
)
keys = st.one_of(
    st.sampled_from(KEYS).map(json.dumps),
    st.sampled_from(KEYS).map(lambda k: json.dumps(k, ensure_ascii=False)),
    st.sampled_from(['""', '" a"', '"a "', '"\\u0061"', "7", "null", '"\x7f"', '"zz"', '"ü"']),
    st.text(max_size=5).map(json.dumps),
)
qualities = st.sampled_from(['"good"', '"bad"', '"uncertain"', '"Good"', '"so"', "null", "0", '""'])
cells = {"sensor": keys, "time": times, "value": numbers, "quality": qualities, "received": times}


@st.composite
def objects(draw: st.DrawFn) -> str:
    """An object that is nearly, or quite, a reading."""
    names = draw(st.lists(st.sampled_from([*cells, "unit"]), max_size=6))
    names = draw(st.permutations(["sensor", "time", "value", *names[:2]]))
    names = names[draw(st.sampled_from([0, 0, 0, 0, 1])) :]
    blank = draw(st.sampled_from(["", "", " ", "\t"]))
    pairs = [f'"{n}"{blank}:{blank}{draw(cells.get(n, numbers))}' for n in names]
    end = draw(st.sampled_from(["}", "}", "}", "", "}}", "} x", ",}"]))
    return blank + "{" + f"{blank},{blank}".join(pairs) + end


@settings(max_examples=400, deadline=None)
@given(st.lists(objects(), max_size=4))
def test_lines_as_the_plain_reader(lines: list[str]) -> None:
    check_lines([line.encode() for line in lines])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=4), st.integers(0, 2**32))
def test_damaged_lines_as_the_plain_reader(noise: list[bytes], seed: int) -> None:
    chance = random.Random(seed)
    good = bytearray('{"sensor":"水位 [1]","time":1767225600000,"value":-12.75}'.encode())
    for _ in range(chance.randint(0, 3)):
        good[chance.randrange(len(good))] = chance.randrange(256)
    check_lines([bytes(good), *noise, b'{"sensor":"a","time":1,"value":1}'])


@settings(max_examples=200, deadline=None)
@given(st.lists(objects(), max_size=4), st.booleans())
def test_lists_as_the_plain_reader(found: list[str], wrapped: bool) -> None:
    body = ("[" + ",\n".join(found) + "]").encode()
    try:
        rows = [bytes(r) for r in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return  # then the body as a whole is refused
    body = b'{"readings": ' + body + b"}" if wrapped else body
    decoded = decode(body, "json", TABLE, most_bytes=1 << 20)
    assert rows_of(decoded) == [plainly(row) for row in rows]


@settings(max_examples=200, deadline=None)
@given(st.data(), st.integers(0, 4), st.booleans())
def test_columns_as_the_plain_reader(data: st.DataObject, n: int, one_time: bool) -> None:
    columns = {name: data.draw(st.lists(cells[name], min_size=n, max_size=n)) for name in cells}
    time = data.draw(times) if one_time else "[" + ",".join(columns["time"]) + "]"
    texts = {k: "[" + ",".join(c) + "]" for k, c in columns.items()} | {"time": time}
    body = ("{" + ",".join(f'"{k}":{v}' for k, v in texts.items()) + "}").encode()
    try:
        plain = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    if one_time and isinstance(plain["time"], list):
        return
    expected = []
    for row in range(n):
        found = {k: c[row] if isinstance(c, list) else c for k, c in plain.items()}
        try:
            expected.append(seen(read_row(found)))
        except Malformed:
            expected.append(("unreadable", ""))
    assert rows_of(decode(body, "json", TABLE, most_bytes=1 << 20)) == expected


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["ndjson", "json", "csv", "arrow"]))
def test_any_bytes_are_rows_or_refused(body: bytes, form: str) -> None:
    try:
        decoded = decode(body, form, TABLE, most_bytes=1 << 20)
    except Malformed:
        return
    assert len(decoded.batch.sensor) + decoded.faults.counts.total() == decoded.rows


@pytest.mark.parametrize(
    "text",
    [
        "9007199254740993",
        "0.1",
        "1e22",
        "1e23",
        "123456789012345.6",
        "5e-324",
        "1.7976931348623157e308",
        "-0.0",
        "0e5",
    ],
)
def test_numbers_to_the_last_bit(text: str) -> None:
    check_lines([f'{{"sensor":"a","time":1,"value":{text}}}'.encode()])


@pytest.mark.parametrize("place", range(27))
@pytest.mark.parametrize("odd", '"\\:a9')
def test_times_bent_at_any_place(place: int, odd: str) -> None:
    text = "2026-07-01T08:00:00.25+08:00"
    bent = text[:place] + odd + text[place + 1 :]
    check_lines([f'{{"sensor":"a","time":"{bent}","value":1}}'.encode()])


def test_many_keys_are_found() -> None:
    """Among a hundred thousand keys each is found, and no other is."""
    keys = [f"站{i}-{i * 7919 % 100_003}" for i in range(100_000)]
    table = KeyTable((key, 3 * i) for i, key in enumerate(keys))
    assert table.find(keys).tolist() == list(range(0, 300_000, 3))
    assert set(table.find([f"{key}x" for key in keys[:1000]]).tolist()) == {-1}
    assert KeyTable([]).find(["a"]).tolist() == [-1]
