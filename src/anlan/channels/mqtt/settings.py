"""How the broker of the mobile apps is reached."""

import re
from dataclasses import dataclass, field

from anlan.channels import Status
from anlan.channels.broker import Broker, is_broker
from anlan.terms.errors import Malformed

_TOPIC = re.compile(r"[^+#\x00\s]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The broker, who we are there, and our patience.

    broker: `mqtt://host:port`, or `mqtts://` under TLS · prefix: of all topics; the rest is the
    recipient's address; drills and tests have a prefix of their own · timeout_s: for the broker's
    acknowledgement of one message.

    Raises Malformed naming the field.
    """

    broker: str
    user: str = ""
    password: str = field(default="", repr=False)
    prefix: str = "anlan/warnings/"
    client: str = ""
    ca_file: str = ""
    timeout_s: float = 10.0
    expiry_s: int = 86_400

    def __post_init__(self) -> None:
        wrong = {
            "broker": not is_broker(self.broker),
            "prefix": bool(self.prefix) and not _TOPIC.fullmatch(self.prefix),
            "timeout_s": not 0 < self.timeout_s <= 300,
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise Malformed("not fit for the broker", where=name)  # a password is not told

    @property
    def where(self) -> Broker:
        """The broker."""
        return Broker(url=self.broker, user=self.user, password=self.password, ca_file=self.ca_file)

    def topic(self, address: str, status: Status) -> str | None:
        """The whole topic of an address, None where none can be written to.

        Who follows what is meant, whole branches too, is never told of a drill.
        """
        if not _TOPIC.fullmatch(address):
            return None
        if status is Status.ACTUAL:
            return self.prefix + address
        return f"{self.prefix.rstrip('/')}-{status.value.lower()}/{address}"
