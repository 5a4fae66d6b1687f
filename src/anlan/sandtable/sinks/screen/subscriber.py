"""A screen that subscribes to its orders at a broker, and leaves a last will."""

import json
import threading
import time
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from anlan.channels.broker import Broker
from anlan.channels.screen.order import ASK, opened, sealed
from anlan.channels.screen.topics import OFFLINE, ONLINE, ORDERS, PRESENCE, RECEIPTS, topic
from anlan.sandtable.sinks.screen.display import Display
from anlan.terms.errors import Malformed

_KEPT_S = 3_600


class Subscriber(Display):
    """There as long as it is entered; the broker keeps its orders while it is away.

    `tell` says again what became of an order, as one does that has taken it before.
    """

    def __init__(self, key: bytes, broker: Broker, name: str) -> None:
        super().__init__(key)
        self.name, self._where, self._key = name, broker, key
        self._joined = threading.Event()
        self._client: Client | None = None

    def __enter__(self) -> Self:
        client = self._where.client(f"screen-{self.name}", timeout_s=5)
        client.will_set(topic(self.name, PRESENCE), OFFLINE, qos=1, retain=True)
        client.on_connect, client.on_message = self._welcomed, self._ordered
        client.on_subscribe = lambda *_: self._joined.set()
        kept = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho lacks it
        kept.SessionExpiryInterval = _KEPT_S
        client.connect(self._where.host, self._where.port, 5, clean_start=False, properties=kept)
        client.loop_start()
        self._client = client
        self._joined.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        """Goes, and says so."""
        client, self._client = self._client, None
        if client is not None and client.is_connected():
            told = client.publish(topic(self.name, PRESENCE), OFFLINE, qos=1, retain=True)
            told.wait_for_publish(2)
        if client is not None:
            client.disconnect()
            client.loop_stop()

    def break_off(self) -> None:
        """Loses its connection without a word: the broker tells its last will."""
        if self._client is not None:
            sock = self._client.socket()
            self._client.loop_stop()
            if sock is not None:
                sock.close()
            self._client = None

    def tell(self, name: str) -> None:
        """Says what became of an order."""
        body = json.dumps({"id": name, "kind": ASK}).encode()
        at_s = int(time.time())
        self._answer(*opened(self._key, sealed(self._key, name=name, at_s=at_s, body=body)))

    def _welcomed(self, client: Client, *_: Any) -> None:
        client.subscribe(topic(self.name, ORDERS), qos=1)
        client.publish(topic(self.name, PRESENCE), ONLINE, qos=1, retain=True)

    def _ordered(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            marks, body = opened(self._key, bytes(message.payload))
        except Malformed:
            return  # who cannot sign is not answered
        self._answer(marks, body)

    def _answer(self, marks: dict[str, str], body: bytes) -> None:
        answer = self.answered(marks, body)
        if answer is None or answer[0] != 200 or self._client is None:
            return
        now_s = int(time.time())
        envelope = sealed(self._key, name=f"r{now_s}", at_s=now_s, body=answer[1])
        self._client.publish(topic(self.name, RECEIPTS), envelope, qos=1)
