"""A screen over a real socket: shows, replaces in order, clears, and each thing that goes wrong."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from anlan.channels import Address, Fault, Message, Receipt, State, Status
from anlan.channels.screen import Screen, Settings
from anlan.channels.screen.order import receipt_in
from anlan.sandtable.sinks.screen import Board, Faults
from anlan.terms.errors import Malformed
from tests.wire.channels.conftest import a_message
from tests.wire.channels.speaker.conftest import a_notice, cap_xml, clock, eventually

KEY = "a key of more than 16 bytes"
FIRST = "anlan@wutong.example,W-1,2026-07-01T08:00:00+08:00"


@dataclass
class Way:
    board: Board
    screen: Screen

    def has(self, **faults: object) -> None:
        self.board.faults = replace(Faults(), **faults)  # type: ignore[arg-type]  # the faults are the test's

    def send(self, message: Message | None = None) -> Receipt:
        address = Address("screen", self.board.url)
        return self.screen.send(message or a_notice(), address, now_ms=clock())

    def again(self, **fields: object) -> None:
        usual: dict[str, object] = {"secret": KEY, "allows_private": True, "timeout_s": 60.0,
                                    "poll_s": 0.05}  # fmt: skip
        self.screen = Screen(Settings(**(usual | fields)), clock=clock)  # type: ignore[arg-type]  # the fields are the test's

    def names(self) -> list[str]:
        return [one["id"] for one in self.board.shown()]


@pytest.fixture
def way() -> Iterator[Way]:
    with Board(KEY.encode()) as board:
        found = Way(board, None)  # type: ignore[arg-type]  # made in the next line
        found.again()
        yield found
        found.screen.close()


def later(name: str, **fields: object) -> Message:
    """What follows the first message."""
    xml = cap_xml(name, sent="2026-07-01T09:00:00+08:00", references=FIRST, **fields)
    return a_notice(name, body=xml)


def test_it_is_shown_and_said_so(way: Way) -> None:
    assert way.send().state is State.DELIVERED
    (order,) = way.board.shown()
    assert (order["id"], order["kind"], order["level"]) == ("W-1", "show", "red")
    assert order["text"]["zh-CN"] == {"headline": "发布洪水红色预警", "text": "立即转移。"}
    assert (order["until"], order["status"]) == ("2026-07-01T20:00:00+08:00", "Actual")


def test_an_update_replaces_and_the_end_clears(way: Way) -> None:
    way.send()
    assert way.send(later("W-2", msg_type="Update")).state is State.DELIVERED
    assert way.names() == ["W-2"]
    end = a_notice("W-3", body=cap_xml("W-3", msg_type="Cancel",
                   references="anlan@wutong.example,W-2,2026-07-01T09:00:00+08:00"))  # fmt: skip
    assert way.send(end).state is State.DELIVERED
    assert way.names() == []


def test_what_comes_after_its_own_end_is_not_shown(way: Way) -> None:
    way.send(later("W-2", msg_type="Cancel"))
    way.send()
    assert way.names() == []


def test_a_screen_that_is_late_is_asked(way: Way) -> None:
    way.has(late=True)
    receipt = way.send()
    assert receipt.state is State.ACCEPTED
    assert eventually(lambda: len(way.screen.heard(10)) == 1)
    (word,) = way.screen.heard(10)
    assert word.receipt is not None
    assert (word.reference, word.receipt.state) == (receipt.reference, State.DELIVERED)
    way.screen.take([word.key])
    assert way.screen.heard(10) == []


def test_a_screen_that_refuses_says_why(way: Way) -> None:
    way.has(refusing=True)
    receipt = way.send()
    assert (receipt.state, receipt.fault) == (State.REFUSED, Fault.CONTENT)
    assert "屏幕检修" in receipt.reason


def test_another_try_shows_it_once(way: Way) -> None:
    way.has(cut=True)
    assert way.send().state is State.FAILED
    way.has()
    assert way.send().state is State.DELIVERED
    assert way.names() == ["W-1"]


@pytest.mark.parametrize(
    ("faults", "fault"),
    [
        ({"down": True}, Fault.ANSWER),
        ({"busy": True}, Fault.BUSY),
        ({"nonsense": True}, Fault.ANSWER),
        ({"strange": True}, Fault.ANSWER),
        ({"slow_s": 15.0}, Fault.TIMEOUT),
    ],
)
def test_a_screen_in_trouble_is_tried_again(
    way: Way, faults: dict[str, object], fault: Fault
) -> None:
    if fault is Fault.TIMEOUT:
        way.again(timeout_s=2.0)
    way.has(**faults)
    begun = time.monotonic()
    receipt = way.send()
    assert (receipt.state, receipt.fault) == (State.FAILED, fault)
    assert time.monotonic() - begun < 50  # not for as long as a message has


def test_orders_of_a_stranger_are_not_shown(way: Way) -> None:
    way.again(secret="another key of 16 bytes")
    assert way.send().state is State.REFUSED
    assert way.names() == []


def test_the_own_network_is_out_of_reach_unless_allowed(way: Way) -> None:
    way.again(allows_private=False)
    assert way.send().fault is Fault.ADDRESS


def test_a_drill_is_marked(way: Way) -> None:
    xml = cap_xml(status="Exercise", note="【演练】")
    way.send(a_notice(body=xml, status=Status.EXERCISE))
    assert way.board.shown()[0]["status"] == "Exercise"


def test_a_notice_without_a_warning_is_refused(way: Way) -> None:
    assert way.send(a_message()).fault is Fault.CONTENT


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"[" * 100_000, b'{"id":"x","state":"shown"}', b"\xff",
     b'{"id":"W-1","state":"happy"}', b'{"id":"W-1","state":"shown","said":1}'],
)  # fmt: skip
def test_what_is_no_receipt_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        receipt_in(body, "W-1")
