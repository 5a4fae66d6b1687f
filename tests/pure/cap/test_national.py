"""The national message: written and read from one CAP value, and what is unusual in it told."""

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.cap.message import Alert, Area, Info, Pair, Resource
from anlan.cap.national.check import doubts_of
from anlan.cap.national.fields import FIELDS
from anlan.cap.national.files import name_of
from anlan.cap.national.identifier import BEIJING
from anlan.cap.national.notice import (
    EVENT_TYPE,
    GEOCODE,
    WAYS,
    Notice,
    Way,
    headline_of,
    notice_of,
)
from anlan.cap.national.read import read
from anlan.cap.national.write import write
from anlan.terms.errors import Malformed

INFO = Info(
    language="zh-CN",
    category=("Met",),
    event="大雾",
    urgency="Expected",
    severity="Severe",
    certainty="Likely",
    event_code=(Pair(EVENT_TYPE, "11B17"),),
    effective="2026-07-01T08:00:00+08:00",
    onset="2026-07-01T10:00:00+08:00",
    expires="2026-07-01T20:00:00+08:00",
    sender_name="沙盘市气象台",
    headline="沙盘市气象台发布大雾橙色预警",
    description="预计今天上午能见度小于200米 <注意> & 防范。",
    instruction="请减少外出。",
    resource=(
        Resource(
            resource_desc="99010041600000_20260701080000_11B17_ORANGE_ALERT_O_01.png",
            mime_type="image/png",
            size="2048",
            digest="0123456789abcdef0123456789abcdef01234567",
        ),
    ),
    area=(
        Area(
            area_desc="沙盘市",
            polygon=("30,120 30,121 31,121 30,120",),
            circle=("30.5,120.5 1.25",),
            geocode=(Pair(GEOCODE, "990100000000"), Pair(GEOCODE, "990101001000")),
        ),
    ),
)
ALERT = Alert(
    identifier="99010041600000_20260701080000_0",
    sender="99010041600000",
    sent="2026-07-01T08:00:00+08:00",
    status="Actual",
    msg_type="Alert",
    scope="Public",
    info=(INFO,),
)
NOTICE = Notice(
    alert=ALERT,
    unit="99010041600000",
    signer="王值班",
    phone="12379",
    ways=(Way(name="SMS", message="大雾橙色", groups=("G01", "G02")), Way(name="SPEAKER")),
    secrecy="None",
)


def test_what_is_written_is_read_again() -> None:
    written = write(NOTICE)
    assert read(written) == NOTICE
    assert write(read(written)) == written
    assert list(doubts_of(NOTICE)) == []


def test_it_is_written_in_the_order_of_the_field_list() -> None:
    written = write(NOTICE).decode()
    names = [field.name for field in FIELDS if field.path.count("/") == 0 or "info" in field.path]
    places = [written.index(f"<{name}>") for name in names if f"<{name}>" in written]
    assert places == sorted(places)
    assert "<severity>Orange</severity>" in written
    assert "<sendTime>2026-07-01 08:00:00+08:00</sendTime>" in written
    assert "<circle>30.5,120.5 1250</circle>" in written
    assert "<geocode>990100000000,990101001000</geocode>" in written


TEXT = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40
)
WORDS = TEXT.map(str.strip).filter(bool)
IDS = st.text("GA01", min_size=1, max_size=5)
TIMES = st.integers(-(10**10), 10**11).map(
    lambda second: datetime.fromtimestamp(second, BEIJING).isoformat(timespec="seconds")
)


@st.composite
def notices(draw: st.DrawFn) -> Notice:
    """Messages with what both CAP and the national message can hold."""
    optional = st.none() | WORDS
    info = replace(
        INFO,
        urgency=draw(st.sampled_from(["Immediate", "Expected", "Future", "Past", "Unknown"])),
        severity=draw(st.sampled_from(["Extreme", "Severe", "Moderate", "Minor", "Unknown"])),
        certainty=draw(st.sampled_from(["Observed", "Likely", "Unlikely", "Unknown"])),
        effective=draw(TIMES),
        expires=draw(st.none() | TIMES),
        sender_name=draw(WORDS),
        headline=draw(WORDS),
        description=draw(WORDS),
        instruction=draw(optional),
        web=draw(optional),
        resource=(),
    )
    names = st.sampled_from(list(WAYS))
    lists = st.lists(IDS, max_size=3).map(tuple)
    ways = st.builds(Way, name=names, message=optional, groups=lists, persons=lists)
    alert = replace(
        ALERT,
        sent=draw(TIMES),
        status=draw(st.sampled_from(["Actual", "Exercise", "Test", "Draft"])),
        msg_type=draw(st.sampled_from(["Alert", "Update", "Cancel"])),
        note=draw(optional),
        info=(info,),
    )
    return replace(
        NOTICE,
        alert=alert,
        signer=draw(WORDS),
        phone=draw(optional),
        ways=tuple(draw(st.lists(ways, max_size=3))),
        secrecy=draw(st.sampled_from([None, "None", "Inner"])),
    )


@settings(deadline=None)
@given(notices())
def test_any_message_is_the_same_after_writing_and_reading(notice: Notice) -> None:
    assert read(write(notice)) == notice


def test_a_cap_message_needs_little_more_than_a_signer() -> None:
    info = replace(INFO, headline=None, event_code=(), effective=None, language=None)
    english = replace(INFO, language="en-US", event="Fog")
    alert = replace(ALERT, info=(english, replace(info, language="zh-CN")))
    [told] = read(write(notice_of(alert, "王值班"))).alert.info
    assert told.headline == "沙盘市气象台发布大雾橙色预警"
    assert told.event_code == (Pair(EVENT_TYPE, "11B17"),)
    assert told.effective == ALERT.sent
    assert told.language == "zh-CN"
    with pytest.raises(Malformed, match="not a national identifier"):
        notice_of(replace(ALERT, identifier="X-1"), "王值班")


def test_an_update_and_a_cancel_name_the_first_message() -> None:
    first = f"{ALERT.sender},{ALERT.identifier},{ALERT.sent}"
    later = "99010041600000,99010041600000_20260701090000_0,2026-07-01T09:00:00+08:00"
    alert = replace(
        ALERT,
        identifier="99010041600000_20260701100000_0",
        msg_type="Cancel",
        references=f"{first} {later}",
        note="大雾已经消散",
        info=(replace(INFO, headline="沙盘市气象台解除大雾橙色预警"),),
    )
    notice = replace(NOTICE, alert=alert)
    assert list(doubts_of(notice)) == []
    assert f"<references>{ALERT.identifier}</references>".encode() in write(notice)
    assert read(write(notice)).alert.references == first
    bare = replace(notice, alert=replace(alert, references=None, note=None))
    assert [doubt.split(":")[0] for doubt in doubts_of(bare)] == ["references", "note"]


def test_words_that_one_side_lacks_are_said_as_near_as_it_can() -> None:
    written = write(NOTICE)
    likely = read(written.replace(b">Likely<", b">VeryLikely<"))
    assert likely.alert.info[0].certainty == "Likely"
    possible = replace(NOTICE, alert=replace(ALERT, info=(replace(INFO, certainty="Possible"),)))
    assert b"<certainty>Unknown</certainty>" in write(possible)


@pytest.mark.parametrize("path", [f.path for f in FIELDS if f.is_required and f.path != "code"])
def test_a_field_that_must_be_there_is_asked_for(path: str) -> None:
    name = path.rsplit("/", 1)[-1]
    written = write(NOTICE).decode()
    other = written.replace(f"<{name}>", f"<{name}x>").replace(f"</{name}>", f"</{name}x>")
    assert other != written
    with pytest.raises(Malformed, match="must be there") as error:
        read(other.encode())
    assert error.value.where.endswith(name)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("<severity>Orange", "<severity>Purple", "info/severity"),
        ("<sendTime>2026-07-01", "<sendTime>2026-13-01", "sendTime"),
        ("+08:00</sendTime>", "</sendTime>", "sendTime"),
        ("<circle>30.5,120.5 1250", "<circle>30.5,120.5 wide", "info/area/circle"),
        ("<circle>30.5,120.5 1250", "<circle>30.5,120.5 -1", "info/area/circle"),
        ("<status>Actual</status>", "<status>Test</status><status>Actual</status>", "status"),
    ],
)
def test_what_cannot_be_read_is_malformed_with_its_place(old: str, new: str, where: str) -> None:
    written = write(NOTICE).decode()
    assert old in written
    with pytest.raises(Malformed) as error:
        read(written.replace(old, new).encode())
    assert error.value.where == where


def test_the_sender_code_is_that_of_the_identifier_not_the_sender_of_cap() -> None:
    alert = replace(ALERT, sender="org-county@anlan.example")
    written = write(notice_of(alert, "王值班")).decode()
    assert f"<senderCode>{ALERT.identifier[:14]}</senderCode>" in written
    assert "anlan.example" not in written


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"identifier": "99010041600000_20260701080000"}, "identifier"),
        ({"identifier": "99020041600000_20260701080000_0"}, "senderCode"),
        ({"status": "Exercise"}, "status"),
        ({"msg_type": "Ack"}, "msgType"),
        ({"scope": "Private"}, "scope"),
        ({"info": (replace(INFO, event_code=(Pair(EVENT_TYPE, "99Z99"),)),)}, "eventType"),
        ({"info": (replace(INFO, severity="Unknown"),)}, "severity"),
        ({"info": (replace(INFO, headline="大雾"),)}, "headline"),
        ({"info": (replace(INFO, area=()),)}, "geocode"),
        ({"info": ()}, "info"),
    ],
)
def test_what_is_unusual_is_told(change: dict[str, object], doubt: str) -> None:
    notice = replace(NOTICE, alert=replace(ALERT, **change))  # type: ignore[arg-type]  # any field
    assert [told.split(":")[0] for told in doubts_of(notice)] == [doubt]


def test_a_region_code_of_another_length_is_told() -> None:
    area = replace(INFO.area[0], geocode=(Pair(GEOCODE, "99010000000000"),))
    notice = replace(NOTICE, alert=replace(ALERT, info=(replace(INFO, area=(area,)),)))
    assert [told.split(":")[0] for told in doubts_of(notice)] == ["geocode"]


def test_a_headline_says_who_what_and_how_grave() -> None:
    assert headline_of(ALERT, INFO) == "沙盘市气象台发布大雾橙色预警"
    cancel = replace(ALERT, msg_type="Cancel")
    assert headline_of(cancel, INFO) == "沙盘市气象台解除大雾橙色预警"


def test_what_cannot_be_written_is_malformed() -> None:
    for change in (
        {"sender_name": None},
        {"description": "\x00"},
        {"event_code": (), "event": "?"},
    ):
        info = replace(INFO, **change)
        with pytest.raises(Malformed):
            write(replace(NOTICE, alert=replace(ALERT, info=(info,))))


def test_entities_are_not_resolved() -> None:
    written = write(NOTICE).decode().split("?>", 1)[1].strip()
    hostile = written.replace("王值班", "&who;")
    document = f'<!DOCTYPE alert [<!ENTITY who SYSTEM "file:///etc/passwd">]>{hostile}'
    with pytest.raises(Malformed, match="must be there"):
        read(document.encode())


def test_times_are_written_in_beijing_time_and_within_the_calendar() -> None:
    london = replace(ALERT, sent="2026-07-01T00:00:00+00:00")
    assert write(replace(NOTICE, alert=london)) == write(NOTICE)
    for text in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        info = replace(INFO, effective=text)
        beyond = replace(NOTICE, alert=replace(ALERT, info=(info,)))
        with pytest.raises(Malformed, match="beyond the calendar"):
            write(beyond)
        with pytest.raises(Malformed, match="beyond the calendar"):
            _ = name_of(beyond).text
