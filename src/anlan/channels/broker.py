"""A broker of MQTT: where it is, and who we are there."""

import re
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from anlan.terms.errors import Malformed

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_BROKER = re.compile(r"mqtts?://[^/?#@\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """url: `mqtt://host:port`, or `mqtts://` under TLS · ca_file: whom to trust beside the
    system's, PEM. Raises Malformed naming the field."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""

    def __post_init__(self) -> None:
        if not is_broker(self.url):
            raise Malformed("not fit for the broker", where="broker")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or _PORTS[urlsplit(self.url).scheme]

    def client(self, name: str, *, timeout_s: float, acks_by_hand: bool = False) -> Client:
        """A client of version 5 that is not connected yet."""
        client = Client(
            CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=acks_by_hand,
        )  # fmt: skip
        client.connect_timeout = timeout_s
        if self.user:
            client.username_pw_set(self.user, self.password)
        if self.url.startswith("mqtts:"):
            client.tls_set_context(ssl.create_default_context(cafile=self.ca_file or None))
        return client


def is_broker(text: str) -> bool:
    """Whether this names a broker."""
    if not _BROKER.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
