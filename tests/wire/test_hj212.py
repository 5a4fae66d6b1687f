"""HJ 212 as it is on the wire: each part of a frame, what is refused, what is said and asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.hj212 import PROTOCOL
from anlan.connectors.hj212.talk import Talk
from anlan.terms.errors import Malformed
from anlan.terms.quality import Quality
from tests.wire.vectors import Vector, frames_of, unsaid, vectors

MN, OLD = "010000A8900016F000169DC0", "88888880000001"
NOW_MS = int(datetime(2026, 11, 30, 1, 2, 3, 4000, tzinfo=UTC).timestamp() * 1000)
HOUR_MS = int(datetime(2016, 8, 1, 0, 0, tzinfo=UTC).timestamp()) * 1000  # 8 o'clock in Beijing
REALTIME = (
    "DataTime=20160801080000;w01018-Rtd=2.2,w01018-Flag=N;w01001-Rtd=7.1,w01001-Flag=D;"
    "w21003-Rtd=0.5,w21003-Flag=T;w00000-Rtd=1.5,w00000-ZsRtd=3"
)


def summed(data: bytes) -> str:
    """The check sum step by step, as Appendix A has it."""
    register = 0xFFFF
    for byte in data:
        register = register >> 8 ^ byte
        for _ in range(8):
            register = register >> 1 ^ (0xA001 if register & 1 else 0)
    return f"{register:04X}"


def framed(data: str | bytes) -> bytes:
    """A frame put together here, without the codec."""
    data = data.encode() if isinstance(data, str) else data
    return b"##%04d%s%s\r\n" % (len(data), data, summed(data).encode())


def segment(command: str, data: str = "", flag: str = "4", more: str = "") -> str:
    head = f"QN=20160801085857223;ST=32;CN={command};PW=123456;MN={MN};Flag={flag};"
    return f"{head}{more}CP=&&{data}&&"


def read(data: str | bytes) -> Frame:
    (frame,) = frames_of(PROTOCOL, framed(data))
    assert frame.is_ok, frame.reason
    return frame


def told(frame: Frame) -> dict[str, Any]:
    """Values by what follows the device in their sensors' names."""
    return {one.sensor.removeprefix(f"{frame.device}."): one.value for one in frame.readings}


@pytest.mark.parametrize(
    "vector", vectors("hj212/frames.json") + vectors("hj212/appendixC_segments.json")
)
def test_captured_frames_say_what_was_captured(vector: Vector) -> None:
    (frame,) = frames_of(PROTOCOL, vector.data)
    assert frame.is_ok == vector.is_good, frame.reason
    assert not frame.is_ok or not unsaid(vector.expect, frame)


def test_the_example_of_the_standard_is_read_to_its_last_bit() -> None:
    data = f"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN={MN};Flag=5;CP=&&RtdInterval=30&&"
    (frame,) = frames_of(PROTOCOL, f"##0101{data}1C80\r\n".encode())
    assert frame.header == {
        "QN": "20160801085857223", "ST": "32", "CN": "1062", "PW": "100000", "MN": MN,
        "Flag": 5, "flag_version": 1, "flag_split": False, "flag_ack": True,
    }  # fmt: skip
    assert frame.fields == {
        "parse": "fields", "command": "设置实时数据间隔", "system": "地表水体环境污染源",
        "version": "HJ 212-2017", "CP": {"RtdInterval": "30"},
    }  # fmt: skip
    assert (frame.reason, frame.device, frame.readings) == ("", MN, ())


def test_real_time_values_have_their_sensor_time_and_quality() -> None:
    frame = read(segment("2011", REALTIME))
    good, doubted, bad = Quality.GOOD, Quality.UNCERTAIN, Quality.BAD
    assert [(r.sensor.removeprefix(f"{MN}."), r.value, r.quality) for r in frame.readings] == [
        ("w01018", 2.2, good), ("w01001", 7.1, bad), ("w21003", 0.5, doubted),
        ("w00000", 1.5, good), ("w00000.ZsRtd", 3.0, good),
    ]  # fmt: skip
    assert {r.time for r in frame.readings} == {HOUR_MS}
    assert frame.fields["CP"]["w01018"] == {"Rtd": "2.2", "Flag": "N"}
    assert frame.fields["marks"] == {"w01001": "故障", "w21003": "超测量上限"}
    assert frame.fields["quantities"]["w01018"] == {"name": "化学需氧量", "unit": "mg/L"}
    assert not frame.fault


def test_minutes_hours_and_days_never_share_a_sensor() -> None:
    data = "DataTime=20160801080000;w01018-Avg=5,w01018-Max=6,w01018-Cou=7,w01018-Flag=N"
    names = [told(read(segment(command, data))) for command in ("2051", "2061", "2031")]
    assert [list(one) for one in names] == [
        [f"w01018.{period}.{kind}" for kind in ("Avg", "Max", "Cou")]
        for period in ("minute", "hour", "day")
    ]
    noise = "DataTime=20160801080000;Leq-Data=50.0;Ld-DayData=52.5"
    assert told(read(segment("2031", noise))) == {"Leq.day.Data": 50.0, "Ld.day.DayData": 52.5}
    states = "DataTime=20160801080000;SB1-RS=1"
    assert told(read(segment("2021", states))) == {"SB1.RS": 1.0}


def test_a_frame_of_2005_is_read_by_its_own_codes() -> None:
    data = f"ST=32;CN=2061;PW=123456;MN={OLD};CP=&&DataTime=20160801080000;011-Avg=1.1,011-Flag=3&&"
    frame = read(data)
    assert told(frame) == {"011.hour.Avg": 1.1}
    assert frame.readings[0].quality == Quality.GOOD
    assert frame.fields["quantities"] == {"011": {"name": "化学需氧量", "unit": "mg/L"}}
    assert "Flag" not in frame.header


def test_times_are_of_the_zone_that_the_way_says() -> None:
    (frame,) = PROTOCOL.talk(Way(UTC)).feed(framed(segment("2011", REALTIME)))
    assert frame.readings[0].time == HOUR_MS + timedelta(hours=8) // timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("DataTime=20161301080000;w01018-Rtd=1", "DataTime '20161301080000' is no time"),
        ("DataTime=2016-08-01;w01018-Rtd=1", "DataTime '2016-08-01' is no time"),
        ("w01018-Rtd=1", "no DataTime says when"),
        ("DataTime=20160801080000;w01018-Rtd=一", "w01018-Rtd is no number: '一'"),
        ("DataTime=20160801080000;w01018-Rtd=1_0", "w01018-Rtd is no number: '1_0'"),
        ("DataTime=20160801080000;w01018-Rtd=1e999", "w01018-Rtd is no number: '1e999'"),
    ],
)
def test_what_can_be_no_reading_is_a_fault_that_says_why(data: str, fault: str) -> None:
    frame = read(segment("2011", data))
    assert (frame.fault, frame.readings) == (fault, ())


def test_a_value_that_stands_there_twice_counts_once_and_a_missing_one_is_missing() -> None:
    data = "DataTime=20160801080000;a-Rtd=1;a-Rtd=1;b-Rtd=1;b-Rtd=2;c-Rtd="
    frame = read(segment("2011", data))
    assert {name: str(value) for name, value in told(frame).items()} == {
        "a": "1.0", "b": "1.0", "c": "nan",
    }  # fmt: skip
    assert frame.fault == "b-Rtd stands there twice: 1, 2"
    assert frame.fields["CP"]["b"] == {"Rtd": ["1", "2"]}


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_chinese_texts_are_read_in_either_charset(charset: str) -> None:
    data = segment("3020", "DataTime=20160801080000;i11001-Info=//清洗管路, 完成//").encode(charset)
    frame = read(data)
    assert frame.fields["CP"]["i11001"]["Info"] == "//清洗管路, 完成//"
    assert frame.header["charset"] == charset.upper()


def test_unknown_commands_and_forms_are_kept() -> None:
    frame = read(segment("8999", "Cipher,3A7F;x"))
    assert frame.fields["CP"] == {"Cipher,3A7F": "", "x": ""}
    assert frame.fields["parse"] == "raw"


GOOD = framed(segment("9015"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (GOOD.replace(b"123456", b"123457"), "wrong check sum"),
        (b"##0100" + GOOD[6:], "wrong length: the head says 100 bytes of data, there are 87"),
        (b"##0010" + GOOD[6:], "wrong length: the head says 10 bytes of data, there are 87"),
        (GOOD[:50] + b"\r\n", "cut short: 50 bytes of 97"),
        (GOOD[:4], "cut short: 4 bytes of a frame"),
        (b"##12x4" + GOOD[6:], "no length"),
        (b"GET / HTTP/1.1\r\n", "no frame"),
        (framed("hello=world"), "no data segment of HJ 212"),
    ],
)  # fmt: skip
def test_what_is_no_frame_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    (frame,) = frames_of(PROTOCOL, data)
    assert not frame.is_ok
    assert reason in frame.reason


def test_what_is_no_frame_costs_no_good_one() -> None:
    stream = GOOD[:40] + GOOD + b"DTU0001" + GOOD.lower()[:2] + b"#" + GOOD + GOOD[:-2] + GOOD
    assert [frame.is_ok for frame in frames_of(PROTOCOL, stream)] == [
        False, True, False, True, True, True,
    ]  # fmt: skip


def test_a_check_sum_in_small_letters_and_a_missing_line_end_are_right() -> None:
    small = GOOD[:-6] + GOOD[-6:-2].lower()
    assert [frame.raw for frame in frames_of(PROTOCOL, small)] == [small]


def test_later_packets_are_of_the_time_of_the_first() -> None:
    talk = PROTOCOL.talk(Way())
    first = segment("2061", "DataTime=20160801080000;a-Avg=1", "7", "PNUM=2;PNO=1;")
    second = segment("2061", "b-Avg=2", "7", "PNUM=2;PNO=2;")
    one, other = talk.feed(framed(first) + framed(second))
    assert [r.time for r in (*one.readings, *other.readings)] == [HOUR_MS, HOUR_MS]
    assert (other.header["packet"], other.header["packets"]) == (2, 2)
    assert b"CN=9014" in talk.answer(other, NOW_MS)

    assert talk.feed(framed(second)) == [other]  # it came again


def test_a_packet_whose_time_has_not_come_is_not_acknowledged() -> None:
    data = ["DataTime=20160801080000;a-Avg=1", "b-Avg=2"]
    first, second = (segment("2061", d, "7", f"PNUM=2;PNO={n};") for n, d in enumerate(data, 1))
    later = second.replace("QN=2016080108", "QN=2016080109")  # whose first packet was lost
    for before in (b"", framed(first) + framed(second)):
        talk = PROTOCOL.talk(Way())
        talk.feed(before)
        (frame,) = talk.feed(framed(later))
        assert (frame.readings, frame.fault) == ((), "no DataTime says when")
        assert talk.answer(frame, NOW_MS) == b""


def answered(data: str) -> bytes:
    talk = PROTOCOL.talk(Way())
    (frame,) = talk.feed(framed(data))
    assert talk.refuse(frame, NOW_MS) == b""
    return talk.answer(frame, NOW_MS)


def test_data_and_notices_are_acknowledged_where_the_flag_asks() -> None:
    reply = f"QN=20160801085857223;ST=91;CN={{}};PW=123456;MN={MN};Flag={{}};CP=&&&&"
    assert answered(segment("2011", REALTIME, "5")) == framed(reply.format(9014, 4))
    assert answered(segment("2011", REALTIME, "9")) == framed(reply.format(9014, 8))
    assert answered(segment("9015", "", "9")) == framed(reply.format(9013, 8))
    for nothing in ("4", "8", "x"):
        assert answered(segment("2011", REALTIME, nothing)) == b""
    for answer in ("9011", "9012", "9013", "9014"):
        assert answered(segment(answer, "", "5")) == b""


def test_names_that_no_device_has_are_not_said_back() -> None:
    assert answered(segment("2011", REALTIME, "5").replace("123456", "1" * 9_000)) == b""
    assert answered(f"CN=2011;Flag=5;MN={'1' * 9_970};CP=") == b""
    assert b"CN=9013" in answered(segment("1013", "", "5").replace("ST=32", "ST=91"))


def test_the_name_of_a_request_of_2005_stands_among_the_data() -> None:
    data = f"QN=20040516010101001;ST=32;CN=2011;PW=123456;MN={OLD};Flag=1;CP=&&011-Rtd=1&&"
    want = f"ST=91;CN=9014;PW=123456;MN={OLD};Flag=0;CP=&&QN=20040516010101001&&"
    assert answered(data) == framed(want)


def test_a_device_that_wants_the_time_is_told_it() -> None:
    notice, command = frames_of(PROTOCOL, answered(segment("1013", "PolId=w01018", "5")))
    assert (notice.header["CN"], command.header["CN"]) == ("9013", "1012")
    assert command.fields["CP"] == {"SystemTime": "20261130090203"}


def heard(words: dict[str, Any] | None = None) -> Talk:
    talk = Talk(Way(words=words or {}))
    talk.feed(framed(segment("2011", REALTIME)))
    return talk


WORDS = {
    "quantity": "w01018", "seconds": 30, "minutes": 10, "begin": HOUR_MS, "end": NOW_MS,
    "info": "i13004", "times": 3, "password": "654321",
}  # fmt: skip


@pytest.mark.parametrize("name", PROTOCOL.asks)
def test_every_question_is_a_frame_that_wants_an_answer(name: str) -> None:
    ask, said = heard().ask(Ask(name, WORDS), NOW_MS)
    (frame,) = frames_of(PROTOCOL, said)
    assert frame.is_ok
    assert frame.header["QN"] == ask == "20261130090203004"
    assert (frame.header["ST"], frame.header["Flag"], frame.device) == ("32", 5, MN)
    assert frame.fields["command"]


def test_questions_say_what_the_standard_says() -> None:
    talk = heard({"password": "888888"})
    _, said = talk.ask(Ask("read_hours", {"begin": HOUR_MS, "end": "2016-08-01T10:00+08:00"}), 0)
    (frame,) = frames_of(PROTOCOL, said)
    assert (frame.header["CN"], frame.header["PW"]) == ("2061", "888888")
    assert frame.fields["CP"] == {"BeginTime": "20160801080000", "EndTime": "20160801100000"}


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (Ask("dance"), "there is no question 'dance'"),
        (Ask("set_interval"), "needs seconds"),
        (Ask("set_interval", {"seconds": -1}), "seconds must be a whole number"),
        (Ask("set_password", {"password": "1;CN=9014"}), "password must be a text without"),
        (Ask("read_hours", {"begin": "yesterday", "end": 0}), "not a time"),
        (Ask("read_time", {"device": "X"}), "X has not spoken yet"),
    ],
)
def test_what_cannot_be_asked_is_refused(ask: Ask, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        heard().ask(ask, NOW_MS)
    with pytest.raises(Malformed, match="has not spoken yet"):
        Talk(Way()).ask(Ask("read_time"), NOW_MS)


def test_an_answer_bears_the_name_of_its_question() -> None:
    talk = heard()
    asks = [talk.ask(Ask("read_time"), NOW_MS)[0] for _ in range(3)]
    assert len(set(asks)) == 3
    head = f"QN={asks[0]};ST={{}};CN={{}};PW=123456;MN={MN};Flag=4;CP=&&{{}}&&"
    said = [("91", "9011", "QnRtn=1"), ("32", "1011", "SystemTime=20160801085857"),
            ("91", "9012", "ExeRtn=100"), ("91", "9011", "QnRtn=3")]  # fmt: skip
    frames = talk.feed(b"".join(framed(head.format(*one)) for one in said))
    assert [frame.ask for frame in frames] == ["", asks[0], asks[0], asks[0]]
    assert frames[2].fields["result"] == {"code": 100, "text": "没有数据"}
    assert frames[3].fields["result"] == {"code": 3, "text": "PW错误"}
    (data,) = talk.feed(framed(segment("2011", REALTIME)))
    assert data.ask == ""
