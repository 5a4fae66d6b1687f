"""Devices behind a real Mosquitto: who is there, by last will and retained state, and no reading
taken twice where the device has no clock."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from anlan.connectors.mapping import Heard
from anlan.connectors.mqtt.session import Session
from anlan.live.gateway.devices.presence import IDLE_MS, Presence, Scribe
from anlan.live.gateway.devices.roll import Reader
from tests.wire.test_mqtt_broker import CONFIG, MOSQUITTO, House, Store, mapping_at, until

pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed"),
]
TOPICS = """
[[topic]]
filter = "devices/+/state"
payload = "text"
device = "{2}"
online = { at = ".", states = { online = 1, offline = 0 } }

[[topic]]
filter = "devices/+/up"
device = "{2}"
time_unit = "arrival"
values = { level = "level" }
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, CONFIG.read_text())
    yield house
    house.close()


class Gauge:
    """A device with a last will, as its maker would write it."""

    def __init__(self, port: int, name: str) -> None:
        self.client = paho.Client(CallbackAPIVersion.VERSION2)
        self._topic = f"devices/{name}"
        self.client.will_set(f"{self._topic}/state", "offline", qos=1, retain=True)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        self.say("state", "online")

    def say(self, what: str, text: str) -> None:
        told = self.client.publish(f"{self._topic}/{what}", text, qos=1, retain=True)
        told.wait_for_publish(30)

    def lose_power(self) -> None:
        """Its connection breaks without a word, and it does not come back."""
        end = self.client.socket()
        assert isinstance(end, socket.socket)
        self.client.reconnect_delay_set(3_600, 3_600)
        end.shutdown(socket.SHUT_RDWR)


def test_a_last_will_takes_a_device_offline_and_is_seen_after_a_restart_too(
    house: House, tmp_path: Path
) -> None:
    presence, store = Presence("mqtt", "mqtt:1", "broker"), Store()
    session = Session(mapping_at(house.port, topics=TOPICS), store, presence.hear)
    session.start()
    until(lambda: session.trouble is None)
    gauge = Gauge(house.port, "weir")
    gauge.say("up", '{"level": 2.5}')
    until(lambda: len(store.readings) == 1)
    data = tmp_path / "data"
    scribe = Scribe(data, [presence])

    def is_online() -> bool:
        scribe.write()
        known = Reader(data).device("mqtt", "weir", time.time_ns() // 1_000_000)
        return known is not None and known.is_online

    until(is_online)
    gauge.lose_power()
    until(lambda: not is_online())
    assert [(one.quantity, one.key) for one in Reader(data).spoken("mqtt", "weir")] == [
        ("level", "weir.level")
    ]
    session.stop()
    gauge.client.loop_stop()

    # Another client hears what the broker retained: the state, and a reading that is not new.
    later, heard = Presence("mqtt", "mqtt:1", "broker"), Store()
    mapping = mapping_at(house.port, topics=TOPICS, client_id="other")
    again = Session(mapping, heard, later.hear)
    again.start()
    until(lambda: again.counts.acknowledged == 2)
    again.stop()
    (state,), _ = later.news(0)
    assert (state.device, state.is_online, heard.readings) == ("weir", False, {})


def test_a_message_that_is_delivered_again_bears_its_first_arrival(house: House) -> None:
    store = Store()
    store.is_full.set()
    session = Session(mapping_at(house.port, topics=TOPICS), store)
    session.start()
    until(lambda: session.trouble is None)
    sender = paho.Client(CallbackAPIVersion.VERSION2)
    sender.connect("127.0.0.1", house.port)
    sender.loop_start()
    sent = [sender.publish("devices/a/up", f'{{"level": {n}}}', qos=1) for n in range(50)]
    for one in sent:
        one.wait_for_publish(30)
    sender.disconnect()
    sender.loop_stop()
    until(lambda: session.counts.messages == 50)
    house.stop()
    house.start()
    until(lambda: session.counts.messages == 100)
    store.is_full.clear()
    until(lambda: session.counts.acknowledged == 50)
    session.stop()
    assert sorted(store.readings.values()) == list(range(50))


def test_a_device_that_only_speaks_is_offline_after_a_silence() -> None:
    presence = Presence("mqtt", "mqtt:1", "broker")
    presence.hear([Heard("a"), Heard("b", True)], 1_000)
    first, _ = presence.news(2_000)
    assert [(one.device, one.is_online) for one in first] == [("a", True), ("b", True)]
    later, _ = presence.news(1_001 + IDLE_MS)
    assert [(one.device, one.is_online, one.frames) for one in later] == [("a", False, 0)]
    presence.hear([Heard("a")], 2 * IDLE_MS)
    assert [one.is_online for one in presence.news(2 * IDLE_MS)[0]] == [True]
