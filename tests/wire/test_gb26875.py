"""GB/T 26875.3 as it is on the wire: each type both ways, what is refused, what is said back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from anlan.connectors.frames import Ask, Frame, Talk, Way
from anlan.connectors.gb26875 import PROTOCOL
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from tests.wire.vectors import Vector, frames_of, unsaid, vectors

SENT = bytes([2, 58, 9, 26, 9, 12])  # 2012-09-26 09:58:02
SENT_MS = int(datetime(2012, 9, 26, 1, 58, 2, tzinfo=UTC).timestamp()) * 1000
NOW_MS = int(datetime(2026, 11, 30, 1, 58, 3, tzinfo=UTC).timestamp()) * 1000
DEVICE, CENTRE = bytes([0x79, 3, 0, 0, 0, 0]), bytes([0x38, 0x5B, 1, 0, 0, 0])
ADDRESS = "000000000379"
POINT = bytes([10, 0, 2, 0])
NOWHEN = bytes(6)


def framed(command: int, unit: bytes = b"", *, serial: int = 1, down: bool = False,
           sent: bytes = SENT) -> bytes:  # fmt: skip
    """A frame by the standard's table 1, put together here without the codec."""
    ends = CENTRE + DEVICE if down else DEVICE + CENTRE
    inside = serial.to_bytes(2, "little") + b"\x01\x01" + sent + ends
    inside += len(unit).to_bytes(2, "little") + bytes([command]) + unit
    return b"@@" + inside + bytes([sum(inside) % 256]) + b"##"


def read(data: bytes) -> Frame:
    (frame,) = frames_of(PROTOCOL, data)
    return frame


def values(frame: Frame) -> dict[str, float]:
    assert all(one.time == SENT_MS for one in frame.readings)
    return {one.sensor.removeprefix(f"{ADDRESS}."): one.value for one in frame.readings}


def objects(frame: Frame) -> list[dict[str, Any]]:
    assert not frame.reason
    told: list[dict[str, Any]] = frame.fields["objects"]
    return told


@pytest.mark.parametrize("vector", vectors("gb26875/frames.json"))
def test_captured_frames_say_what_was_captured(vector: Vector) -> None:
    frame = read(vector.data)
    assert frame.is_ok == vector.is_good, frame.reason
    assert not unsaid(vector.expect, frame)


def test_a_fire_is_told_with_its_place_and_in_words() -> None:
    text = "Ａ区１层呷哺走廊".encode("gb18030").ljust(31, b"\0")
    unit = b"\x02\x01" + bytes([1, 3, 40]) + POINT + b"\x02\x00" + text + SENT
    frame = read(framed(2, unit))
    assert frame.device == ADDRESS
    assert frame.header == {
        "serial": 1, "version": "1.1", "time": "2012-09-26 09:58:02", "src": ADDRESS,
        "dst": "000000015b38", "adu_len": 48, "cmd": 2, "cmd_word": "发送数据",
    }  # fmt: skip
    (told,) = objects(frame)
    assert told == {
        "system": 1, "system_word": "火灾报警系统", "address": 3, "component": 40,
        "component_word": "感烟火灾探测器", "point": "0a000200", "zone": 10, "position": 2,
        "state": 2, "state_words": ["测试", "火警"], "text": "Ａ区１层呷哺走廊",
        "time": "2012-09-26 09:58:02",
    }  # fmt: skip
    assert values(frame)["1-3.10-2.fire"] == 1
    assert values(frame)["1-3.10-2.fault"] == values(frame)["1-3.10-2.normal"] == 0
    assert len(frame.readings) == 9


def test_every_bit_of_a_system_is_a_sensor() -> None:
    unit = b"\x01\x02" + bytes([1, 1, 0xFF, 0x3F]) + SENT + bytes([11, 2, 1, 0]) + SENT
    frame = read(framed(2, unit))
    ones, zeros = objects(frame)
    assert ones["state_words"] == [
        "正常运行", "火警", "故障", "屏蔽", "监管", "启动（开启）", "反馈", "延时", "主电故障",
        "备电故障", "总线故障", "手动", "配置改变", "复位",
    ]  # fmt: skip
    assert zeros["state_words"] == ["正常运行", "自动"]
    assert zeros["system_word"] == "消火栓系统"
    sent = values(frame)
    assert sum(sent[name] for name in sent if name.startswith("1-1.")) == 14
    assert [name for name in sent if name.startswith("11-2.") and sent[name]] == ["11-2.normal"]


@pytest.mark.parametrize(
    ("analog", "number", "sensor", "value", "unit"),
    [
        (1, 7, "events", 7, "件"),
        (2, 245, "height", 2.45, "m"),
        (3, -125, "temperature", -12.5, "℃"),
        (4, 5, "pressure_mpa", 0.5, "MPa"),
        (5, 1234, "pressure_kpa", 123.4, "kPa"),
        (6, 205, "gas", 20.5, "%LEL"),
        (7, 30, "duration", 30, "s"),
        (8, 2203, "voltage", 220.3, "V"),
        (9, 16, "current", 1.6, "A"),
        (10, 155, "flow", 15.5, "L/s"),
        (11, 4, "air_flow", 0.4, "m³/min"),
        (12, 3, "wind_speed", 3, "m/s"),
    ],
)
def test_analog_values_stand_in_their_unit(
    analog: int, number: int, sensor: str, value: float, unit: str
) -> None:
    cells = bytes([11, 1, 92]) + POINT + bytes([analog]) + number.to_bytes(2, "little", signed=True)
    frame = read(framed(2, b"\x03\x01" + cells + SENT))
    (told,) = objects(frame)
    assert (told["value"], told["unit"], told["raw_value"]) == (value, unit, number)
    assert values(frame) == {f"11-1.10-2.{sensor}": value}
    assert frame.readings[0].quality == Quality.GOOD


def test_what_the_standard_does_not_allow_is_bad_and_what_it_does_not_know_as_it_came() -> None:
    cells = bytes([1, 1, 30]) + POINT
    over = cells + b"\x06\xe9\x03" + SENT  # 100.1 %LEL
    own = cells + b"\xc8\xe9\x03" + SENT
    frame = read(framed(2, b"\x03\x02" + over + own))
    assert [one.quality for one in frame.readings] == [Quality.BAD, Quality.GOOD]
    assert values(frame) == {"1-1.10-2.gas": 100.1, "1-1.10-2.analog_200": 1001}


def test_operations_and_the_device_itself() -> None:
    operated = read(framed(2, b"\x04\x01" + bytes([1, 1, 0b101, 7]) + SENT))
    assert objects(operated)[0]["operation_words"] == ["复位", "手动报警"]
    assert values(operated)["1-1.op_manual_alarm"] == 1
    state = read(framed(2, b"\x15\x01\x08" + SENT))
    assert objects(state)[0]["state_words"] == ["测试", "主电故障"]
    assert values(state)["main_power_fault"] == 1
    answered = read(framed(2, b"\x18\x01\x20\x01" + SENT))
    assert objects(answered)[0]["operation_words"] == ["查岗应答"]
    assert values(answered)["op_duty_answer"] == 1


@pytest.mark.parametrize(
    ("kind", "count", "cells", "told"),
    [
        (5, 1, b"\x01\x02\x03\x04", {"address": 2, "major": 3, "minor": 4}),
        (6, 1, b"\x01\x02\x06" + "消火栓".encode("gb18030"), {"text": "消火栓"}),
        (7, 1, bytes([1, 2, 23]) + POINT + b"B1".ljust(31), {"component": 23, "text": "B1"}),
        (8, 1, b"\x01\x02" + SENT, {"time": "2012-09-26 09:58:02"}),
        (25, 1, b"\x02\x05", {"major": 2, "minor": 5}),
        (26, 1, b"\x02ok", {"text": "ok"}),
        (28, 1, SENT, {"time": "2012-09-26 09:58:02"}),
    ],
)
def test_versions_configurations_and_clocks(
    kind: int, count: int, cells: bytes, told: dict[str, Any]
) -> None:
    frame = read(framed(5, bytes([kind, count]) + cells))
    assert told.items() <= objects(frame)[0].items()
    assert not frame.readings


def test_several_texts_of_their_own_length() -> None:
    unit = b"\x06\x02" + b"\x01\x01\x02ab" + b"\x0b\x01\x00"
    assert [one["text"] for one in objects(read(framed(2, unit)))] == ["ab", ""]


@pytest.mark.parametrize("kind", [9, 22, 87, 150, 254])
def test_reserved_and_own_types_are_kept_raw(kind: int) -> None:
    frame = read(framed(2, bytes([kind, 3]) + b"\xab\xcd"))
    assert (frame.reason, frame.fields["raw"]) == ("", "abcd")


def test_only_the_states_that_settings_name_become_readings() -> None:
    talk = PROTOCOL.talk(Way(words={"states": ["fire", "fault"]}))
    (frame,) = talk.feed(framed(2, b"\x15\x01\x02" + SENT))
    assert values(frame) == {"fire": 1, "fault": 0}
    assert "火警" in objects(frame)[0]["state_words"]
    for wrong in (["smoke"], "fire"):
        with pytest.raises(ValueError, match="states must be a list"):
            PROTOCOL.talk(Way(words={"states": wrong}))


def test_a_heartbeat_is_confirmed_and_says_nothing() -> None:
    talk = PROTOCOL.talk(Way())
    (frame,) = talk.feed(framed(2, serial=0xABCD))
    assert (frame.reason, frame.fields, frame.readings) == ("", {}, ())
    sent = bytes([3, 58, 9, 30, 11, 26])
    assert talk.answer(frame, NOW_MS) == framed(3, serial=0xABCD, down=True, sent=sent)
    assert talk.refuse(frame, NOW_MS) == framed(6, serial=0xABCD, down=True, sent=sent)


def test_confirmations_are_not_confirmed_and_what_is_only_reserved_is_denied() -> None:
    talk = PROTOCOL.talk(Way())
    for command in (3, 5, 6, 200):
        (frame,) = talk.feed(framed(command, b"\x15\x01\x01" + SENT))
        assert not talk.answer(frame, NOW_MS), command
    (frame,) = talk.feed(framed(7, b"\x15"))
    (denied,) = frames_of(PROTOCOL, talk.answer(frame, NOW_MS))
    assert denied.header["cmd"] == 6


STATE = framed(2, b"\x15\x01\x01" + SENT)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (STATE[:-4] + b"\0" + STATE[-3:], "wrong check sum"),
        (STATE[:-2] + b"#$", "wrong length or end"),
        (STATE[:24] + b"\x08" + STATE[25:], "wrong length or end"),
        (STATE[:24] + b"\x01\x04" + STATE[26:], "wrong length: a data unit of 1025 bytes"),
        (STATE[:-1], "cut short: 38 of 39 bytes"),
        (STATE[:10], "cut short: 10 of the first 27 bytes"),
        (b"GET / HTTP/1.1\r\n\r\n", "not this protocol"),
        (framed(2, b"\x15"), "wrong length: a data unit of 1 byte"),
        (framed(2, b"\x15\x02\x01" + SENT), "wrong length: 2 objects of type 21 are 14 bytes"),
        (framed(2, b"\x06\x01\x01\x01\x05abc"), "wrong length: object 1 of type 6"),
        (framed(2, b"\x06\x01\x01"), "wrong length: object 1 of type 6"),
    ],
)
def test_wrong_frames_are_refused_and_say_why(data: bytes, reason: str) -> None:
    frame = read(data)
    assert frame.reason.startswith(reason), frame.reason
    assert not frame.readings


def test_a_broken_frame_is_denied_so_that_it_comes_again() -> None:
    talk = PROTOCOL.talk(Way())
    (frame,) = talk.feed(STATE[:-4] + b"\0" + STATE[-3:])
    (denied,) = frames_of(PROTOCOL, talk.refuse(frame, NOW_MS))
    assert (denied.header["cmd"], denied.header["serial"]) == (6, 1)
    assert not talk.refuse(read(b"nonsense"), NOW_MS)


def test_a_time_that_is_none_is_told_and_the_frames_is_taken() -> None:
    frame = read(framed(2, b"\x15\x01\x02" + NOWHEN))
    assert "2000-00-00 00:00:00" in frame.fault
    assert values(frame)["fire"] == 1
    assert {one.quality for one in frame.readings} == {Quality.UNCERTAIN}


def test_a_fire_is_not_lost_for_a_clock_that_was_never_set() -> None:
    nowhen = read(framed(2, b"\x15\x01\x02" + NOWHEN, sent=NOWHEN))
    assert "as has the frame" in nowhen.fault
    assert {(one.time, one.quality) for one in nowhen.readings} == {(0, Quality.UNCERTAIN)}
    assert [one.value for one in nowhen.readings if one.sensor.endswith(".fire")] == [1]
    rows = bytes([1, 1, 2, 0]) + SENT + bytes([1, 2, 2, 0]) + NOWHEN
    mixed = read(framed(2, b"\x01\x02" + rows, sent=NOWHEN))
    assert {one.time for one in mixed.readings} == {SENT_MS}


def test_devices_may_leave_the_time_of_an_object_out() -> None:
    frame = read(framed(2, b"\x15\x01\x02"))
    assert (frame.fault, values(frame)["fire"]) == ("", 1)


def test_objects_beyond_the_count_are_read_and_told() -> None:
    rows = bytes([1, 1, 1, 0]) + SENT + bytes([1, 2, 2, 0]) + SENT
    for count in (0, 1):
        frame = read(framed(2, bytes([1, count]) + rows))
        assert values(frame)["1-2.fire"] == 1
        assert frame.fault == f"{count} objects are announced, 2 came"
    more = read(framed(2, b"\x01\x02" + rows + b"\xab"))
    assert (len(more.readings), more.fields["raw"]) == (28, "ab")
    assert more.fault == "1 bytes behind the last object are none"


def test_half_a_sign_at_the_end_of_a_text_is_left_out() -> None:
    text = ("走" * 15).encode("gb18030") + b"\xc0"
    unit = b"\x07\x01" + bytes([1, 1, 40]) + POINT + text
    assert objects(read(framed(2, unit)))[0]["text"] == "走" * 15


READS = [
    ("system_state", {"system": 1, "address": 2}, 4, b"\x3d\x01\x01\x02"),
    ("component_state", {"system": 1, "zone": 10, "position": 2}, 4, b"\x3e\x01\x01\x00" + POINT),
    ("analog", {"system": 1, "point": "0a000200"}, 4, b"\x3f\x01\x01\x00" + POINT),
    ("operations", {"system": 1, "records": 5, "since": "2012-09-26T01:58:02Z"}, 4,
     b"\x40\x01\x01\x00\x05" + SENT),
    ("component_state", {"system": 1, "point": 10000200}, 4,
     b"\x3e\x01\x01\x00\x10\x00\x02\x00"),
    ("software", {"system": 1}, 4, b"\x41\x01\x01\x00"),
    ("system_config", {"system": 1}, 4, b"\x42\x01\x01\x00"),
    ("component_config", {"system": 1, "zone": 10, "position": 2}, 4, b"\x43\x01\x01\x00" + POINT),
    ("system_time", {"system": 1}, 4, b"\x44\x01\x01\x00"),
    ("device_state", {}, 4, b"\x51\x01\x00"),
    ("device_operations", {"records": 2, "since": SENT_MS}, 4, b"\x54\x01\x02" + SENT),
    ("device_software", {}, 4, b"\x55\x01\x00"),
    ("device_config", {}, 4, b"\x56\x01\x00"),
    ("device_time", {}, 4, b"\x58\x01\x00"),
    ("init", {}, 1, b"\x59\x01\x00"),
    ("set_clock", {}, 1, b"\x5a\x01" + bytes([3, 58, 9, 30, 11, 26])),
    ("duty_check", {"minutes": 3}, 1, b"\x5b\x01\x03"),
]  # fmt: skip


def known() -> Talk:
    talk = PROTOCOL.talk(Way())
    talk.feed(framed(2))
    return talk


@pytest.mark.parametrize(("name", "words", "command", "unit"), READS)
def test_each_question_is_asked_as_the_standard_says(
    name: str, words: dict[str, Any], command: int, unit: bytes
) -> None:
    _, said = known().ask(Ask(name, words), NOW_MS)
    sent = bytes([3, 58, 9, 30, 11, 26])
    assert said == framed(command, unit, serial=0, down=True, sent=sent)
    assert read(said).device == ADDRESS
    assert set(PROTOCOL.asks) == {one[0] for one in READS}


def test_answers_find_their_question_by_the_serial() -> None:
    talk = known()
    first, _ = talk.ask(Ask("device_state"), NOW_MS)
    second, _ = talk.ask(Ask("set_clock"), NOW_MS)
    state, again, confirmed = talk.feed(
        framed(5, b"\x15\x01\x09" + SENT, serial=0) * 2 + framed(3, serial=1)
    )
    assert (state.ask, again.ask, confirmed.ask) == (first, "", second)
    assert values(state)["main_power_fault"] == 1
    third, _ = talk.ask(Ask("init"), NOW_MS)
    (denied,) = talk.feed(framed(6, serial=2))
    assert (denied.ask, denied.header["cmd"]) == (third, 6)


def test_who_is_on_duty_answers_after_the_device_did() -> None:
    talk = known()
    name, _ = talk.ask(Ask("duty_check", {"minutes": 10}), NOW_MS)
    confirmed, muted, answered, more = talk.feed(
        framed(3, serial=0)
        + framed(2, b"\x18\x01\x02\x01" + SENT, serial=7)
        + framed(2, b"\x18\x01\x20\x01" + SENT, serial=8) * 2
    )
    assert [one.ask for one in (confirmed, muted, answered, more)] == [name, "", name, ""]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("reboot", {}),
        ("system_state", {}),
        ("system_state", {"system": 256}),
        ("component_state", {"system": 1, "zone": True, "position": 1}),
        ("analog", {"system": 1, "point": "zz"}),
        ("operations", {"system": 1, "since": "yesterday"}),
        ("device_state", {"device": "00000000ffff"}),
        ("device_state", {"device": []}),
    ],
)
def test_what_cannot_be_asked_is_said(name: str, words: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        known().ask(Ask(name, words), NOW_MS)


def test_nobody_is_asked_who_has_said_nothing() -> None:
    with pytest.raises(Malformed, match="address is not known"):
        PROTOCOL.talk(Way()).ask(Ask("device_state"), NOW_MS)
