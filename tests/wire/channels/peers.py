"""Real servers on real sockets that behave as told: well, slowly, rudely or not at all."""

import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Self

Script = Callable[[socket.socket], None]


class Peer:
    """Listens on the loopback and runs a script with every connection; a context manager."""

    def __init__(self, script: Script, *, tls: SSLContext | None = None) -> None:
        self._script, self._tls = script, tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.connections = 0
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join(5)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listening.accept()
                self.connections += 1
                threading.Thread(target=self._run, args=(sock,), daemon=True).start()

    def _run(self, sock: socket.socket) -> None:
        sock.settimeout(60)
        with sock, suppress(OSError):
            if self._tls is None:
                self._script(sock)
            else:
                with self._tls.wrap_socket(sock, server_side=True) as safe:
                    self._script(safe)


def silent(sock: socket.socket) -> None:
    """Takes everything and never says a word."""
    while sock.recv(65_536):
        pass


def cut(sock: socket.socket) -> None:
    """Goes away at once."""


def babbling(line: bytes) -> Script:
    """Says the line for ever, as fast as it is read."""

    def babble(sock: socket.socket) -> None:
        while True:
            sock.sendall(line * 100)

    return babble


def dripping(line: bytes, pause_s: float = 0.1) -> Script:
    """Says a byte now and then, so that no single wait is long."""

    def drip(sock: socket.socket) -> None:
        while True:
            for byte in line:
                sock.sendall(bytes([byte]))
                time.sleep(pause_s)

    return drip


@dataclass
class Mailbox:
    """The script of a mail server: `says` by verb what is out of the ordinary, `says_once` the next
    time; keeps the mails."""

    says: dict[str, str] = field(default_factory=dict)
    says_once: dict[str, str] = field(default_factory=dict)
    starttls: SSLContext | None = None
    mails: list[bytes] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def __call__(self, sock: socket.socket) -> None:
        self._say(sock, "HELLO", "220 mail.example ready")
        while line := _line(sock):
            verb = line.split()[0].upper()
            self.heard.append(line)
            if verb == "STARTTLS" and self.starttls is not None:
                sock.sendall(b"220 go on\r\n")
                sock = self.starttls.wrap_socket(sock, server_side=True)
            elif verb == "DATA":
                self._take(sock)
            else:
                self._say(sock, verb, self._usual(verb))
            if verb == "QUIT":
                return

    def _usual(self, verb: str) -> str:
        if verb != "EHLO":
            return "250 2.0.0 OK"
        return "250-mail.example\r\n250 STARTTLS" if self.starttls else "250 mail.example"

    def _take(self, sock: socket.socket) -> None:
        self._say(sock, "DATA", "354 go on")
        if "DATA" in self.says:
            return
        mail = b""
        while not mail.endswith(b"\r\n.\r\n"):
            mail += sock.recv(65_536)
        self.mails.append(mail)
        self._say(sock, "END", "250 2.0.0 queued as 4711")

    def _say(self, sock: socket.socket, verb: str, usual: str) -> None:
        said = self.says_once.pop(verb, "") or self.says.get(verb, usual)
        if said == "cut":
            raise ConnectionAbortedError
        sock.sendall(f"{said}\r\n".encode())


def _line(sock: socket.socket) -> str:
    line = b""
    while not line.endswith(b"\n"):
        byte = sock.recv(1)
        if not byte:
            return ""
        line += byte
    return line.decode("utf-8", "replace").strip() or "-"


@dataclass
class Receiver:
    """The script of a web server: answers `reply` to each request and keeps it."""

    reply: str = "HTTP/1.1 204 No Content\r\nX-Request-Id: 4711\r\n\r\n"
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def __call__(self, sock: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += sock.recv(65_536)
        head, _, body = asked.partition(b"\r\n\r\n")
        first, *lines = head.decode("ascii").split("\r\n")
        headers = {k.lower(): v for k, v in (re.split(r":\s*", line, maxsplit=1) for line in lines)}
        while len(body) < int(headers["content-length"]):
            body += sock.recv(65_536)
        self.requests.append((first, headers, body))
        sock.sendall(self.reply.encode())
