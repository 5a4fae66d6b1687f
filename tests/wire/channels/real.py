"""A mail server that is not ours: aiosmtpd, which demands STARTTLS and a login."""

import socket
from contextlib import suppress
from email import message_from_bytes, policy
from ssl import SSLContext
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope


def _authenticated(*args: Any) -> AuthResult:
    login = args[-1]
    is_right = (login.login, login.password) == (b"duty", b"secret")
    return AuthResult(success=is_right, handled=False)  # the server answers


class Real:
    """The server at work; `subjects` of the mails it took; a context manager."""

    def __init__(self, context: SSLContext) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.subjects: list[str] = []
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=_authenticated,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._controller.stop()

    async def handle_DATA(self, *args: Any) -> str:  # noqa: N802 # aiosmtpd calls it so
        envelope: Envelope = args[-1]
        content = envelope.content
        assert isinstance(content, bytes)
        self.subjects.append(str(message_from_bytes(content, policy=policy.default)["Subject"]))
        return "250 2.0.0 taken"
