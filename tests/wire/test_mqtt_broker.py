"""A real Mosquitto with the configuration we ship: nothing accepted is lost, by anyone's death."""

import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from anlan.connectors import Fault, Reading
from anlan.connectors.mapping import Taken
from anlan.connectors.mqtt.client import dropped
from anlan.connectors.mqtt.codec import Published, read_message
from anlan.connectors.mqtt.mapping import Mapping, Version, parse_mapping
from anlan.connectors.mqtt.session import Session
from anlan.terms.errors import Unavailable

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "deploy" / "mosquitto" / "anlan.conf"
MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
FLAT = '[[topic]]\nfilter = "readings/#"\nshape = "flat"\n'
pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed"),
]


class House:
    """A broker of its own, on a free port, its state in a temporary folder."""

    def __init__(self, folder: Path, config: str) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        config = config.replace("/var/lib/mosquitto/", f"{folder}/")
        config = config.replace("listener 1883", f"listener {self.port}")
        owner = "user root\n" if os.geteuid() == 0 else ""
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"{config}\nlog_type subscribe\n{owner}")
        self._log = (folder / "log").open("ab")
        self.start()

    def start(self) -> None:
        assert MOSQUITTO is not None
        command = [MOSQUITTO, "-c", str(self._config)]
        self.process = subprocess.Popen(command, stderr=self._log, stdout=self._log)
        until(lambda: _answers(self.port))

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(10) == 0

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._log.close()

    def mapping(self, version: Version = "5") -> Mapping:
        return mapping_at(self.port, version)

    def send(self, first: int, last: int, *, payload: bytes | None = None) -> None:
        """Publishes readings by number, QoS 1; returns when the broker has accepted them all."""
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.max_inflight_messages_set(1000)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        sent = [
            client.publish("readings/a", payload or _payload(n), qos=1) for n in range(first, last)
        ]
        for one in sent:
            one.wait_for_publish(30)
        assert all(one.is_published() for one in sent)
        client.disconnect()
        client.loop_stop()


def mapping_at(
    port: int, version: Version = "5", *, topics: str = FLAT, client_id: str = "anlan"
) -> Mapping:
    """A mapping of a broker on this machine."""
    head = f'host = "127.0.0.1"\nport = {port}\nclient_id = "{client_id}"\n'
    text = f'[broker]\n{head}version = "{version}"\n{topics}'
    return parse_mapping(text, where="mapping.toml")


def _payload(n: int) -> bytes:
    return json.dumps({"sensor": f"s{n % 7}", "time": n, "value": n / 8}).encode()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(is_so: Callable[[], bool], most_s: float = 60) -> None:
    """Waits for something to become true."""
    end = time.monotonic() + most_s
    while not is_so():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


class Store:
    """A sink in memory with a group commit of 10 ms; sensor and time name a reading."""

    def __init__(self) -> None:
        self.readings: dict[tuple[str, int], float] = {}
        self.faults: list[Fault] = []
        self.order: list[int] = []
        self.refusals: queue.SimpleQueue[Unavailable] = queue.SimpleQueue()
        self.is_full = threading.Event()

    def put(self, readings: Sequence[Reading], faults: Sequence[Fault]) -> None:
        time.sleep(0.01)
        if self.is_full.is_set():
            error = Unavailable("the disk is full", retry_after_s=0.05)
            self.refusals.put(error)
            raise error
        for one in readings:
            if (one.sensor, one.time) not in self.readings:
                self.readings[one.sensor, one.time] = one.value
                self.order.append(one.time)
        self.faults += faults

    @property
    def times(self) -> set[int]:
        return {time for _, time in self.readings}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, CONFIG.read_text())
    yield house
    house.close()


@pytest.fixture
def begin() -> Iterator[Callable[[Mapping, Store], Session]]:
    """Starts sessions that end with the test."""
    sessions: list[Session] = []

    def begin(mapping: Mapping, store: Store) -> Session:
        sessions.append(Session(mapping, store))
        sessions[-1].start()
        until(lambda: sessions[-1].trouble is None)
        return sessions[-1]

    yield begin
    for one in sessions:
        one.stop()


Begin = Callable[[Mapping, Store], Session]


@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_a_burst_is_taken_whole_and_in_order(house: House, begin: Begin, version: Version) -> None:
    store = Store()
    session = begin(house.mapping(version), store)
    house.send(0, 8000)
    until(lambda: session.counts.acknowledged >= 8000)
    assert store.order == list(range(8000))
    assert session.counts.messages == 8000
    assert dropped(house.mapping(version).broker) == 0


def test_what_comes_while_away_is_delivered_later(house: House, begin: Begin) -> None:
    store = Store()
    begin(house.mapping(), store).stop()
    house.send(0, 3000)
    begin(house.mapping(), store)
    until(lambda: len(store.order) == 3000)
    assert store.order == list(range(3000))


def test_nothing_is_acknowledged_before_it_is_durable(house: House, begin: Begin) -> None:
    store = Store()
    store.is_full.set()
    session = begin(house.mapping(), store)
    house.send(0, 500)
    until(lambda: store.refusals.qsize() > 3)
    assert (session.counts.acknowledged, session.trouble) == (0, "the disk is full")
    session.stop()
    store.is_full.clear()
    again = begin(house.mapping(), store)
    until(lambda: again.counts.acknowledged == 500)
    assert store.order == list(range(500))


def test_back_pressure_ends_by_itself(house: House, begin: Begin) -> None:
    store = Store()
    store.is_full.set()
    session = begin(house.mapping(), store)
    house.send(0, 200)
    until(lambda: store.refusals.qsize() > 1)
    store.is_full.clear()
    until(lambda: session.counts.acknowledged == 200)
    assert session.trouble is None
    assert store.order == list(range(200))


CHILD = """
import os, sys, time
from pathlib import Path
from anlan.connectors.mqtt.mapping import load_mapping
from anlan.connectors.mqtt.session import Session

class Lines:
    def __init__(self):
        self.file = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    def put(self, readings, faults):
        time.sleep(0.01)
        os.write(self.file, "".join(f"{one.time}\\n" for one in readings).encode())
        os.fsync(self.file)

Session(load_mapping(Path(sys.argv[1])), Lines()).start()
time.sleep(3600)
"""


def test_a_client_killed_in_mid_stream_loses_nothing(house: House, tmp_path: Path) -> None:
    mapping, lines = tmp_path / "mapping.toml", tmp_path / "lines"
    mapping.write_text(
        f'[broker]\nhost = "127.0.0.1"\nport = {house.port}\nclient_id = "anlan"\n'
        '[[topic]]\nfilter = "readings/#"\nshape = "flat"\n'
    )

    def count() -> int:
        return len(set(lines.read_text().split())) if lines.exists() else 0

    def child() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", CHILD, str(mapping), str(lines)])

    running = child()
    try:
        until(lambda: b" readings/#\n" in (house.folder / "log").read_bytes())
        for part in range(8):
            sender = threading.Thread(target=house.send, args=(part * 1000, part * 1000 + 1000))
            sender.start()
            until(lambda part=part: count() > part * 1000)  # type: ignore[misc]  # bound at once
            running.send_signal(signal.SIGKILL)
            running.wait()
            running = child()
            sender.join()
        until(lambda: count() == 8000)
    finally:
        running.kill()
        running.wait()


def test_a_broker_that_restarts_loses_nothing(house: House, begin: Begin) -> None:
    store = Store()
    store.is_full.set()
    session = begin(house.mapping(), store)
    house.send(0, 2000)
    house.stop()
    until(lambda: session.trouble is not None)
    store.is_full.clear()
    house.start()
    until(lambda: session.counts.connects >= 2)
    house.send(2000, 2500)
    until(lambda: store.times == set(range(2500)) and session.counts.acknowledged >= 2500)
    assert len(store.readings) == 2500
    assert session.counts.sessions_lost == 0
    assert dropped(house.mapping().broker) == 0


def test_bad_payloads_are_set_aside_with_a_reason(house: House, begin: Begin) -> None:
    store = Store()
    session = begin(house.mapping(), store)
    house.send(0, 1, payload=b"{")
    house.send(0, 1, payload=b'{"sensor": "a", "time": 1, "value": "wet"}')
    house.send(5, 6)
    until(lambda: session.counts.acknowledged == 3)
    assert store.order == [5]
    assert ["not JSON" in store.faults[0].reason, "no number" in store.faults[1].reason] == [
        True
    ] * 2
    assert store.faults[0].text == b"{"


def test_no_message_stops_the_rest(
    house: House, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also not by a fault of ours that nobody has thought of."""

    def failing(mapping: Mapping, published: Published) -> Taken:
        if published.payload == b"cursed":
            raise RuntimeError("we are wrong")
        return read_message(mapping, published)

    monkeypatch.setattr("anlan.connectors.mqtt.session.read_message", failing)
    store = Store()
    session = begin(house.mapping(), store)
    house.send(0, 1, payload=b"cursed")
    house.send(5, 6)
    until(lambda: session.counts.acknowledged == 2)
    assert (store.order, session.trouble) == ([5], None)
    assert [(one.text, "we are wrong" in one.reason) for one in store.faults] == [(b"cursed", True)]


def test_the_brokers_own_defaults_drop_what_they_accepted(tmp_path: Path, begin: Begin) -> None:
    defaults = "listener 1883 127.0.0.1\nallow_anonymous true\nsys_interval 1\n"
    house = House(tmp_path, defaults)
    try:
        store = Store()
        store.is_full.set()
        session = begin(house.mapping("3.1.1"), store)
        house.send(0, 3000)
        store.is_full.clear()
        until(lambda: bool(dropped(house.mapping().broker)))
        until(lambda: session.counts.acknowledged >= 1000)
        assert len(store.order) < 3000
    finally:
        house.close()


def test_an_absent_broker_is_a_clear_word(tmp_path: Path) -> None:
    mapping = mapping_at(1)
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1 cannot be reached"):
        dropped(mapping.broker)
    session = Session(mapping, Store())
    session.start()
    until(lambda: session.trouble == "no broker answers at 127.0.0.1:1")
    session.stop()
