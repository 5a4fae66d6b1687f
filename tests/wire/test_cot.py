"""Cursor-on-Target: the vectors, what another library writes, and what becomes of an event."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import takproto

from anlan.connectors.cot import PROTOCOL, proto
from anlan.connectors.cot.event import Event, event_in, xml_of
from anlan.connectors.cot.news import Board
from anlan.connectors.cot.part import Part
from anlan.connectors.frames import Frame, Way
from anlan.connectors.news import Item, News
from anlan.terms.quality import Quality
from anlan.terms.times import LAST_MS
from tests.law.talks import heard

FOLDER = Path(__file__).parents[2] / "../shared/data/protocols/cot"
NOW = 1_790_000_000_000
OWN = Event(
    uid="ANDROID-1", kind="a-f-G-U-C", at=NOW, start=NOW, stale=NOW + 60_000, how="m-g",
    lat=30.5, lon=160.25, hae=12.5, ce=4.0,
    detail=(Part("contact", {"callsign": "安澜一号"}), Part("status", {"battery": "80"}),
            Part("track", {"speed": "10", "course": "90"})),
)  # fmt: skip
CALL = (
    "<event version='2.0' uid='ANDROID-1-9-1-1' type='{kind}' how='m-g' time='{at}' start='{at}' "
    "stale='{at}'><point lat='30.5' lon='160.25' hae='0' ce='1' le='1'/><detail><link "
    "uid='ANDROID-1' type='a-f-G-U-C' relation='p-p'/><emergency type='911 Alert'{more}>一号"
    "</emergency></detail></event>"
)


def one(data: bytes) -> Frame:
    (frame,) = heard(PROTOCOL, data)
    return frame


def values(frame: Frame) -> dict[str, float]:
    return {reading.sensor.rpartition(".")[2]: reading.value for reading in frame.readings}


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the vectors are not beside the checkout")
def test_the_vectors_say_what_they_should() -> None:
    told = json.loads((FOLDER / "tak_protocol_v1.json").read_text())["vectors"]
    for vector in told:
        raw = bytes.fromhex(vector["hex"])
        frames = (one(raw), one((FOLDER / vector["xml_file"]).read_bytes()))
        for frame, expect in zip(frames, (vector["expect"], {}), strict=True):
            assert frame.is_ok, frame.reason
            said = {**frame.header, **frame.fields}
            assert {name: said[name] for name in expect} == expect
        assert frames[0].fields["lat"] == frames[1].fields["lat"]
        assert [r.value for r in frames[0].readings] == [r.value for r in frames[1].readings]


def test_what_another_library_packs_is_read() -> None:
    for version in (takproto.TAKProtoVer.STREAM, takproto.TAKProtoVer.MESH):
        frame = one(bytes(takproto.xml2proto(xml_of(OWN), version)))
        assert frame.is_ok, frame.reason
        assert frame.fields["callsign"] == "安澜一号"
        assert values(frame)["speed"] == pytest.approx(36.0)


def test_another_library_reads_what_is_packed() -> None:
    read: Any = takproto.parse_proto(bytearray(proto.stream_of(proto.message_of(OWN))))
    assert (read.cotEvent.uid, read.cotEvent.lat) == ("ANDROID-1", 30.5)
    assert read.cotEvent.detail.contact.callsign == "安澜一号"
    assert read.cotEvent.sendTime == NOW


def test_a_position_is_what_was_measured() -> None:
    frame = one(xml_of(OWN))
    assert frame.device == "ANDROID-1"
    assert values(frame) == {"lat": 30.5, "lon": 160.25, "altitude": 12.5, "accuracy": 4.0,
                             "speed": 36.0, "direction": 90.0, "battery": 80.0}  # fmt: skip
    assert {reading.time for reading in frame.readings} == {NOW}


@pytest.mark.parametrize(
    ("kind", "more", "value"),
    [("b-a-o-tbl", "", 1.0), ("b-a-o-opn", "", 1.0), ("b-a-o-can", " cancel='true'", 0.0)],
)
def test_a_call_for_help_is_the_callers(kind: str, more: str, value: float) -> None:
    at = f"{datetime.fromtimestamp(NOW / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
    frame = one(CALL.format(kind=kind, more=more, at=at).encode())
    assert frame.device == "ANDROID-1"
    assert frame.readings[0] == ("ANDROID-1.emergency", NOW, value, Quality.GOOD, 0)
    assert frame.fields["is_cancelled"] == (value == 0)


def test_what_is_no_position_is_no_reading() -> None:
    by_hand = OWN.__class__(**{**_fields(OWN), "kind": "a-h-G", "how": "h-g-i-g-o"})
    drawn = one(xml_of(by_hand))
    assert (drawn.is_ok, drawn.device, drawn.readings) == (True, "", ())
    drill = one(xml_of(Event(**{**_fields(OWN), "more": {"opex": "e-flood"}})))
    assert (drill.readings, bool(drill.fault)) == ((), True)
    lost = one(xml_of(Event(**{**_fields(OWN), "lat": 0.0, "lon": 0.0})))
    assert (lost.readings, bool(lost.fault)) == ((), True)


def _fields(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in Event.__dataclass_fields__}


@pytest.mark.parametrize(
    ("data", "told"),
    [(b"<event uid='a' type='b'/>", "without a point"),
     (xml_of(OWN).replace(b"30.5", b"90.5"), "outside of the world"),
     (xml_of(OWN).replace(b"30.5", b"nan"), "no number"),
     (xml_of(OWN).replace(b"ANDROID-1", b" "), "without uid"),
     (xml_of(OWN).replace(b"<contact", b"<contact &x; "), "no XML"),
     (xml_of(OWN).replace(b'time="20', b'time="x'), "no time"),
     (xml_of(OWN)[:-3], "cut short"), (b"GET / HTTP/1.1\r\n\r\n", "not this protocol"),
     (b"\xbf\x03\x08\x01\x07", "no message"), (b"\xbf\x7f\x08", "cut short")],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_the_reason(data: bytes, told: str) -> None:
    frame = one(data)
    assert not frame.is_ok
    assert told in frame.reason


@pytest.mark.parametrize("name", ["at", "start", "stale"])
def test_a_time_beyond_the_calendar_costs_its_event_alone(name: str) -> None:
    def packed(event: Event) -> bytes:
        return proto.stream_of(proto.message_of(event))

    late = packed(Event(**{**_fields(OWN), name: LAST_MS + 1}))
    frames = PROTOCOL.talk(Way()).feed(packed(OWN) + late + packed(replace(OWN, stale=LAST_MS)))
    assert [frame.is_ok for frame in frames] == [True, False, True]
    assert "beyond the calendar" in frames[1].reason
    assert frames[2].fields["stale"] == "9999-12-31T23:59:59.999Z"


def test_both_go_on_in_messages_once_the_client_asks() -> None:
    talk = PROTOCOL.talk(Way())
    offer = event_in(talk.begin(NOW))  # type: ignore[attr-defined]  # it is a Teller
    assert offer.kind == "t-x-takp-v"
    wish = Part("TakControl", {}, "", (Part("TakRequest", {"version": "1"}),))
    asked = Event(uid="q", kind="t-x-takp-q", at=NOW, start=NOW, stale=NOW, detail=(wish,))
    (frame,) = talk.feed(xml_of(asked))
    assert b'status="true"' in talk.answer(frame, NOW)
    ping = Event(uid="ping", kind="t-x-c-t", at=NOW, start=NOW, stale=NOW)
    (frame,) = talk.feed(proto.stream_of(proto.message_of(ping)))
    said = bytearray(talk.answer(frame, NOW))
    assert takproto.parse_proto(said).cotEvent.type == "t-x-c-t-r"


def test_a_board_tells_what_is_new_changes_and_is_over() -> None:
    board = Board()
    flood = Item(key="a1", kind="alarm", name="石桥水库", lon=160.1, lat=30.1, at=NOW, level=4,
                 text="水位 3.42 m", status="Exercise")  # fmt: skip
    tank = Item(key="t1", kind="object", name="储罐", lon=160.2, lat=30.2, at=NOW)
    first = list(board.told(News((flood, tank)), NOW))
    assert [event.uid for event in first] == ["anlan.alarm.a1", "anlan.object.t1"]
    assert first[0].part("contact").get("callsign") == "【演练】石桥水库"
    assert first[0].more["opex"] == "e"
    assert first[0].part("color").get("argb") == str(0xFFD1242F - (1 << 32))
    assert list(board.told(News((flood, tank)), NOW + 1000)) == []
    over = list(board.told(News((tank,)), NOW + 2000))
    assert [(event.kind, event.part("link").get("uid")) for event in over] == [
        ("t-x-d-d", "anlan.alarm.a1")
    ]
    again = list(board.told(News((tank,)), NOW + 300_000))
    assert [event.uid for event in again] == ["anlan.object.t1"]
