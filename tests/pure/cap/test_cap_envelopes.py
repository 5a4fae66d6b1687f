"""EDXL-DE: what was put in comes out, and what is signed stays signed."""

from dataclasses import replace

import pytest

from anlan.cap.check import check
from anlan.cap.edxl import NAMESPACES, Envelope, read_envelope, write_envelope
from anlan.cap.sign import judge
from anlan.cap.sign.write import sign
from anlan.terms.errors import Malformed
from tests.pure.cap.messages import ALERT
from tests.pure.cap.papers import pen

ENVELOPE = Envelope(
    distribution_id="安澜-1",
    sender_id="duty@anlan.example",
    date_time_sent="2026-07-01T08:00:00+08:00",
    date_time_expires="2026-07-02T08:00:00+08:00",
    distribution_status="Exercise",
    distribution_type="Report",
    combined_confidentiality="UNCLASSIFIED",
    language="zh-CN",
    explicit_address=(("email", "a@b.example"), ("email", "c@d.example")),
)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_what_is_put_in_comes_out(version: str) -> None:
    signed = sign(ALERT.encode(), pen())
    data = write_envelope(replace(ENVELOPE, messages=(signed, ALERT.encode())), version)
    assert NAMESPACES[version] in data.decode()
    found = read_envelope(data)
    first, second = found.messages
    assert (judge(first)[0], check(first).verdict) == ("valid", "valid")
    assert check(second) == check(ALERT.encode())
    expires = ENVELOPE.date_time_expires if version == "2.0" else None
    assert replace(found, messages=()) == replace(ENVELOPE, date_time_expires=expires)


def test_an_envelope_is_no_message() -> None:
    found = check(write_envelope(replace(ENVELOPE, messages=(ALERT.encode(),))))
    assert found.verdict == "invalid"
    assert found.reasons == ("the root is EDXLDistribution, not alert: no CAP message",)
    assert (found.version, found.identifier, found.infos) == (None, None, 0)


def test_other_contents_are_counted_and_encoded_messages_are_taken() -> None:
    mail = "PGFsZXJ0Lz4="
    objects = "".join(
        f"<contentObject><nonXMLContent><mimeType>{kind}</mimeType>"
        f"<contentData>{data}</contentData></nonXMLContent></contentObject>"
        for kind, data in [
            ("application/cap+xml", mail),
            ("application/cap+xml", "not Base64"),
            ("image/png", mail),
        ]
    )
    text = f"""<EDXLDistribution xmlns="{NAMESPACES["1.0"]}">
      <distributionID>1</distributionID><senderID>a@b</senderID>
      <dateTimeSent>2026-07-01T08:00:00+08:00</dateTimeSent>
      <distributionStatus>Actual</distributionStatus><distributionType>Ack</distributionType>
      {objects}</EDXLDistribution>"""
    found = read_envelope(text.encode())
    assert (found.messages, found.others) == ((b"<alert/>",), 2)


def test_a_status_that_is_named_with_its_list_is_read() -> None:
    text = f"""<edxlDistribution xmlns="{NAMESPACES["2.0"]}" xmlns:ct="urn:x">
      <distributionID>1</distributionID><senderID>a@b</senderID>
      <dateTimeSent>2026-07-01T08:00:00+08:00</dateTimeSent>
      <distributionStatus><statusKindDefault><ct:valueListURI>urn:list</ct:valueListURI>
        <ct:value>Test</ct:value></statusKindDefault></distributionStatus>
      <distributionKind>Update</distributionKind></edxlDistribution>"""
    found = read_envelope(text.encode())
    assert (found.distribution_status, found.distribution_type) == ("Test", "Update")


def test_what_a_version_demands_is_asked_for() -> None:
    with pytest.raises(Malformed, match="confidential"):
        write_envelope(replace(ENVELOPE, combined_confidentiality=None), "1.0")
    with pytest.raises(Malformed, match="until when"):
        write_envelope(replace(ENVELOPE, date_time_expires=None), "2.0")
    with pytest.raises(Malformed, match="status or type"):
        write_envelope(replace(ENVELOPE, distribution_status="Draft"))


@pytest.mark.parametrize("name", ["distributionID", "senderID", "distributionStatus"])
def test_an_envelope_that_does_not_say_who_and_what_is_malformed(name: str) -> None:
    text = write_envelope(ENVELOPE).decode().replace(name, "other")
    with pytest.raises(Malformed, match=name):
        read_envelope(text.encode())
    with pytest.raises(Malformed, match="no EDXL-DE"):
        read_envelope(ALERT.encode())
