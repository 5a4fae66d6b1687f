"""A message, an authority of certificates, and both channels towards peers of any kind."""

from dataclasses import dataclass
from pathlib import Path
from ssl import SSLContext

import pytest

from anlan.channels import Address, Channel, Message, Status
from anlan.channels.email import Email, Security
from anlan.channels.email import Settings as MailSettings
from anlan.channels.webhook import Settings as HookSettings
from anlan.channels.webhook import Webhook
from tests.wire.channels.certificates import Authority
from tests.wire.channels.peers import Mailbox, Receiver, Script

SECRET = "a key of more than 16 bytes"


def a_message(**fields: object) -> Message:
    """A message; what matters is given."""
    usual: dict[str, object] = {
        "key": "watch.17:raised",
        "kind": "alarm",
        "subject": "梧桐县清水河站水位超保证水位",
        "text": "当前水位 5.12 m,保证水位 5.00 m。\n请立即核实。",
        "status": Status.ACTUAL,
        "cause": "alarm/17",
        "created_at": 1_782_880_800_000,
    }
    return Message(**(usual | fields))  # type: ignore[arg-type] # the fields are the test's


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody trusts."""
    return Authority(tmp_path_factory.mktemp("stranger"))


@dataclass
class Way:
    """One channel as the contract sees it: how to make it, and peers that speak its protocol."""

    name: str
    accepting: Script
    busy: Script
    refusing: Script
    cut_at_the_end: Script
    first_line: bytes
    ca_file: str

    def channel(self, port: int, *, timeout_s: float = 60.0, is_safe: bool = False) -> Channel:
        if self.name == "email":
            return Email(
                MailSettings(
                    host="localhost",
                    port=port,
                    sender="duty@anlan.example",
                    security=Security.TLS if is_safe else Security.NONE,
                    ca_file=self.ca_file,
                    timeout_s=timeout_s,
                )
            )
        return Webhook(
            HookSettings(
                secret=SECRET, allows_private=True, ca_file=self.ca_file, timeout_s=timeout_s
            )
        )

    def address(self, port: int, *, is_safe: bool = False) -> Address:
        if self.name == "email":
            return Address("email", "li.wei@wutong.example")
        return Address("webhook", f"http{'s' * is_safe}://localhost:{port}/notices?of=1")


@pytest.fixture(params=["email", "webhook"])
def way(request: pytest.FixtureRequest, authority: Authority) -> Way:
    if request.param == "email":
        return Way(
            "email",
            accepting=Mailbox(),
            busy=Mailbox({"RCPT": "451 4.7.1 greylisted"}),
            refusing=Mailbox({"RCPT": "550 5.1.1 no such user"}),
            cut_at_the_end=Mailbox({"END": "cut"}),
            first_line=b"220-welcome\r\n",
            ca_file=authority.file,
        )
    return Way(
        "webhook",
        accepting=Receiver(),
        busy=Receiver("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"),
        refusing=Receiver("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        cut_at_the_end=Receiver(""),
        first_line=b"HTTP/1.1 100 Continue\r\n\r\n",
        ca_file=authority.file,
    )


@pytest.fixture
def localhost(authority: Authority) -> SSLContext:
    return authority.server("localhost")


@pytest.fixture
def missing_file(tmp_path: Path) -> str:
    return str(tmp_path / "none.pem")
