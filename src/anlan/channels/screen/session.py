"""The session at the broker: orders out with QoS 1, receipts and presence in; thread-safe.

The broker keeps receipts for us while we are away, until they are taken.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client, MQTTMessage, MQTTMessageInfo
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from anlan.channels.broker import Broker
from anlan.channels.screen import order
from anlan.channels.screen.topics import ONLINE, ORDERS, PRESENCE, RECEIPTS, read, topic
from anlan.terms.errors import Malformed

_KEPT_S, _GRACE_S, _MOST, _MOST_BYTES = 86_400, 1.0, 10_000, 65_536
_NOBODY_TAKES_IT, _NOT_ALLOWED = 0x10, 0x80
LONGEST_S = 300
"""So long the broker holds an order for a screen, which refuses what is older."""


class Away(OSError):
    """The screen says nothing: it has left, or was never there."""


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt that nobody waited for. mid: what the broker calls it · at: it came, ms UTC."""

    screen: str
    receipt: order.Receipt
    mid: int
    at: int


class Session:
    """Connects with the first order or look, and again by itself.

    key: what signs both ways · clock: what it is now, ms UTC.
    """

    def __init__(
        self, broker: Broker, key: bytes, *, timeout_s: float, clock: Callable[[], int]
    ) -> None:
        self._broker, self._key, self._timeout_s = broker, key, timeout_s
        self._clock = clock
        self._change = threading.Condition()
        self._client: Client | None = None
        self._joined_s, self._trouble = 0.0, ""
        self._presence: dict[str, bool] = {}
        self._codes: dict[int, int] = {}
        self._awaited: dict[tuple[str, str], order.Receipt | None] = {}
        self._held: OrderedDict[tuple[str, str, str], Told] = OrderedDict()

    def send(self, screen: str, name: str, envelope: bytes) -> order.Receipt | None:
        """What the screen says at once; None where the broker has the order and no word came.

        Raises Away, OSError, TimeoutError.
        """
        until_s = time.monotonic() + self._timeout_s
        client = self._ready(screen, until_s)
        place = (screen, name)
        with self._change:
            self._awaited[place] = None
        try:
            info = client.publish(topic(screen, ORDERS), envelope, qos=1, properties=_lasting())
            self._acknowledged(info, until_s)
            with self._change:
                left_s = max(0.0, until_s - time.monotonic())
                self._change.wait_for(lambda: self._awaited[place] is not None, left_s)
                return self._awaited[place]
        finally:
            with self._change:
                self._awaited.pop(place, None)

    def heard(self, most: int) -> list[Told]:
        """Receipts that nobody waited for, until they are taken."""
        self._open()
        with self._change:
            return list(self._held.values())[:most]

    def take(self, places: Sequence[tuple[str, str, str]]) -> None:
        """These are kept, by screen, id and state: the broker may forget them."""
        with self._change:
            mids = [self._held.pop(place).mid for place in places if place in self._held]
        for mid in mids:
            if self._client is not None and mid:
                self._client.ack(mid, 1)

    def close(self) -> None:
        """Ends the connection; the broker goes on keeping what comes."""
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()

    def _open(self) -> Client:
        with self._change:
            if self._client is None:
                self._client = self._made()
                self._client.loop_start()
            return self._client

    def _made(self) -> Client:
        name = "anlan-screens-" + hashlib.sha256(self._key).hexdigest()[:12]
        client = self._broker.client(name, timeout_s=self._timeout_s, acks_by_hand=True)
        client.reconnect_delay_set(1, 15)
        client.on_connect, client.on_disconnect = self._joined, self._left
        client.on_publish, client.on_message = self._published, self._came
        kept = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho lacks it
        kept.SessionExpiryInterval = _KEPT_S
        client.connect_async(self._broker.host, self._broker.port, 30, clean_start=False,
                             properties=kept)  # fmt: skip
        return client

    def _ready(self, screen: str, until_s: float) -> Client:
        """The client, joined, with a screen that says it is there."""
        client = self._open()
        with self._change:
            if not self._change.wait_for(lambda: self._joined_s > 0, until_s - time.monotonic()):
                raise ConnectionRefusedError(self._trouble or "no session at the broker")
            # What is retained comes right after the subscription, and after what waited for us.
            grace_s = self._joined_s + _GRACE_S - time.monotonic()
            self._change.wait_for(lambda: self._presence.get(screen), max(0.0, grace_s))
            if not self._presence.get(screen):
                is_known = screen in self._presence
                raise Away("the screen is away" if is_known else "the screen was never there")
        return client

    def _acknowledged(self, info: MQTTMessageInfo, until_s: float) -> None:
        with self._change:
            left_s = max(0.0, until_s - time.monotonic())
            if not self._change.wait_for(lambda: info.mid in self._codes, left_s):
                raise TimeoutError("the broker did not answer in time")
            code = self._codes.pop(info.mid)
        if code == _NOBODY_TAKES_IT:
            raise Away("nobody takes the orders of this screen")
        if code >= _NOT_ALLOWED:
            raise PermissionError(f"the broker does not take it: reason {code:#04x}")

    def _joined(self, client: Client, _u: Any, _f: Any, code: Any, _p: Any) -> None:
        with self._change:
            self._trouble = str(code) if code.is_failure else ""
            self._joined_s = 0.0 if code.is_failure else time.monotonic()
            self._change.notify_all()
        if not code.is_failure:
            client.subscribe([(topic("+", RECEIPTS), 1), (topic("+", PRESENCE), 1)])

    def _left(self, _c: Any, _u: Any, _f: Any, _code: Any, _p: Any) -> None:
        with self._change:
            self._joined_s = 0.0
            self._presence.clear()
            # What was not taken comes again with the next session.
            self._held.clear()

    def _published(self, _c: Any, _u: Any, mid: int, code: Any, _p: Any) -> None:
        with self._change:
            self._codes[mid] = int(code.value)
            while len(self._codes) > _MOST:
                self._codes.pop(next(iter(self._codes)))
            self._change.notify_all()

    def _came(self, client: Client, _u: Any, message: MQTTMessage) -> None:
        screen, what = read(message.topic)
        if what == PRESENCE:
            with self._change:
                self._presence[screen] = message.payload == ONLINE
                self._change.notify_all()
        elif what == RECEIPTS and self._hold(screen, message):
            return  # acknowledged when it is taken
        client.ack(message.mid, message.qos)

    def _hold(self, screen: str, message: MQTTMessage) -> bool:
        """Keeps a receipt until it is taken; whether it did. What is none is passed over."""
        try:
            if len(message.payload) > _MOST_BYTES:
                return False
            _marks, body = order.opened(self._key, bytes(message.payload))
            receipt = order.receipt_in(body, "")
        except Malformed:
            return False
        with self._change:
            if (screen, receipt.id) in self._awaited:
                self._awaited[screen, receipt.id] = receipt
                self._change.notify_all()
                return False
            place = (screen, receipt.id, receipt.state.value)
            if receipt.state is order.Shown.TAKEN or place in self._held:
                return False
            if len(self._held) < _MOST:  # beyond, the broker keeps it
                self._held[place] = Told(screen, receipt, message.mid, self._clock())
        return True


def _lasting() -> Properties:
    """What lets the broker forget an order that its screen would refuse as too old."""
    found = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho lacks it
    found.MessageExpiryInterval = LONGEST_S
    return found
