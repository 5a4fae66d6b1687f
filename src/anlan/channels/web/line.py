"""A kept HTTP/1.1 connection: one request and its answer after another."""

import asyncio
from typing import Any

import httptools

from anlan.channels.web.answer import Answer

_MOST_BYTES = 262_144
_TOLD = {b"location": "location", b"retry-after": "retry_after", b"x-request-id": "reference"}


class Line(asyncio.Protocol):
    """One connection. until_s: when, of the loop's clock, what is asked now must be answered."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._told: dict[str, str] = {}
        self._words = bytearray()
        self._size = 0
        self.until_s = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes, until_s: float) -> "asyncio.Future[Answer]":
        """Writes the request; its answer, or OSError."""
        self._told, self._size, self.until_s = {}, 0, until_s
        self._words.clear()
        waiting = self._waiting = self._loop.create_future()
        if self._transport is None or self._transport.is_closing():
            self._fail(ConnectionResetError("the other end broke off"))
        else:
            self._transport.write(request)
        return waiting

    def close(self) -> None:
        """Ends it; what waits hears of it."""
        if self._transport is not None:
            self._transport.abort()
        self._fail(ConnectionResetError("closed"))

    def judge(self, now_s: float) -> None:
        """Ends it where the time for an answer is over."""
        if self._waiting is not None and now_s > self.until_s:
            self._fail(TimeoutError("timed out"))
            self.close()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(ConnectionResetError(str(exc) if exc else "the other end broke off"))

    def data_received(self, data: bytes) -> None:
        self._size += len(data)
        try:
            if self._waiting is None or self._size > _MOST_BYTES:
                raise ConnectionAbortedError("it says more than it was asked")
            self._parser.feed_data(data)
        except (httptools.HttpParserError, ConnectionAbortedError) as error:
            self._fail(ConnectionAbortedError(f"the answer is none: {error}"))
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        known = _TOLD.get(name.lower())
        if known:
            self._told[known] = value.decode("latin-1")[:300]

    def on_body(self, body: bytes) -> None:
        self._words += body

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:  # it will come
            return
        waiting, self._waiting = self._waiting, None
        if not self._parser.should_keep_alive() and self._transport is not None:
            self._transport.close()
        if waiting is not None and not waiting.done():
            words = bytes(self._words).decode("utf-8", "replace")
            waiting.set_result(Answer(status, words=words, **self._told))

    def _fail(self, error: OSError) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)
