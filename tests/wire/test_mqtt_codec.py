"""MQTT payloads: shapes become readings, everything else a fault with its reason."""

import contextlib
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.connectors.mapping import Taken
from anlan.connectors.mqtt import codec
from anlan.connectors.mqtt.codec import Published
from anlan.connectors.mqtt.mapping import Mapping, load_mapping, parse_mapping
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.sensors import is_key
from anlan.terms.times import NEVER

BROKER = '[broker]\nhost = "127.0.0.1"\nclient_id = "anlan"\n'
MAPPING = parse_mapping(
    BROKER
    + """
[[topic]]
filter = "flat/#"
shape = "flat"
[[topic]]
filter = "renamed/+"
shape = "flat"
sensor = "{2}"
fields = { time = "t", value = "v" }
time_unit = "s"
[[topic]]
filter = "v1/+/telemetry"
shape = "values"
sensor = "{2}.{key}"
[[topic]]
filter = "ponds/+/+"
shape = "values"
sensor = "{2}/{3}/{key}"
keys = { lvl = "water_level" }
[[topic]]
filter = "senml/#"
shape = "senml"
unit = "m"
""",
    where="mapping.toml",
)


def read_message(mapping: Mapping, topic: str, payload: bytes) -> Taken:
    """What a message holds that came in at the second second of 1970."""
    return codec.read_message(mapping, Published(topic, payload, 2_000))


def read(topic: str, content: Any) -> tuple[list[tuple[str, int, float]], list[str]]:
    """Readings as (sensor, time, value) and the faults' reasons."""
    readings, faults, _ = read_message(MAPPING, topic, json.dumps(content).encode())
    return [(r.sensor, r.time, r.value) for r in readings], [f.reason for f in faults]


def test_one_flat_object() -> None:
    assert read(
        "flat/a", {"sensor": "旧坝 [3#]", "time": "1970-01-01T08:00:01+08:00", "value": 2}
    ) == (
        [("旧坝 [3#]", 1000, 2.0)],
        [],
    )


def test_flat_list_with_quality_received_and_missing_value() -> None:
    rows = [
        {"sensor": "a", "time": 5, "value": None, "quality": "uncertain", "received": 7},
        {"sensor": 17, "time": "6", "value": "1.5"},
    ]
    (first, second), faults, _ = read_message(MAPPING, "flat", json.dumps(rows).encode())
    assert math.isnan(first.value)
    assert (first.quality, first.received) == (Quality.UNCERTAIN, 7)
    assert second == ("17", 6, 1.5, Quality.GOOD, NEVER)
    assert faults == []


def test_a_bad_row_costs_only_itself() -> None:
    good = {"sensor": "a", "time": 1, "value": 1}
    rows = [{**good, "value": "high"}, {"sensor": "a"}, good, {**good, "sensor": ""}, 3]
    readings, reasons = read("flat/a", rows)
    assert readings == [("a", 1, 1.0)]
    told = ["value is no number", "has no time", "sensor is no key", "not an object"]
    assert [want in reason for want, reason in zip(told, reasons, strict=True)] == [True] * 4
    assert all(reason.startswith("flat/a: ") for reason in reasons)


def test_fields_by_other_names_seconds_and_the_topic_as_sensor() -> None:
    assert read("renamed/weir", {"t": 1.5, "v": 3}) == ([("weir", 1500, 3.0)], [])


def test_values_become_a_sensor_each() -> None:
    content = [{"ts": 10, "values": {"level": 1, "temp": 2.5, "door": "open"}}]
    readings, reasons = read("v1/pond 7/telemetry", content)
    assert readings == [("pond 7.level", 10, 1.0), ("pond 7.temp", 10, 2.5)]
    assert ["'open'" in reason for reason in reasons] == [True]


def test_keys_choose_and_rename() -> None:
    content = {"ts": 10, "values": {"lvl": 1, "door": "open"}}
    assert read("ponds/x/y", content) == ([("x/y/water_level", 10, 1.0)], [])


@pytest.mark.parametrize("topic", ["v1/d/telemetry", "ponds/x/y"])
def test_a_value_without_its_own_time_is_a_fault(topic: str) -> None:
    readings, reasons = read(topic, {"values": {"lvl": 1}})
    assert readings == []
    assert "has no ts" in reasons[0]


@pytest.mark.parametrize(
    "time", [1e308, -1e308, 10**30, "9" * 400, "0000-01-01T00:00:00Z", True, []]
)
def test_times_outside_the_calendar_are_faults(time: Any) -> None:
    for topic, row in [
        ("renamed/a", {"t": time, "v": 1}),
        ("senml/a", [{"bt": time, "n": "a", "v": 1}]),
    ]:
        try:
            readings, reasons = read(topic, row)
        except Malformed:
            continue
        assert readings == []
        assert len(reasons) == 1


def test_senml_bases_are_carried() -> None:
    pack = [
        {"bn": "dev1:", "bt": 1_700_000_000, "bu": "m", "bv": 10, "n": "a", "v": 1},
        {"n": "b", "t": -5, "v": 0.5},
        {"bn": "dev2:", "n": "a", "u": "m", "v": 2, "t": 0.25},
        {"n": "c", "vb": True},
    ]
    assert read("senml/x", pack) == (
        [
            ("dev1:a", 1_700_000_000_000, 11.0),
            ("dev1:b", 1_699_999_995_000, 10.5),
            ("dev2:a", 1_700_000_000_250, 12.0),
            ("dev2:c", 1_700_000_000_000, 1.0),
        ],
        [],
    )


def test_senml_records_that_are_no_readings() -> None:
    pack = [
        {"bn": "d", "bt": 1_700_000_000, "n": "a", "vs": "text"},
        {"n": "b", "v": 1, "u": "Cel"},
        {"n": "c", "v": 1, "new_": 3},
        {"n": "d", "v": 1, "t": -1_700_000_000},
        {"n": "e"},
        {"n": "f", "v": 1},
    ]
    readings, reasons = read("senml/x", pack)
    assert [r[0] for r in readings] == ["df"]
    told = [
        "no number",
        "'Cel', the mapping says m",
        "must be understood",
        "absolute time",
        "value",
    ]
    assert [want in reason for want, reason in zip(told, reasons, strict=True)] == [True] * 5


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("flat/a", b"", "not JSON"),
        ("flat/a", b"\xff\xfe", "not JSON"),
        ("flat/a", b"[" * 100_000, "not JSON"),
        ("flat/a", b"\x00", "not JSON"),
        ("elsewhere", b"{}", "no topic of the mapping"),
        ("senml/a", b"{}", "no SenML pack"),
        ("senml/a", b'[{"bver": 11, "n": "a", "v": 1}]', "newer than 10"),
        ("senml/a", b'[{"bt": "now"}, {"n": "a", "v": 1}]', "base field bt"),
    ],
)
def test_messages_that_cannot_be_read(topic: str, payload: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        read_message(MAPPING, topic, payload)


LONG = "x" * 1_000_000
MANY = {f"k{i}": "bad" for i in range(1_000)}


@pytest.mark.parametrize(
    ("topic", "content", "most"),
    [
        ("v1/d/telemetry", {"ts": 1, "more": LONG, "values": MANY}, 1_000),
        ("v1/d/telemetry", {"ts": LONG, "values": MANY}, 1),
        ("v1/d/telemetry", {"ts": [0] * 10**6, "values": MANY}, 1),
        ("senml/a", [{"bn": LONG, "bt": 1_700_000_000}, *({"n": n} for n in MANY)], 0),
    ],
    ids=["beside", "text", "list", "base"],
)
def test_what_is_said_once_is_not_kept_for_each_value(topic: str, content: Any, most: int) -> None:
    payload = json.dumps(content).encode()
    try:
        _, faults, _ = read_message(MAPPING, topic, payload)
    except Malformed:
        faults = []
    assert len(faults) == most
    assert sum(len(fault.text) for fault in faults) <= len(payload)


def test_a_message_of_nothing_but_faults_tells_the_first_and_counts_the_rest() -> None:
    content = [{"sensor": "a", "time": 1, "value": "bad"}] * 5_000
    good = {"sensor": "a", "time": 1, "value": 2}
    (reading,), faults, _ = read_message(MAPPING, "flat/a", json.dumps([*content, good]).encode())
    assert reading.value == 2
    assert len(faults) == 1_001
    assert sum(fault.rows for fault in faults) == 5_000
    assert faults[-1].reason == "flat/a: 4,000 more parts are no readings"


NAMES = ["sensor", "time", "value", "quality", "received", "ts", "values", "n", "v", "t", "u"]
NAMES += ["bn", "bt", "bv", "bver"]
ROWS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES) | st.text(max_size=3),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)
TOPICS = st.sampled_from(["flat/a", "renamed/b", "v1/c/telemetry", "ponds/d/e", "senml/f", "?"])


@given(TOPICS, ROWS.map(lambda rows: json.dumps(rows).encode()) | st.binary(max_size=40))
def test_nothing_but_malformed_leaves_the_codec(topic: str, payload: bytes) -> None:
    try:
        readings, faults, _ = read_message(MAPPING, topic, payload)
    except Malformed:
        return
    for reading in readings:
        assert is_key(reading.sensor)
        assert -62_135_596_800_000 <= reading.time <= 253_402_300_799_999
    assert all(fault.reason and isinstance(fault.text, bytes) for fault in faults)


@given(st.lists(st.tuples(st.integers(0, 2**40), st.floats(allow_nan=False)), max_size=20))
def test_flat_readings_come_as_they_were_sent(rows: list[tuple[int, float]]) -> None:
    finite = [(time, value) for time, value in rows if math.isfinite(value)]
    content = [{"sensor": "a", "time": time, "value": value} for time, value in finite]
    assert read("flat/a", content) == ([("a", time, value) for time, value in finite], [])


@pytest.mark.parametrize(
    ("wanted", "topic", "is_match"),
    [
        ("a/+/c", "a/b/c", True),
        ("a/+/c", "a/b/c/d", False),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("#", "a/b", True),
        ("#", "$SYS/x", False),
        ("+/x", "$SYS/x", False),
        ("a/b", "a", False),
        ("a/+", "a/", True),
    ],
)
def test_filters_match_as_the_broker_does(wanted: str, topic: str, is_match: bool) -> None:
    text = f'{BROKER}[[topic]]\nfilter = "{wanted}"\nshape = "flat"\n'
    (found,) = parse_mapping(text, where="m.toml").topics
    assert found.matches(tuple(topic.split("/"))) is is_match


def test_a_mapping_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(
        BROKER
        + 'username = "u"\npassword_file = "secret"\n[[topic]]\nfilter = "a"\nshape = "flat"\n'
    )
    with pytest.raises(Malformed, match="password_file: there is no file"):
        load_mapping(path)
    (tmp_path / "secret").write_text("x")
    mapping: Mapping = load_mapping(path)
    assert mapping.broker.password_file == tmp_path / "secret"
    assert (mapping.broker.port, mapping.broker.version) == (1883, "5")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[[", "m.toml: not TOML"),
        (BROKER, "m.toml: needs at least one"),
        ("topic = [1]\n" + BROKER, r"m.toml \[\[topic\]\] 1: is missing"),
        ('[[topic]]\nfilter="a"\nshape="flat"', r"m.toml \[broker\]: is missing"),
        ('[broker]\nhost="h"\n[[topic]]\n', r"\[broker\]: needs client_id"),
        (BROKER + "port = 70000\n[[topic]]\n", "port must be"),
        (BROKER + 'colour = "x"\n[[topic]]\n', "no such key: colour"),
        (BROKER + '[[topic]]\nfilter="a"\nshape="xml"', "shape is 'xml'; it is one of flat"),
        (BROKER + '[[topic]]\nfilter="a/b+"\nshape="flat"', "whole level"),
        (BROKER + '[[topic]]\nfilter="$share/g/a"\nshape="flat"', "shared subscription"),
        (BROKER + '[[topic]]\nfilter="a"\nshape="flat"\nsensor="{2}"', "no level 2"),
        (BROKER + '[[topic]]\nfilter="a"\nshape="flat"\nsensor="{name}"', "neither {key}"),
        (BROKER + '[[topic]]\nfilter="a"\nshape="flat"\nsensor="{key"', "brace stands alone"),
        (BROKER + '[[topic]]\nfilter="a"\nshape="values"\nsensor="{1}"', "needs {key}"),
        (BROKER + '[[topic]]\nfilter="a"\nshape="flat"\nfields={x="y"}', "no such key: x"),
        (BROKER + '[[topic]]\nfilter="a"\nshape="senml"\ntime_unit="s"', "always seconds"),
    ],
)
def test_a_wrong_mapping_says_where_and_why(content: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        parse_mapping(content, where="m.toml")


def test_the_mapping_of_the_how_to_reads_its_own_examples() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "mqtt.md").read_text(encoding="utf-8")
    block = page.split("```toml\n")[1].split("```")[0]
    mapping = parse_mapping(block, where="mqtt.md")
    examples = [line.split("# ", 1)[1] for line in block.splitlines() if "[[topic]]" in line]
    payloads = [example.split(" on ")[0].encode() for example in examples]
    topics = ["readings/x", "gauges/weir", "v1/weir/telemetry", "senml/x"]
    keys = []
    for topic, payload in zip(topics, payloads, strict=True):
        readings, faults, _ = read_message(mapping, topic, payload)
        assert faults == []
        assert [(r.value, r.time) for r in readings] == [(2.1, 1_782_864_000_000)]
        keys += [r.sensor for r in readings]
    assert keys == ["weir", "weir", "weir.water_level", "weir"]


@given(st.text(alphabet='[]broker="topicflhasn{}+#/.1\n', max_size=60))
def test_any_text_is_a_mapping_or_malformed(content: str) -> None:
    with contextlib.suppress(Malformed):
        parse_mapping(content, where="m.toml")
