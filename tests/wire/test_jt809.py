"""JT/T 809: captured frames, frames of the standard's own rules, and what is said to them."""

from binascii import crc_hqx
from typing import Any

import pytest

from anlan.connectors.frames import Ask, Frame, Talk, Way
from anlan.connectors.jt809 import PROTOCOL
from anlan.connectors.jt809.cipher import Numbers, turned
from anlan.connectors.jt809.media import media
from anlan.connectors.jt809.secret import covered
from anlan.connectors.jt809.talk import Conversation
from anlan.terms.errors import Malformed
from anlan.terms.gcj02 import from_wgs84
from anlan.terms.quality import Quality
from anlan.terms.times import format_time, parse_time
from tests.wire.vectors import Vector, frames_of, unsaid, vectors

NOW_MS = parse_time("2026-11-30T04:22:00Z")
CENTRE = 51_010_001
PLATE = "川A12345".encode("gbk").ljust(21, b"\0") + b"\2"
BUS = "川A12345_2"
OLD = bytes.fromhex(
    "1e0b07ea0c1405 0638f990 01d30ff8 0024 0023 000004d2 0119 01a0 00000003 00000002"
)
"""30 November 2026 12:20:05, 104.3972 30.6094 degrees, 36 and 35 km/h, 1234 km, 281 degrees, 416 m,
position known, too fast."""


def framed(number: int, body: bytes, *, time: int | None = None, sn: int = 7, **more: Any) -> bytes:
    """A frame by the standard's table 1, put together here without the codec."""
    way, key = more.get("encryption", 0), more.get("key", 0)
    late = b"" if time is None else time.to_bytes(8, "big")
    inner = sn.to_bytes(4, "big") + number.to_bytes(2, "big") + CENTRE.to_bytes(4, "big")
    inner += b"\1\0\0" + bytes((way,)) + key.to_bytes(4, "big") + late + body
    data = (len(inner) + 8).to_bytes(4, "big") + inner
    data += crc_hqx(data, 0xFFFF).to_bytes(2, "big")
    said = b"".join(
        {0x5B: b"Z\1", 0x5A: b"Z\2", 0x5D: b"^\1", 0x5E: b"^\2"}.get(one, bytes((one,)))
        for one in data
    )
    return b"[" + said + b"]"


def enveloped(sub: int, data: bytes, *, plate: bytes = PLATE, **more: Any) -> bytes:
    body = plate + sub.to_bytes(2, "big") + len(data).to_bytes(4, "big") + data
    return framed(sub & 0xFF00, body, **more)


def read(data: bytes) -> Frame:
    (frame,) = frames_of(PROTOCOL, data)
    assert frame.is_ok, frame.reason
    return frame


def values(frame: Frame) -> dict[str, float]:
    return {one.sensor.removeprefix(f"{frame.device}."): one.value for one in frame.readings}


def talk(**words: Any) -> Conversation:
    return Conversation(Way(words=words))


def said(one: Talk, data: bytes) -> list[tuple[str, dict[str, Any]]]:
    """What is answered to a frame, each answer by its number with its fields."""
    (frame,) = one.feed(data)
    answers = frames_of(PROTOCOL, one.answer(frame, NOW_MS))
    return [(each.header.get("sub", each.header["msgId"]), dict(each.fields)) for each in answers]


def login(*, user: int = 10, password: bytes = b"secret", **more: Any) -> bytes:
    where = b"10.1.2.3".ljust(32, b"\0") + (9000).to_bytes(2, "big")
    new = b"" if more.get("time") is None else CENTRE.to_bytes(4, "big")
    return framed(0x1001, user.to_bytes(4, "big") + password.ljust(8, b"\0") + new + where, **more)


@pytest.mark.parametrize("vector", vectors("jt809/frames.json") + vectors("jt809/encryption.json"))
def test_captured_frames_say_what_they_are_known_to_say(vector: Vector) -> None:
    frames = frames_of(PROTOCOL, vector.data)
    if not vector.is_good:
        assert not any(frame.is_ok for frame in frames)
        return
    (frame,) = frames
    assert frame.is_ok, frame.reason
    assert not unsaid(vector.expect, frame)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (lambda whole: whole[:-1], "cut short"),
        (lambda whole: whole[:20] + whole[-1:], "cut short"),
        (lambda whole: whole[:30] + b"\x77" + whole[31:], "wrong check"),
        (lambda whole: whole[:30] + whole[31:], "wrong check"),
        (lambda whole: b"\x7e" + whole[1:-1] + b"\x7e", "not this protocol"),
    ],
)
def test_what_is_wrong_is_refused_and_says_why(broken: Any, why: str) -> None:
    frames = frames_of(PROTOCOL, broken(enveloped(0x1202, b"\0" + OLD)))
    assert not any(frame.is_ok for frame in frames)
    assert why in frames[0].reason


def test_a_length_that_does_not_count_its_bytes_is_refused() -> None:
    data = bytes.fromhex("00000020 00000001 1005 030a5b71 010000 00 00000000")
    whole = data + crc_hqx(data, 0xFFFF).to_bytes(2, "big")
    (frame,) = frames_of(PROTOCOL, b"[" + whole.replace(b"[", b"Z\1") + b"]")
    assert "wrong length: the head says 32, there are 26" in frame.reason


def test_a_frame_logged_without_its_escapes_is_read_and_costs_none_behind_it() -> None:
    text = "[路段]Z^]封闭".encode("gbk")
    whole = enveloped(0x1302, b"\0" * 4 + text, plate=b"")
    for escape, plain in ((b"Z\1", b"["), (b"^\1", b"]"), (b"Z\2", b"Z"), (b"^\2", b"^")):
        whole = whole.replace(escape, plain)
    frames = frames_of(PROTOCOL, whole + framed(0x1005, b""))
    assert [frame.header.get("msgId") for frame in frames if frame.is_ok] == ["0x1300", "0x1005"]


@pytest.mark.parametrize("time", [None, 1_796_012_405])
def test_a_position_of_2011_is_told_in_its_units(time: int | None) -> None:
    inner = OLD if time is None else len(OLD).to_bytes(4, "big") + OLD + b"\0" * 45
    frame = read(enveloped(0x1202, b"\0" + inner, time=time))
    assert (frame.device, frame.header["edition"]) == (BUS, 2019 if time else 2011)
    assert frame.header["sub_name"] == "location"
    assert frame.fields["gnss"]["position"]["recorder_speed_kmh"] == 35
    assert {format_time(one.time) for one in frame.readings} == {"2026-11-30T04:20:05Z"}
    told = values(frame)
    assert (told["lon"], told["lat"], told["altitude"]) == (104.3972, 30.6094, 416)
    assert (told["speed"], told["direction"], told["mileage"]) == (36, 281, 1234)
    assert (told["overspeed"], told["fatigue"]) == (1, 0)


def test_a_position_of_2019_holds_that_of_the_terminal() -> None:
    terminal = bytes.fromhex(
        "00000002 00000003 01d30ff8 0638f990 01a0 016d 0119 261130122005 0104 0000303c 30011f"
    )
    data = b"\0" + len(terminal).to_bytes(4, "big") + terminal
    data += b"51010000001" + (2).to_bytes(4, "big") + b"\0" * 30
    frame = read(enveloped(0x1202, data, time=1_796_012_405))
    gnss = frame.fields["gnss"]
    assert gnss["position"]["items"][1]["signal_strength"] == 31
    assert gnss["by_platform"][0] == {"platform": "51010000001", "alarm": 2}
    told = values(frame)
    assert (told["lon"], told["speed"], told["mileage"]) == (104.3972, 36.5, 1234.8)


def test_positions_sent_late_are_all_told_and_a_bad_one_costs_no_other() -> None:
    bad = b"\x1f" + OLD[1:]  # 31 November
    frame = read(enveloped(0x1203, b"\3" + b"\0" + OLD + b"\0" + bad + b"\0" + OLD))
    assert len([one for one in frame.readings if one.sensor == f"{BUS}.lon"]) == 2
    assert "is none" in frame.fault
    cut = read(enveloped(0x1203, b"\2" + b"\0" + OLD))
    assert "cut short" in cut.fault
    assert values(cut)["speed"] == 36


def test_a_shifted_position_is_turned_back_once() -> None:
    lon, lat = from_wgs84(104.3972, 30.6094)
    shifted = OLD[:7] + round(lon * 1e6).to_bytes(4, "big") + round(lat * 1e6).to_bytes(4, "big")
    told = values(read(enveloped(0x1202, b"\1" + shifted + OLD[15:])))
    assert (told["lon"], told["lat"]) == pytest.approx((104.3972, 30.6094), abs=1e-5)


def test_warnings_of_both_editions_become_readings() -> None:
    at, end = (1_796_012_405).to_bytes(8, "big"), (1_796_012_465).to_bytes(8, "big")
    text = b"\0\0\0\4" + "超速".encode("gbk")
    old = read(enveloped(0x1402, b"\1" + b"\0\1" + at + b"\0\0\0\7" + text))
    new = read(
        enveloped(
            0x1402,
            b"51010000001" + b"\0\1" + at + at + end + PLATE + b"\0" * 11 + b"\0" * 4 + text,
            plate=b"", time=1_796_012_500,
        )
    )  # fmt: skip
    assert [old.device, new.device] == [BUS, BUS]
    assert [frame.fields["warning"]["text"] for frame in (old, new)] == ["超速", "超速"]
    told = [(one.sensor, format_time(one.time), one.value) for one in new.readings]
    assert told == [
        (f"{BUS}.warning", "2026-11-30T04:20:05Z", 1.0),
        (f"{BUS}.warning", "2026-11-30T04:21:05Z", 0.0),
    ]
    assert [(one.value, one.quality) for one in old.readings] == [(1.0, int(Quality.GOOD))]


def test_unknown_messages_are_kept_raw() -> None:
    for data in (framed(0x1177, b"\1\2"), enveloped(0x12EE, b"\1\2"), framed(0x7777, b"\1\2")):
        assert read(data).fields["body"].endswith("0102")


@pytest.mark.parametrize("time", [None, 1_796_012_405])
def test_an_encrypted_position_is_read_with_the_numbers_of_its_platform(time: int | None) -> None:
    numbers, key = Numbers(41_823_977, 1_664_525, 1_013_904_223), 0x51A7
    inner = OLD if time is None else len(OLD).to_bytes(4, "big") + OLD
    body = PLATE + b"\x12\2" + (len(inner) + 1).to_bytes(4, "big") + b"\0" + inner
    data = framed(0x1200, turned(body, key, numbers), time=time, encryption=1, key=key)
    (frame,) = talk(keys={str(CENTRE): list(numbers)}).feed(data)
    assert values(frame)["lon"] == 104.3972
    (closed,) = talk().feed(data)
    assert closed.is_ok
    assert "numbers of platform 51010001 are not known" in closed.fault
    assert not closed.readings


def test_a_platform_signs_in_is_kept_alive_and_signs_out() -> None:
    one = talk(accounts={"10": "secret"}, secret="s")
    (early,) = one.feed(enveloped(0x1202, b"\0" + OLD))
    assert (early.readings, early.fault) == ((), "the platform has not signed in")
    answers = said(one, login())
    assert [number for number, _ in answers] == ["0x1002", "0x9007"]
    assert answers[0][1]["result"] == 0
    assert answers[0][1]["verifyCode"]
    assert said(one, framed(0x1005, b"")) == [("0x1006", {"body": ""})]
    assert one.feed(enveloped(0x1202, b"\0" + OLD))[0].readings
    assert said(one, framed(0x1003, b"\0\0\0\nsecret\0\0")) == [("0x1004", {"body": ""})]
    assert not one.feed(enveloped(0x1202, b"\0" + OLD))[0].readings


@pytest.mark.parametrize(("user", "password", "result"), [(11, b"secret", 3), (10, b"wrong", 4)])
def test_who_is_not_known_may_not_sign_in(user: int, password: bytes, result: int) -> None:
    one = talk(accounts={"10": "secret"})
    answers = said(one, login(user=user, password=password, time=1_796_012_405))
    assert [(number, told["result"]) for number, told in answers] == [("0x1002", result)]
    assert not one.feed(enveloped(0x1202, b"\0" + OLD))[0].readings


def test_how_many_positions_came_in_is_told_once_a_minute() -> None:
    one = talk()
    for _ in range(3):
        assert not said(one, enveloped(0x1202, b"\0" + OLD))
    (alive,) = one.feed(framed(0x1005, b""))
    first, then = (one.answer(alive, NOW_MS + late) for late in (30_000, 60_000))
    assert len(frames_of(PROTOCOL, first)) == 1
    counted = frames_of(PROTOCOL, then)[1]
    assert (counted.header["msgId"], counted.fields["count"]) == ("0x9101", 3)
    assert counted.fields["end"] == "2026-11-30T04:23:00Z"


def test_a_registration_of_2019_is_answered() -> None:
    data = b"\0" * 110
    assert not said(talk(), enveloped(0x1201, b"\0" * 61))
    ((number, told),) = said(talk(), enveloped(0x1201, data, time=1_796_012_405, sn=99))
    assert (number, told["source"], told["source_sn"]) == ("0x9201", "0x1201", 99)


@pytest.mark.parametrize(
    ("name", "words", "answer"),
    [
        ("text", {"text": "前方塌方，请绕行"}, (0x1503, b"\0\0\0\0" + b"\0")),
        ("duty", {"text": "1+1=?"}, (0x1301, b"\1" + b"\0" * 12 + b"\0\0\0\0" + b"\0\0\0\0012")),
        ("live", {"channel": 2}, (0x1801, b"\0" + b"10.1.2.4".ljust(32, b"\0") + b"\4\x38")),
        ("driver", {}, (0x120A, b"\0" * 276)),
    ],
)
def test_what_is_asked_is_said_and_its_answer_known(
    name: str, words: dict[str, Any], answer: tuple[int, bytes]
) -> None:
    one = talk()
    one.feed(framed(0x1005, b""))
    whose = {} if name == "duty" else {"device": BUS}
    question, data = one.ask(Ask(name, whose | words), NOW_MS)
    asked = read(data)
    assert {key: asked.fields[key] for key in words} == words
    about = b"" if name == "duty" else PLATE
    assert asked.device == (str(CENTRE) if name == "duty" else BUS)
    (frame,) = one.feed(enveloped(*answer, plate=about))
    assert frame.ask == question


def test_answers_of_2019_name_the_question() -> None:
    one = talk()
    one.feed(framed(0x1005, b"", time=1_796_012_405))
    first, _ = one.ask(Ask("text", {"device": BUS, "text": "一"}), NOW_MS)
    second, data = one.ask(Ask("text", {"device": BUS, "text": "二"}), NOW_MS)
    sn = read(data).header["msgSN"].to_bytes(4, "big")
    (frame,) = one.feed(enveloped(0x1503, b"\x95\3" + sn + b"\0", time=1_796_012_405))
    assert frame.ask == second
    assert first != second


def test_what_cannot_be_said_is_refused() -> None:
    with pytest.raises(Malformed, match="has said nothing yet"):
        talk().ask(Ask("text", {"text": "一"}), NOW_MS)
    one = talk()
    one.feed(framed(0x1005, b""))
    for name, words, why in (
        ("dance", {}, "cannot be asked"), ("text", {"device": BUS}, "needs 'text'"),
        ("text", {"text": "一"}, "PLATE_COLOUR"), ("photo", {"device": BUS, "lens": 999}, "so"),
        ("duty", {"text": "1+1=?", "device": BUS}, "for the platform"),
    ):  # fmt: skip
        with pytest.raises(Malformed, match=why):
            one.ask(Ask(name, words), NOW_MS)


@pytest.mark.parametrize(
    "words",
    [{"secrets": "x"}, {"keys": {"a": [1, 2, 3]}}, {"keys": {"1": [1]}}, {"accounts": {"1": 2}}],
)
def test_a_wrong_setting_is_refused(words: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        talk(**words)


def test_a_sub_link_is_kept_alive_and_nobody_signs_in_by_claiming_one() -> None:
    one = talk(accounts={"10": "secret"}, centre=CENTRE)
    taken = framed(0x9002, b"\0")
    one.feed(taken)
    assert not one.feed(enveloped(0x1202, b"\0" + OLD))[0].readings
    assert read(one.begin(NOW_MS)).header["msgId"] == "0x9001"
    assert not one.look(NOW_MS + 61_000)
    one.feed(taken)
    assert one.feed(enveloped(0x1202, b"\0" + OLD))[0].readings
    assert read(one.look(NOW_MS + 61_000) or b"").header["msgId"] == "0x9005"
    assert not one.look(NOW_MS + 62_000)


@pytest.mark.parametrize("time", [None, 1_796_012_405])
def test_passwords_are_covered_and_a_right_check_stays_right(time: int | None) -> None:
    whole = login(time=time)
    hidden = covered(whole)
    assert b"secret" not in hidden
    assert read(hidden).header["msgId"] == "0x1001"
    wrong = whole[:-2] + bytes((whole[-2] ^ 1,)) + b"]"
    assert "wrong check" in frames_of(PROTOCOL, covered(wrong))[0].reason
    place = enveloped(0x1202, b"\0" + OLD)
    assert covered(place) == place


@pytest.mark.parametrize(
    ("length", "data", "kept"),
    [(4, "ffd8ffd9", "ffd8ffd9"), (3, "ffd8ffd9", "ffd8ff"), (5, "ffd8ffd9", ""), (0, "", "")],
)
def test_a_photograph_is_as_long_as_it_says_or_none(length: int, data: str, kept: str) -> None:
    body = bytes([1]) + b"\0" * 36 + b"\1" + length.to_bytes(4, "big") + b"\2\1"
    (frame,) = frames_of(PROTOCOL, enveloped(0x1502, body + bytes.fromhex(data)))
    assert frame.fields["photo_length"] == length
    assert [one.data.hex() for one in media(frame)] == ([kept] if kept else [])
