"""SL 651 as it is on the wire: each function both ways, what is refused, what is said back."""

from math import isnan
from typing import Any

import pytest

from anlan.connectors.frames import Way
from anlan.connectors.sl651 import PROTOCOL
from anlan.connectors.sl651.tables import elements, settings
from anlan.connectors.sl651.tables.elements import BY_CODE, ELEMENTS
from anlan.terms.quality import Quality
from tests.wire.stations import (
    GOOD,
    NOW_MS,
    OBSERVED_MS,
    PASSWORD,
    REPORT,
    SENT,
    STATION,
    WHERE,
    crc,
    framed,
    read,
    texted,
    values,
)
from tests.wire.vectors import Vector, frames_of, unsaid, vectors


@pytest.mark.parametrize("vector", vectors("sl651/frames.json"))
def test_captured_frames_say_what_was_captured(vector: Vector) -> None:
    frame = read(vector.data)
    is_right = crc(vector.data[:-2]) == vector.data[-2:]
    assert frame.is_ok is is_right
    assert frame.reason.startswith("wrong check sum") is not is_right
    assert not unsaid(vector.expect, frame)


def test_a_report_is_told_with_names_units_and_times() -> None:
    frame = read(framed("32", REPORT + "2019000040261900012339230001049038121099"))
    assert {**frame.header, "crc": ""} == {
        "encoding": "hex", "centre": 5, "station": STATION, "password": PASSWORD, "func": "0x32",
        "function": "遥测站定时报", "dirlen": "002b", "length": 43, "uplink": True,
        "start": "0x02", "end": "0x03", "crc": "", "answer": 4,
    }  # fmt: skip
    assert {**frame.fields, "elements": 0} == {
        "serial": 7, "sent": "20261130083015", "station": STATION, "class": "48",
        "class_name": "河道", "observed": "202611300830", "elements": 0,
    }  # fmt: skip
    assert frame.fields["elements"][2] == {
        "id": "39", "code": "Z", "name": "瞬时河道水位、潮位", "unit": "m", "decimals": 3,
        "raw": "00010490", "value": 10.49, "observed": "202611300830",
    }  # fmt: skip
    assert values(frame) == {"PJ": 4.0, "PT": 12.3, "Z": 10.49, "VT": 10.99}
    assert {one.time for one in frame.readings} == {OBSERVED_MS}


def test_a_report_in_ascii_says_the_same() -> None:
    body = f"{SENT}ST {STATION} H TT 2611300830 PJ 4.0 Z -1.250 PT M VT 10.99 ZT 00000004 "
    frame = read(texted("32", body))
    assert frame.header["encoding"] == "ascii"
    assert frame.header["length"] == len(body)
    told = values(frame)
    assert isnan(told.pop("PT"))
    assert told == {"PJ": 4.0, "Z": -1.25, "VT": 10.99, "ZT": 4.0}
    assert frame.fields["class_name"] == "河道"
    assert frame.fields["elements"][4]["states"]["水位超限报警状态"] == "报警"
    assert {one.time for one in frame.readings} == {OBSERVED_MS}


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("392300010490", 10.49),
        ("392bff00001250", -1.25),  # an even number of digits after FF
        ("0219ff0025", -2.5),  # an odd one is filled with 0
        ("3923ffffffff", None),
        ("3923aaaaaaaa", None),
        ("33080f", "no number"),
        ("27" + "2b" + "0000123456", 123.456),
    ],
)
def test_numbers_of_the_standard(element: str, value: float | str | None) -> None:
    frame = read(framed("33", REPORT + element))
    if isinstance(value, str):
        assert value in frame.fault
        assert not frame.readings
        return
    (reading,) = frame.readings
    assert (reading.quality == Quality.MISSING) is (value is None)
    assert isnan(reading.value) if value is None else reading.value == value
    assert frame.fields["elements"][0]["value"] == value


def test_an_hour_is_a_reading_for_each_five_minutes() -> None:
    rain, levels = "0500000014" + "ff" * 5 + "0000", "000c" * 6 + "ffff" * 6
    body = REPORT + "f460" + rain + "f0f02611300925" + "2619000040" + "f0f02611300830f5c0" + levels
    frame = read(framed("34", body))
    drp = [one for one in frame.readings if one.sensor.endswith(".DRP")]
    assert [one.time for one in drp] == [OBSERVED_MS + n * 300_000 for n in range(12)]
    assert [one.value for one in drp[:5]] == [0.5, 0, 0, 0, 2.0]
    assert [one.quality for one in drp[5:10]] == [Quality.MISSING] * 5
    level = [one.value for one in frame.readings if one.sensor.endswith(".DRZ1")]
    assert level[:6] == [0.12] * 6
    assert all(map(isnan, level[6:]))
    (total,) = [one for one in frame.readings if one.sensor.endswith(".PT")]
    assert total.time == OBSERVED_MS + 55 * 60_000


@pytest.mark.parametrize(
    ("frame", "minutes"),
    [
        (framed("31", REPORT + "0418000005392300001000ffffffff00003000"), 5),
        (framed("38", REPORT + "0418000200392300001000ffffffff00003000"), 120),
        (texted("31", f"{SENT}ST {STATION} H TT 2611300830 DRN05 Z 1.000 M 3.000 "), 5),
        (texted("31", f"{SENT}ST {STATION} H TT 2611300830 DRD01 Z PJ 1 0 M 0 3 0.5 "), 1440),
    ],
)
def test_equal_steps(frame: bytes, minutes: int) -> None:
    readings = [one for one in read(frame).readings if one.sensor.endswith(".Z")]
    assert [one.value for one in readings if not isnan(one.value)] == [1.0, 3.0]
    assert [one.time for one in readings] == [OBSERVED_MS + n * minutes * 60_000 for n in range(3)]


def test_a_step_of_nothing_leads_in_the_five_minutes_of_hours() -> None:
    frame = read(framed("38", REPORT + "0418000000f460" + "01" * 24))
    assert [one.value for one in frame.readings] == [0.1] * 24
    assert frame.readings[-1].time == OBSERVED_MS + 23 * 300_000


def test_what_is_not_known_stays_as_it_came() -> None:
    body = REPORT + "7610abcdff0108ff3923000104902019"
    frame = read(framed("32", body))
    rows = frame.fields["elements"]
    assert [one["id"] for one in rows] == ["76", "FF01", "39"]
    assert [one["raw"] for one in rows[:2]] == ["abcd", "ff"]
    assert [one.sensor for one in frame.readings] == [f"{STATION}.Z"]
    assert frame.fields["rest"] == "2019"
    assert "20 has 0 of 3 bytes" in frame.fault
    frame = read(framed("e1", SENT + "0102"))
    assert frame.is_ok
    assert frame.fields["data"] == "0102"


def test_what_a_test_report_says_is_no_reading() -> None:
    frame = read(framed("30", REPORT + "2019000500"))
    assert frame.fields["elements"][0]["value"] == 50.0
    assert not frame.readings


def test_a_time_that_is_none_makes_no_reading() -> None:
    frame = read(framed("32", REPORT.replace("f0f02611", "f0f02613") + "2019000500"))
    assert frame.is_ok
    assert frame.fault == "PJ: 2613300830 is no time"
    assert not frame.readings


def test_stations_behind_a_relay_keep_their_own_names() -> None:
    other = "f1f1009988776650f0f026113008302019000010"
    frame = read(framed("32", REPORT + "392300010490" + other))
    assert values(frame) == {"Z": 10.49, "0099887766.PJ": 1.0}
    assert frame.fields["elements"][1]["station"] == "0099887766"


def test_gates_are_told_apart() -> None:
    body = REPORT + "0a100001091a0002500a100002091a044400091a099900"
    frame = read(framed("32", body))
    assert [one.sensor.removeprefix(STATION) for one in frame.readings] == [
        ".GH.1", ".GH.2", ".GH.2"
    ]  # fmt: skip
    assert [one.value for one in frame.readings[:2]] == [2.5, 0.0]
    assert isnan(frame.readings[2].value)
    assert frame.fields["elements"][4]["state"] == "闸门全开"


@pytest.mark.parametrize(
    ("function", "body", "told"),
    [
        ("35", "f2f2" + b"H 62012345 Z 10.5 ".hex(), {"manual": "H 62012345 Z 10.5 "}),
        ("39", "f2f2" + "水位".encode("gb18030").hex(), {"manual": "水位"}),
        ("45", WHERE + "03" + "312e30", {"version": "1.0"}),
        ("4c", WHERE + "01" "05", {"on": [True, False, True] + [False] * 5}),
        ("4d", WHERE + "02" "0080", {"on": [False] * 15 + [True]}),
        ("4e", WHERE + "02" "01" "0120" "0000",
         {"gates": 2, "on": [True, False], "openings_cm": [120, 0]}),
        ("4f", WHERE + "ff", {"on": True}),
        ("51", WHERE, {"station": STATION, "sent": "20261130083015"}),
    ],
)  # fmt: skip
def test_what_stations_tell_beside_reports(function: str, body: str, told: dict[str, Any]) -> None:
    frame = read(framed(function, SENT + body))
    assert frame.is_ok
    assert not frame.fault
    assert {**frame.fields, **told} == frame.fields


def test_the_state_of_a_station_is_told_bit_by_bit() -> None:
    for body in (WHERE + "452000000802", WHERE + "48452000000802"):
        frame = read(framed("46", SENT + body))
        (state,) = frame.fields["elements"]
        assert state["states"]["蓄电池电压状态"] == "电压低"
        assert state["states"]["剩余水量报警"] == "水量超限"
        assert state["states"]["交流电充电状态"] == "正常"
        assert values(frame) == {"ZT": 0x802}
    talk = PROTOCOL.talk(Way(words={"states": ["battery_low", "mains_off"]}))
    (frame,) = talk.feed(framed("46", SENT + body))
    assert values(frame) == {"ZT": 0x802, "battery_low": 1, "mains_off": 0}


def test_events_are_counted_by_name() -> None:
    frame = read(framed("50", SENT + WHERE + "0003" + "0000" * 14 + "0102" + "0000" * 16))
    assert frame.fields["events"]["历史数据初始化"] == 3
    assert frame.fields["events"]["发报文"] == 0x102


def test_settings_are_told_by_what_they_mean() -> None:
    body = (
        "0120" "05000000" "0228" "0011223344" "0450" "02218094153172009708" "0538" "01a13012345678"
        "0c08" "02" "0e06" "009988776601" "0f20" "31303133" "282bff00001500" "5922" "00012345"
    )  # fmt: skip
    rows = {one["id"]: one for one in read(framed("41", SENT + WHERE + body)).fields["settings"]}
    assert rows["01"]["centres"] == [5, 0, 0, 0]
    assert (rows["04"]["channel"], rows["04"]["address"]) == ("IPV4", "218.94.153.172")
    assert rows["04"]["port"] == 9708
    assert (rows["05"]["channel"], rows["05"]["address"]) == ("短信", "13012345678")
    assert rows["0C"]["mode"] == "自报确认工作状态"
    assert rows["0E"]["served"] == [{"station": "0099887766", "stations": "01"}]
    assert rows["0F"]["number"] == "013"
    assert (rows["28"]["name"], rows["28"]["value"], rows["28"]["unit"]) == ("水位基值1", -1.5, "m")
    assert rows["59"]["name"] == "取(排)水口1水压上限"


def test_every_element_of_the_table_has_a_name_and_its_own_code() -> None:
    assert set(ELEMENTS) == {*range(0x01, 0x76), *range(0xF2, 0xFE)}
    assert len(BY_CODE) == len(ELEMENTS)
    assert all(one.name and one.decimals <= 7 for one in ELEMENTS.values())
    assert (BY_CODE["Q8"].ident, BY_CODE["DRZ8"].ident, BY_CODE["SBL8"].ident) == (
        0x2F, 0xFC, 0x6F
    )  # fmt: skip


def test_tables_mark_what_captured_frames_bear_out() -> None:
    """What no frame of a real station has shown stands as the standard's draft has it."""
    found = [one.values[0] for one in vectors("sl651/frames.json")]
    if found == [None]:
        pytest.skip("sl651/frames.json is not here (../shared/data/protocols)")
    told = [read(one.data).fields for one in found]
    shown = [row["id"] for fields in told for row in fields.get("elements", ())]
    assert {int(one, 16) for one in shown} == elements.SEEN
    shown = [row["id"] for fields in told for row in fields.get("settings", ())]
    assert {int(one, 16) for one in shown} == settings.SEEN


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (GOOD[:-1] + bytes((GOOD[-1] ^ 1,)), "wrong check sum"),
        (GOOD[:20] + b"\x99" + GOOD[21:], "wrong check sum"),
        (GOOD[:12] + bytes((GOOD[12] - 1,)) + GOOD[13:], "wrong length"),
        (GOOD[:12] + bytes((GOOD[12] + 9,)) + GOOD[13:], "cut short"),
        (GOOD[:-3], "cut short: 43 of 46 bytes"),
        (GOOD[:9], "cut short: 9 bytes"),
        (GOOD[:13] + b"\x99" + GOOD[14:], "begins with 99"),
        (framed("32", "0007"), "a body of 2 bytes has no room"),
        (framed("36", "ff", part="001002"), "packet 2 of 1"),
        (b"##0136QN=20160801085857223;ST=32;CN=2011;&&\r\n", "not a frame of SL 651"),
        (texted("32", SENT)[:-2] + b"00", "wrong check sum"),
    ],
)
def test_wrong_frames_are_refused_and_say_why(data: bytes, reason: str) -> None:
    frame = read(data)
    assert reason in frame.reason
    assert not frame.readings
    assert not PROTOCOL.talk(Way()).refuse(frame, NOW_MS)


def test_a_good_frame_is_found_behind_and_in_what_is_none() -> None:
    stream = b"noise \x7e\x7e" + GOOD + GOOD[:30] + GOOD + b"\x01zz" + GOOD
    assert [one.raw for one in frames_of(PROTOCOL, stream) if one.is_ok] == [GOOD] * 3
