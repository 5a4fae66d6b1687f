"""Identifiers, colours, regions, event types, names of files and receipts of national messages."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.cap.national.colours import (
    COLOURS,
    SEVERITIES,
    level_of_colour,
    level_of_severity,
)
from anlan.cap.national.events import EVENTS, ISSUED, event_named, event_of
from anlan.cap.national.fields import FIELDS
from anlan.cap.national.files import attachment_of, name_of, read_name
from anlan.cap.national.identifier import doubt_of, make_identifier, read_identifier
from anlan.cap.national.receipt import Receipt, read_receipt, receipt_name, write_receipt
from anlan.cap.national.regions import read_region, write_region
from anlan.terms.errors import Malformed
from anlan.terms.levels import Level
from tests.pure.cap.test_national import NOTICE

UNIT = "99010041600000"
AT = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
MOMENTS = st.floats(-(10**9), 10**11).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(st.from_regex(r"[1-9][1-9][0-9]{12}", fullmatch=True), MOMENTS, st.integers(0, 9))
def test_an_identifier_is_31_characters_and_read_again(unit: str, at: datetime, no: int) -> None:
    made = make_identifier(unit, at, no)
    assert len(made.text) == 31
    assert read_identifier(made.text) == made
    assert doubt_of(made.text) is None
    assert made.entered_at == at.replace(microsecond=0)


def test_an_identifier_says_who_and_when_in_beijing_time() -> None:
    made = make_identifier(UNIT, AT)
    assert made.text == "99010041600000_20260701080000_0"
    assert (made.region, made.trade, made.number) == ("990100", "416", 0)
    short = read_identifier("13013241600000_20260826160913")
    assert (short.region, short.number, short.text) == (
        "130132",
        None,
        "13013241600000_20260826160913",
    )
    assert doubt_of(short.text) == f"without its number it has 29 characters: {short.text}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9901004160000_20260701080000_0",
        "99010041600000-20260701080000-0",
        "99010041600000_20260732080000_0",
        "99010041600000_20260701240000_0",
        "99010041600000_20260701080000_10",
        "00010041600000_20260701080000_0",
        "９９010041600000_20260701080000_0",
        "99010041600000_20260701080000_0\n99",
    ],
)
def test_what_is_no_identifier_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read_identifier(text)
    assert doubt_of(text)


def test_no_identifier_is_made_of_what_is_none() -> None:
    for unit, number in (("9901", 0), ("00010041600000", 0), (UNIT, 10), (UNIT, -1)):
        with pytest.raises(Malformed):
            make_identifier(unit, AT, number)


@pytest.mark.parametrize("level", list(Level))
def test_colour_and_severity_are_one_to_one(level: Level) -> None:
    assert level_of_colour(COLOURS[level]) is level
    assert level_of_severity(SEVERITIES[level]) is level
    assert len({*COLOURS.values()}) == len({*SEVERITIES.values()}) == len(Level)


def test_blue_is_minor_and_red_is_extreme() -> None:
    assert SEVERITIES[Level.BLUE] == "Minor"
    assert SEVERITIES[Level.RED] == "Extreme"
    assert level_of_colour("RED") is Level.RED
    for word in ("", "Purple", "Extreme"):
        with pytest.raises(Malformed):
            level_of_colour(word)


@pytest.mark.parametrize(
    ("cut", "written"),
    [
        ("99", "990000000000"),
        ("9901", "990100000000"),
        ("990101", "990101000000"),
        ("990101001", "990101001000"),
        ("990101001002", "990101001002"),
    ],
)
def test_a_region_is_written_in_12_digits(cut: str, written: str) -> None:
    assert write_region(cut) == written
    assert read_region(written) == cut


def test_six_digits_are_met_and_read_too() -> None:
    assert read_region("500101") == "500101"
    assert read_region("500100") == "5001"


@pytest.mark.parametrize(
    "code", ["", "99", "9901", "99010000000000", "99010000000x", "000000000000"]
)
def test_what_is_no_region_of_a_message_is_malformed(code: str) -> None:
    with pytest.raises(Malformed):
        read_region(code)


@pytest.mark.parametrize("code", ["", "9", "990", "99010", "9901x1", "0990100000000"])
def test_what_is_no_region_is_not_written(code: str) -> None:
    with pytest.raises(Malformed):
        write_region(code)


def test_every_event_type_says_where_it_was_seen() -> None:
    assert (
        len({event.code for event in EVENTS})
        == len({event.name for event in EVENTS})
        == len(EVENTS)
    )
    assert [event.code for event in EVENTS] == sorted(event.code for event in EVENTS)
    for event in EVENTS:
        assert len(event.code) == 5
        assert event.source
        assert event_of(event.code.lower()) is event
        assert event_named(event.name) is event
    assert {event.code for event in EVENTS if event.source == ISSUED} == {"11B14", "11B15", "11B17"}
    assert all(not event.is_unverified for event in EVENTS if event.source == ISSUED)
    assert event_of("99Z99") is None


def test_a_file_is_named_by_what_it_holds() -> None:
    name = name_of(NOTICE)
    assert name.text == "99010041600000_20260701080000_11B17_ORANGE_ALERT.XML"
    assert len(name.text.removesuffix(".XML").replace("ORANGE", "BLUE")) == 46
    assert read_name(name.text) == name
    picture = attachment_of(name, 1, "jpg")
    assert picture.text == "99010041600000_20260701080000_11B17_ORANGE_ALERT_O_01.jpg"
    assert attachment_of(name, 99, "pdf", is_paper=True).text.endswith("_ALERT_P_99.pdf")
    assert read_name(picture.text) == picture


def test_the_example_of_the_rules_is_read() -> None:
    name = read_name("33000041600000_20121025091026_11B01_BLUE_ALERT.XML")
    assert (name.unit, name.event, name.colour, name.kind) == (
        "33000041600000",
        "11B01",
        "Blue",
        "Alert",
    )
    assert name.signed_at.isoformat() == "2012-10-25T09:10:26+08:00"


@pytest.mark.parametrize(
    "text",
    ["", "x.XML", "33000041600000_20121025091026_11B01_PINK_ALERT.XML", "../etc/passwd"],
)
def test_another_name_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read_name(text)


@given(st.integers(0, 999_999_999), st.from_regex(r"[A-Z0-9]{0,6}", fullmatch=True))
def test_a_receipt_is_read_again(status: int, code: str) -> None:
    receipt = Receipt(status, code, "重复" if code else "")
    assert read_receipt(write_receipt(receipt)) == receipt
    assert receipt.is_taken == (status == 0)


def test_a_receipt_is_named_by_the_message_and_by_who_answers() -> None:
    identifier = read_identifier("33060441600000_20161104152200")
    at = datetime(2016, 11, 4, 9, 12, 0, 74_000, tzinfo=UTC)
    assert receipt_name(identifier, "330600", "330600", at) == (
        "33060441600000_201611041522000000000_330600-AMP_330600-OTH_20161104171200074_AI-1_0.xml"
    )
    with pytest.raises(Malformed):
        receipt_name(identifier, "33", "330600", at)


@pytest.mark.parametrize("text", ["<ack/>", "<ack><status>no</status></ack>", "<ack>", ""])
def test_another_receipt_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read_receipt(text.encode())


def test_the_page_lists_the_fields_as_they_are() -> None:
    page = Path(__file__).resolve().parents[3] / "docs/reference/national-message.md"
    rows = [
        (field.path, field.title, "yes" if field.is_required else "", field.cap) for field in FIELDS
    ]
    written = [
        tuple(cell.strip(" `") for cell in line.strip("|").split("|"))
        for line in page.read_text().splitlines()
        if line.startswith("| `")
    ]
    assert written == rows
