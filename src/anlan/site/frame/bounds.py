"""How large a request may be: said before anything of it is taken in."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Knows = Callable[[str, str], Awaitable[bool]]
"""Whether somebody comes with these cookies, or with this authorization."""

_SMALL = 1_000_000
_FILES = 10
"""A form carries at most nine files, and its words."""
_TOLD = "内容过大。This is too large.\n".encode()


class TooLargeError(Exception):
    """More came than was allowed."""


class Bounded:
    """An ASGI application behind a bound: a megabyte, and for a form of files as much as these are
    where it comes from somebody known; who that is, is asked only of a larger one."""

    def __init__(self, app: App, file_bytes: int, knows: Knows) -> None:
        self._app, self._file_bytes, self._knows = app, file_bytes, knows

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        most, said = await self._most(headers), headers.get(b"content-length", b"0")
        if not said.isdigit() or int(said) > most:
            await _refuse(send)
            return
        try:
            await self._app(scope, _counted(receive, most), send)
        except TooLargeError:
            await _refuse(send)

    async def _most(self, headers: dict[bytes, bytes]) -> int:
        said = headers.get(b"content-length", b"")
        is_small = said.isdigit() and int(said) <= _SMALL
        is_form = headers.get(b"content-type", b"").startswith(b"multipart/form-data")
        if is_small or not is_form:
            return _SMALL
        told = [headers.get(name, b"").decode("latin-1") for name in (b"cookie", b"authorization")]
        return self._file_bytes * _FILES if any(told) and await self._knows(*told) else _SMALL


def _counted(receive: Receive, most: int) -> Receive:
    """The same body, until it is more than it may be."""
    taken = 0

    async def counted() -> Mapping[str, Any]:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLargeError
        return message

    return counted


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": _TOLD})
