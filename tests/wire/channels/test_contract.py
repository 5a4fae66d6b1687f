"""Every channel: one try, one receipt, whatever the other end does, within the time given."""

import socket
import time
from ssl import SSLContext

import pytest

from anlan.channels import Address, Fault, Receipt, State
from tests.wire.channels.certificates import Authority
from tests.wire.channels.conftest import Way, a_message
from tests.wire.channels.peers import Peer, babbling, cut, dripping, silent

NOW_MS = 1_782_880_805_000


def sent(way: Way, peer: Peer, *, timeout_s: float = 60.0, is_safe: bool = False) -> Receipt:
    """The receipt of one try, which always bears the moment it was asked for."""
    channel = way.channel(peer.port, timeout_s=timeout_s, is_safe=is_safe)
    address = way.address(peer.port, is_safe=is_safe)
    receipt = channel.send(a_message(), address, now_ms=NOW_MS)
    assert receipt.at == NOW_MS
    assert (receipt.fault is None) == (receipt.reason == "") == (receipt.state is State.ACCEPTED)
    assert receipt.may_retry == (receipt.state is State.FAILED)
    return receipt


def test_what_is_taken_over_is_accepted_with_its_reference(way: Way) -> None:
    with Peer(way.accepting) as peer:
        receipt = sent(way, peer)
    assert receipt.state is State.ACCEPTED
    assert "4711" in receipt.reference


def test_it_is_accepted_over_tls_too(way: Way, localhost: SSLContext) -> None:
    with Peer(way.accepting, tls=localhost) as peer:
        assert sent(way, peer, is_safe=True).state is State.ACCEPTED


def test_busy_is_tried_again(way: Way) -> None:
    with Peer(way.busy) as peer:
        receipt = sent(way, peer)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.BUSY)


def test_refused_is_not_and_says_why(way: Way) -> None:
    with Peer(way.refusing) as peer:
        receipt = sent(way, peer)
    assert (receipt.state, receipt.fault) == (State.REFUSED, Fault.RECIPIENT)


def test_nobody_there_is_tried_again(way: Way) -> None:
    with Peer(silent) as peer:
        pass
    receipt = sent(way, peer)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.UNREACHABLE)


@pytest.mark.parametrize("is_safe", [False, True])
def test_silence_ends_in_time(way: Way, is_safe: bool) -> None:
    with Peer(silent) as peer:
        begun = time.monotonic()
        receipt = sent(way, peer, timeout_s=0.4, is_safe=is_safe)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.TIMEOUT)
    assert time.monotonic() - begun < 50  # for ever, if nothing ended it


def test_a_byte_now_and_then_does_not_hold_it(way: Way) -> None:
    with Peer(dripping(way.first_line)) as peer:
        begun = time.monotonic()
        receipt = sent(way, peer, timeout_s=0.5)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.TIMEOUT)
    assert time.monotonic() - begun < 50  # for ever, if nothing ended it


def test_silence_after_a_late_word_ends_at_the_same_moment(way: Way) -> None:
    def late(sock: socket.socket) -> None:
        time.sleep(5.5)
        sock.sendall(way.first_line)
        silent(sock)

    with Peer(late) as peer:
        begun = time.monotonic()
        receipt = sent(way, peer, timeout_s=6.0)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.TIMEOUT)
    assert time.monotonic() - begun < 11  # 6 s more after the word, if that began it anew


def test_an_answer_without_end_is_left(way: Way) -> None:
    with Peer(babbling(way.first_line)) as peer:
        begun = time.monotonic()
        receipt = sent(way, peer)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.ANSWER)
    assert time.monotonic() - begun < 50  # not for as long as a message has


@pytest.mark.parametrize("line", [b"\x00\xff\r\n", b"x" * 9_000, b"999\r\n", b"HTTP/1.1 abc\r\n"])
def test_nonsense_is_tried_again(way: Way, line: bytes) -> None:
    with Peer(lambda sock: sock.sendall(line)) as peer:
        assert sent(way, peer).state is State.FAILED


@pytest.mark.parametrize("is_safe", [False, True])
def test_a_cut_is_tried_again(way: Way, is_safe: bool) -> None:
    with Peer(cut) as peer:
        receipt = sent(way, peer, is_safe=is_safe)
    assert receipt.state is State.FAILED
    assert receipt.fault in (Fault.ANSWER, Fault.TLS)


def test_a_cut_after_everything_was_sent_is_tried_again(way: Way) -> None:
    with Peer(way.cut_at_the_end) as peer:
        receipt = sent(way, peer)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.ANSWER)


def test_a_stranger_is_told_nothing(way: Way, stranger: Authority) -> None:
    with Peer(way.accepting, tls=stranger.server("localhost")) as peer:
        receipt = sent(way, peer, is_safe=True)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.TLS)


def test_another_name_is_told_nothing(way: Way, authority: Authority) -> None:
    with Peer(way.accepting, tls=authority.server("elsewhere.example")) as peer:
        receipt = sent(way, peer, is_safe=True)
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.TLS)


@pytest.mark.parametrize("value", ["", "x", "\n", "\ud800", "宁@", "http://", "@", "a" * 3_000])
def test_what_is_no_address_is_refused_before_anyone_is_asked(way: Way, value: str) -> None:
    address = Address(way.name, value)
    channel = way.channel(9)
    reason = channel.check(address)
    receipt = channel.send(a_message(), address, now_ms=NOW_MS)
    assert reason
    assert receipt == Receipt.refused(NOW_MS, Fault.ADDRESS, reason)


def test_the_address_of_another_channel_is_refused(way: Way) -> None:
    channel = way.channel(9)
    assert channel.check(Address("fax", way.address(9).value))
    assert channel.check(way.address(9)) is None


def test_too_much_is_refused(way: Way) -> None:
    receipt = way.channel(9).send(a_message(text="水" * 600_000), way.address(9), now_ms=NOW_MS)
    assert (receipt.state, receipt.fault) == (State.REFUSED, Fault.CONTENT)
