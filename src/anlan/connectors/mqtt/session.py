"""A kept session with an MQTT broker: a message is acknowledged only after it is durable.

Two threads: the network's (paho's own) fills the inbox; the other reads the messages, puts them
into the sink and acknowledges, in order of arrival. Whatever is not acknowledged when either side
dies is delivered again by the broker; sensor and time make the second copy change nothing.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from anlan.connectors import Fault, Reading, Sink
from anlan.connectors.mapping import Heard, Taken
from anlan.connectors.mapping.read import UNREADABLE
from anlan.connectors.mqtt.arrivals import Arrivals
from anlan.connectors.mqtt.client import DROPPED, client_of, kept
from anlan.connectors.mqtt.codec import Published, read_message
from anlan.connectors.mqtt.gulps import Gulping
from anlan.connectors.mqtt.inbox import MOST_MESSAGES, Delivery, Inbox
from anlan.connectors.mqtt.mapping import Mapping
from anlan.terms.errors import Malformed, Unavailable

Hear = Callable[[Sequence[Heard], int], None]
"""Is told what was heard of devices and when, ms UTC, once it is durable."""
_GROUP, _SHOWN = 5_000, 200
_KEEPALIVE_S = 30
_LONGEST_WAIT_S = 30.0


@dataclass(slots=True)
class Counts:
    """What a session has done since it started, for those on duty.

    sessions_lost: how often the broker no longer knew us, and may have lost messages.
    """

    messages: int = 0
    acknowledged: int = 0
    readings: int = 0
    faults: int = 0
    connects: int = 0
    sessions_lost: int = 0


class Session:
    """One connection of a mapping to a sink; `start`, later `stop`.

    trouble: why nothing comes in at present, in a sentence; None while all is well ·
    dropped: how many messages the broker has dropped since it started, None while it has not
    told us of any.
    """

    def __init__(self, mapping: Mapping, sink: Sink, hear: Hear = lambda heard, at: None) -> None:
        self.mapping, self._sink, self._hear = mapping, sink, hear
        self.counts = Counts()
        self.dropped: int | None = None
        self._network_trouble: str | None = "not connected yet"
        self._sink_trouble: str | None = None
        self._connection = 0
        self._acknowledging = threading.RLock()
        self._inbox, self._arrivals = Inbox(), Arrivals()
        self._ending = threading.Event()
        self._client = self._made_client()
        self._carrier = threading.Thread(target=self._carry, name="mqtt", daemon=True)

    @property
    def trouble(self) -> str | None:
        return self._sink_trouble or self._network_trouble

    @property
    def waiting(self) -> int:
        """Messages received and not yet put into the sink."""
        return len(self._inbox)

    def start(self) -> None:
        """Begins; an absent broker is no error, it is tried again until it is there."""
        broker = self.mapping.broker
        if broker.version == "5":
            self._client.connect_async(
                broker.host,
                broker.port,
                _KEEPALIVE_S,
                clean_start=False,
                properties=kept(MOST_MESSAGES // 2),
            )
        else:
            self._client.connect_async(broker.host, broker.port, _KEEPALIVE_S)
        self._carrier.start()
        self._client.loop_start()

    def stop(self, wait_s: float = 10.0) -> None:
        """Ends after the present group; the rest stays with the broker for the next start."""
        self._ending.set()
        self._inbox.close()
        if self._carrier.ident is not None:
            self._carrier.join(wait_s)
        self._client.disconnect()
        self._client.loop_stop()

    # The network's thread

    def _made_client(self) -> Gulping:
        broker = self.mapping.broker
        client = client_of(broker, broker.client_id, keeps=True)
        client.reconnect_delay_set(1, int(_LONGEST_WAIT_S))
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_socket_close = self._on_socket_close
        client.on_message = self._on_message
        return client

    def _on_connect(
        self, client: paho.Client, _: Any, flags: paho.ConnectFlags, *rest: Any
    ) -> None:
        reason: ReasonCode = rest[0]
        if reason.is_failure:
            self._network_trouble = f"the broker refuses the connection: {reason}"
            return
        if self.counts.connects and not flags.session_present:
            self.counts.sessions_lost += 1
        self.counts.connects += 1
        filters = self.mapping.filters
        if self.mapping.broker.version == "5":
            # Retained messages come once, not again at each reconnection.
            options = SubscribeOptions(qos=1, retainHandling=1)
            wanted = [(one, options) for one in filters]
            client.subscribe([*wanted, (DROPPED, SubscribeOptions(qos=0))])
        else:
            client.subscribe([*((one, 1) for one in filters), (DROPPED, 0)])

    def _on_subscribe(self, _: paho.Client, __: Any, ___: int, *rest: Any) -> None:
        reasons: list[ReasonCode] = rest[0]
        filters = self.mapping.filters
        refused = [f for f, reason in zip(filters, reasons, strict=False) if reason.is_failure]
        lower = [f for f, reason in zip(filters, reasons, strict=False) if reason.value == 0]
        if refused:
            self._network_trouble = f"the broker refuses the subscription to {', '.join(refused)}"
        elif lower:
            self._network_trouble = f"the broker grants only QoS 0 for {', '.join(lower)}"
        else:
            self._network_trouble = None

    def _on_connect_fail(self, *_: Any) -> None:
        broker = self.mapping.broker
        self._network_trouble = f"no broker answers at {broker.host}:{broker.port}"

    def _on_disconnect(self, *told: Any) -> None:
        reason: ReasonCode = told[3]
        if self._network_trouble is None or reason.getName() == "Session taken over":
            self._network_trouble = f"the connection to the broker has ended: {reason}"

    def _on_socket_close(self, *_: Any) -> None:
        """From here on no message that came so far may be acknowledged: its number is void.

        paho clears what it has yet to send after this and before it connects again.
        """
        with self._acknowledging:
            self._connection += 1

    def _on_message(self, _: paho.Client, __: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = "\ufffd"
        if topic == DROPPED:
            self.dropped = int(message.payload) if message.payload.isdigit() else None
            return
        self.counts.messages += 1
        payload = bytes(message.payload)
        at = self._arrivals.of(message.mid, topic, payload, is_again=message.dup)
        published = Published(topic, payload, at, message.retain)
        self._inbox.put(Delivery(published, message.mid, message.qos, self._connection))

    # The thread that stores

    def _carry(self) -> None:
        try:
            while group := self._inbox.take(_GROUP):
                taken = self._read(group)
                if not self._put(taken.readings, taken.faults):
                    return
                self.counts.readings += len(taken.readings)
                self.counts.faults += sum(fault.rows for fault in taken.faults)
                self._hear(taken.heard, group[-1].published.at)
                self._acknowledge(group)
        except BaseException as error:
            self._sink_trouble = f"the MQTT session has stopped: {error!r}"
            self._inbox.close()
            self._client.disconnect()
            raise

    def _read(self, group: list[Delivery]) -> Taken:
        whole = Taken([], [], [])
        for one in group:
            try:
                taken = read_message(self.mapping, one.published)
            except Malformed as error:
                whole.faults.append(Fault(UNREADABLE, str(error), one.published.payload))
            except Exception as error:  # noqa: BLE001 - else it comes again, and stops us, for ever
                reason = f"cannot be read ({error!r})"[:_SHOWN]
                whole.faults.append(Fault(UNREADABLE, reason, one.published.payload))
            else:
                whole.readings.extend(taken.readings)
                whole.faults.extend(taken.faults)
                whole.heard.extend(taken.heard)
        return whole

    def _put(self, readings: Sequence[Reading], faults: Sequence[Fault]) -> bool:
        """Puts until it is durable; whether it is, or the session ends before."""
        wait_s = 0.0
        while readings or faults:
            try:
                self._sink.put(readings, faults)
                break
            except Unavailable as error:
                self._sink_trouble = str(error)
                wait_s = min(_LONGEST_WAIT_S, max(error.retry_after_s, wait_s * 2))
            if self._ending.wait(wait_s):
                return False
        self._sink_trouble = None
        return True

    def _acknowledge(self, group: list[Delivery]) -> None:
        """In order of arrival, and only on the connection a message came by."""
        with self._acknowledging:
            mids = [one.mid for one in group if one.qos and one.connection == self._connection]
            for mid in mids:
                self._arrivals.acknowledged(mid)
            self._client.acknowledge(mids)
            self.counts.acknowledged += len(mids)
