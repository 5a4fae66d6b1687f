"""SIP messages and digests: published examples, and whatever else comes by UDP."""

import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.channels.voice.call import key_in
from anlan.channels.voice.media.sdp import media_of, offer
from anlan.channels.voice.sip.digest import Login, answered, is_right
from anlan.channels.voice.sip.message import (
    Request,
    Response,
    host_of,
    parameters,
    read,
    split,
    uri_in,
)
from anlan.sandtable.sinks.voice import Switch
from anlan.terms.errors import Malformed

TORTURE = (
    b"\r\nINVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
    b"TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"
    b'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8\r\n'
    b"MaX-fOrWaRdS: 0068\r\nCall-ID: wsinv.ndaksdj@192.0.2.1\r\n"
    b"Content-Length   : 3\r\ncseq: 0009\r\n  INVITE\r\n"
    b"v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  , "
    b"SIP/2.0/UDP 192.168.255.111 ; branch=z9hG4bK30239\r\n"
    b'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam = newvalue ;'
    b"  secondparam ; q = 0.33\r\n\r\nabcdef"
)
"""RFC 4475, 3.1.1.1, without the headers that say nothing new."""


def test_the_torture_of_rfc_4475_is_read() -> None:
    said = read(TORTURE)
    assert isinstance(said, Request)
    assert (said.method, said.body) == ("INVITE", b"abc")
    assert said.branch == "z9hG4bK9ikj8"
    assert parameters(said.first("To"))["tag"] == "1918181833n"
    assert uri_in(said.first("From")) == "sip:jdrosen@example.com"
    assert parameters(said.first("Contact"))["newparam"] == "newvalue"
    assert (said.method_asked, len(said.every("Via"))) == ("INVITE", 2)


def test_what_is_written_is_read_back_equal() -> None:
    request = Request((("Via", "SIP/2.0/UDP a;branch=z9hG4bKx"), ("CSeq", "1 BYE")), b"\r\n\r\n",
                      method="BYE", uri="sip:a@b")  # fmt: skip
    again = read(bytes(request))
    assert isinstance(again, Request)
    assert (again.body, again.headers[:2]) == (request.body, request.headers)


@pytest.mark.parametrize(
    "data",
    [b"", b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"INVITE sip:a SIP/2.0\r\nno header\r\n\r\n",
     b"SIP/2.0 999 X\r\n\r\n", b"SIP/2.0 200 OK\r\nContent-Length: 9\r\n\r\nabc",
     b"SIP/2.0 200 OK\r\nContent-Length: -1\r\n\r\nabc", b"\x80\x08" * 90, b"a" * 70_000],
)  # fmt: skip
def test_what_is_no_message_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(data)


@given(st.binary(max_size=600), st.integers(0, 500))
def test_no_damage_does_more_than_refuse(noise: bytes, at: int) -> None:
    try:
        said = read(TORTURE[:at] + noise + TORTURE[at + len(noise) :])
        assert isinstance(said, Request | Response)
        _ = (said.branch, said.method_asked, parameters(said.first("To")), said.every("Contact"))
    except Malformed:
        pass
    try:
        media_of(noise)
        host_of(noise.decode("latin-1"))
    except Malformed:
        pass


def test_commas_within_quotes_and_brackets_part_nothing() -> None:
    assert split('"a, b" <sip:x,y@z>, <sip:q>;a="1,2"') == ['"a, b" <sip:x,y@z>',
                                                              '<sip:q>;a="1,2"']  # fmt: skip


def test_the_digest_of_rfc_2617_with_a_list_of_protections() -> None:
    challenge = ('Digest realm="testrealm@host.com", qop="auth,auth-int", '
                 'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
                 'opaque="5ccc069c403ebaf9f0171e9517f40e41"')  # fmt: skip
    told = answered([challenge], Login("Mufasa", "Circle Of Life"), method="GET",
                    uri="/dir/index.html", cnonce="0a4f113b")  # fmt: skip
    assert told is not None
    assert 'response="6629fae49393a05397450978507c4ef1"' in told


def test_of_two_challenges_the_stronger_is_answered_as_rfc_7616_does() -> None:
    common = ('Digest realm="http-auth@example.org", qop="auth, auth-int", '
              'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
              'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", algorithm=')  # fmt: skip
    told = answered([common + "MD5", common + "SHA-256"], Login("Mufasa", "Circle of Life"),
                    method="GET", uri="/dir/index.html",
                    cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")  # fmt: skip
    assert told is not None
    assert "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" in told


@pytest.mark.parametrize(
    "challenge", ["Basic realm=x", "Digest realm=x", 'Digest nonce="n", algorithm=MD5-sess',
                  'Digest nonce="n", qop="auth-int"', ""],
)  # fmt: skip
def test_what_cannot_be_answered_is_not(challenge: str) -> None:
    assert answered([challenge], Login("a", "b"), method="INVITE", uri="sip:a", cnonce="c") is None


def test_an_exchange_lets_in_who_knows_the_password() -> None:
    asked, login = 'Digest realm="r", nonce="n", qop="auth"', Login('a"b', "c")
    told = answered([asked], login, method="INVITE", uri="sip:x@y", cnonce="z")
    assert told is not None
    assert is_right(told, login, method="INVITE", nonce="n")
    assert not is_right(told, login, method="REGISTER", nonce="n")
    assert not is_right(told, login, method="INVITE", nonce="later")
    assert not is_right(told, Login('a"b', "d"), method="INVITE", nonce="n")


def test_an_offer_is_understood_by_ourselves() -> None:
    media = media_of(offer("192.0.2.7", 4_000, session=1))
    assert (media.host, media.port, media.law, media.events) == ("192.0.2.7", 4_000, 8, 101)


@pytest.mark.parametrize(
    ("lines", "law", "events", "is_held"),
    [
        ("c=IN IP4 192.0.2.1|m=audio 5 RTP/AVP 18 0 97|a=rtpmap:97 telephone-event/8000",
         0, 97, False),
        ("m=audio 5 RTP/AVP 96|c=IN IP4 192.0.2.1|a=rtpmap:96 PCMA/8000/1", 8, None, False),
        ("c=IN IP4 0.0.0.0|m=audio 5 RTP/AVP 8", 8, None, True),
        ("c=IN IP6 2001:db8::1|m=video 0 RTP/AVP 8|m=audio 5 RTP/AVP 8|a=sendonly", 8, None, True),
    ],
)  # fmt: skip
def test_answers_are_read(lines: str, law: int, events: int | None, is_held: bool) -> None:
    media = media_of(lines.replace("|", "\r\n").encode())
    assert (media.law, media.events, media.is_held) == (law, events, is_held)


@pytest.mark.parametrize(
    "lines",
    ["", "m=audio 0 RTP/AVP 8|c=IN IP4 192.0.2.1", "m=audio 5 RTP/AVP 18|c=IN IP4 192.0.2.1",
     "m=audio 5 RTP/AVP 8|c=IN IP4 host.example", "m=audio 5 RTP/SAVP 8|c=IN IP4 192.0.2.1"],
)  # fmt: skip
def test_sound_that_cannot_be_is_malformed(lines: str) -> None:
    with pytest.raises(Malformed):
        media_of(lines.replace("|", "\r\n").encode())


@pytest.mark.parametrize(
    ("text", "sign"),
    [("Signal=1\r\nDuration=160\r\n", "1"), ("Signal= *\n", "*"), ("5", "5"), ("a", "A"),
     ("Signal=11", ""), ("", ""), ("flash", "")],
)  # fmt: skip
def test_keys_by_info(text: str, sign: str) -> None:
    assert key_in(text) == sign


def test_noise_stops_no_exchange(switch: Switch) -> None:
    host, port = host_of(switch.uri)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.1)
        until = time.monotonic() + 60
        for octets in (b"", b"\xff" * 40, TORTURE[:100], b"SIP/2.0 200 OK\r\n\r\n"):
            sock.sendto(octets, (host, port))
        via = b"Via: SIP/2.0/UDP x;branch=z9hG4bKq\r\n"
        ask = b"OPTIONS sip:a@b SIP/2.0\r\n" + via + b"CSeq: 1 OPTIONS\r\n\r\n"
        sock.sendto(ask, (host, port))
        said = b""
        while not said and time.monotonic() < until:
            try:
                said = sock.recv(2_000)
            except TimeoutError:
                continue
    assert said.startswith(b"SIP/2.0 200")
