"""SL 651 as it is on the wire: each function both ways, what is refused, what is said back."""

from datetime import UTC, datetime
from math import isnan
from typing import Any

import pytest

from anlan.connectors.frames import Ask, Frame, Talk, Way
from anlan.connectors.sl651 import PROTOCOL
from anlan.connectors.sl651.tables import elements, settings
from anlan.connectors.sl651.tables.elements import BY_CODE, ELEMENTS
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from tests.wire.vectors import Vector, frames_of, unsaid, vectors

STATION, CENTRE, PASSWORD = "0011223344", "05", "03e8"
SENT = "0007261130083015"
WHERE = "f1f1" + STATION
REPORT = SENT + WHERE + "48" + "f0f0" + "2611300830"
SENT_MS = int(datetime(2026, 11, 30, 0, 30, 15, tzinfo=UTC).timestamp()) * 1000
OBSERVED_MS = SENT_MS - 15_000
NOW_MS = int(datetime(2026, 11, 30, 0, 30, 20, tzinfo=UTC).timestamp()) * 1000
NOW = "261130083020"


def crc(data: bytes) -> bytes:
    """Of table 11, bit by bit."""
    state = 0xFFFF
    for octet in data:
        state ^= octet
        for _ in range(8):
            state = (state >> 1) ^ (0xA001 if state & 1 else 0)
    return state.to_bytes(2, "big")


def framed(function: str, body: str, *, end: str = "03", down: bool = False,
           part: str = "") -> bytes:  # fmt: skip
    """A frame by tables 20 to 23, put together here without the codec."""
    ends = STATION + CENTRE if down else CENTRE + STATION
    size = len(part + body) // 2 + (0x8000 if down and not part else 0)
    head = f"7e7e{ends}{PASSWORD}{function}{size:04x}" + ("16" if part else "02") + part
    raw = bytes.fromhex(head + body + end)
    return raw + crc(raw)


def texted(function: str, body: str, *, end: str = "\x03", down: bool = False) -> bytes:
    """The same by tables 16 and 17."""
    ends = STATION + CENTRE if down else CENTRE + STATION
    size = len(body) + (0x8000 if down else 0)
    raw = f"\x01{ends}{PASSWORD.upper()}{function.upper()}{size:04X}\x02{body}{end}".encode("latin")
    return raw + crc(raw).hex().upper().encode()


def read(data: bytes) -> Frame:
    (frame,) = frames_of(PROTOCOL, data)
    return frame


def values(frame: Frame) -> dict[str, float]:
    assert frame.is_ok, frame.reason
    assert not frame.fault
    return {one.sensor.removeprefix(f"{STATION}."): one.value for one in frame.readings}


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
    _, (frame,) = talking(framed("46", SENT + body), states=["battery_low", "mains_off"])
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


GOOD = framed("32", REPORT + "392300010490")


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
    assert not talking()[0].refuse(frame, NOW_MS)


def test_a_good_frame_is_found_behind_and_in_what_is_none() -> None:
    stream = b"noise \x7e\x7e" + GOOD + GOOD[:30] + GOOD + b"\x01zz" + GOOD
    assert [one.raw for one in frames_of(PROTOCOL, stream) if one.is_ok] == [GOOD] * 3


def talking(*data: bytes, **words: Any) -> tuple[Talk, list[Frame]]:
    talk = PROTOCOL.talk(Way(words=words))
    return talk, [frame for one in data for frame in talk.feed(one)]


@pytest.mark.parametrize(
    ("end", "words", "said"),
    [
        ("03", {}, "04"),  # EOT: the station may leave
        ("03", {"stay": True}, "1b"),  # ESC: it stays on the line
        ("17", {}, "06"),  # ACK: more follows
    ],
)
def test_a_report_is_confirmed_with_its_serial(end: str, words: Any, said: str) -> None:
    talk, (frame,) = talking(framed("32", REPORT, end=end), **words)
    assert talk.answer(frame, NOW_MS) == framed("32", "0007" + NOW, end=said, down=True)
    talk, (frame,) = talking(texted("32", SENT, end=chr(int(end, 16))), **words)
    confirmed = texted("32", "0007" + NOW, end=chr(int(said, 16)), down=True)
    assert talk.answer(frame, NOW_MS) == confirmed


def test_what_nobody_confirms() -> None:
    talk, frames = talking(framed("2f", SENT), framed("32", SENT, end="05", down=True))
    assert [talk.answer(frame, NOW_MS) for frame in frames] == [b"", b""]
    talk, (frame,) = talking(GOOD, answer=False)
    assert not talk.answer(frame, NOW_MS)
    assert not talk.refuse(frame, NOW_MS)


JPEG = bytes(range(256)) * 3
WHOLE = REPORT + "f3f3" + JPEG.hex()
PARTS = [WHOLE[at : at + 400] for at in range(0, len(WHOLE), 400)]


def part(number: int, end: str = "17") -> bytes:
    return framed("36", PARTS[number - 1], end=end, part=f"{len(PARTS):03x}{number:03x}")


def down(number: int, end: str) -> bytes:
    packets = f"{len(PARTS):03x}{number:03x}"
    return framed("36", "0007" + NOW, end=end, down=True, part=packets)


def test_a_picture_in_packets_is_confirmed_once() -> None:
    count = len(PARTS)
    talk, frames = talking(*(part(n) for n in range(1, count)), part(count, "03"))
    assert [talk.answer(frame, NOW_MS) for frame in frames] == [b""] * (count - 1) + [
        down(count, "04")
    ]
    last = frames[-1].fields
    assert (last["picture"], last["picture_bytes"]) == (JPEG.hex(), len(JPEG))
    assert last["observed"] == "202611300830"
    (again,) = talk.feed(part(count, "03"))  # the confirmation was lost
    assert talk.answer(again, NOW_MS) == down(count, "04")
    assert "picture" not in again.fields


def test_missing_packets_are_asked_for_one_by_one() -> None:
    count = len(PARTS)
    talk, frames = talking(part(1), part(count, "03"))
    said = [talk.answer(frame, NOW_MS) for frame in frames]
    assert said == [b"", down(2, "15")]
    for number in range(2, count):
        (frame,) = talk.feed(part(number, "03"))
        end = "04" if number == count - 1 else "15"
        assert talk.answer(frame, NOW_MS) == down(count if end == "04" else number + 1, end)
    assert frame.fields["picture_bytes"] == len(JPEG)


def test_a_packet_that_never_comes_is_given_up() -> None:
    talk, _ = talking(part(1))
    frames = [talk.feed(part(len(PARTS), "03"))[0] for _ in range(3)]
    assert [talk.answer(one, NOW_MS)[-3] for one in frames] == [0x15, 0x15, 0x04]
    assert frames[2].fault == f"packet 2 of {len(PARTS)} never came"


ASKS: list[tuple[str, dict[str, Any], str, str]] = [
    ("set_time", {}, "4a", ""),
    ("clock", {}, "51", ""),
    ("realtime", {}, "37", ""),
    ("picture", {}, "36", ""),
    ("manual", {}, "39", ""),
    ("elements", {"elements": ["Z", "PJ", "DRP"]}, "3a", "3923" "2019" "f460"),
    ("period", {"first": "26113000", "last": "26113008", "step_min": 5, "element": "Z"}, "38",
     "26113000" "26113008" "0418000005" "3923"),
    ("period", {"first": "26113000", "last": "26113008", "step_min": 120, "element": "PJ"}, "38",
     "26113000" "26113008" "0418000200" "2019"),
    ("elements", {"device": STATION, "elements": "Z,PJ"}, "3a", "3923" "2019"),
    ("read_basic", {"settings": ["0C", "02"]}, "41", "0c08" "0228"),
    ("set_basic", {"settings": {"0c": 2, "01": "05060000"}}, "40", "0c0802" "0120" "05060000"),
    ("read_running", {"settings": ["20"]}, "43", "2008"),
    ("read_running", {"settings": 20}, "43", "2008"),
    ("set_running", {"settings": {"28": -1.5, "30": 0.2, "25": 0.5}}, "42",
     "282bff00001500" "301b000200" "250905"),
    ("version", {}, "45", ""),
    ("state", {}, "46", ""),
    ("events", {}, "50", ""),
    ("motors", {}, "44", ""),
    ("pumps", {"on": [True, False, True]}, "4c", "0105"),
    ("valves", {"on": [False] * 8 + [True]}, "4d", "020001"),
    ("gates", {"on": [True, False], "openings_cm": [120, 0]}, "4e", "02" "01" "01200000"),
    ("quota", {"on": True}, "4f", "ff"),
    ("card", {"on": True}, "4b", "4520" "00000200"),
    ("password", {"old": "1234", "new": "03e8"}, "49", "03101234" "031003e8"),
    ("clear_store", {}, "47", "9700"),
    ("factory_reset", {}, "48", "9800"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "words", "function", "data"), ASKS)
def test_each_question_is_asked_as_the_standard_says(
    name: str, words: dict[str, Any], function: str, data: str
) -> None:
    talk, _ = talking(GOOD)
    ref, said = talk.ask(Ask(name, words), NOW_MS)
    assert said == framed(function, "0000" + NOW + data, end="05", down=True)
    asked = read(said)
    assert asked.is_ok
    assert not asked.fault
    assert "data" not in asked.fields
    answers = talk.feed(framed("32", REPORT) + framed(function, SENT + WHERE))
    assert [one.ask for one in answers] == ["", ref]


def test_each_question_can_be_asked_and_is_asked_in_ascii_too() -> None:
    assert {name for name, *_ in ASKS} == set(PROTOCOL.asks)
    for name, words, function, _ in ASKS:
        talk, _ = talking(texted("32", SENT))
        _, said = talk.ask(Ask(name, words), NOW_MS)
        frame = read(said)
        assert frame.is_ok
        assert not frame.fault
        assert frame.header["func"] == f"0x{function.upper()}"
        assert "data" not in frame.fields
    talk, _ = talking(texted("32", SENT))
    _, said = talk.ask(Ask(*ASKS[6][:2]), NOW_MS)
    body = f"0000{NOW}26113000 26113008 DRN05 Z "
    assert said == texted("38", body, end="\x05", down=True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fly", {}),
        ("elements", {}),
        ("elements", {"elements": ["XX"]}),
        ("period", {"first": "2611", "last": "26113008", "step_min": 5, "element": "Z"}),
        ("period", {"first": "26113000", "last": "26113008", "step_min": 61, "element": "Z"}),
        ("set_running", {"settings": {"20": 100}}),
        ("set_running", {"settings": {}}),
        ("set_basic", {"settings": {"02": "00"}}),
        ("pumps", {"on": []}),
        ("gates", {"on": [True], "openings_cm": [10_000]}),
    ],
)
def test_what_cannot_be_asked_is_said(name: str, words: dict[str, Any]) -> None:
    talk, _ = talking(GOOD)
    with pytest.raises(Malformed):
        talk.ask(Ask(name, words), NOW_MS)
    with pytest.raises(Malformed):
        talk.ask(Ask("clock", {"device": "0099887766"}), NOW_MS)
    with pytest.raises(Malformed):
        PROTOCOL.talk(Way()).ask(Ask("clock", {}), NOW_MS)  # nobody has been heard yet


def test_a_setting_that_there_is_not_is_said() -> None:
    wrong: list[dict[str, Any]] = [
        {"stay": 1}, {"hold": True}, {"states": ["fire"]}, {"states": [[]]}, {"states": True}
    ]  # fmt: skip
    for words in wrong:
        with pytest.raises(Malformed):
            PROTOCOL.talk(Way(words=words))
