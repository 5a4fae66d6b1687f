"""IEC 60870-5-104 as it is on the wire: each kind of data, the rules of the line, what is asked."""

import struct
from datetime import UTC, datetime
from typing import Any

import pytest

from anlan.connectors.dials import HOUR_MS, NOT_TOLD, Dial
from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.iec104 import PROTOCOL
from anlan.connectors.iec104.talk import Talk
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from tests.wire.vectors import Vector, frames_of, unsaid, vectors

CP56 = bytes.fromhex("8813 1e 0a 9e 0b 1a")  # Monday 30 November 2026, 10:30:05.000
AT_MS = int(datetime(2026, 11, 30, 2, 30, 5, tzinfo=UTC).timestamp()) * 1000
CP24 = bytes.fromhex("8813 1e")
NOW_MS = AT_MS + 1_000
START, START_CON = bytes.fromhex("680407000000"), bytes.fromhex("68040b000000")
TEST, TEST_CON = bytes.fromhex("680443000000"), bytes.fromhex("680483000000")


def data(kind: int, *objects: bytes, cot: int = 3, sent: int = 0, row: int = 0) -> bytes:
    """A frame of the form I by the standard, put together here without the codec; station 7."""
    asdu = bytes([kind, len(objects) | row << 7, cot, 0, 7, 0]) + b"".join(objects)
    return bytes([0x68, len(asdu) + 4]) + struct.pack("<HH", sent << 1, 0) + asdu


def at(address: int, inside: bytes) -> bytes:
    return address.to_bytes(3, "little") + inside


def read(raw: bytes) -> Frame:
    (frame,) = frames_of(PROTOCOL, raw)
    assert not frame.reason, frame.reason
    return frame


def one(kind: int, inside: bytes, **more: Any) -> tuple[float, Quality]:
    """Value and quality of one object."""
    (reading,) = read(data(kind, at(4001, inside), **more)).readings
    assert reading.sensor == "7.4001"
    return reading.value, Quality(reading.quality)


@pytest.mark.parametrize("vector", vectors("iec104/apdus.json"))
def test_captured_frames_say_what_was_captured(vector: Vector) -> None:
    frame = read(vector.data)
    assert not unsaid(vector.expect, frame)


GOOD, DOUBT, BAD = Quality.GOOD, Quality.UNCERTAIN, Quality.BAD
FLOAT = struct.pack("<f", 12.5)


@pytest.mark.parametrize(
    ("kind", "inside", "value", "quality"),
    [
        (1, b"\x01", 1, GOOD),
        (1, b"\x80", 0, BAD),
        (1, b"\x41", 1, DOUBT),
        (3, b"\x02", 2, GOOD),
        (3, b"\x00", 0, DOUBT),
        (3, b"\x03", 3, DOUBT),
        (5, b"\x7d\x00", -3, GOOD),
        (5, b"\x85\x10", 5, DOUBT),
        (7, b"\x78\x56\x34\x12\x00", 0x12345678, GOOD),
        (9, b"\x00\x40\x00", 0.5, GOOD),
        (9, b"\x00\x80\x00", -1.0, GOOD),
        (11, b"\xfe\xff\x20", -2, DOUBT),
        (13, FLOAT + b"\x00", 12.5, GOOD),
        (13, FLOAT + b"\x01", 12.5, DOUBT),
        (15, b"\xff\xff\xff\xff\x05", -1, GOOD),
        (15, b"\x10\x00\x00\x00\x20", 16, GOOD),
        (15, b"\x10\x00\x00\x00\x40", 16, DOUBT),
        (15, b"\x10\x00\x00\x00\x80", 16, BAD),
        (21, b"\x00\x20", 0.25, GOOD),
    ],
)
def test_each_kind_of_value_with_its_quality(
    kind: int, inside: bytes, value: float, quality: Quality
) -> None:
    assert one(kind, inside) == (value, quality)
    if kind != 21:
        frame = read(data(kind + 1, at(4001, inside + CP24)))
        assert [(r.value, r.quality) for r in frame.readings] == [(value, quality)]
        whole = 30 + (kind - 1) // 2
        (reading,) = read(data(whole, at(4001, inside + CP56))).readings
        assert reading[1:4] == (AT_MS, value, quality)


def test_what_is_no_number_is_bad_and_missing() -> None:
    value, quality = one(13, struct.pack("<f", float("inf")) + b"\0")
    assert value != value
    assert quality == BAD


@pytest.mark.parametrize(
    ("kind", "head", "value"),
    [(17, b"\x02", 2), (18, b"\x3f\x00", 63), (19, b"\x05\x00", 5)],
)
def test_events_of_protection(kind: int, head: bytes, value: int) -> None:
    frame = read(data(kind, at(4001, head + b"\x10\x27" + CP24)))
    assert frame.fields["objects"][0]["elapsed_ms"] == 10_000
    assert [r.value for r in frame.readings] == [value]
    later = read(data(kind + 21, at(4001, head + b"\x10\x27" + CP56)))
    assert later.readings[0][1:4] == (AT_MS, value, GOOD)


def test_packed_single_points_are_sixteen_readings() -> None:
    frame = read(data(20, at(100, b"\x05\x80\x01\x00\x00")))
    values = {r.sensor: r.value for r in frame.readings}
    assert len(values) == 16
    assert (values["7.100.0"], values["7.100.1"], values["7.100.15"]) == (1, 0, 1)
    assert frame.fields["objects"][0]["changed"] == 1


def test_a_row_of_objects_counts_its_addresses_on() -> None:
    frame = read(data(1, at(65_535, b"\x01"), b"\x00", b"\x01", row=1))
    told = [(r.sensor, r.value) for r in frame.readings]
    assert told == [("7.65535", 1), ("7.65536", 0), ("7.65537", 1)]


def test_times_that_are_not_whole_are_hands_on_a_dial() -> None:
    assert read(data(1, at(1, b"\x01"))).dials == (NOT_TOLD,)
    half_past = 30 * 60_000 + 5_000
    assert read(data(2, at(1, b"\x01" + CP24))).dials == (Dial(HOUR_MS, half_past),)
    assert read(data(30, at(1, b"\x01" + CP56))).dials == ()


def test_a_clock_that_is_doubted_makes_values_uncertain() -> None:
    doubted = CP56[:2] + bytes([CP56[2] | 0x80]) + CP56[3:]
    (reading,) = read(data(30, at(1, b"\x01" + doubted))).readings
    assert reading[1:4] == (AT_MS, 1, DOUBT)
    frame = read(data(30, at(1, b"\x01" + bytes(7))))
    assert frame.readings[0][1:4] == (0, 1, DOUBT)
    assert "2000-00-00" in frame.fault


@pytest.mark.parametrize("cot", [0x83, 0x43, 44, 47])
def test_tests_and_refusals_measure_nothing(cot: int) -> None:
    assert not read(data(1, at(1, b"\x01"), cot=cot)).readings


@pytest.mark.parametrize("kind", [0, 22, 41, 57, 71, 128, 255])
def test_unknown_kinds_are_kept_raw(kind: int) -> None:
    assert read(data(kind, at(1, b"\xab\xcd"))).fields == {"ioa": 1, "raw": "010000abcd"}


LEVEL = data(13, at(4001, FLOAT + b"\0"))


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (LEVEL[:-1], "cut short: 19 of 20 bytes"),
        (LEVEL[:4], "cut short: 4 bytes"),
        (b"\x68\x03\x00\x00\x00", "wrong length: 3"),
        (b"\x68\xfe\x00\x00\x00\x00", "wrong length: 254"),
        (b"\x68\x05\x07\x00\x00\x00\x00", "wrong length: 5, a frame without data has 4"),
        (b"\x68\x04\x00\x00\x00\x00", "wrong length: 4, data need 10"),
        (b"\x68\x04\x0f\x00\x00\x00", "not this protocol: control 0f"),
        (b"\x68\x04\x01\x00\x01\x00", "not this protocol: no sequence number"),
        (data(13, at(4001, FLOAT)), "wrong length: 1 objects of M_ME_NC_1 are 8 bytes, 7"),
        (data(1, at(1, b"\x01\x00"), row=1), "wrong length: 1 objects of M_SP_NA_1"),
        (b"GET / HTTP/1.1", "not this protocol"),
    ],
)
def test_wrong_frames_are_refused_and_say_why(raw: bytes, reason: str) -> None:
    frames = frames_of(PROTOCOL, raw)
    assert not any(frame.is_ok for frame in frames)
    assert frames[0].reason.startswith(reason), frames[0].reason


def begun(**words: Any) -> Talk:
    talk = Talk(Way(words={"counters_s": 0, "interrogate_s": 0, **words}))
    assert talk.begin(NOW_MS) == START
    assert said(talk, START_CON) == b""
    return talk


def said(talk: Talk, raw: bytes, now_ms: int = NOW_MS) -> bytes:
    return b"".join(talk.answer(frame, now_ms) for frame in talk.feed(raw))


def test_first_everything_is_asked_for_and_never_a_command() -> None:
    talk = Talk(Way(words={"stations": [7]}))
    talk.begin(NOW_MS)
    said(talk, START_CON)
    asked = frames_of(PROTOCOL, talk.look(NOW_MS) or b"")
    assert [frame.header["type"] for frame in asked] == [100, 101]
    assert [frame.header["ca"] for frame in asked] == [7, 7]
    assert set(PROTOCOL.asks) == {"interrogate", "interrogate_counters", "set_time", "read"}
    for name in ("select", "C_SC_NA_1", "execute"):
        with pytest.raises(Malformed):
            talk.ask(Ask(name), NOW_MS)


def test_eight_durable_frames_are_acknowledged_and_fewer_after_t2() -> None:
    talk = begun()
    for n in range(7):
        assert said(talk, data(1, at(1, b"\1"), sent=n)) == b""
    assert said(talk, data(1, at(1, b"\1"), sent=7)) == bytes.fromhex("680401001000")
    assert said(talk, data(1, at(1, b"\1"), sent=8)) == b""
    assert talk.look(NOW_MS + 9_000) == b""
    assert talk.look(NOW_MS + 10_000) == bytes.fromhex("680401001200")


def test_nothing_is_acknowledged_before_what_came_earlier_is_durable() -> None:
    talk = begun(w=1)
    first, second = talk.feed(data(1, at(1, b"\1")) + data(1, at(1, b"\0"), sent=1))
    assert talk.refuse(first, NOW_MS) == b""
    assert talk.answer(second, NOW_MS) == b""
    assert talk.answer(first, NOW_MS) == bytes.fromhex("680401000400")


def test_tests_are_answered_and_sent_after_silence() -> None:
    talk = begun()
    assert said(talk, TEST) == TEST_CON
    assert talk.look(NOW_MS) == b""
    assert talk.look(NOW_MS + 19_999) == b""
    assert talk.look(NOW_MS + 20_000) == TEST
    assert talk.look(NOW_MS + 34_999) == b""
    assert talk.look(NOW_MS + 35_000) is None


def test_a_line_whose_numbers_do_not_fit_is_begun_anew() -> None:
    talk = begun()
    said(talk, data(1, at(1, b"\1"), sent=3))
    assert talk.look(NOW_MS) is None
    talk = begun()
    said(talk, bytes.fromhex("680401000800"))  # acknowledges four that were never sent
    assert talk.look(NOW_MS) is None


def test_no_more_than_k_questions_are_on_their_way() -> None:
    talk = begun(k=2, w=1)
    asks = [talk.ask(Ask("read", {"ioa": n}), NOW_MS)[1] for n in range(4)]
    assert [bool(one) for one in asks] == [True, True, False, False]
    freed = frames_of(PROTOCOL, said(talk, bytes.fromhex("680401000400")))
    assert [frame.header["ns"] for frame in freed] == [2, 3]
    assert talk.look(NOW_MS + 15_000) is None


def test_stations_with_the_same_address_have_names_of_their_own() -> None:
    talk = begun(name="dongshan", w=1)
    (frame,) = talk.feed(LEVEL)
    assert frame.device == "dongshan-7"
    assert frame.readings[0].sensor == "dongshan-7.4001"
    asked = talk.ask(Ask("read", {"device": "dongshan-7", "ioa": 1}), NOW_MS)[1]
    assert asked[10:12] == b"\x07\x00"
    with pytest.raises(Malformed):
        talk.ask(Ask("read", {"device": "xishan-7", "ioa": 1}), NOW_MS)


def test_one_object_is_read_by_its_address_however_that_is_written() -> None:
    for address in (4001, 4001.0, "4001"):
        asked = begun().ask(Ask("read", {"device": "7", "ioa": address}), NOW_MS)[1]
        assert asked[6:] == bytes([102, 1, 5, 0, 7, 0]) + (4001).to_bytes(3, "little")


def test_a_clock_is_set_in_the_time_of_its_zone_and_the_answer_is_found() -> None:
    talk = begun()
    name, asked = talk.ask(Ask("set_time", {"device": "7"}), AT_MS)
    assert asked[6:] == bytes([103, 1, 6, 0, 7, 0, 0, 0, 0]) + CP56[:4] + b"\x3e\x0b\x1a"
    (other,) = talk.feed(data(100, at(0, b"\x14"), cot=7))
    (answer,) = talk.feed(data(103, at(0, CP56), cot=7, sent=1))
    assert (other.ask, answer.ask) == ("", name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("read", {}),
        ("read", {"ioa": 1 << 24}),
        ("read", {"ioa": 1.5}),
        ("read", {"ioa": float("nan")}),
        ("interrogate", {"group": 17}),
        ("set_time", {"device": "x"}),
    ],
)
def test_what_cannot_be_asked_is_said(name: str, words: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        begun().ask(Ask(name, words), NOW_MS)
    with pytest.raises(Malformed, match="not begun"):
        Talk(Way()).ask(Ask("interrogate"), NOW_MS)


@pytest.mark.parametrize(
    "words", [{"k": 1, "w": 2}, {"t2_s": 20}, {"stations": [0]}, {"interrogate_s": -1}, {"name": 7}]
)
def test_settings_that_do_not_fit_are_refused(words: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must be|from 1 to|is a text"):
        Talk(Way(words=words))
