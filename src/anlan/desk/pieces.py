"""A file as it goes out: piece by piece, whatever its size and whoever serves."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import IO

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

_PIECE = 1 << 16


def pieces_of(request: HttpRequest, file: IO[bytes]) -> AsyncIterator[bytes] | Iterator[bytes]:
    """The pieces of a file, which is closed behind the last.

    Under ASGI they are read beside the loop; Django would take a plain iterator into memory whole.
    """
    return _later(file) if isinstance(request, ASGIRequest) else _now(file)


def _now(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from iter(lambda: file.read(_PIECE), b"")


async def _later(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
