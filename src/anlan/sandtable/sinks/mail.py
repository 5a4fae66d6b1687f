"""A mail server that takes every mail, for whomever it is."""

import email
import email.policy
import time
from collections.abc import Callable
from dataclasses import dataclass

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it came to one mailbox. text: its plain part · at_ms: UTC."""

    to: str
    subject: str
    text: str
    at_ms: int


class MailServer:
    """Listens as long as it is entered; each mail is told to `take`, once for each mailbox."""

    def __init__(self, take: Callable[[Mail], None], *, port: int, host: str = "127.0.0.1") -> None:
        self._take = take
        self._controller = Controller(self, hostname=host, port=port)

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        """What the server says to a mail."""
        octets = envelope.original_content or b""
        said = email.message_from_bytes(octets, policy=email.policy.default)
        body = said.get_body(("plain",))
        text = str(body.get_content()) if body is not None else ""
        for to in envelope.rcpt_tos:
            now_ms = time.time_ns() // 1_000_000
            self._take(Mail(to, str(said["Subject"] or ""), text.strip(), now_ms))
        return "250 taken"
