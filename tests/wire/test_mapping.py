"""Mappings: what the books show is what they do, and no input harms more than itself."""

import json
import math
import re
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.connectors.mapping import Message, Taken
from anlan.connectors.mapping.coding import content_of, inner
from anlan.connectors.mapping.form import form_of
from anlan.connectors.mapping.layout import ORDERS, TYPES, Layout
from anlan.connectors.mapping.read import fits, read
from anlan.connectors.mapping.section import Section
from anlan.connectors.mapping.trails import Spot, trail
from anlan.connectors.mqtt.codec import Published, read_message
from anlan.connectors.mqtt.mapping import Mapping, parse_mapping
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from anlan.terms.sensors import is_key
from anlan.terms.times import format_time

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [
    "reference/mapping.md",
    "reference/sensorthings.md",
    "how-to/mqtt.md",
    "how-to/connect-meshtastic.md",
]
"""Pages with mappings for a broker."""
BROKER = '[broker]\nhost = "127.0.0.1"\nclient_id = "anlan"\n'
ARRIVAL = 1_782_864_123_456
_BLOCK = re.compile(r"```toml\n((?:(?!```)[\s\S])*)```(?:(?!```)[\s\S])*```text\n([\s\S]*?)```")


def mapping_of(topics: str) -> Mapping:
    head = "" if "[broker]" in topics else BROKER
    return parse_mapping(head + topics, where="mapping.toml")


def told(taken: Taken) -> list[str]:
    """What was taken, in the words of the books."""
    lines = [
        f"{r.sensor} {'arrival' if r.time == ARRIVAL else format_time(r.time)} "
        f"{'nothing' if math.isnan(r.value) else format(r.value, '.10g')}"
        for r in taken.readings
    ]
    for one in taken.heard:
        if one.is_online is not None:
            lines.append(f"{one.device} is {'online' if one.is_online else 'offline'}")
    said = [one for one in taken.faults if one.code == "device_says"]
    return lines + [f"{one.reason} {one.text.decode()}" for one in said]


def examples() -> list[Any]:
    found = []
    for page in PAGES:
        text = (DOCS / page).read_text(encoding="utf-8")
        for n, (topics, shown) in enumerate(_BLOCK.findall(text), 1):
            found.append(pytest.param(topics, shown, id=f"{page} {n}"))
    return found


@pytest.mark.parametrize(("topics", "shown"), examples())
def test_the_books_examples_are_so(topics: str, shown: str) -> None:
    mapping = mapping_of(topics)
    for part in re.split(r"\n(?!→)", shown.strip()):
        came, *wanted = part.split("\n→ ")
        topic, payload = came.split(" ", 1)
        taken = read_message(mapping, Published(topic, payload.encode(), ARRIVAL))
        assert told(taken) == wanted
        assert [one.code for one in taken.faults] == [
            "device_says" for w in wanted if " says " in w
        ]


def test_there_are_examples() -> None:
    assert len(examples()) >= 7


def taken_by(spec: dict[str, Any], content: Any, *, is_kept: bool = False) -> Taken:
    form = form_of(Section(spec, "map"))
    return read(form, Message("here", ("a", "b"), content, ARRIVAL, is_kept))


def test_a_wrong_value_costs_itself_and_a_wrong_time_its_row() -> None:
    spec = {"rows": "d", "values": {"level": "lvl", "flow": {"at": "q", "scale": 2}}}
    taken = taken_by(
        spec,
        {"d": [
            {"time": 1, "lvl": "wet", "q": 2}, {"time": "soon", "lvl": 1}, {"lvl": 1},
            {"time": 2, "other": 1}, {"time": 3, "lvl": 5},
        ]},
    )  # fmt: skip
    assert [(r.sensor, r.time, r.value) for r in taken.readings] == [
        ("flow", 1, 4),
        ("level", 3, 5),
    ]
    reasons = [one.reason for one in taken.faults]
    wanted = ["level: value is no number: 'wet'", "no ISO 8601", "has no time", "none of the"]
    assert [w in r for w, r in zip(wanted, reasons, strict=True)] == [True] * 4
    assert all(one.reason.startswith("here: ") for one in taken.faults)


def test_a_retained_message_is_no_new_reading_where_its_time_is_that_of_arrival() -> None:
    spec = {
        "device": "{1}", "time_unit": "arrival", "values": {"t": "t"},
        "online": {"at": "s", "states": {"up": 1, "down": 0}},
    }  # fmt: skip
    kept = taken_by(spec, {"t": 1, "s": "down"}, is_kept=True)
    assert (kept.readings, [(h.device, h.is_online) for h in kept.heard]) == ([], [("a", False)])
    assert taken_by(spec, {"t": 1, "s": "up"}).readings[0].time == ARRIVAL


@pytest.mark.parametrize(
    ("unit", "cell", "ms"),
    [
        ("ms", 1_782_864_000_000, 1_782_864_000_000),
        ("ms", "2026-07-01 08:00:00", 1_782_864_000_000),
        ("ms", "1780010112000", 1_780_010_112_000),
        ("iso", "1780010112000", 1_780_010_112_000),
        ("s", "1780010112", 1_780_010_112_000),
        ("s", "1782864000.5", 1_782_864_000_500),
        ("iso", "20260701T080000", 1_782_864_000_000),
        ("%Y%m%d", "20260701", 1_782_835_200_000),
        ("iso", "2026-07-01T00:00:00Z", 1_782_864_000_000),
        ("iso", "2026-07-01T08:00:00", 1_782_864_000_000),
        ("%Y%m%d%H%M%S", 20260701080000, 1_782_864_000_000),
        ("%d/%m/%Y %H:%M", "01/07/2026 08:00", 1_782_864_000_000),
    ],
)
def test_times_are_read_as_the_mapping_says(unit: str, cell: Any, ms: int) -> None:
    taken = taken_by({"time_unit": unit, "values": {"v": "v"}}, {"time": cell, "v": 1})
    assert [r.time for r in taken.readings] == [ms]


@pytest.mark.parametrize("unit", ["ms", "iso"])
@pytest.mark.parametrize("cell", ["20260701", "1780010112000.5"])
def test_a_time_in_digits_that_may_be_another_is_a_fault(unit: str, cell: str) -> None:
    taken = taken_by({"time_unit": unit, "values": {"v": "v"}}, {"time": cell, "v": 1})
    assert (taken.readings, len(taken.faults)) == ([], 1)


def test_a_unit_that_the_message_names_is_converted_and_another_is_a_fault() -> None:
    spec = {"values": {"v": {"at": "v", "unit_at": "u", "units": {"cm": 0.01, "m": 1}}}}
    taken = taken_by(spec, [{"time": 1, "v": 5, "u": u} for u in ("cm", "m", "ft")])
    assert [r.value for r in taken.readings] == [0.05, 5]
    assert "unit is 'ft', the mapping has cm, m" in taken.faults[0].reason


def test_quality_by_word_or_by_the_mappings_states() -> None:
    spec = {"quality": {"at": "q", "states": {"192": 0, "0": 2}}, "values": {"v": "v"}}
    taken = taken_by(spec, [{"time": 1, "v": 1, "q": q} for q in (192, 0, "uncertain", 7)])
    assert [r.quality for r in taken.readings] == [Quality.GOOD, Quality.BAD, Quality.UNCERTAIN]
    assert "quality is none that the mapping knows: 7" in taken.faults[0].reason


WORDS = [("3", 3), ("true", True), ("True", True), ("1.5", 1.5), (str(2**63), 2**63), ("a", "a")]


@pytest.mark.parametrize(("word", "cell"), WORDS)
def test_a_form_is_known_by_words_numbers_and_truths(word: str, cell: Any) -> None:
    form = form_of(Section({"when": {"k": word}, "values": {"v": "v"}}, "map"))
    assert fits(form, {"k": cell})
    for other in ("b", 4, False, 10**5_000, b"3", None, [3], {"3": 3}):
        assert not fits(form, {"k": other})
    assert not fits(form, {})


def test_senml_in_cbor_is_what_it_is_in_json() -> None:
    """The example of RFC 8428 §6, with a time as of today."""
    base = {-2: "dev:", -3: 1_782_864_000, -4: "A", -1: 10}
    data = cbor2.dumps([{**base, 0: "voltage", 1: "V", 2: 120.1}, {0: "current", 6: -5, 2: 1.2}])
    form = form_of(Section({"shape": "senml", "payload": "cbor"}, "map"))
    taken = read(form, Message("here", (), content_of(data, "cbor"), ARRIVAL))
    assert [(r.sensor, r.time, r.value) for r in taken.readings] == [
        ("dev:voltage", 1_782_864_000_000, 120.1), ("dev:current", 1_782_863_995_000, 1.2),
    ]  # fmt: skip
    with pytest.raises(Malformed, match="not CBOR"):
        content_of(data[:20], "cbor")


def test_cbor_that_repeats_itself_is_refused() -> None:
    layers = b"\xd8\x1c\x81\x01"
    for _ in range(60):
        layers = b"\xd8\x1c\x82" + layers + b"\xd8\x1d\x00"
    with pytest.raises(Malformed, match="not CBOR"):
        content_of(layers, "cbor")


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({}, "needs values, online or says"),
        ({"values": {"v": "a..b"}}, "'a..b' is no place"),
        ({"values": {"v": "a.*"}}, "only rows leads to many"),
        ({"values": {"v": {"at": "v", "typo": 1}}}, "no such key: typo"),
        ({"values": {"v": {"at": "v", "scale": "x"}}}, "scale must be a number"),
        ({"values": {"v": {"at": "v", "type": "int16"}}}, "type belongs to a place in bytes"),
        ({"values": {"v": {"at": 0, "type": "float32", "bit": 1}}}, "float32 has no bit 1"),
        ({"values": {"v": {"at": "v", "units": {"m": 1}}}}, "unit_at and units belong"),
        ({"online": "o"}, "online and says need device"),
        ({"values": {"v": "v"}, "sensor": "{device}.x"}, "there is no device"),
        ({"values": {"v": "v", "w": "w"}, "sensor": "{1}"}, "needs {quantity}"),
        ({"values": {"v": "v"}, "time_unit": "hours"}, "time_unit is 'hours'"),
        ({"values": {"v": "v"}, "time_unit": "arrival", "time": "t"}, "of arrival there is none"),
        ({"values": {"v": "v"}, "zone": "Mars"}, "zone 'Mars' is neither"),
        ({"values": {"v": "v"}, "coding": "hex"}, "coding needs inside"),
        (
            {"values": {"v": "v"}, "quality": {"at": "q", "states": {"a": 0, "b": 3}}},
            "quality: its states are 0 good, 1 uncertain or 2 bad",
        ),
        ({"shape": "flat", "rows": "a"}, "rows belongs to the shape rows"),
    ],
)
def test_a_wrong_form_says_what_is_wrong(spec: dict[str, Any], reason: str) -> None:
    with pytest.raises(Malformed, match=re.escape(reason)):
        form_of(Section(spec, "map"))


@given(st.sampled_from(TYPES), st.sampled_from(ORDERS), st.integers(0, 2**64 - 1))
def test_every_order_of_bytes_is_undone(kind: str, order: str, number: int) -> None:
    layout = Layout(kind, order)
    raw = number.to_bytes(8, "big")[-layout.size :]
    words = [raw[n : n + 2] for n in range(0, layout.size, 2)]
    if order in ("BADC", "DCBA"):
        words = [one[::-1] for one in words]
    sent = b"".join(words[::-1] if order in ("CDAB", "DCBA") else words)
    try:
        plain = Layout(kind).number(raw, 0)
    except Malformed:  # no BCD
        return
    assert layout.number(sent, 0) == plain or math.isnan(plain)


CONTENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats()
    | st.text(max_size=4) | st.binary(max_size=9),
    lambda inside: st.lists(inside, max_size=3)
    | st.dictionaries(st.sampled_from(["time", "v", "d", "q", "s", "o"]), inside, max_size=5),
    max_leaves=25,
)  # fmt: skip
FORMS = [
    form_of(Section(spec, "map"))
    for spec in (
        {"rows": "{name}.*", "device": "{^.d}", "time": "^^.time", "values": {"{name}": "."}},
        {"device": "{d}", "quality": "q", "online": "o", "says": "s", "time_unit": "s",
         "values": {"v": {"at": "v", "states": {"on": 1}, "missing": [0], "scale": 1e300}}},
        {"inside": "v", "coding": "hex", "time_unit": "arrival",
         "values": {"a": {"at": 1, "type": "bcd16"}, "b": {"at": 0, "type": "float64"}}},
        {"inside": "v", "coding": "base64-json", "time_unit": "%Y%j", "values": {"v": "v.0"}},
        {"shape": "senml", "payload": "cbor", "device": "{1}", "sensor": "{device}{key}"},
    )
]  # fmt: skip


@given(st.sampled_from(FORMS), CONTENT)
def test_no_content_raises_anything_but_malformed(form: Any, content: Any) -> None:
    try:
        taken = read(form, Message("here", ("a",), content, ARRIVAL))
    except Malformed:
        return
    for one in taken.readings:
        assert is_key(one.sensor)
        assert -62_135_596_800_000 <= one.time <= 253_402_300_799_999
    assert all(fault.reason and isinstance(fault.text, bytes) for fault in taken.faults)


@given(st.binary(max_size=80), st.sampled_from(["cbor", "json", "text"]))
def test_no_bytes_raise_anything_but_malformed(data: bytes, payload: str) -> None:
    try:
        json.dumps(content_of(data, payload), default=repr)
    except Malformed:
        return


@given(CONTENT, st.sampled_from(["json", "hex", "base64", "hex-json", "base64-json"]))
def test_nothing_wrapped_raises_anything_but_malformed(cell: Any, coding: Any) -> None:
    try:
        inner(cell, coding)
    except Malformed:
        return


@given(st.text(alphabet="^/.*a0{}\\ ", max_size=12), CONTENT)
def test_any_text_is_a_place_or_malformed(text: str, content: Any) -> None:
    try:
        found = trail(text)
    except Malformed:
        return
    found.find(Spot(content))
    assert all(isinstance(one, Spot) for one in found.each(content))
