"""AIS and NMEA 0183 as they are on the wire: ships, stations, receivers, and messages in parts."""

from datetime import UTC, datetime
from functools import reduce
from operator import xor
from typing import Any

import pytest

from anlan.connectors.ais import PROTOCOL
from anlan.connectors.dials import DAY_MS, MINUTE_MS, NOT_TOLD, Dial
from anlan.connectors.frames import Ask, Frame, Way
from anlan.terms.errors import Malformed
from tests.wire.vectors import Vector, frames_of, unsaid, vectors

SHIP = b"!AIVDM,1,1,,B,16:D3F0:15`5ogh<O?bk>1Dd2L1<,0*0B"  # 413467480, 6.9 kn, second 22
FIRST = b"!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C"
SECOND = b"!AIVDM,2,2,1,A,88888888880,2*25"


def checked(body: str, start: str = "!") -> bytes:
    """A sentence by the standard, put together here without the codec."""
    return f"{start}{body}*{reduce(xor, body.encode()):02X}".encode()


def read(data: bytes) -> Frame:
    (frame,) = frames_of(PROTOCOL, data)
    assert not frame.reason, frame.reason
    return frame


def values(frame: Frame) -> dict[str, float]:
    return {one.sensor.removeprefix(f"{frame.device}."): one.value for one in frame.readings}


@pytest.mark.parametrize("vector", vectors("ais/aivdm.json") + vectors("nmea/sentences.json"))
def test_captured_sentences_say_what_was_captured(vector: Vector) -> None:
    frames = frames_of(PROTOCOL, vector.data)
    assert all(frame.is_ok for frame in frames) == vector.is_good
    if vector.is_good:
        assert not unsaid(vector.expect, frames[0])


def test_a_ship_is_where_it_says_at_the_second_it_says() -> None:
    frame = read(SHIP)
    assert frame.device == "413467480"
    assert values(frame) == {
        "lon": 113.130653, "lat": 21.824712, "speed": 6.9, "course": 82.4, "heading": 42,
        "status": 0,
    }  # fmt: skip
    assert frame.dials == (Dial(MINUTE_MS, 22_000),) * 6
    assert frame.fields["status_word"] == "机动航行"


def test_what_a_ship_does_not_know_is_no_reading() -> None:
    nowhere = read(b"!AIVDM,1,1,,A,B69A5U@3wk?8mP=18D3Q3wSRPD00,0*5C")
    assert not nowhere.readings
    still = values(read(b"!AIVDM,1,1,,A,15NPOOPP00o?b=bE`UNv4?w428D;,0*24"))
    assert "course" not in still
    assert "heading" not in still
    assert still["speed"] == 0.0


def test_a_station_tells_all_of_its_time() -> None:
    frame = read(b"!AIVDM,1,1,,B,403OtVAv>lba;o?Ia`E`4G?02H6k,0*44")
    at = int(datetime(2019, 11, 9, 10, 41, 11, tzinfo=UTC).timestamp()) * 1000
    assert {one.time for one in frame.readings} == {at}
    assert frame.device == "003669145"


def test_a_message_in_parts_is_one_frame_in_whatever_order_they_come() -> None:
    for data in (FIRST + b"\r\n" + SECOND, SECOND + b"\n" + FIRST, FIRST + SECOND):
        frame = read(data)
        assert frame.fields["shipname"] == "EVER DIADEM"
        assert frame.fields["ship_word"] == "货船"
        assert values(frame) == {"draught": 12.2}
        assert frame.header["parts"] == 2


def test_other_sentences_between_the_parts_change_nothing() -> None:
    frames = frames_of(PROTOCOL, b"\n".join([FIRST, SHIP, SECOND]))
    assert [frame.device for frame in frames] == ["413467480", "351759000"]


def test_a_part_that_never_comes_is_told() -> None:
    (frame,) = frames_of(PROTOCOL, FIRST)
    assert frame.reason == "cut short: 1 of 2 sentences came"
    again = frames_of(PROTOCOL, b"\n".join([FIRST, FIRST, SECOND]))
    assert [frame.is_ok for frame in again] == [False, True]
    talk = PROTOCOL.talk(Way())
    lost = [frame for n in range(200) for frame in talk.feed(_part(n))]
    assert len(lost) >= 130
    assert {frame.reason for frame in lost} == {"cut short: 1 of 2 sentences came"}


def _part(n: int) -> bytes:
    return checked(f"AIVDM,2,1,{n % 10},{chr(65 + n // 10)},55?MbV02,0") + b"\n"


def test_a_tag_block_tells_when_and_by_whom_it_was_heard() -> None:
    block = "s:zhoushan-3,c:1796000000"
    tagged = b"\\" + checked(block, "")[0:] + b"\\" + SHIP
    frame = read(tagged)
    assert frame.header["source"] == "zhoushan-3"
    assert {one.time for one in frame.readings} == {1_796_000_000_000}
    assert frame.dials == ()
    (wrong,) = frames_of(PROTOCOL, tagged.replace(b"shan-3", b"shan-4"))
    assert wrong.reason.startswith("wrong check sum of the tag block")


def test_what_a_forwarder_appends_is_kept() -> None:
    assert read(SHIP + b",r003669945,1435078387\r\n").header["behind"] == "r003669945,1435078387"


def test_unknown_messages_and_sentences_are_kept_raw() -> None:
    frame = read(checked("AIVDM,1,1,,A,u" + "0" * 27 + ",0"))
    assert frame.fields["msg_type"] == 61
    assert frame.fields["raw"].startswith("u0")
    assert read(checked("GPGSV,1,1,01,21,,,42", "$")).fields["raw"][:2] == ["1", "1"]


def test_a_receiver_tells_its_own_place_time_and_wind() -> None:
    here = read(b"$BDGGA,073000.00,3000.9480,N,12206.3600,E,1,12,0.8,15.2,M,9.0,M,,*79")
    assert (here.device, here.dials[0]) == ("BD", Dial(DAY_MS, 27_000_000))
    assert values(here) == {"lon": 122.106, "lat": 30.0158, "alt": 15.2}
    moved = read(checked("GNRMC,020304.5,A,3000.0,S,12206.0,W,10.5,084.4,301126,,,A", "$"))
    at = int(datetime(2026, 11, 30, 2, 3, 4, 500_000, tzinfo=UTC).timestamp() * 1000)
    assert {one.time for one in moved.readings} == {at}
    assert values(moved) == {"lon": -122.1, "lat": -30.0, "course": 84.4, "speed": 10.5}
    lost = read(checked("GNRMC,020304.5,V,,,,,,,301126,,,N", "$"))
    assert (lost.readings, lost.fields["lat"]) == ((), None)
    wind = read(checked("WIMWV,214.8,T,10.0,M,A", "$"))
    assert values(wind) == {"wind_speed": pytest.approx(19.43844), "wind_angle": 214.8}
    assert wind.dials == (NOT_TOLD,) * 2


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (SHIP[:-2] + b"0C", "wrong check sum: 0C came, 0B is right"),
        (SHIP[:-3], "cut short: no check sum"),
        (SHIP[:-1], "cut short: no check sum"),
        (checked("AIVDM,1,1,,A,15M6,0"), "wrong length: 24 bits, a message of type 1 has 168"),
        (checked("AIVDM,1,1,0,A,,0"), "cut short: the payload is empty"),
        (checked("AIVDM,1,1,,A,0"), "wrong length: 5 fields"),
        (checked("AIVDM,1,2,,A,15M6,0"), "not this protocol: part 2 of 1"),
        (checked("AIVDM,1,1,,A,15M6,6"), "not this protocol: part 1 of 1, 6 fill bits"),
        (checked("AIVDM,1,1,,A,15 M6,0"), "not this protocol: the payload"),
        (checked("GPGGA,1,2", "$"), "wrong length: 2 fields"),
        (checked("GPHDT,north,T", "$"), "'north' is no number"),
        (b"nonsense", "not this protocol"),
    ],
)
def test_wrong_sentences_are_refused_and_say_why(data: bytes, reason: str) -> None:
    (frame,) = frames_of(PROTOCOL, data)
    assert frame.reason.startswith(reason), frame.reason
    assert not frame.readings


def test_nothing_is_said_to_it() -> None:
    talk: Any = PROTOCOL.talk(Way())
    assert talk.answer(read(SHIP), 0) == talk.refuse(read(SHIP), 0) == b""
    with pytest.raises(Malformed):
        talk.ask(Ask("read"), 0)
