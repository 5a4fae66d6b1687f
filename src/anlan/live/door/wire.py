"""ASGI, as small as it is needed here: a request, an answer, and errors as answers."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import msgspec

from anlan.terms.errors import AnlanError, Malformed, Refused, Unavailable

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

JSON = b"application/json"


class HttpError(Exception):
    """An answer that is not 200: status, one sentence, and when to come again."""

    def __init__(self, status: int, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.retry_after_s = status, detail, retry_after_s


class Request:
    """One request; header names in lower case."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.receive = receive
        self._scope = scope
        self._query: dict[str, list[str]] | None = None

    def header(self, name: bytes) -> str:
        """A header's value, empty where it is missing."""
        return self.headers.get(name, b"").decode("latin-1").strip()

    def query(self, name: str) -> str | None:
        """The last value of a query parameter."""
        if self._query is None:
            self._query = parse_qs(self._scope["query_string"].decode("latin-1"))
        found = self._query.get(name)
        return found[-1] if found else None

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole query parameter from 1 to `most`; HttpError 400 otherwise."""
        text = self.query(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
            raise HttpError(400, f"{name} is a whole number from 1 to {most}")
        return int(text)

    @property
    def is_local(self) -> bool:
        """Whether the caller sits on this machine."""
        client = self._scope.get("client")
        host = client[0] if client else ""
        return host.startswith("127.") or host in ("::1", "::ffff:127.0.0.1")


class Reply:
    """A status with a body; dicts and lists become JSON."""

    def __init__(self, body: Any, *, status: int = 200, kind: bytes = JSON) -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else msgspec.json.encode(body)
        self.headers = [
            (b"content-type", kind),
            (b"content-length", b"%d" % len(self.body)),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]

    async def send(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


def error_reply(error: HttpError) -> Reply:
    """An error as its answer."""
    reply = Reply({"error": error.detail}, status=error.status)
    if error.retry_after_s is not None:
        reply.headers.append((b"retry-after", b"%d" % max(1, round(error.retry_after_s))))
    if error.status == 401:
        reply.headers.append((b"www-authenticate", b"Bearer"))
    if error.status == 408:
        # What is left of the body is not waited for.
        reply.headers.append((b"connection", b"close"))
    return reply


def as_http(error: AnlanError) -> HttpError:
    """An error of the family as an answer."""
    if isinstance(error, Unavailable):
        return HttpError(503, str(error), retry_after_s=error.retry_after_s)
    if isinstance(error, Refused):
        return HttpError(403, str(error))
    return HttpError(400 if isinstance(error, Malformed) else 422, str(error))
