"""A message read and written: nothing is lost, nothing is changed, nothing is guessed."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.cap.message import Alert, Area, Info, Pair, Resource, moment_of
from anlan.cap.read import alert_of, read
from anlan.cap.schema import NAMESPACES
from anlan.cap.write import plain, write
from anlan.cap.xml.document import parse
from anlan.terms.errors import Malformed
from tests.pure.cap.messages import ALERT, ALERT_1_0, RING


def test_every_field_is_read() -> None:
    alert = read(ALERT.encode())
    assert alert.reference == (
        "met@anlan.example,99010041600000_20260701080000,2026-07-01T08:00:00+08:00"
    )
    (info,) = alert.info
    assert (info.spoken, info.category, info.response_type) == ("zh-CN", ("Met",), ("Prepare",))
    assert info.event_code == (Pair("national", "11B03"),)
    assert info.description == "预计 3 小时内雨量达 50 毫米以上 & 伴有雷电。"
    assert info.onset is None
    (area,) = info.area
    assert (area.polygon, area.circle) == ((RING,), ("30.05,110.05 2.5",))
    assert area.geocode == (Pair("region", "990102"),)


def test_an_older_message_is_read_with_its_pairs() -> None:
    alert = read(ALERT_1_0.encode())
    assert alert.scope is None
    assert alert.info[0].event_code == (Pair("same", "SVR"), Pair("", "no pair"))
    assert alert.info[0].area[0].geocode == (Pair("fips6", "006109=x"),)
    assert alert.info[0].spoken == "en-US"
    with pytest.raises(Malformed, match="scope"):
        write(alert)


def test_what_is_not_valid_is_not_read_but_can_be_looked_at() -> None:
    broken = ALERT.replace("<severity>Severe</severity>", "").replace("Actual", "actual")
    with pytest.raises(Malformed, match="status"):
        read(broken.encode())
    alert = alert_of(parse(broken.encode()))
    assert (alert.status, alert.info[0].severity) == ("actual", "")


def test_a_comment_within_a_text_is_no_text() -> None:
    alert = read(ALERT.replace("Actual", "Act<!-- x -->ual").encode())
    assert alert.status == "Actual"


def test_texts_stay_as_they_stand() -> None:
    text = "  two\r\nlines\t& <more> ]]> 𠀀 "
    alert = dataclasses.replace(read(ALERT.encode()), note=text, sent="2026-07-01T08:00:00-00:00")
    assert read(write(alert)) == alert


def test_what_xml_cannot_hold_is_refused() -> None:
    for text in ("\0", "\x1b[31m", "\ud800"):
        alert = dataclasses.replace(read(ALERT.encode()), note=text)
        with pytest.raises(Malformed):
            write(alert)


def test_a_message_without_what_it_needs_is_not_written() -> None:
    alert = read(ALERT.encode())
    for change in ({"sent": "2026-07-01T08:00:00Z"}, {"status": "actual"}, {"scope": None}):
        with pytest.raises(Malformed):
            write(dataclasses.replace(alert, **change))


def test_a_message_is_told_in_json_by_the_names_of_its_elements() -> None:
    told = plain(read(ALERT.encode()))
    (info,) = told["info"]
    assert (told["msgType"], told["sent"]) == ("Alert", "2026-07-01T08:00:00+08:00")
    assert (info["category"], info["headline"]) == (["Met"], "安澜市气象台发布暴雨橙色预警")
    assert info["eventCode"] == [{"valueName": "national", "value": "11B03"}]
    assert info["area"][0]["polygon"] == [RING]
    assert "note" not in told


def test_times_have_a_zone_or_are_none() -> None:
    assert moment_of("2026-07-01T08:00:00+08:00") == datetime(2026, 7, 1, tzinfo=UTC)
    assert moment_of(" 2026-07-01T00:00:00-00:00\n") == datetime(2026, 7, 1, tzinfo=UTC)
    for text in (None, "", "2026-07-01T08:00:00", "tomorrow", "2026-02-30T08:00:00+08:00"):
        assert moment_of(text) is None


# XML holds no control characters; a carriage return is written so that it comes back.
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20
)
SOME = st.none() | TEXT
PAIRS = st.lists(st.builds(Pair, TEXT, TEXT), max_size=2).map(tuple)
AREAS = st.builds(
    Area,
    area_desc=TEXT,
    polygon=st.lists(TEXT, max_size=2).map(tuple),
    circle=st.lists(TEXT, max_size=2).map(tuple),
    geocode=PAIRS,
    altitude=st.none() | st.just("120.5"),
)
RESOURCES = st.builds(
    Resource, resource_desc=TEXT, mime_type=TEXT, size=st.none() | st.just("7"), deref_uri=SOME
)
INFOS = st.builds(
    Info,
    language=st.none() | st.sampled_from(["zh-CN", "en-US"]),
    category=st.lists(st.sampled_from(["Met", "Geo"]), min_size=1, max_size=2).map(tuple),
    event=TEXT,
    urgency=st.just("Immediate"),
    severity=st.sampled_from(["Extreme", "Minor"]),
    certainty=st.just("Observed"),
    audience=SOME,
    event_code=PAIRS,
    headline=SOME,
    description=SOME,
    parameter=PAIRS,
    resource=st.lists(RESOURCES, max_size=1).map(tuple),
    area=st.lists(AREAS, max_size=2).map(tuple),
)
ALERTS = st.builds(
    Alert,
    identifier=TEXT,
    sender=TEXT,
    sent=st.just("2026-07-01T08:00:00+08:00"),
    status=st.sampled_from(["Actual", "Exercise", "Test"]),
    msg_type=st.sampled_from(["Alert", "Update", "Cancel"]),
    source=SOME,
    scope=st.just("Public"),
    code=st.lists(TEXT, max_size=2).map(tuple),
    note=SOME,
    references=SOME,
    info=st.lists(INFOS, max_size=2).map(tuple),
)


@given(ALERTS)
def test_what_is_written_is_read_again(alert: Alert) -> None:
    data = write(alert)
    assert read(data) == alert
    assert write(read(data)) == data
    assert data.decode().count(NAMESPACES["1.2"]) == 1
