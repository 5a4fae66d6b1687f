"""Clients of a broker, and what the broker tells of itself."""

import ssl
import threading
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from anlan.connectors.mqtt.gulps import Gulping
from anlan.connectors.mqtt.mapping import Broker
from anlan.terms.errors import Malformed, Unavailable

DROPPED = "$SYS/broker/publish/messages/dropped"
"""Where Mosquitto tells how many messages it has dropped since it started.

It forgets what it told after a minute without change; each change is told again.
"""
_UPTIME = "$SYS/broker/uptime"
_NEVER_EXPIRES = 0xFFFFFFFF


def kept(most: int) -> Properties:
    """MQTT 5: keep the session while we are away, and send at most so many unacknowledged."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho has no type here
    properties.SessionExpiryInterval = _NEVER_EXPIRES
    properties.ReceiveMaximum = most
    return properties


def client_of(broker: Broker, client_id: str, *, keeps: bool) -> Gulping:
    """A client that is not connected yet. keeps: a session that outlives the connection."""
    is_5 = broker.version == "5"
    client = Gulping(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=None if is_5 else not keeps,
        protocol=MQTTProtocolVersion.MQTTv5 if is_5 else MQTTProtocolVersion.MQTTv311,
        manual_ack=keeps,
    )
    if broker.username is not None:
        client.username_pw_set(broker.username, _password(broker))
    if broker.ca_file is not None:
        try:
            client.tls_set_context(ssl.create_default_context(cafile=str(broker.ca_file)))
        except OSError as error:
            raise Malformed(f"is no certificate ({error})", where=str(broker.ca_file)) from error
    return client


def _password(broker: Broker) -> str | None:
    if broker.password_file is None:
        return None
    try:
        return broker.password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"cannot be read ({error})", where=str(broker.password_file)) from error


def dropped(broker: Broker, *, wait_s: float = 3.0) -> int | None:
    """How many messages the broker has dropped since it started, as it says itself.

    None: it speaks, but has dropped nothing in the last minute and tells the number no more.

    Unavailable where it cannot be reached or does not tell within `wait_s`.
    """
    told: dict[str, bytes] = {}
    done = threading.Event()
    client = client_of(broker, "", keeps=False)

    def on_connect(*_: Any) -> None:
        client.subscribe([(DROPPED, 0), (_UPTIME, 0)])

    def on_message(_: paho.Client, __: Any, message: paho.MQTTMessage) -> None:
        told[message.topic] = bytes(message.payload)
        done.set()  # the count comes first, where there is one

    client.on_connect, client.on_message = on_connect, on_message
    client.connect_timeout = wait_s
    where = f"the broker at {broker.host}:{broker.port}"
    try:
        client.connect(broker.host, broker.port)
    except OSError as error:
        raise Unavailable(f"{where} cannot be reached ({error})") from error
    client.loop_start()
    done.wait(wait_s)
    client.disconnect()
    client.loop_stop()
    if not told:
        raise Unavailable(f"{where} does not tell what it has dropped")
    count = told.get(DROPPED, b"")
    return int(count) if count.isdigit() else None
