"""The channel `webhook`: one connection, one POST, one answer."""

import io
import socket
import ssl
import time
from http.client import HTTPException, HTTPResponse

from anlan.channels import Address, Fault, Message, Receipt, bounded
from anlan.channels.web.answer import Answer, read_answer, receipt_of
from anlan.channels.web.target import KIND, Target, places, target_of
from anlan.channels.webhook.request import MOST_BYTES, MOST_DOCUMENT_BYTES, request
from anlan.channels.webhook.settings import Settings
from anlan.terms.errors import Malformed, Refused


class Webhook:
    """Posts each message to the web address; thread-safe, keeps no connection, uses no proxy.

    Raises Malformed when the authorities' file cannot be read.
    """

    name = "webhook"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        try:
            self._context = ssl.create_default_context()
            if settings.ca_file:
                self._context.load_verify_locations(settings.ca_file)
        except OSError as error:
            raise Malformed(f"no certificates there: {error}", where="ca_file") from error

    def check(self, address: Address) -> str | None:
        """Why nothing can be posted there, one of REASONS, or None; no name is looked up."""
        target = self._target(address)
        return target if isinstance(target, str) else None

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        """What the other end answered. A redirect is refused: correct the address instead."""
        target = self._target(address)
        if isinstance(target, str):
            return Receipt.refused(now_ms, Fault.ADDRESS, target)
        asked = request(target, message, key=self.settings.key, sent_at_s=now_ms // 1000)
        if len(asked) > (MOST_BYTES if message.body is None else MOST_DOCUMENT_BYTES):
            return Receipt.refused(now_ms, Fault.CONTENT, "the message is too long for a webhook")
        try:
            return receipt_of(self._answer(target, asked), now_ms=now_ms)
        except Refused as error:
            return Receipt.refused(now_ms, Fault.ADDRESS, str(error))
        except (OSError, HTTPException, ValueError) as error:
            return Receipt.failed(now_ms, *_failure(error))

    def _target(self, address: Address) -> Target | str:
        if address.kind != self.name:
            return KIND
        return target_of(address.value, allows_private=self.settings.allows_private)

    def _answer(self, target: Target, asked: bytes) -> Answer:
        """The answer to the request, at the latest when the time is over."""
        until_s = time.monotonic() + self.settings.timeout_s
        with self._connected(target, until_s) as sock:
            sock.settimeout(_left(until_s))
            sock.sendall(asked)
            with _Answering(sock, bounded(sock, until_s=until_s)) as response:
                response.begin()
                return read_answer(response)

    def _connected(self, target: Target, until_s: float) -> socket.socket:
        """A connection to the first address of the host that takes one."""
        found = places(target, allows_private=self.settings.allows_private)
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
            return self._context.wrap_socket(sock, server_hostname=target.host)
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


def _failure(error: Exception) -> tuple[Fault, str]:
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
