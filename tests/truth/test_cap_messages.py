"""Messages, feeds and envelopes that offices have published, of 2003 to 2014, and attacks."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from anlan.cap.check import check
from anlan.cap.edxl import Envelope, read_envelope, write_envelope
from anlan.cap.feed import read_feed, write_atom, write_rss
from anlan.cap.read import read
from anlan.cap.write import write

SHARED = Path(__file__).resolve().parents[3] / "shared/data"
FILES = SHARED / "protocols/cap"
LIBRARY = SHARED / "04_standards/cap/google_cap_library/schema/feed"
TEXTS = {
    "identifier": "identifier",
    "sender": "sender",
    "sent": "sent",
    "status": "status",
    "msgType": "msg_type",
    "scope": "scope",
}


def file(name: str) -> bytes:
    path = FILES / name
    if not path.exists():
        pytest.skip(f"{name} is not here (../shared/data/protocols/cap)")
    return path.read_bytes()


def verified() -> list[dict[str, Any]]:
    """What is known of the messages there; empty where they are not."""
    index = FILES / "index.json"
    if not index.exists():
        return []
    told = json.loads(index.read_text(encoding="utf-8"))["vectors"]
    return [one for one in told if one["verified"] and one["expect"]["root"] == "alert"]


@pytest.mark.parametrize("known", verified(), ids=lambda known: known["file"])
def test_a_message_is_told_as_it_is(known: dict[str, Any]) -> None:
    wanted = known["expect"]
    found = check(file(known["file"]))
    assert (found.verdict == "valid") == wanted["xsd_valid"]
    assert wanted["ns"].endswith(f":{found.version}")
    assert found.signed == bool(wanted["signed"])
    assert found.infos == wanted.get("n_info", found.infos)
    for name, field in TEXTS.items():
        assert getattr(found, field) == wanted.get(name)


@pytest.mark.parametrize("name", ["invalid.cap", "noaa_errors.cap"])
def test_a_message_that_breaks_its_schema_is_invalid(name: str) -> None:
    found = check(file(name))
    assert (found.verdict, bool(found.identifier)) == ("invalid", True)


def test_an_attack_by_entities_is_disarmed_and_told() -> None:
    found = check(file("xee.cap"))
    assert (found.verdict, found.identifier) == ("invalid", "KSTO1055887203")
    assert found.reasons == (
        "line 13: Element 'x': This element is not expected. Expected is ( identifier ).",
    )
    assert "dtd" in found.warnings
    assert read_feed(file("xee.atom")).entries


@pytest.mark.parametrize("name", ["canada.cap", "wcatwc-warning.cap", "australia.cap"])
def test_a_message_written_again_says_the_same(name: str) -> None:
    alert = read(file(name))
    assert read(write(alert)) == alert


@pytest.mark.parametrize(
    "name",
    ["amber.atom", "canada_signed.atom", "earthquake_index.atom", "weather.atom", "ny_index.rss"],
)
def test_a_feed_written_again_says_the_same(name: str) -> None:
    feed = read_feed(file(name))
    assert feed.entries
    assert not feed.faults
    again = read_feed(write_atom(feed))
    assert [dataclasses.replace(entry, message=None) for entry in again.entries] == [
        dataclasses.replace(entry, message=None) for entry in feed.entries
    ]
    judged = [[e.message and check(e.message) for e in one.entries] for one in (feed, again)]
    assert judged[0] == judged[1]
    rss = read_feed(write_rss(feed)).entries
    assert [(e.key, e.updated_at) for e in rss] == [(e.key, e.updated_at) for e in feed.entries]


def test_what_a_feed_carries_is_still_signed_by_both() -> None:
    (entry,) = read_feed(file("canada_signed.atom")).entries
    assert entry.message is not None
    found = check(entry.message)
    assert (found.verdict, found.signature) == ("valid", "valid")


def test_an_envelope_hands_out_its_messages() -> None:
    good = read_envelope(file("bushfire_valid.edxlde"))
    assert [check(message).verdict for message in good.messages] == ["valid"] * 7
    bad = read_envelope(file("bushfire_invalid.edxlde"))
    assert [check(message).verdict for message in bad.messages].count("invalid") == 2
    assert (good.sender_id, good.distribution_type) == ("webmaster@rfs.nsw.gov.au", "Report")


def test_an_envelope_is_as_its_schema_wants_it() -> None:
    path = LIBRARY / "edxlde-1_0.xsd"
    if not path.exists():
        pytest.skip("the schema of EDXL-DE is not here (../shared/data/04_standards/cap)")
    envelope = Envelope(
        distribution_id="1",
        sender_id="duty@anlan.example",
        date_time_sent="2026-07-01T08:00:00+08:00",
        distribution_status="Exercise",
        distribution_type="Cancel",
        combined_confidentiality="UNCLASSIFIED",
        language="zh-CN",
        explicit_address=(("email", "a@b.example"),),
        messages=(file("canada_signed.cap"),),
    )
    data = write_envelope(envelope)
    schema = etree.XMLSchema(etree.parse(path))
    assert schema.validate(etree.fromstring(data)), schema.error_log
    (message,) = read_envelope(data).messages
    assert check(message) == check(file("canada_signed.cap"))
