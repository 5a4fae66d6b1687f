"""A message centre of each protocol, and the channel towards it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from anlan.channels import Address, Receipt
from anlan.channels.heard import Heard
from anlan.channels.sms import Settings, Sms
from anlan.channels.sms.cmpp.pdus import V2
from anlan.sandtable.sinks.sms import Centre, CmppSpeech, Faults, Phones, SmppSpeech
from anlan.sandtable.sinks.sms.speech import Speech
from tests.wire.channels.conftest import a_message

USER, SECRET = "900001", "88888888"
PHONE = "13800138000"


def clock() -> int:
    return time.time_ns() // 1_000_000


@dataclass
class Way:
    """The channel and the centre that it speaks to."""

    scheme: str
    centre: Centre
    sms: Sms

    def settings(self, **fields: object) -> Settings:
        usual: dict[str, object] = {"user": USER, "password": SECRET, "sender": "10690001",
                                    "timeout_s": 60.0, "quiet_s": 30.0, "rate": 1_000}  # fmt: skip
        gateway = f"{self.scheme}://127.0.0.1:{self.centre.port}"
        return Settings(gateway=gateway, **(usual | fields))  # type: ignore[arg-type]  # the fields are the test's

    def again(self, **fields: object) -> Sms:
        """Another process with these settings."""
        self.sms.close()
        self.sms = Sms(self.settings(**fields), clock=clock)
        return self.sms

    def has(self, **faults: object) -> None:
        """The centre has these faults from now on."""
        self.centre.faults = replace(Faults(), **faults)  # type: ignore[arg-type]  # the faults are the test's

    def send(self, text: str = "清水河超警", *, to: str = PHONE, key: str = "k1") -> Receipt:
        message = a_message(key=key, text=text)
        return self.sms.send(message, Address("sms", to), now_ms=clock())

    def hears(self, count: int = 1, most_s: float = 60.0) -> list[Heard]:
        """What is heard, as soon as it is so many."""
        until_s = time.monotonic() + most_s
        while len(found := self.sms.heard(100)) < count and time.monotonic() < until_s:
            time.sleep(0.01)
        return list(found)

    def texts(self) -> dict[str, list[str]]:
        """What the phones show, by the number's last digits."""
        return {to[-11:]: texts for to, texts in self.centre.phones.texts().items()}


def eventually(is_so: Callable[[], bool], most_s: float = 60.0) -> bool:
    """Whether it comes to be so in time."""
    until_s = time.monotonic() + most_s
    while not is_so():
        if time.monotonic() > until_s:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture(params=["cmpp", "cmpp2", "smpp"])
def way(request: pytest.FixtureRequest) -> Iterator[Way]:
    speeches: dict[str, Speech] = {
        "cmpp": CmppSpeech(USER, SECRET),
        "cmpp2": CmppSpeech(USER, SECRET, V2),
        "smpp": SmppSpeech(USER, SECRET),
    }
    with Centre(speeches[request.param], Phones()) as centre:
        found = Way(request.param, centre, None)  # type: ignore[arg-type]  # made in the next line, of its settings
        found.sms = Sms(found.settings(), clock=clock)
        yield found
        found.sms.close()
