"""Web push: RFC 8291's own example to the octet, RFC 8292's token, what push services answer."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from anlan.channels import Fault, State
from anlan.channels.push import Browser, Push, Settings, browser_of
from anlan.channels.push.browser import octets, text_of
from anlan.channels.push.sealing import MOST_BYTES, point, sealed_with
from anlan.channels.push.sending import text_for
from anlan.channels.push.vapid import Vapid
from anlan.terms.errors import Malformed
from tests.wire.channels.conftest import a_message
from tests.wire.channels.many.far import Receiver, sent, to_all
from tests.wire.channels.peers import Peer

# RFC 8291, section 5 and appendix A.
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
OWN, SALT = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", "DGv6ra1nlYgDCS1FRnbzlw"
TEXT = b"When I grow up, I want to be a watermelon"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAm"
    "S6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Q"
    "ulcy4a-fN"
)
KEY = text_of(b"\x01" * 32)
SETTINGS = Settings(key=KEY, contact="mailto:duty@anlan.example", allows_private=True, timeout_s=60)


def private(text: str) -> EllipticCurvePrivateKey:
    return derive_private_key(int.from_bytes(octets(text)), SECP256R1())


OURS = private(text_of(b"\x07" * 32))


def address(port: int, path: str = "/p/1", *, host: str = "127.0.0.1") -> str:
    """What a browser of the test gives."""
    keys = {"p256dh": text_of(point(OURS)), "auth": AUTH}
    return json.dumps({"endpoint": f"http://{host}:{port}{path}", "keys": keys})


def opened(body: bytes) -> bytes:
    """What the browser of the test reads, by the library's own derivation of keys."""
    sender = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), body[21:86])
    about = b"WebPush: info\x00" + point(OURS) + body[21:86]
    shared = OURS.exchange(ECDH(), sender)
    secret = HKDF(SHA256(), 32, octets(AUTH), about).derive(shared)
    key = HKDF(SHA256(), 16, body[:16], b"Content-Encoding: aes128gcm\x00").derive(secret)
    nonce = HKDF(SHA256(), 12, body[:16], b"Content-Encoding: nonce\x00").derive(secret)
    return AESGCM(key).decrypt(nonce, body[86:], None).removesuffix(b"\x02")


def test_the_example_of_the_standard_comes_out_to_the_octet() -> None:
    told = {"endpoint": "https://push.example/1", "keys": {"p256dh": PUBLIC, "auth": AUTH}}
    browser = browser_of(json.dumps(told), allows_private=False)
    assert isinstance(browser, Browser)
    body = sealed_with(TEXT, browser, own=private(OWN), salt=octets(SALT))
    assert text_of(body) == SEALED


def test_the_token_names_us_to_one_push_service_and_can_be_checked() -> None:
    vapid, now_s = Vapid(SETTINGS), 1_782_880_800
    header = vapid.of("https://push.example", now_s)
    token, _, public = header.removeprefix("vapid t=").partition(",k=")
    head, claims, signature = token.split(".")
    raw = octets(signature)
    asn1 = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), octets(public))
    key.verify(asn1, f"{head}.{claims}".encode(), ECDSA(SHA256()))
    told = json.loads(octets(claims))
    assert (told["aud"], told["sub"]) == ("https://push.example", "mailto:duty@anlan.example")
    assert now_s < told["exp"] <= now_s + 24 * 3600
    assert public == SETTINGS.public
    assert vapid.of("https://push.example", now_s + 60) == header
    assert vapid.of("https://other.example", now_s) != header
    assert vapid.of("https://push.example", now_s + 12 * 3600) != header


def test_only_the_browser_can_read_it_and_a_repetition_has_the_same_topic() -> None:
    receiver = Receiver("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
    with Peer(receiver) as peer:
        for _ in range(2):
            found = sent(Push(SETTINGS), to_all([address(peer.port)]))
            assert [one.state for one in found] == [State.ACCEPTED]
    (first, headers, body), (_, again, other) = receiver.requests
    assert first == "POST /p/1 HTTP/1.1"
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["urgency"] == "high"
    assert int(headers["ttl"]) > 0
    assert 0 < len(headers["topic"]) <= 32
    assert again["topic"] == headers["topic"]
    assert body != other, "a key pair serves one message only"
    assert json.loads(opened(body)) == json.loads(opened(other))
    assert "水位" in json.loads(opened(body))["title"]


@pytest.mark.parametrize(
    ("status", "state", "fault"),
    [
        (404, State.REFUSED, Fault.RECIPIENT),
        (410, State.REFUSED, Fault.RECIPIENT),
        (403, State.FAILED, Fault.SETTINGS),
        (413, State.REFUSED, Fault.CONTENT),
        (429, State.FAILED, Fault.BUSY),
        (503, State.FAILED, Fault.BUSY),
        (302, State.REFUSED, Fault.ADDRESS),
    ],
)
def test_what_a_push_service_answers(status: int, state: State, fault: Fault) -> None:
    reply = f"HTTP/1.1 {status} Well\r\nContent-Length: 0\r\nRetry-After: 30\r\n\r\n"
    with Peer(Receiver(reply)) as peer:
        (found,) = sent(Push(SETTINGS), to_all([address(peer.port)]))
    assert (found.state, found.fault) == (state, fault)
    assert found.wait_s == (30 if status in (429, 503) else 0)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"endpoint": "https://a.example", "keys": null}',
     '{"endpoint": "https://a.example", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}'],
)  # fmt: skip
def test_what_is_no_browser_is_refused(text: str) -> None:
    (found,) = sent(Push(SETTINGS), to_all([text]))
    assert (found.state, found.fault) == (State.REFUSED, Fault.ADDRESS)


def test_a_push_service_in_the_own_network_is_not_written_to() -> None:
    safe = Settings(key=KEY, contact="mailto:duty@anlan.example")
    with Peer(Receiver()) as peer:
        hosts = ("127.0.0.1", "localhost")
        found = sent(Push(safe), to_all([address(peer.port, host=host) for host in hosts]))
    assert {(one.state, one.fault) for one in found} == {(State.REFUSED, Fault.ADDRESS)}
    assert peer.connections == 0


def test_a_long_text_is_cut_to_what_every_push_service_takes() -> None:
    text = text_for(a_message(text="水" * 5_000))
    assert len(text) <= MOST_BYTES
    assert json.loads(text)["body"].endswith("…")


@pytest.mark.parametrize("fields", [{"key": "A"}, {"contact": "duty"}, {"ttl_s": -1}])
def test_wrong_settings_are_named(fields: dict[str, object]) -> None:
    usual: dict[str, object] = {"key": KEY, "contact": "mailto:duty@anlan.example"}
    with pytest.raises(Malformed):
        Settings(**(usual | fields))  # type: ignore[arg-type] # the fields are the test's
