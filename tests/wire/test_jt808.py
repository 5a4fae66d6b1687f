"""JT/T 808: captured frames, frames of the standard's own rules, and what is said to them."""

from collections.abc import Mapping
from typing import Any

import pytest

from anlan.connectors.frames import Ask, Frame, Talk, Way
from anlan.connectors.jt808 import PROTOCOL
from anlan.connectors.jt808.frame import Head, escaped, framed, header
from anlan.connectors.jt808.tables import write_message
from anlan.terms.errors import Malformed
from anlan.terms.gcj02 import from_wgs84
from anlan.terms.quality import Quality
from anlan.terms.times import parse_time
from tests.wire.vectors import Vector, frames_of, unsaid, vectors

NOW_MS = parse_time("2026-11-30T04:22:00Z")
NOT_FRAMES = {"7e007e"}
"""What others call good and is no frame: shorter than any header."""

WHERE = {
    "alarm": 0, "status": 3, "lat": 30.636853, "lon": 104.816201, "altitude_m": 416,
    "speed_kmh": 33.0, "direction": 283, "time": "2026-11-30 12:20:05",
}  # fmt: skip
PHONE = "13800001111"


@pytest.mark.parametrize(
    "vector", vectors("jt808/frames_cn.json") + vectors("jt808/frames_field_traccar.json")
)
def test_captured_frames_say_what_they_are_known_to_say(vector: Vector) -> None:
    frames = frames_of(PROTOCOL, vector.data)
    is_whole = len(vector.expect["body"]) == 2 * vector.expect["bodyLen"]
    if not (vector.is_good and is_whole) or vector.data.hex() in NOT_FRAMES:
        assert all(frame.reason for frame in frames)
        return
    (frame,) = frames
    assert not frame.reason
    assert not unsaid(vector.expect, frame)
    _is_exact(vector.expect, frame)


def _is_exact(expect: Mapping[str, Any], frame: Frame) -> None:
    """Every value under its own name."""
    of_header = {"msgId", "phoneBCD", "sn", "bodyLen", "encrypt", "v2019", "subpackage", "total"}
    for name in of_header & expect.keys():
        assert frame.header[name] == expect[name]
    assert frame.fields["body"] == expect["body"]
    if "location" in expect:
        said, wanted = frame.fields["location"], dict(expect["location"])
        items = {one["id"].upper(): one["raw"] for one in said["items"]}
        assert items == {name.upper(): raw for name, raw in wanted.pop("extras").items()}
        names = {"alt_m": "altitude_m", "dir": "direction", "tlv_exact": "is_whole"}
        assert {name: said[names.get(name, name)] for name in wanted} == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("check", "wrong check: 00, it should be"),
        ("length", "wrong length: the header says 28, the body has 27"),
        ("short", "cut short: 5 bytes"),
        ("no_end", "cut short: no 7E at its end"),
        ("no_start", "garbage before the 7E"),
        ("other", "no frame: no 7E in it"),
        ("long", "longer than the 2092 bytes"),
        ("new", "hold no header of 2019"),
    ],
)
def test_a_refused_frame_says_why(name: str, reason: str) -> None:
    good = sent(0x0200, body_of(WHERE))
    head = head_of(0x0200)
    broken = {
        "check": good[:-2] + b"\x00\x7e",
        "length": escaped(header(head, 28) + b"x" * 27),
        "short": good[:6] + b"\x7e",
        "no_end": good[:-1],
        "no_start": good[1:],
        "other": b"##0101QN=20261130",
        "long": b"\x7e" + b"a" * 3000 + b"\x7e",
        "new": escaped(header(head_of(0x0002, 2019), 0)[:13]),
    }
    assert reason in frames_of(PROTOCOL, broken[name])[0].reason


def test_a_location_becomes_readings_of_its_vehicle() -> None:
    items = [{"id": "0x01", "mileage_km": 12345.6}, {"id": "0x02", "fuel_l": 55.5},
              {"id": "0xE9", "raw": "0102"}]  # fmt: skip
    (frame,) = frames_of(PROTOCOL, sent(0x0200, body_of(WHERE | {"alarm": 1, "items": items})))
    assert {one.time for one in frame.readings} == {parse_time("2026-11-30T12:20:05+08:00")}
    assert {one.quality for one in frame.readings} == {Quality.GOOD}
    said = {one.sensor.removeprefix(f"{PHONE}."): one.value for one in frame.readings}
    alarms = dict.fromkeys(["overspeed", "fatigue", "danger", "power_cut", "area", "deviation"], 0)
    assert said == {
        "lon": 104.816201, "lat": 30.636853, "altitude": 416, "speed": 33, "direction": 283,
        "mileage": 12345.6, "fuel": 55.5, "emergency": 1, "stolen": 0, "collision": 0,
        "rollover": 0, **alarms,
    }  # fmt: skip


def test_an_alarm_is_told_while_it_is_on_and_when_it_ends() -> None:
    talk = PROTOCOL.talk(Way())
    seconds, told = ("05", "06", "07", "08"), []
    for second, alarm in zip(seconds, (0, 2, 2, 0), strict=True):
        where = WHERE | {"time": f"2026-11-30 12:20:{second}", "alarm": alarm}
        (frame,) = talk.feed(sent(0x0200, body_of(where)))
        told.append([one.value for one in frame.readings if one.sensor.endswith(".overspeed")])
    assert told == [[0], [1], [1], [0]]
    (quiet,) = talk.feed(sent(0x0200, body_of(WHERE | {"time": "2026-11-30 12:20:09"})))
    assert len(quiet.readings) == 5


@pytest.mark.parametrize(
    ("change", "quality", "place"),
    [
        ({"status": 3 | 4 | 8}, Quality.GOOD, (-104.816201, -30.636853)),
        ({"status": 0}, Quality.UNCERTAIN, (104.816201, 30.636853)),
        ({"status": 0, "lat": 0, "lon": 0}, Quality.BAD, None),
    ],
)
def test_a_position_says_how_far_it_is_to_be_believed(
    change: dict[str, Any], quality: Quality, place: tuple[float, float] | None
) -> None:
    lon, lat = frames_of(PROTOCOL, sent(0x0200, body_of(WHERE | change)))[0].readings[:2]
    assert {lon.quality, lat.quality} == {quality}
    assert place is None or (lon.value, lat.value) == place
    assert place is not None or lon.value != lon.value


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"time": "000000000000"}, "the time 000000000000 is none"),
        ({"time": "261131250000"}, "the time 261131250000 is none"),
        ({"lat": 1283.017728}, "outside the world"),
    ],
)
def test_nonsense_is_a_fault_and_no_reading(change: dict[str, Any], fault: str) -> None:
    (frame,) = frames_of(PROTOCOL, sent(0x0200, body_of(WHERE | change)))
    assert frame.is_ok
    assert fault in frame.fault
    assert not frame.readings


def test_shifted_positions_are_turned_back_once() -> None:
    lon, lat = from_wgs84(104.816201, 30.636853)
    assert 100 < abs(lon - 104.816201) * 96_000 < 800
    talk = PROTOCOL.talk(Way(words={"gcj02": True}))
    (frame,) = talk.feed(sent(0x0200, body_of(WHERE | {"lon": lon, "lat": lat})))
    assert frame.header["gcj02"] is True
    assert [one.value for one in frame.readings[:2]] == pytest.approx(
        [104.816201, 30.636853], abs=2e-6
    )


def test_a_batch_loses_no_position_to_a_bad_one() -> None:
    times = ("2026-11-30 12:20:05", "000000000000", "2026-11-30 12:20:25")
    batch = [WHERE | {"time": time, "items": []} for time in times]
    body = write_message(0x0704, {"count": 3, "type": 1, "locations": batch}, 2013)
    (frame,) = frames_of(PROTOCOL, sent(0x0704, body))
    assert len({one.time for one in frame.readings}) == 2
    assert "the time 000000000000 is none" in frame.fault


def test_an_alarm_of_driving_assistance_becomes_a_reading() -> None:
    label = {
        "terminal": "T1",
        "time": "2026-11-30 12:20:05",
        "number": 0,
        "files": 2,
        "reserved": "00",
    }
    dsm = {
        "id": "0x65", "alarm_id": 7, "flag": 1, "dsm": 2, "level": 2, "fatigue": 0,
        "reserved": "00000000", "vehicle_speed": 60, "altitude": 4, "lat": 30.1, "lon": 104.1,
        "alarm_time": "2026-11-30 12:20:05", "vehicle_status": 1, "label": label,
    }  # fmt: skip
    (frame,) = frames_of(PROTOCOL, sent(0x0200, body_of(WHERE | {"items": [dsm]})))
    assert (f"{PHONE}.dsm", 2.0) in {(one.sensor, one.value) for one in frame.readings}
    assert frame.fields["location"]["items"][0]["label"] == label


def test_a_header_of_2013_under_the_mark_of_2019_is_believed_by_setting() -> None:
    raw = bytes.fromhex("7e0102400c01003000068109024a3130303330303030363831857e")
    assert "which the setting `mixed` believes" in frames_of(PROTOCOL, raw)[0].reason
    (frame,) = PROTOCOL.talk(Way(words={"mixed": True})).feed(raw)
    assert frame.device == "10030000681"


def test_a_terminal_registers_and_proves_itself() -> None:
    way = Way(words={"secret": "of the site", "authenticate": True})
    talk = PROTOCOL.talk(way)
    (early,) = talk.feed(sent(0x0200, body_of(WHERE)))
    assert (early.readings, early.fault) == ((), "the terminal has not authenticated itself")
    assert said(talk, early) == ("0x8001", {"answers_serial": 7, "answers": "0x0200", "result": 1})
    plate = {"province": 51, "city": 100, "maker": "ANLAN", "model": "M1", "terminal": "0000001",
             "plate_colour": 1, "plate": "川A12345"}  # fmt: skip
    (frame,) = talk.feed(sent(0x0100, write_message(0x0100, plate, 2013)))
    assert frame.fields.items() >= plate.items()
    name, registered = said(talk, frame)
    assert (name, registered["result"]) == ("0x8100", 0)
    for code, result in (("12345678", 1), (registered["code"], 0)):
        again = PROTOCOL.talk(way)
        (frame,) = again.feed(sent(0x0102, write_message(0x0102, {"code": code}, 2013)))
        assert said(again, frame)[1]["result"] == result
        (where,) = again.feed(sent(0x0200, body_of(WHERE)))
        assert bool(where.readings) == (result == 0)


def test_who_signs_off_proves_itself_anew() -> None:
    way = Way(words={"authenticate": True, "any_code": True})
    talk = PROTOCOL.talk(way)
    (frame,) = talk.feed(sent(0x0102, b"of another platform"))
    assert said(talk, frame)[1]["result"] == 0
    assert talk.feed(sent(0x0200, body_of(WHERE)))[0].readings
    talk.feed(sent(0x0003, b""))
    assert not talk.feed(sent(0x0200, body_of(WHERE)))[0].readings


@pytest.mark.parametrize(
    ("number", "body", "told"),
    [
        (0x0100, b"\x00\x33\x00\x64ANLANM1\0\0\0\0\0\x000000001\x01" + "川A12345".encode("gbk"),
         {"model": "M1", "terminal": "0000001", "plate_colour": 1, "plate": "川A12345"}),
        (0x0702, b"\x04" + "张三".encode("gbk") + b"5" * 18 + b"\0\0" + b"7" * 40 + b"\x02OK",
         {"holder": "张三", "identity": "5" * 18, "licence": "7" * 40, "issuer": "OK"}),
        (0x0801, b"\0\0\0\x09\0\0\0\x01\xff\xd8", {"id": 9, "channel": 1, "data": "ffd8"}),
    ],
)  # fmt: skip
def test_terminals_of_2011_are_understood(number: int, body: bytes, told: dict[str, Any]) -> None:
    (frame,) = frames_of(PROTOCOL, sent(number, body))
    assert frame.fields.items() >= told.items()
    assert not {"fault", "rest"} & frame.fields.keys()


@pytest.mark.parametrize("words", [{"authentcate": True}, {"secret": 5}, {"gcj02": "yes"}])
def test_a_setting_that_there_is_not_is_told_at_the_start(words: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match="is no setting of JT/T 808"):
        PROTOCOL.talk(Way(words=words))


def test_many_vehicles_may_share_a_line() -> None:
    talk = PROTOCOL.talk(Way())
    frames = [
        talk.feed(framed(head_of(0x0002, 2019)._replace(phone=f"139{n:08}"), b""))[0]
        for n in range(1200)
    ]
    answers = [frames_of(PROTOCOL, talk.answer(frame, NOW_MS))[0] for frame in frames]
    assert [one.device for one in answers] == [one.device for one in frames]
    assert all(one.header["v2019"] for one in answers)


def test_what_is_not_durable_is_not_answered() -> None:
    talk = PROTOCOL.talk(Way())
    (frame,) = talk.feed(sent(0x0200, body_of(WHERE)))
    assert talk.refuse(frame, NOW_MS) == b""
    assert said(talk, frame) == ("0x8001", {"answers_serial": 7, "answers": "0x0200", "result": 0})


@pytest.mark.parametrize("version", [2013, 2019])
def test_missing_parts_are_asked_for_and_joined(version: int) -> None:
    picture = {"id": 9, "type": 0, "format": 0, "event": 0, "channel": 1,
               "position": WHERE, "data": "ab" * 3500}  # fmt: skip
    parts = sent(0x0801, write_message(0x0801, picture, version), version).split(b"\x7e\x7e")
    parts = [b"\x7e" + part.strip(b"\x7e") + b"\x7e" for part in parts]
    talk = PROTOCOL.talk(Way())
    frames = [talk.feed(part)[0] for part in (parts[0], parts[3])]
    assert said(talk, frames[0])[0] == "0x8001"
    assert said(talk, frames[1]) == ("0x8003", {"first_serial": 7, "indices": [2, 3]})
    second, third = (talk.feed(part)[0] for part in parts[1:3])
    assert "data" not in second.fields
    assert third.fields["data"] == picture["data"]
    assert said(talk, third) == ("0x8800", {"id": 9, "indices": None})


@pytest.mark.parametrize(("total", "part"), [(2, 3), (2, 0), (0, 0)])
def test_a_part_that_cannot_be_is_kept_raw(total: int, part: int) -> None:
    raw = framed(head_of(0x0801)._replace(total=total, part=part), b"\x01\x02")
    (frame,) = frames_of(PROTOCOL, raw)
    assert frame.fault == f"part {part} of {total}: there is none"
    assert frame.fields == {"body": "0102"}
    assert frame.header.items() >= {"subpackage": True, "total": total, "index": part}.items()


def test_parts_that_never_end_take_bounded_memory() -> None:
    talk = PROTOCOL.talk(Way(words={"most_joined": 5000}))
    for serial in range(0, 2000, 20):
        for total, body in ((9, b"x" * 1000), (60_000, b""), (70, b"")):
            head = head_of(0x0801)._replace(total=total, part=1, serial=serial)
            assert talk.feed(framed(head, body))[0].is_ok
    kept = talk._parts  # type: ignore[attr-defined]  # how much it keeps is no part of its door
    assert kept._size <= 5000
    assert sum(len(one.parts) for one in kept._open.values()) <= 8


TURN = "前方 2 公里塌方，请绕行"
CORNER = {"lat": 30.2, "lon": 104.1}
SPAN = {"start": "2026-11-30 12:00:00", "end": "2026-11-30 12:10:00"}
FTP = {"server": "10.1.2.3", "port": 21, "user": "u", "password": "p", "path": "/records"}
CORNERS = {"top": 30.2, "left": 104.1, "bottom": 30.1, "right": 104.2}
QUESTIONS: list[tuple[str, dict[str, Any], int, dict[str, Any]]] = [
    ("text", {"text": TURN, "urgent": True}, 0x8300, {"text": TURN}),
    ("locate", {}, 0x8201, {}),
    ("track", {"interval_s": 5, "lasts_s": 600}, 0x8202, {"interval_s": 5, "lasts_s": 600}),
    ("track", {"interval_s": 0}, 0x8202, {"lasts_s": None}),
    ("parameters", {}, 0x8104, {}),
    (
        "parameters",
        {"ids": ["interval_s", "0x0055"]},
        0x8106,
        {"ids": ["0x00000029", "0x00000055"]},
    ),
    ("set_parameters", {"values": {"interval_s": 10}}, 0x8103, {}),
    ("control", {"command": 4}, 0x8105, {"command": 4}),
    ("picture", {"channel": 2}, 0x8801, {"channel": 2, "command": 1, "resolution": 2}),
    ("circle", {"id": 1, "lat": 30.1, "lon": 104.1, "radius_m": 500, "most_kmh": 40}, 0x8600, {}),
    ("rectangle", {"id": 1, **CORNERS}, 0x8602, {}),
    ("polygon", {"id": 1, "points": [CORNER] * 3}, 0x8604, {}),
    ("delete_circles", {"ids": [1, 2]}, 0x8601, {"ids": [1, 2]}),
    ("attributes", {}, 0x8107, {}),
    ("time", {}, 0x8004, {"time": "2026-11-30 04:22:00"}),
    ("records", SPAN, 0x9205, {**SPAN, "channel": 0}),
    ("playback", {"server": "10.1.2.3", "tcp_port": 1078, **SPAN}, 0x9201, SPAN),
    ("turn_camera", {"channel": 2, "direction": 1, "speed": 9}, 0x9301, {"speed": 9}),
    ("live", {"server": "10.1.2.3", "tcp_port": 1078}, 0x9101, {"server": "10.1.2.3"}),
    ("control_live", {"channel": 3, "command": 3}, 0x9102, {"channel": 3, "command": 3}),
    ("end_playback", {"channel": 3}, 0x9202, {"channel": 3, "command": 2}),
    ("upload_records", {**FTP, **SPAN, "channel": 3}, 0x9206, {**FTP, **SPAN, "condition": 7}),
    ("video_attributes", {}, 0x9003, {}),
    ("zoom_camera", {"channel": 2, "value": 1}, 0x9306, {"channel": 2, "value": 1}),
]


@pytest.mark.parametrize("version", [2013, 2019])
@pytest.mark.parametrize(("name", "words", "number", "told"), QUESTIONS)
def test_questions_read_as_they_were_asked(
    name: str, words: dict[str, Any], number: int, told: dict[str, Any], version: int
) -> None:
    talk = PROTOCOL.talk(Way())
    talk.feed(sent(0x0002, b"", version))
    asked, data = talk.ask(Ask(name, words), NOW_MS)
    (frame,) = frames_of(PROTOCOL, data)
    assert frame.header["msgId"] == f"0x{number:04X}"
    assert frame.device == PHONE
    assert frame.fields.items() >= told.items()
    assert not {"fault", "rest"} & frame.fields.keys()
    assert asked


def test_parts_of_a_long_question_are_said_again() -> None:
    talk = PROTOCOL.talk(Way())
    talk.feed(sent(0x0002, b"", 2019))
    _, data = talk.ask(Ask("polygon", {"id": 1, "points": [CORNER] * 300}), NOW_MS)
    parts = frames_of(PROTOCOL, data)
    assert [frame.header["index"] for frame in parts] == [1, 2, 3]
    assert len(parts[-1].fields["points"]) == 300
    missed = {"first_serial": parts[0].header["sn"], "indices": [2, 3, 9]}
    (frame,) = talk.feed(sent(0x0005, write_message(0x0005, missed, 2019), 2019))
    assert frames_of(PROTOCOL, talk.answer(frame, NOW_MS)) == frames_of(
        PROTOCOL, parts[1].raw + parts[2].raw
    )


def test_an_answer_names_its_question() -> None:
    talk = PROTOCOL.talk(Way())
    with pytest.raises(Malformed, match="who it is"):
        talk.ask(Ask("locate"), NOW_MS)
    talk.feed(sent(0x0002, b""))
    text, where = talk.ask(Ask("text", {"text": "ok"}), NOW_MS), talk.ask(Ask("locate"), NOW_MS)
    serials = [frames_of(PROTOCOL, data)[0].header["sn"] for _, data in (text, where)]
    assert _answered(talk, 0x0001, _general(serials[0], "0x8300", 0)) == text[0]
    assert _answered(talk, 0x0001, _general(serials[1], "0x8201", 0)) == ""
    located = write_message(0x0201, {"answers_serial": serials[1], "location": WHERE}, 2013)
    (frame,) = talk.feed(sent(0x0201, located))
    assert frame.ask == where[0]
    assert frame.readings[0].value == WHERE["lon"]
    picture, _ = talk.ask(Ask("picture"), NOW_MS)
    serial = int(picture.rpartition("-")[2])
    assert _answered(talk, 0x0001, _general(serial, "0x8801", 3)) == picture


def test_video_that_is_asked_for_is_known_by_its_answer() -> None:
    talk = PROTOCOL.talk(Way())
    talk.feed(sent(0x0002, b""))
    attributes, _ = talk.ask(Ask("video_attributes"), NOW_MS)
    upload, _ = talk.ask(Ask("upload_records", {**FTP, **SPAN, "channel": 3}), NOW_MS)
    serial = int(upload.rpartition("-")[2])
    assert _answered(talk, 0x0001, _general(serial, "0x9206", 0)) == ""
    assert _answered(talk, 0x1206, serial.to_bytes(2, "big") + b"\0") == upload
    assert _answered(talk, 0x1003, bytes(10)) == attributes


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (Ask("sing"), "cannot be asked for 'sing'"),
        (Ask("text"), "text needs 'text'"),
        (Ask("control", {"command": 999}), "control cannot be said so"),
        (Ask("set_parameters", {"values": {"colour": 1}}), "needs 'colour'"),
    ],
)
def test_what_cannot_be_asked_is_told(ask: Ask, reason: str) -> None:
    talk = PROTOCOL.talk(Way())
    talk.feed(sent(0x0002, b""))
    with pytest.raises(Malformed, match=reason):
        talk.ask(ask, NOW_MS)


def body_of(where: dict[str, Any]) -> bytes:
    return write_message(0x0200, {"location": where}, 2013)


def head_of(number: int, version: int = 2013) -> Head:
    return Head(number, version, 1, PHONE, PHONE, 7, 0, 0)


def sent(number: int, body: bytes, version: int = 2013) -> bytes:
    """A message of the terminal of PHONE."""
    return framed(head_of(number, version), body)


def said(talk: Talk, frame: Frame) -> tuple[str, dict[str, Any]]:
    """What is said to a frame: which message, and its fields."""
    (answer,) = frames_of(PROTOCOL, talk.answer(frame, NOW_MS))
    assert answer.device == frame.device
    return answer.header["msgId"], {k: v for k, v in answer.fields.items() if k != "body"}


def _general(serial: int, answers: str, result: int) -> bytes:
    said = {"answers_serial": serial, "answers": answers, "result": result}
    return write_message(0x0001, said, 2013)


def _answered(talk: Talk, number: int, body: bytes) -> str:
    return talk.feed(sent(number, body))[0].ask
