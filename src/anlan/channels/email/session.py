"""One connection to the mail server: patient until a moment, deaf to endless answers."""

import smtplib
import socket
import ssl
import time
from contextlib import suppress

from anlan.channels import bounded
from anlan.channels.email.mailbox import on_the_wire
from anlan.channels.email.settings import Security, Settings


class Session(smtplib.SMTP):
    """A greeted connection, safe and logged in as the settings say. mails: how many it has carried.

    Raises OSError, SMTPException or ValueError for whatever the server does.
    """

    def __init__(self, settings: Settings, context: ssl.SSLContext) -> None:
        self._settings, self._context = settings, context
        self._until_s, self.mails = time.monotonic() + settings.timeout_s, 0
        own_name = on_the_wire(settings.sender).rpartition("@")[2]  # looking it up may take long
        super().__init__(settings.host, settings.port, own_name, settings.timeout_s)

    def leave(self) -> None:
        """Says goodbye and does not wait for the answer: the mail is sent or is not."""
        with suppress(OSError, smtplib.SMTPException):
            self.putcmd("quit")
        self.close()

    def open(self) -> None:
        """Makes it safe, then logs in."""
        self.ehlo_or_helo_if_needed()
        if self._settings.security is Security.STARTTLS:
            self.starttls(context=self._context)
            self.ehlo_or_helo_if_needed()
        if self._settings.user:
            self.login(self._settings.user, self._settings.password)

    def renew(self) -> None:
        """Has as much time for the next mail as for the first."""
        self._until_s, self.file = time.monotonic() + self._settings.timeout_s, None

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = bounded(self.sock, until_s=self._until_s)
        return super().getreply()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = socket.create_connection((host, port), timeout / 2)  # a name may have two
        if self._settings.security is not Security.TLS:
            return sock
        try:
            return self._context.wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise
