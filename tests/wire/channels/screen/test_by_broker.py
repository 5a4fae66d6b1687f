"""Screens at a broker that is not ours (Mosquitto): orders, receipts, presence, and what fails."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import paho.mqtt.publish as publish
import pytest

from anlan.channels import Address, Fault, Message, Receipt, State
from anlan.channels.broker import Broker
from anlan.channels.screen import REASONS, Screen, Settings
from anlan.channels.screen.order import sealed
from anlan.channels.screen.topics import ONLINE, ORDERS, PRESENCE, RECEIPTS, topic
from anlan.sandtable.sinks.screen import Faults, Subscriber
from tests.wire.channels.speaker.conftest import a_notice, cap_xml, clock, eventually

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
KEY, NAME = "a key of more than 16 bytes", "north-gate"
pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed"),
]


class House:
    """Mosquitto on a free port; may be stopped and started."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        owner = "user root\n" if os.geteuid() == 0 else ""
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {folder}/\n{owner}"
        )
        self.start()

    @property
    def where(self) -> Broker:
        return Broker(url=f"mqtt://127.0.0.1:{self.port}")

    def start(self) -> None:
        assert MOSQUITTO is not None
        words, quiet = [MOSQUITTO, "-c", str(self._config)], subprocess.DEVNULL
        self._process = subprocess.Popen(words, stdout=quiet, stderr=quiet)
        assert eventually(self._answers)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.2).close()
        except OSError:
            return False
        return True


@dataclass
class Way:
    house: House
    sign: Subscriber
    screen: Screen

    def has(self, **faults: object) -> None:
        self.sign.faults = replace(Faults(), **faults)  # type: ignore[arg-type]  # the faults are the test's

    def send(self, message: Message | None = None, to: str = NAME) -> Receipt:
        address = Address("screen", f"mqtt:{to}")
        return self.screen.send(message or a_notice(), address, now_ms=clock())

    def again(self, timeout_s: float = 5.0) -> None:
        settings = Settings(secret=KEY, broker=self.house.where, timeout_s=timeout_s)
        self.screen = Screen(settings, clock=clock)

    def hears_rest(self) -> int:
        """Takes what is heard; how much it was."""
        words = [word.key for word in self.screen.heard(100)]
        self.screen.take(words)
        return len(words)

    def hears(self) -> list[tuple[str, State]]:
        """References and states that are heard, as soon as there are some."""
        assert eventually(lambda: bool(self.screen.heard(10)))
        return [(w.reference, w.receipt.state) for w in self.screen.heard(10) if w.receipt]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    found = House(tmp_path_factory.mktemp("broker"))
    yield found
    found.stop()


@pytest.fixture
def way(house: House) -> Iterator[Way]:
    with Subscriber(KEY.encode(), house.where, NAME) as sign:
        found = Way(house, sign, None)  # type: ignore[arg-type]  # made in the next line
        found.again()
        yield found
        for word in found.screen.heard(100):
            found.screen.take([word.key])
        found.screen.close()


def test_it_is_shown_replaced_and_cleared_and_said_so(way: Way) -> None:
    receipt = way.send()
    assert (receipt.state, receipt.reference) == (State.DELIVERED, f"W-1 mqtt:{NAME}")
    (order,) = way.sign.shown()
    assert order["text"]["zh-CN"] == {"headline": "发布洪水红色预警", "text": "立即转移。"}
    first = "anlan@wutong.example,W-1,2026-07-01T08:00:00+08:00"
    end = a_notice("W-3", body=cap_xml("W-3", msg_type="Cancel", references=first))
    assert way.send(end).state is State.DELIVERED
    assert way.sign.shown() == []
    assert way.send().state is State.DELIVERED  # after its own end
    assert way.sign.shown() == []


def test_one_that_was_taken_is_heard_later_and_told_until_it_is_taken(way: Way) -> None:
    way.screen.close()
    way.again(timeout_s=2.0)
    way.has(late=True)
    receipt = way.send()
    assert (receipt.state, receipt.reference) == (State.ACCEPTED, f"W-1 mqtt:{NAME}")
    way.has()
    way.sign.tell("W-1")
    assert way.hears() == [(f"W-1 mqtt:{NAME}", State.DELIVERED)]
    way.screen.close()  # not taken: another process hears it
    way.again()
    assert way.hears() == [(f"W-1 mqtt:{NAME}", State.DELIVERED)]
    way.screen.take([word.key for word in way.screen.heard(10)])
    assert way.screen.heard(10) == []


def test_one_that_is_away_is_tried_again_and_known_by_its_last_will(way: Way) -> None:
    assert way.send(to="never-seen").fault is Fault.UNREACHABLE
    assert way.send().state is State.DELIVERED
    way.sign.break_off()

    def is_away() -> bool:
        return way.send(a_notice("W-1")).fault is Fault.UNREACHABLE

    assert eventually(is_away)
    with way.sign:
        assert eventually(lambda: way.send().state is State.DELIVERED)


@pytest.mark.parametrize(
    ("faults", "state", "fault"),
    [
        ({"refusing": True}, State.REFUSED, Fault.CONTENT),
        ({"down": True}, State.ACCEPTED, None),
        ({"nonsense": True}, State.ACCEPTED, None),
        ({"strange": True}, State.ACCEPTED, None),
    ],
)
def test_what_a_screen_does_wrong_never_makes_it_delivered(
    way: Way, faults: dict[str, Any], state: State, fault: Fault | None
) -> None:
    way.screen.close()
    way.again(timeout_s=2.0)
    way.has(**faults)
    receipt = way.send()
    assert (receipt.state, receipt.fault) == (state, fault)
    assert receipt.wait_s == (300 if state is State.ACCEPTED else 0)  # then it is ordered again


def test_an_order_that_nobody_takes_is_not_taken_over(way: Way) -> None:
    where = {"port": way.house.port}
    publish.single(topic("nobody", PRESENCE), ONLINE, retain=True, **where)  # type: ignore[arg-type]  # a port
    receipt = way.send(to="nobody")
    assert (receipt.state, receipt.fault) == (State.FAILED, Fault.UNREACHABLE)


def test_an_order_is_gone_from_the_broker_when_its_screen_would_refuse_it(way: Way) -> None:
    name, lasts = "deaf", list[int]()
    listener = way.house.where.client("lasts", timeout_s=1)
    listener.on_message = lambda _c, _u, m: lasts.append(
        getattr(m.properties, "MessageExpiryInterval", 0)
    )
    listener.connect(way.house.where.host, way.house.port)
    listener.loop_start()
    listener.subscribe(topic(name, ORDERS), 1)
    publish.single(topic(name, PRESENCE), ONLINE, retain=True, port=way.house.port)
    way.screen.close()
    way.again(timeout_s=2.0)
    assert way.send(to=name).wait_s == 300
    assert eventually(lambda: bool(lasts))
    listener.disconnect()
    listener.loop_stop()
    assert 0 < lasts[0] <= 300


def test_strangers_keep_no_screen_from_being_heard(way: Way) -> None:
    """Receipts of orders that this site does not know: more than the broker sends at once."""
    for number in range(30):
        way.sign.tell(f"S-{number}")
    assert eventually(lambda: len(way.screen.heard(100)) >= 20)
    first = {word.key: word.at for word in way.screen.heard(100)}
    time.sleep(0.02)
    again = {word.key: word.at for word in way.screen.heard(100)}
    assert first.items() <= again.items()  # they grow old: whoever hears them lets them go
    assert eventually(lambda: not way.hears_rest())
    assert way.send().state is State.DELIVERED


def test_nobody_else_says_that_it_is_shown(way: Way) -> None:
    way.screen.close()
    way.again(timeout_s=2.0)
    way.has(down=True)
    told, where = b'{"id": "W-1", "state": "shown"}', {"port": way.house.port}
    forged = sealed(b"another key of 16 bytes", name="r", at_s=int(time.time()), body=told)
    assert way.send().state is State.ACCEPTED
    for payload in (forged, told, b"\xff", b"[" * 60_000):
        publish.single(topic(NAME, RECEIPTS), payload, qos=1, **where)  # type: ignore[arg-type]  # a port
    time.sleep(0.3)
    assert way.screen.heard(10) == []


def test_a_broker_that_is_down_is_told_and_found_again(way: Way) -> None:
    assert way.send().state is State.DELIVERED
    way.house.stop()
    try:
        assert eventually(lambda: way.send().fault is Fault.UNREACHABLE)
    finally:
        way.house.start()
    publish.single(topic(NAME, PRESENCE), ONLINE, retain=True, port=way.house.port)
    assert eventually(lambda: way.send().state is State.DELIVERED)


def test_an_address_that_is_none_is_refused_before_anybody_is_asked() -> None:
    screen = Screen(Settings(secret=KEY, broker=Broker(url="mqtt://127.0.0.1:9")), clock=clock)
    for wrong in ("mqtt:", "mqtt:a/b", "mqtt:+", "mqtt:" + "x" * 65):
        assert screen.check(Address("screen", wrong)) in REASONS
    assert screen.check(Address("screen", "mqtt:a")) is None
    without = Screen(Settings(secret=KEY), clock=clock)
    assert without.check(Address("screen", "mqtt:a")) in REASONS
