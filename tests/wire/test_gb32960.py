"""GB/T 32960.3 as it is on the wire: each command and kind of information, and what is answered."""

from datetime import UTC, datetime
from functools import reduce
from operator import xor
from typing import Any

import pytest

from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.gb32960 import PROTOCOL
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from tests.wire.vectors import Vector, frames_of, unsaid, vectors

VIN = "LTESTVN0000000001"
AT = bytes([24, 5, 14, 18, 18, 19])  # 2024-05-14 18:18:19
AT_MS = int(datetime(2024, 5, 14, 10, 18, 19, tzinfo=UTC).timestamp()) * 1000
NOW_MS = int(datetime(2026, 11, 30, 1, 58, 3, tzinfo=UTC).timestamp()) * 1000
NOW = bytes([26, 11, 30, 9, 58, 3])
VEHICLE = bytes.fromhex("01 01 03 01 01d4 000119b8 18fd 1d5d 1a 01 13 115c 00 06")


def framed(command: int, data: bytes = b"", *, resp: int = 0xFE, enc: int = 1,
           vin: bytes = VIN.encode()) -> bytes:  # fmt: skip
    """A frame by the standard's table 2, put together here without the codec."""
    inside = bytes([command, resp]) + vin + bytes([enc]) + len(data).to_bytes(2, "big") + data
    return b"##" + inside + bytes([reduce(xor, inside)])


def read(data: bytes) -> Frame:
    (frame,) = frames_of(PROTOCOL, data)
    return frame


def told(command: int, data: bytes, **more: Any) -> dict[str, Any]:
    frame = read(framed(command, data, **more))
    assert not frame.reason
    return dict(frame.fields)


def values(frame: Frame) -> dict[str, float]:
    assert all(one.time == AT_MS for one in frame.readings)
    return {one.sensor.removeprefix(f"{VIN}."): one.value for one in frame.readings}


@pytest.mark.parametrize("vector", vectors("gb32960/frames_2016.json"))
def test_captured_frames_say_what_was_captured(vector: Vector) -> None:
    frame = read(vector.data)
    assert frame.is_ok == vector.is_good, frame.reason
    assert not unsaid(vector.expect, frame)


def test_a_vehicle_is_told_in_its_units() -> None:
    frame = read(framed(2, AT + VEHICLE))
    assert frame.device == VIN
    assert frame.header == {
        "cmd": 2, "cmd_word": "实时信息上报", "resp": 254, "resp_word": "命令", "vin": VIN,
        "enc": 1, "enc_word": "不加密", "dataLen": 27, "len_ok": True, "bcc_ok": True,
    }  # fmt: skip
    vehicle = frame.fields["vehicle"]
    words = (vehicle["state_word"], vehicle["charge_word"], vehicle["mode_word"])
    assert words == ("启动", "未充电", "纯电")
    assert vehicle["gear"] == 19
    assert values(frame) == {
        "speed": 46.8, "mileage": 7212, "voltage": 639.7, "current": -248.3, "soc": 26,
        "insulation": 4444, "accelerator": 0, "brake": 6, "state": 1, "charge": 3,
    }  # fmt: skip


def test_what_is_abnormal_or_invalid_is_no_reading() -> None:
    none = bytes.fromhex("01 fe ff fe ffff fffffffe ffff fffe ff fe ff fffe ff fe")
    frame = read(framed(2, AT + none))
    vehicle = frame.fields["vehicle"]
    assert (vehicle["state"], vehicle["state_word"], vehicle["charge_word"]) == (
        254,
        "异常",
        "无效",
    )
    assert vehicle["speed"] is vehicle["current"] is vehicle["mileage"] is None
    assert values(frame) == {"state": 254, "charge": 255}


def test_motors_engine_and_fuel_cell() -> None:
    motor = bytes.fromhex("01 02 4d 5687 3746 6c 18fe 1f3d")
    fuel = bytes.fromhex("1388 00c8 0096 0002 4145 0258 01 0064 02 00fa 03 01")
    engine = bytes.fromhex("01 0bb8 0320")
    data = AT + b"\x02\x02" + motor + b"\x02" + motor[1:] + b"\x03" + fuel + b"\x04" + engine
    frame = read(framed(2, data))
    sent = values(frame)
    assert (sent["motor-1.temperature"], sent["motor-2.rpm"]) == (68, 2151)
    assert (sent["motor-1.torque"], sent["motor-1.controller_current"]) == (-585.0, -200.3)
    assert frame.fields["fuel_cell"]["probes"] == [25, 29]
    assert sent["fuel_cell.hydrogen_temperature_max"] == 20.0
    assert sent["fuel_cell.hydrogen_concentration_max"] == 100
    assert sent["fuel_cell.hydrogen_pressure_max"] == 25.0
    assert (sent["engine.rpm"], sent["engine.consumption"]) == (3000, 8.0)


@pytest.mark.parametrize(
    ("flags", "lon", "lat"),
    [(0, 122.106, 30.0158), (2, 122.106, -30.0158), (6, -122.106, -30.0158)],
)
def test_positions_on_each_side_of_the_world(flags: int, lon: float, lat: float) -> None:
    place = bytes([5, flags]) + (122_106_000).to_bytes(4, "big") + (30_015_800).to_bytes(4, "big")
    sent = values(read(framed(2, AT + place)))
    assert (sent["lon"], sent["lat"]) == (lon, lat)
    assert not values(read(framed(2, AT + place[:1] + bytes([flags | 1]) + place[2:])))


def test_extremes_and_alarms() -> None:
    extremes = bytes.fromhex("06 01 0e 0d34 01 25 0d20 01 12 3b 01 24 37")
    alarm = bytes.fromhex("07 03 00000802 01 00000001 00 02 0000000a 0000000b 00")
    frame = read(framed(3, AT + extremes + alarm))
    sent = values(frame)
    assert (sent["cell_voltage_max"], sent["cell_voltage_min"]) == (3.38, 3.36)
    assert (sent["temperature_max"], sent["temperature_min"]) == (19, 15)
    assert frame.fields["alarm"]["words"] == ["电池高温报警", "绝缘报警"]
    assert (sent["alarm_level"], sent["battery_hot"], sent["insulation_fault"]) == (3, 1, 1)
    assert sent["brake_fault"] == 0
    assert frame.fields["alarm"]["engine_faults"] == ["0000000a", "0000000b"]


def test_cells_and_probes_of_several_systems() -> None:
    cells = bytes.fromhex(
        "08 02 01 0fa0 2710 0003 0001 02 0d34 ffff 02 0fa0 2710 0001 0001 01 0d20"
    )
    heat = bytes.fromhex("09 01 01 0003 3a fe 3b")
    fields = told(2, AT + cells + heat)
    first, second = fields["voltages"]
    assert (first["voltage"], first["current"], first["cells"]) == (400.0, 0.0, 3)
    assert (first["cell_voltages"], second["cell_voltages"]) == ([3.38, None], [3.36])
    assert fields["temperatures"][0]["temperatures"] == [18, None, 19]


def test_own_information_is_kept_and_what_follows_is_read() -> None:
    fields = told(2, AT + b"\x83\x00\x02\xab\xcd" + VEHICLE)
    assert fields["own"] == [{"type": 131, "raw": "abcd"}]
    assert fields["vehicle"]["soc"] == 26
    unknown = told(2, AT + VEHICLE + b"\x0a\x01\x02")
    assert unknown["unknown"] == {"type": 10, "raw": "0102"}
    assert unknown["vehicle"]["soc"] == 26


def test_signing_in_and_out() -> None:
    login = AT + b"\x00\x07" + b"89860000000000000001" + b"\x02\x03" + b"abcdef"
    assert told(1, login) == {
        "time": "2024-05-14 18:18:19", "loginSeq": 7, "iccid": "89860000000000000001",
        "subsys": 2, "codeLen": 3, "codes": ["abc", "def"],
    }  # fmt: skip
    assert told(4, AT + b"\x00\x07")["loginSeq"] == 7
    platform = told(5, AT + b"\x00\x08" + b"city".ljust(12, b"\0") + b"secret".ljust(20) + b"\x01")
    assert (platform["user"], platform["rule"]) == ("city", 1)
    assert "secret" not in str(platform)
    assert told(6, AT + b"\x00\x08")["loginSeq"] == 8


@pytest.mark.parametrize(("enc", "word"), [(2, "RSA"), (3, "AES128")])
def test_encrypted_data_is_marked_and_kept_raw(enc: int, word: str) -> None:
    frame = read(framed(2, b"\x01\x02\x03", enc=enc))
    assert frame.fields == {"encrypted": word, "raw": "010203"}
    assert not frame.readings
    assert read(PROTOCOL.talk(Way()).answer(frame, NOW_MS)).fields == {
        "time": "2026-11-30 09:58:03"
    }


@pytest.mark.parametrize("command", [9, 0x7F, 0x83, 0xC0, 0xFE])
def test_unknown_commands_are_kept_raw_and_not_answered(command: int) -> None:
    frame = read(framed(command, b"\x01\x02"))
    assert frame.fields == {"raw": "0102"}
    assert not PROTOCOL.talk(Way()).answer(frame, NOW_MS)


def test_answers_keep_the_time_and_nothing_else() -> None:
    talk = PROTOCOL.talk(Way())
    live = read(framed(2, AT + VEHICLE))
    assert talk.answer(live, NOW_MS) == framed(2, AT, resp=1)
    assert talk.refuse(live, NOW_MS) == framed(2, AT, resp=2)
    beat, clock = read(framed(7)), read(framed(8))
    assert talk.answer(beat, NOW_MS) == framed(7, resp=1)
    assert talk.answer(clock, NOW_MS) == framed(8, NOW, resp=1)
    assert read(framed(2, AT, resp=1)).fields == {"time": "2024-05-14 18:18:19"}
    assert not talk.answer(read(framed(2, AT, resp=1)), NOW_MS)


def asked(name: str, **words: Any) -> tuple[str, bytes]:
    talk = PROTOCOL.talk(Way())
    talk.feed(framed(7))
    return talk.ask(Ask(name, words), NOW_MS)


def test_questions_of_annex_b_are_asked_and_answers_find_them() -> None:
    names = ["report_period_s", "platform"]
    assert asked("read_parameters", names=names)[1] == framed(0x80, NOW + b"\x03\x02\x04\x05")
    values = {"report_period_s": 20, "platform": "a.cn", "hardware": "V1"}
    told_values = b"\x02\x00\x14" + b"\x04\x04\x05a.cn" + b"\x07V1\0\0\0"
    assert asked("set_parameters", **values)[1] == framed(0x81, NOW + b"\x04" + told_values)
    assert asked("restart")[1] == framed(0x82, NOW + b"\x03")
    talk = PROTOCOL.talk(Way())
    talk.feed(framed(7))
    first, _ = talk.ask(Ask("read_parameters"), NOW_MS)
    second, _ = talk.ask(Ask("read_parameters", {"device": VIN}), NOW_MS)
    answer = framed(0x80, AT + b"\x04" + told_values, resp=1)
    one, two, three = talk.feed(answer * 3)
    assert (one.ask, two.ask, three.ask) == (first, second, "")
    assert one.fields["parameters"] == values
    assert not talk.answer(one, NOW_MS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("soc", {}),
        ("read_parameters", {"names": []}),
        ("read_parameters", {"names": ["colour"]}),
        ("set_parameters", {}),
        ("set_parameters", {"report_period_s": 65536}),
        ("set_parameters", {"platform": []}),
        ("restart", {"device": "another"}),
    ],
)
def test_what_cannot_be_asked_is_said(name: str, words: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        asked(name, **words)
    with pytest.raises(Malformed, match="not known"):
        PROTOCOL.talk(Way()).ask(Ask("restart"), NOW_MS)


LIVE = framed(2, AT + VEHICLE)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (LIVE[:-1] + bytes([LIVE[-1] ^ 1]), "wrong check sum"),
        (LIVE[:-2], "cut short: 50 of 52 bytes"),
        (LIVE[:20], "cut short: 20 of the first 24 bytes"),
        (LIVE[:22] + b"\xff\xfc" + LIVE[24:], "wrong length: 65532 bytes"),
        (LIVE[:3] + b"\x09" + LIVE[4:], "not this protocol: response 9"),
        (LIVE[:4] + b"\x80" + LIVE[5:], "not this protocol: no vehicle number"),
        (b"nonsense", "not this protocol"),
        (framed(2, AT[:5]), "wrong length: the data ends 1 bytes too early"),
        (framed(2, AT + VEHICLE[:-1]), "wrong length: vehicle ends 1 bytes too early"),
        (framed(2, AT + b"\x80\x00\x05\x01"), "wrong length: information of type 128 ends 4"),
        (framed(1, AT + b"\x00"), "wrong length: the data ends 1 bytes"),
    ],
)
def test_wrong_frames_are_refused_and_say_why(data: bytes, reason: str) -> None:
    frame = read(data)
    assert frame.reason.startswith(reason), frame.reason
    assert not frame.readings


def test_a_broken_frame_is_answered_as_wrong() -> None:
    broken = read(LIVE[:-1] + bytes([LIVE[-1] ^ 1]))
    talk = PROTOCOL.talk(Way())
    assert read(talk.refuse(broken, NOW_MS)).header["resp"] == 2
    assert not talk.refuse(read(b"nonsense"), NOW_MS)


def test_a_report_is_not_lost_for_a_clock_that_was_never_set() -> None:
    frame = read(framed(2, bytes(6) + VEHICLE))
    assert "2000-00-00 00:00:00" in frame.fault
    assert {(one.time, one.quality) for one in frame.readings} == {(0, Quality.UNCERTAIN)}
