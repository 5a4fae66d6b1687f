"""What a receiver of a webhook gets, what its answers mean, and where nothing is ever sent."""

import hashlib
import hmac
import json
import socket
from base64 import b64decode, b64encode
from collections.abc import Callable
from ipaddress import IPv4Address, ip_address
from typing import Any

import pytest

from anlan.channels import Address, Fault, Receipt, State, Status
from anlan.channels.webhook import REASONS, Settings, Webhook
from anlan.channels.webhook.target import is_public
from anlan.terms.errors import Malformed
from tests.wire.channels.conftest import SECRET, a_message
from tests.wire.channels.peers import Peer, Receiver, silent

NOW_MS = 1_782_880_805_000
HTTP_DATE = "Wed, 01 Jul 2026 04:42:05 GMT"  # 120 s after now
OUTSIDE = "203.0.114.7"


def sent(receiver: Receiver, *, now_ms: int = NOW_MS, path: str = "/notices") -> Receipt:
    with Peer(receiver) as peer:
        address = Address("webhook", f"http://127.0.0.1:{peer.port}{path}")
        channel = Webhook(Settings(secret=SECRET, allows_private=True))
        return channel.send(a_message(status=Status.TEST), address, now_ms=now_ms)


def answered(head: str, body: str = "") -> Receipt:
    """The receipt for an answer of these first lines."""
    return sent(Receiver(f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n{body}"))


def strict() -> Webhook:
    return Webhook(Settings(secret=SECRET, timeout_s=1))


def test_a_receiver_gets_the_whole_message_as_json() -> None:
    receiver = Receiver()
    assert sent(receiver, path="/notices?of=a%20b").state is State.ACCEPTED
    first, headers, body = receiver.requests[0]
    assert first == "POST /notices?of=a%20b HTTP/1.1"
    assert headers["host"].startswith("127.0.0.1:")
    assert json.loads(body) == {
        "key": "watch.17:raised",
        "kind": "alarm",
        "status": "Test",
        "subject": "【测试】梧桐县清水河站水位超保证水位",
        "text": "【测试】当前水位 5.12 m,保证水位 5.00 m。\n请立即核实。",
        "language": "zh-Hans",
        "cause": "alarm/17",
        "created_at": "2026-07-01T04:40:00Z",
    }


def test_the_signature_is_that_of_standard_webhooks() -> None:
    receiver = Receiver()
    sent(receiver)
    _, headers, body = receiver.requests[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    version, _, told = headers["webhook-signature"].partition(",")
    assert version == "v1"
    assert b64decode(told) == expected
    assert headers["webhook-timestamp"] == str(NOW_MS // 1000)


def test_a_second_try_has_the_same_id_and_body_and_its_own_time() -> None:
    receiver = Receiver()
    sent(receiver)
    sent(receiver, now_ms=NOW_MS + 60_000)
    (_, first, body), (_, second, again) = receiver.requests
    assert body == again
    assert first["idempotency-key"] == second["idempotency-key"] == "watch.17:raised"
    assert int(second["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 60


@pytest.mark.parametrize(
    ("head", "state", "fault"),
    [
        ("200 OK", State.ACCEPTED, None),
        ("202 Accepted", State.ACCEPTED, None),
        ("301 Moved\r\nLocation: http://elsewhere.example/", State.REFUSED, Fault.ADDRESS),
        ("307 Moved\r\nLocation: http://169.254.169.254/", State.REFUSED, Fault.ADDRESS),
        ("400 Bad", State.REFUSED, Fault.CONTENT),
        ("401 Who", State.REFUSED, Fault.RECIPIENT),
        ("404 None", State.REFUSED, Fault.RECIPIENT),
        ("408 Slow", State.FAILED, Fault.BUSY),
        ("410 Gone", State.REFUSED, Fault.RECIPIENT),
        ("422 No", State.REFUSED, Fault.CONTENT),
        ("425 Early", State.FAILED, Fault.BUSY),
        ("429 Much", State.FAILED, Fault.BUSY),
        ("500 Oh", State.FAILED, Fault.BUSY),
        ("504 Late", State.FAILED, Fault.BUSY),
    ],
)
def test_an_answer_means(head: str, state: State, fault: Fault | None) -> None:
    receipt = answered(head)
    assert (receipt.state, receipt.fault) == (state, fault)
    assert (head[:3] in receipt.reason) == (fault is not None)


def test_a_redirect_is_not_followed_but_named() -> None:
    with Peer(Receiver()) as elsewhere:
        receipt = answered(f"302 Found\r\nLocation: http://127.0.0.1:{elsewhere.port}/")
        assert elsewhere.connections == 0
    assert str(elsewhere.port) in receipt.reason


def test_the_first_words_of_a_refusal_are_kept_in_one_line() -> None:
    receipt = answered("400 Bad", '{"error":\r\n "no such channel"}' + "x" * 50_000)
    assert 'answers 400 {"error": "no such channel"}' in receipt.reason
    assert len(receipt.reason) <= 500


@pytest.mark.parametrize(
    ("asked", "wait_s"),
    [
        ("120", 120),
        (HTTP_DATE, 120),
        ("Wed, 01 Jul 2020 04:42:05 GMT", 0),
        ("-5", 0),
        ("99999999", 3_600),
        ("9" * 5_000, 0),
        ("soon", 0),
        ("Wed, 99 Jul 2026 04:42:05 GMT", 0),
    ],
)
@pytest.mark.parametrize("status", ["429 Much", "503 Busy"])
def test_retry_after_is_honoured_within_an_hour(status: str, asked: str, wait_s: int) -> None:
    assert answered(f"{status}\r\nRetry-After: {asked}").wait_s == wait_s


INSIDE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", str(IPv4Address(0)), "10.1.2.3", "172.16.0.1",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1",
    "255.255.255.255", "localhost", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[fec0::1]",
    "[ff02::1]", "[::ffff:127.0.0.1]", "[::ffff:a00:1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[2001:db8::1]",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_nothing_is_sent_into_the_own_network(host: str) -> None:
    with Peer(silent) as peer:
        address = Address("webhook", f"http://{host}:{peer.port}/")
        receipt = strict().send(a_message(), address, now_ms=NOW_MS)
        assert peer.connections == 0
    assert (receipt.state, receipt.fault) == (State.REFUSED, Fault.ADDRESS)


@pytest.mark.parametrize("address", [OUTSIDE, "2400:3200::1", "::ffff:203.0.114.7"])
def test_the_world_is_public(address: str) -> None:
    assert is_public(ip_address(address))


class Names:
    """A name server that changes its mind: one list of addresses for each question."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    def __call__(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Names], list[str]]:
    """Where connections would go, once the names are set."""
    places: list[str] = []

    def connect(place: tuple[str, int], *_: Any) -> socket.socket:
        places.append(place[0])
        raise ConnectionRefusedError("nobody")

    def watch(names: Names) -> list[str]:
        monkeypatch.setattr(socket, "getaddrinfo", names)
        monkeypatch.setattr(socket, "create_connection", connect)
        return places

    return watch


TO_A_NAME = Address("webhook", "https://notices.example/")


def test_a_name_that_changes_its_mind_leads_nowhere(asked: Callable[[Names], list[str]]) -> None:
    places = asked(Names([OUTSIDE], ["127.0.0.1"]))
    receipt = strict().send(a_message(), TO_A_NAME, now_ms=NOW_MS)
    assert places == [OUTSIDE]
    assert receipt.fault is Fault.UNREACHABLE


def test_a_name_with_one_address_inside_is_refused(asked: Callable[[Names], list[str]]) -> None:
    places = asked(Names([OUTSIDE, "10.0.0.1"]))
    receipt = strict().send(a_message(), TO_A_NAME, now_ms=NOW_MS)
    assert not places
    assert (receipt.state, receipt.fault) == (State.REFUSED, Fault.ADDRESS)


def test_every_address_of_a_name_is_tried(asked: Callable[[Names], list[str]]) -> None:
    places = asked(Names([OUTSIDE, "203.0.114.8"]))
    strict().send(a_message(), TO_A_NAME, now_ms=NOW_MS)
    assert places == [OUTSIDE, "203.0.114.8"]


@pytest.mark.parametrize(
    "value",
    [
        "ftp://notices.example/",
        "file:///etc/passwd",
        "//notices.example/",
        "https://",
        "https:///x",
        "https://duty:secret@notices.example/",
        "https://notices.example:0/",
        "https://notices.example:99999/",
        "https://notices.example/ HTTP/1.1\r\nX-Evil: 1",
        "https://notices.example/\r\nX-Evil: 1",
        "https://notices.example\t/",
        "https://notices.example/通知",
        "https://notices.example/#part",
        "https://no tices.example/",
        "https://[::1/",
        "https://a..example/",
        "https://127.0.0.1/",
        "https://notices.example\\@127.0.0.1/",
    ],
)
def test_a_wrong_address_is_named_by_a_sentence_a_page_can_translate(value: str) -> None:
    assert strict().check(Address("webhook", value)) in REASONS


@pytest.mark.parametrize(
    "value",
    [
        "https://notices.example",
        "http://notices.example:8080/a?b=%E9%80%9A",
        "HTTPS://Notices.Example/",
        "https://应急.example/",
        "https://[2400:3200::1]:8443/",
        "https://notices.example./",
    ],
)
def test_a_right_address_is_let_through(value: str) -> None:
    assert strict().check(Address("webhook", value)) is None


def test_no_proxy_of_the_environment_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer(silent) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert sent(Receiver()).state is State.ACCEPTED
        assert proxy.connections == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("secret", ""), ("secret", "short"), ("secret", "whsec_?"), ("timeout_s", -1.0)],
)
def test_a_setting_that_is_wrong_is_named(field: str, value: object) -> None:
    with pytest.raises(Malformed) as error:
        Settings(**({"secret": SECRET} | {field: value}))  # type: ignore[arg-type] # wrong on purpose
    assert error.value.where == field


def test_a_key_in_the_form_of_the_standard_is_understood() -> None:
    key = b"\x00\xff" * 12
    assert Settings(secret="whsec_" + b64encode(key).decode()).key == key


def test_the_key_is_not_shown() -> None:
    assert SECRET not in repr(Settings(secret=SECRET))
