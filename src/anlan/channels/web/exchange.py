"""One connection, one POST, one answer; the far end may be slow on purpose, or never end."""

import io
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import TypeVar

from anlan.channels import Fault, bounded
from anlan.channels.web.target import Target, places
from anlan.terms.errors import Malformed

T = TypeVar("T")


def context_of(ca_file: str) -> ssl.SSLContext:
    """Whom to trust: the system's authorities, and those of a PEM file where one is named.

    Raises Malformed when it cannot be read.
    """
    try:
        context = ssl.create_default_context()
        if ca_file:
            context.load_verify_locations(ca_file)
    except OSError as error:
        raise Malformed(f"no certificates there: {error}", where="ca_file") from error
    return context


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """How far requests may go, and how long all of one may take; thread-safe, uses no proxy."""

    context: ssl.SSLContext
    allows_private: bool
    timeout_s: float

    def post(
        self, target: Target, asked: bytes, read: Callable[[HTTPResponse], T], *, most: int = 65_536
    ) -> T:
        """What is read of the begun answer, at the latest when the time is over.

        most: bytes of the answer, head and all. Raises Refused where the address may not be
        written to, and OSError, HTTPException, ValueError, of which `failing` tells.
        """
        until_s = time.monotonic() + self.timeout_s
        with self._connected(target, until_s) as sock:
            sock.settimeout(_left(until_s))
            sock.sendall(asked)
            with _Answering(sock, bounded(sock, until_s=until_s, most=most)) as response:
                response.begin()
                return read(response)

    def _connected(self, target: Target, until_s: float) -> socket.socket:
        """A connection to the first address of the host that takes one."""
        found = places(target, allows_private=self.allows_private)
        trouble: OSError = OSError("the name has no address")
        for number, place in enumerate(found):
            try:
                share_s = _left(until_s) / (len(found) - number)  # one deaf address is not all
                sock = socket.create_connection((place, target.port), share_s)
            except OSError as error:
                trouble = error
            else:
                return self._made_safe(sock, target, until_s)
        raise trouble

    def _made_safe(self, sock: socket.socket, target: Target, until_s: float) -> socket.socket:
        """The connection, under TLS where the address says https."""
        if not target.is_safe:
            return sock
        try:
            sock.settimeout(_left(until_s))
            return self.context.wrap_socket(sock, server_hostname=target.host)
        except BaseException:
            sock.close()
            raise


class _Answering(HTTPResponse):
    """A response that reads from a bounded reader instead of the socket itself."""

    def __init__(self, sock: socket.socket, reader: io.BufferedReader) -> None:
        super().__init__(sock, method="POST")
        self.fp.close()
        self.fp = reader


def _left(until_s: float) -> float:
    """Seconds left. Raises TimeoutError when there are none."""
    left_s = until_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError("timed out")
    return left_s


def failing(error: Exception) -> tuple[Fault, str]:
    """The word and the sentence for what kept an answer away."""
    match error:
        case TimeoutError():
            return Fault.TIMEOUT, "the other end did not answer in time"
        case ssl.SSLError():
            return Fault.TLS, f"no safe connection to the other end: {error}"
        case HTTPException() | ValueError() | BrokenPipeError():
            return Fault.ANSWER, f"the other end broke off: {error}"
        case ConnectionAbortedError() | ConnectionResetError():
            return Fault.ANSWER, f"the other end broke off: {error}"
    return Fault.UNREACHABLE, f"the other end cannot be reached: {error}"
