"""The far ends of a publication: a mail server, and a web server that is webhooks and gateway."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope


class Told(NamedTuple):
    """What came; end: kind and address · key: by which a repetition is known."""

    end: tuple[str, str]
    key: str


class Ends(ThreadingHTTPServer):
    """All of them; `told`: what came, in order."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Take)
        self.told: list[Told] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.mail_port: int = free.getsockname()[1]

    def handle_error(self, *_: Any) -> None:
        """A sender that is killed hangs up."""

    async def handle_DATA(self, *args: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        envelope: Envelope = args[-1]
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        key = str(mail["Message-ID"]).strip("<>").partition("@")[0].replace("=2e", ".")
        self.told += [Told(("email", to), key) for to in envelope.rcpt_tos]
        return "250 taken"


class _Take(BaseHTTPRequestHandler):
    server: Ends
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/send":
            self.server.told += [Told(("sms", one["number"]), one["id"])
                                 for one in json.loads(body)["to"]]  # fmt: skip
        else:
            url = f"http://127.0.0.1:{self.server.server_port}{self.path}"
            self.server.told.append(Told(("webhook", url), self.headers["webhook-id"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def far_ends() -> Iterator[Ends]:
    """They listen until the end."""
    with Ends() as ends:
        mail = Controller(ends, hostname="127.0.0.1", port=ends.mail_port)
        mail.start()
        Thread(target=ends.serve_forever, daemon=True).start()
        try:
            yield ends
        finally:
            mail.stop()
            ends.shutdown()
