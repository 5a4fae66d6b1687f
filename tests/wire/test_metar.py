"""METAR and SPECI as they come: single lines and bulletins, in the units of each country."""

from typing import Any

import pytest

from anlan.connectors.dials import DAY_MS, MONTH_MS, Dial
from anlan.connectors.frames import Ask, Frame, Way
from anlan.connectors.metar import PROTOCOL
from anlan.terms.errors import Malformed
from tests.wire.vectors import Vector, frames_of, unsaid, vectors

STORM = b"SPECI ZSZS 300635Z 04018G27MPS 0800 +TSRA BKN008CB OVC020 22/21 Q0998 BECMG TL0800 3000="


def read(data: bytes) -> Frame:
    (frame,) = frames_of(PROTOCOL, data)
    assert not frame.reason, frame.reason
    return frame


def values(frame: Frame) -> dict[str, float]:
    return {one.sensor.removeprefix(f"{frame.device}."): one.value for one in frame.readings}


@pytest.mark.parametrize("vector", vectors("metar/metar.json"))
def test_reports_say_what_they_say(vector: Vector) -> None:
    assert not unsaid(vector.expect, read(vector.data))


def test_a_storm_is_told_in_our_units_and_words() -> None:
    frame = read(STORM)
    assert frame.device == "ZSZS"
    assert values(frame) == {
        "wind_direction": 40, "wind_speed": 18, "wind_gust": 27, "visibility": 800,
        "temperature": 22, "dew_point": 21, "pressure": 998, "cloud_base": 244,
    }  # fmt: skip
    assert frame.fields["weather_word"] == "强雷暴雨"
    assert frame.fields["sky_word"] == "多云 240 米（积雨云）、阴天 610 米"
    assert frame.fields["text"] == STORM.decode().removesuffix("=")
    at = 29 * DAY_MS + (6 * 60 + 35) * 60_000
    assert set(frame.dials) == {Dial(MONTH_MS, at)}


@pytest.mark.parametrize(
    ("groups", "wanted"),
    [
        ("00000MPS 9999 M02/M09 Q1036", {"wind_speed": 0, "temperature": -2, "dew_point": -9}),
        ("36010KT 1/2SM FG VV001", {"wind_speed": 5.1, "visibility": 805, "cloud_base": 30}),
        ("09036KMH CAVOK 20/10 Q1013", {"wind_speed": 10, "visibility": 10_000}),
        ("/////MPS //// ///// Q////", {}),
        ("VRB02MPS 3000 BR", {"wind_speed": 2, "visibility": 3_000}),
    ],
)
def test_units_of_each_country_and_what_is_missing(groups: str, wanted: dict[str, float]) -> None:
    told = values(read(f"METAR ZBAA 300000Z {groups}".encode()))
    assert {name: told[name] for name in wanted} == wanted
    assert ("wind_direction" in told) == groups.startswith(("0", "3"))


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("-RA", "弱雨"), ("+SHSN", "强阵性雪"), ("FZFG", "冻雾"), ("VCTS", "附近雷暴"),
        ("BLSN", "高吹雪"), ("+FC", "龙卷"), ("RASN", "雨雪"), ("HZ", "霾"), ("NSW", "无重要天气"),
    ],
)  # fmt: skip
def test_weather_has_chinese_words(code: str, word: str) -> None:
    assert (
        read(f"METAR ZBAA 300000Z 02002MPS 2000 {code} 10/09 Q1013".encode()).fields["weather_word"]
        == word
    )


BULLETIN = b"""ZCZC 123
SACI31 ZSSS 300630
METAR ZSSS 300630Z 35004MPS 9999 FEW030 12/05 Q1024 NOSIG=
ZSZS 300630Z 04012MPS 4000 -RA
      BKN010 15/14 Q1012 BECMG
      TL0800 3000=
METAR ZSWZ 300630Z NIL=
NNNN
"""


def test_a_bulletin_has_many_reports_some_over_several_lines() -> None:
    frames = frames_of(PROTOCOL, BULLETIN)
    assert [(frame.is_ok, frame.device) for frame in frames] == [
        (True, "ZSSS"), (True, "ZSZS"), (True, "ZSWZ"),
    ]  # fmt: skip
    assert values(frames[1])["cloud_base"] == 305
    assert (frames[2].fields["modifier"], frames[2].readings) == ("NIL", ())
    assert frames_of(PROTOCOL, BULLETIN.replace(b"\n", b"\r\n")) == frames


def test_lines_without_a_bulletin_are_a_report_each() -> None:
    lines = b"2026/11/30 06:30\nKABI 031752Z 30010KT 6SM BR FEW009 OVC036 02/01 A3003\n" + STORM
    assert [frame.device for frame in frames_of(PROTOCOL, lines)] == ["KABI", "ZSZS"]


def test_groups_that_nobody_reads_are_kept() -> None:
    frame = read(b"METAR ZBAA 300000Z 02002MPS 9999 XYZZY 10/09 Q1013")
    assert frame.fields["unread"] == "XYZZY"
    assert values(frame)["pressure"] == 1013


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"METAR ZBAA 320000Z 02002MPS", "not this protocol: 320000 is no time"),
        (b"METAR ZBAA 302400Z 02002MPS", "not this protocol: 302400 is no time"),
        (b"METAR ZBAA 300000Z", "cut short: nothing stands behind the time"),
        (b"METAR ZBAA 3000", "not this protocol: no station and time"),
        (b"METAR ZBAA 300000Z " + b"/" * 1_900, "not this protocol: a group of more than 200"),
        (b"TAF ZBAA 300000Z 3006/3106 02002MPS", "not this protocol"),
        (b"\xff\xfe", "not this protocol"),
        (b"GET / HTTP/1.1", "not this protocol"),
    ],
)
def test_what_is_no_report_is_refused_and_says_why(data: bytes, reason: str) -> None:
    (frame,) = frames_of(PROTOCOL, data)
    assert frame.reason.startswith(reason), frame.reason


def test_nothing_is_said_to_it() -> None:
    talk: Any = PROTOCOL.talk(Way())
    assert talk.answer(read(STORM), 0) == talk.refuse(read(STORM), 0) == b""
    with pytest.raises(Malformed):
        talk.ask(Ask("read"), 0)
