"""GB/T 28181 as it is on the wire: what messages say, and what is refused."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from anlan.connectors.frames import Frame
from anlan.connectors.gb28181 import PROTOCOL
from anlan.connectors.gb28181.manscdp.ptz import command_for, read_ptz, worded, write_ptz
from anlan.connectors.gb28181.media.sdp import Offer, read_sdp, ssrc_of, write_sdp
from anlan.connectors.gb28181.sip.digest import Account, credentials, is_right, response, written
from anlan.terms.errors import Malformed
from tests.wire.vectors import FOLDER, Vector, frames_of, unsaid, vectors

SAMPLES = FOLDER / "gb28181"
CAMERA, CENTRE = "34020000001320000001", "34020000002000000001"
ALARM_MS = int(datetime(2026, 11, 30, 4, 0, 1, tzinfo=UTC).timestamp()) * 1000
ALARM = (
    "<Notify><CmdType>Alarm</CmdType><SN>7</SN><DeviceID>34020000001340000001</DeviceID>"
    "<AlarmPriority>2</AlarmPriority><AlarmMethod>5</AlarmMethod>"
    "<AlarmTime>2026-11-30T12:00:01</AlarmTime><Longitude>120.5</Longitude>"
    "<Latitude>30.25</Latitude><Info><AlarmType>6</AlarmType></Info></Notify>"
)


def sip(body: str | bytes = "", *, method: str = "MESSAGE", size: int | None = None,
        kind: str = "Application/MANSCDP+xml") -> bytes:  # fmt: skip
    """A request of a camera, put together here."""
    body = body.encode("gb18030") if isinstance(body, str) else body
    lines = [
        f"{method} sip:{CENTRE}@3402000000 SIP/2.0",
        "Via: SIP/2.0/UDP 10.0.0.7:5060;rport;branch=z9",
        f"From: <sip:{CAMERA}@3402000000>;tag=1", f"To: <sip:{CENTRE}@3402000000>",
        "Call-ID: 17", f"CSeq: 20 {method}", *([f"Content-Type: {kind}"] if body else []),
        f"Content-Length: {len(body) if size is None else size}", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + body


def read(data: bytes) -> Frame:
    (frame,) = frames_of(PROTOCOL, data)
    assert frame.is_ok, frame.reason
    return frame


def told(frame: Frame) -> dict[str, Any]:
    return {one.sensor.removeprefix(f"{frame.device}."): one.value for one in frame.readings}


def reason(data: bytes) -> str:
    (frame,) = frames_of(PROTOCOL, data)
    return frame.reason


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
def test_captured_messages_say_what_was_captured() -> None:
    for one in json.loads((SAMPLES / "sip_srs.json").read_text())["vectors"]:
        assert not unsaid(one["expect"], read(one["sip"].encode()))
    for one in json.loads((SAMPLES / "manscdp_index.json").read_text())["vectors"]:
        assert not unsaid(one["expect"], read((SAMPLES / one["file"]).read_bytes()))


@pytest.mark.parametrize("vector", vectors("gb28181/ps_rtp_srs.json"))
def test_a_packet_of_a_stream_is_known(vector: Vector) -> None:
    (frame,) = frames_of(PROTOCOL, vector.data)
    assert not unsaid(vector.expect, frame)
    assert frame.is_ok == (b"\0\0\1" in vector.data)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
def test_texts_by_themselves_are_read_in_their_charset() -> None:
    frame = read((SAMPLES / "manscdp/alarm_std.xml").read_bytes())
    assert frame.fields["AlarmDescription"] == "警情描述"
    assert told(frame) == {"alarm.device": 4.0, "lon": 171.3, "lat": 34.2}
    item = read((SAMPLES / "manscdp/catalog_response.xml").read_bytes()).fields["DeviceList"][
        "Item"
    ]
    assert (item["Manufacturer"], item["Address"]) == ("海康", "上海市五角场合生汇")


@pytest.mark.parametrize(
    ("said", "charset", "name"),
    [
        *[("GB2312", charset, "东湖东路一号云台") for charset in ("gb18030", "utf-8")],
        *[("UTF-8", charset, "东湖东路一号云台") for charset in ("gb18030", "utf-8")],
        *[("", charset, "东湖东路一号云台") for charset in ("gb18030", "utf-8")],
        *[(said, "gbk", name) for said in ("GB2312", "") for name in ("联通", "水")],
        ("UTF-8", "utf-8", "Süd"), ("GB18030", "gb18030", "𠮷野"),
    ],
)  # fmt: skip
def test_a_name_is_read_whatever_is_said_of_its_charset(said: str, charset: str, name: str) -> None:
    declared = f' encoding="{said}"' if said else ""
    text = f'<?xml version="1.0"{declared}?><Notify><Name>{name}</Name></Notify>'
    assert read(sip(text.encode(charset))).fields["Name"] == name


def test_an_alarm_is_a_reading_of_its_kind_at_its_time() -> None:
    frame = read(sip(ALARM))
    assert (frame.device, frame.fields["words"]["AlarmType"]) == (CAMERA, "入侵检测报警")
    assert told(frame) == {
        "34020000001340000001.alarm.video.intrusion": 2.0,
        "34020000001340000001.lon": 120.5,
        "34020000001340000001.lat": 30.25,
    }
    assert {one.time for one in frame.readings} == {ALARM_MS}
    assert not frame.dials


def test_a_time_that_is_none_does_not_lose_an_alarm() -> None:
    frame = read(sip(ALARM.replace("2026-11-30T12", "2026-13-40T12")))
    assert frame.fault == "no time: '2026-13-40T12:00:01'"
    assert len(frame.dials) == len(frame.readings) == 3
    assert {one.quality for one in frame.readings} == {1}


def test_pages_of_a_catalogue_tell_which_channels_work() -> None:
    rows = "".join(
        f"<Item><DeviceID>{key}</DeviceID><Name>门口</Name><Status>{status}</Status></Item>"
        for key, status in (("34020000001310000001", "ON"), ("34020000001310000002", "OFF"),
                            ("34020000002150000001", "ON"), ("34020000001310000003", ""))
    )  # fmt: skip
    frame = read(sip(
        "<Response><CmdType>Catalog</CmdType><SN>3</SN><DeviceID>34020000001180000001</DeviceID>"
        f'<SumNum>9</SumNum><DeviceList Num="4">{rows}</DeviceList></Response>'
    ))  # fmt: skip
    assert (frame.fields["items"], frame.fields["SumNum"]) == (4, "9")
    assert told(frame) == {
        "34020000001310000001.online": 1.0, "34020000001310000002.online": 0.0,
    }  # fmt: skip
    assert len(frame.dials) == 2


GOOD = "<Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>1</DeviceID></Notify>"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (sip(GOOD, size=200), "cut short: Content-Length says 200, there are 77 bytes"),
        (sip(GOOD)[:60], "cut short: its headers have no end"),
        (sip(GOOD)[:-9], "cut short: Content-Length says 77, there are 68 bytes"),
        (sip(GOOD, size=200_000), "too long: 200,000 bytes of content, 131,072 are the most"),
        (sip().replace(b"Call-ID: 17\r\n", b""), "has no call-id"),
        (sip().replace(b"CSeq: 20 M", b"CSeq: M"), "CSeq is no number and method: 'MESSAGE'"),
        (sip().replace(b"20 MESSAGE", b"20 BYE"), "CSeq says BYE, the start line MESSAGE"),
        (sip().replace(b"SIP/2.0\r\nVia", b"SIP/3.0\r\nVia"), "not SIP/2.0: "),
        (sip("<Notify><A></Notify>"), "no XML: "),
        (sip("<alert></alert>"), "not MANSCDP: its root is 'alert'"),
        (b"<?xml version='1.0'?><Notify><CmdType>Alarm</CmdType>", "cut short: its root has no"),
        (sip("<Control><PTZCmd>A50F01011F0000D4</PTZCmd></Control>"), "wrong check sum: PTZCmd"),
        (sip("<Control><PTZCmd>A50F01011F00D5</PTZCmd></Control>"), "PTZCmd is not eight bytes"),
        (b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000", "not this protocol: "),
        (bytes.fromhex("7e0002000001234567890100008a7e"), "not this protocol: "),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "not this protocol: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_the_reason(data: bytes, why: str) -> None:
    assert reason(data).startswith(why)


BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><Notify><Name>&b;</Name></Notify>'
FILE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Notify><Name>&x;</Name></Notify>'


SPACES = "<Notify" + "".join(f" xmlns:a{n}='b'" for n in range(5_000)) + "/>"
REASONS = (
    "a document type is declared",
    "no XML",
    "not MANSCDP",
    "more than 20,000 tags",
    "nested",
)


@pytest.mark.parametrize(
    "text",
    [BOMB, FILE, SPACES, "<Notify>" + "<A/>" * 20_001 + "</Notify>", "<a>" * 40 + GOOD,
     "<Notify>" + "<A>" * 20 + "</A>" * 20 + "</Notify>"],
)  # fmt: skip
def test_hostile_xml_does_nothing(text: str) -> None:
    assert reason(sip(text)).startswith(REASONS)


def test_a_stray_sign_and_an_unknown_entity_stay_text() -> None:
    fields = read(sip("<Notify><Name>A&B &lol; &lt;</Name><Own><X>1</X></Own></Notify>")).fields
    assert (fields["Name"], fields["Own"]) == ("A&B &lol; <", {"X": "1"})


def test_a_message_may_lack_its_last_line_end_and_an_own_method_is_kept() -> None:
    assert read(sip().rstrip()).header["method"] == "MESSAGE"
    assert read(sip(b"v=0\r\ns=Play", size=13, kind="application/sdp")).fields["sdp"]["s"] == "Play"
    assert read(sip(b"\1\2", method="VENDOR", kind="x/y")).fields == {"raw": "0102"}


@pytest.mark.parametrize(
    ("move", "digits", "words"),
    [
        ({"move": "right", "speed": 0x1F}, "A50F01011F0000D5", "right speed 0x1F"),
        ({"move": "up,left", "speed": 32}, "A50F010A202000FF", "left speed 0x20, up speed 0x20"),
        ({"move": "zoom_in", "speed": 1}, "A50F0110000010D5", "zoom in speed 0x1"),
        ({"move": "stop"}, "A50F0100000000B5", "stop"),
        ({"move": "call_preset", "number": 3}, "A50F01820003003A", "call preset 3"),
        ({"move": "iris_open", "speed": 2}, "A50F0144020200FD", "iris open speed 0x02"),
    ],
)  # fmt: skip
def test_a_turn_has_its_eight_bytes(move: dict[str, Any], digits: str, words: str) -> None:
    assert write_ptz(command_for(move)) == digits
    assert worded(read_ptz(digits)) == words


@pytest.mark.parametrize("move", [{}, {"move": "jump"}, {"move": "up", "speed": 300},
                                  {"move": "call_preset"}])  # fmt: skip
def test_a_turn_that_there_is_not_is_named(move: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match=r"move must be|speed must be|number must be"):
        command_for(move)


def test_an_offer_names_the_media_server_and_its_ssrc() -> None:
    ssrc = ssrc_of("1", CENTRE, 17)
    offer = Offer("10.0.0.9", 10_000, ssrc, CAMERA, "tcp-passive", 1288625085, 1288625871)
    told = read_sdp(write_sdp(offer, CENTRE))
    assert (told["address"], told["port"], told["y"]) == ("10.0.0.9", 10_000, "1200000017")
    assert (told["s"], told["u"], told["t"]) == ("Playback", f"{CAMERA}:0", "1288625085 1288625871")
    media = told["media"][0]
    assert (media["protocol"], media["attributes"]["setup"]) == ("TCP/RTP/AVP", "passive")
    assert read_sdp("y=0100008888\r\nf=v/5/6/25/1/4096a/1/8/1")["video"] == {
        "codec": "5", "codec_name": "H.265", "resolution": "6", "frames_per_s": "25",
        "rate_kind": "1", "kbit_per_s": "4096",
    }  # fmt: skip


def test_digests_are_those_of_the_standards() -> None:
    """RFC 2617 3.5, RFC 7616 3.9.1, and the sample beside the repository."""
    plain = {"realm": "3402000000", "nonce": "6c1e3b7b9d1f4d0c",
             "uri": "sip:34020000002000000001@3402000000"}  # fmt: skip
    camera = Account("34020000001320000001", "12345678")
    assert response(plain, camera, "REGISTER") == "2a081d7b7250b3d65ad48e3ce96be188"
    old = {
        "realm": "testrealm@host.com", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093",
        "uri": "/dir/index.html", "qop": "auth", "nc": "00000001", "cnonce": "0a4f113b",
    }  # fmt: skip
    said = response(old, Account("Mufasa", "Circle Of Life"), "GET")
    assert said == "6629fae49393a05397450978507c4ef1"
    new = old | {"realm": "http-auth@example.org", "algorithm": "SHA-256",
                 "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                 "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"}  # fmt: skip
    account = Account("Mufasa", "Circle of Life")
    sha = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
    assert response(new, account, "GET") == sha
    assert is_right(credentials(written(new, account, "GET")), account, "GET")
    assert not is_right(credentials(written(new, account, "GET")), account, "POST")
    assert response(new | {"algorithm": "SM3"}, account, "GET") is None


def test_a_proof_and_a_password_are_covered_and_the_message_stays_whole() -> None:
    item = "<Response><DeviceList><Item><Password>geheim</Password></Item></DeviceList></Response>"
    proof = b'Authorization: Digest username="a", response="0123abcd", algorithm=MD5\r\nCall-ID'
    raw = sip(item).replace(b"Call-ID", proof)
    covered = PROTOCOL.covered(raw)
    assert not any(secret in covered for secret in (b"geheim", b"0123abcd"))
    assert (len(covered), read(covered).is_ok) == (len(raw), True)
