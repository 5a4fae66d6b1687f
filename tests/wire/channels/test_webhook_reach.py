"""Where a webhook may go: the world, and never the own network unless the settings say so."""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, ip_address
from typing import Any

import pytest

from anlan.channels import Address, Fault, State
from anlan.channels.web.target import is_public
from anlan.channels.webhook import REASONS, Settings, Webhook
from tests.wire.channels.conftest import SECRET, a_message
from tests.wire.channels.peers import Peer, Receiver, silent

NOW_MS = 1_782_880_805_000
OUTSIDE = "203.0.114.7"


def strict() -> Webhook:
    return Webhook(Settings(secret=SECRET, timeout_s=60))


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


def test_a_deaf_address_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    connect = socket.create_connection

    def deaf(place: tuple[str, int], timeout_s: float) -> socket.socket:
        if place[0] == OUTSIDE:
            assert timeout_s < 45
            raise TimeoutError("timed out")
        monkeypatch.setattr(socket, "getaddrinfo", real)
        return connect(place, timeout_s)

    monkeypatch.setattr(socket, "create_connection", deaf)
    monkeypatch.setattr(socket, "getaddrinfo", Names([OUTSIDE, "127.0.0.1"]))
    with Peer(Receiver()) as peer:
        address = Address("webhook", f"http://notices.example:{peer.port}/")
        channel = Webhook(Settings(secret=SECRET, allows_private=True, timeout_s=60))
        assert channel.send(a_message(), address, now_ms=NOW_MS).state is State.ACCEPTED


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
