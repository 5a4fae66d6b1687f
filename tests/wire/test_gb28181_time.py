"""What time does to cameras: who is silent leaves, and what nobody answers over UDP is said again.

The clock is an argument everywhere; nothing here waits.
"""

import asyncio
from collections import Counter
from typing import Any

import pytest

from anlan.connectors.frames import Ask, Due
from anlan.connectors.gb28181.talk import Talk
from anlan.live.gateway.lines import datagrams
from anlan.live.gateway.lines.datagrams import Datagrams
from tests.wire.scenes import Scene
from tests.wire.test_gb28181_device import CAMERA, NOW_MS, WORDS, Pair

S = 1_000


def registered(words: dict[str, Any] | None = None) -> Pair:
    pair = Pair({**WORDS, **(words or {})})
    pair.carry()
    return pair


def mind(pair: Pair, after_s: float) -> Due:
    talk: Talk = pair.talk  # type: ignore[assignment]  # the pair holds it as any talk
    return talk.mind(NOW_MS + round(after_s * S))


def alive(pair: Pair, after_s: float) -> list[str]:
    """Why a sign of life at that time is refused; empty for one that is taken."""
    at_ms = NOW_MS + round(after_s * S)
    pair.camera.notify("Keepalive", [("Status", "OK")], at_ms)
    return [frame.reason for frame in pair.carry(at_ms) if frame.reason]


def test_a_registration_ends_when_it_said_and_its_camera_is_a_stranger() -> None:
    pair = registered({"silence": 0})
    assert mind(pair, 3_599.9).gone == ()
    assert mind(pair, 3_600).gone == (CAMERA,)
    assert mind(pair, 3_601).gone == ()
    assert alive(pair, 3_602) == [f"{CAMERA} has not registered"]
    pair.camera.begin(NOW_MS)
    pair.carry(NOW_MS + 3_700 * S)
    assert alive(pair, 3_701) == []
    assert mind(pair, 7_299).gone == ()
    assert mind(pair, 7_300).gone == (CAMERA,)


def test_who_registers_anew_in_time_stays() -> None:
    pair = registered({"silence": 0})
    pair.camera.begin(NOW_MS)
    pair.carry(NOW_MS + 3_000 * S)
    assert mind(pair, 3_600).gone == ()
    assert mind(pair, 6_600).gone == (CAMERA,)


def test_a_registration_whose_answer_was_lost_ends_as_the_repeated_one_said() -> None:
    pair = Pair({**WORDS, "silence": 0})
    while pair.said:
        proof = pair.said[-1]
        for again_ms in (0, 500):
            (frame,) = pair.talk.feed(proof)
            said = pair.talk.answer(frame, NOW_MS + again_ms)
        pair.said.clear()
        pair.camera.hear(said, NOW_MS)
    assert pair.camera.is_registered
    assert mind(pair, 3_600).gone == ()
    assert mind(pair, 3_601).gone == (CAMERA,)


def test_who_gives_no_sign_of_life_is_gone_and_comes_back_with_the_next() -> None:
    pair = registered()
    assert mind(pair, 179).gone == ()
    assert alive(pair, 179) == []
    assert mind(pair, 358).gone == ()
    assert mind(pair, 359).gone == (CAMERA,)
    assert mind(pair, 400).gone == ()
    assert alive(pair, 401) == []
    assert mind(pair, 580.9).gone == ()
    assert mind(pair, 581).gone == (CAMERA,)


def said_again(pair: Pair, question: bytes, until_s: int) -> list[float]:
    """At which seconds a question is said again, looked at four times a second."""
    found = []
    for quarter in range(until_s * 4):
        due = mind(pair, quarter / 4)
        if due.said:
            assert due.said == question
            found.append(quarter / 4)
    return found


def test_a_question_is_said_again_by_the_timers_until_it_is_given_up() -> None:
    pair = registered()
    _, said = pair.talk.ask(Ask("info"), NOW_MS)
    times = said_again(pair, said, 60)
    assert times == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert not mind(pair, 61).waits


def test_an_invitation_is_said_again_ever_more_seldom() -> None:
    pair = registered()
    _, said = pair.talk.ask(Ask("play"), NOW_MS)
    assert said_again(pair, said, 60) == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]


def test_what_is_answered_is_said_no_more() -> None:
    pair = registered()
    for name in ("info", "play"):
        _, said = pair.talk.ask(Ask(name), NOW_MS)
        assert mind(pair, 0).waits
        pair.camera.hear(said, NOW_MS)
        pair.carry()
        assert mind(pair, 1) == Due()


def test_over_tcp_nothing_is_said_again() -> None:
    pair = Pair()
    pair.said[0] = pair.said[0].replace(b"SIP/2.0/UDP", b"SIP/2.0/TCP")
    say = pair.camera.say
    pair.camera.say = lambda data: say(data.replace(b"SIP/2.0/UDP", b"SIP/2.0/TCP"))
    pair.carry()
    pair.talk.ask(Ask("info"), NOW_MS)
    assert mind(pair, 1) == Due()


def test_a_wait_slows_a_question_and_ends_the_repeating_of_an_invitation() -> None:
    pair = registered()
    for name, expected in (("info", [0.5, 4.5]), ("play", [])):
        _, said = pair.talk.ask(Ask(name), NOW_MS)
        lines = [one for one in said.decode().split("\r\n") if one.startswith(("Via", "From", "To",
                 "Call-ID", "CSeq"))]  # fmt: skip
        trying = "\r\n".join(["SIP/2.0 100 Trying", *lines, "Content-Length: 0", "", ""])
        pair.talk.feed(trying.encode())
        assert said_again(pair, said, 5) == expected
        mind(pair, 100)


class Wire:
    """What is sent to a camera over UDP."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def sendto(self, data: bytes, to: Any) -> None:
        self.sent.append(data)


def test_the_gateway_lets_a_silent_camera_go_and_asks_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [NOW_MS]
    monkeypatch.setattr(datagrams, "now_ms", lambda: clock[0])

    async def run() -> None:
        scene, wire = Scene("gb28181", words=WORDS), Wire()
        port = Datagrams(scene.station, set())
        port.connection_made(wire)
        pair = Pair()
        while pair.said:
            port.datagram_received(pair.said.pop(0), ("192.0.2.7", 5060))
            for answer in wire.sent:
                pair.camera.hear(answer, NOW_MS)
            wire.sent.clear()
        device = scene.station.devices[CAMERA]
        device.back.ask(Ask("info", {"device": CAMERA}))
        question = wire.sent.pop()
        for after, count in ((0, 0), (0.5, 1), (1, 1), (1.5, 2)):
            clock[0] = NOW_MS + round(after * S)
            port.look(0.0)
            assert Counter(wire.sent) == Counter({question: count} if count else {})
        assert device.back is not None
        clock[0] = NOW_MS + 180 * S
        port.look(0.0)
        assert device.back is None
        assert scene.station.devices.online == 0

    asyncio.run(run())
