"""Files go out piece by piece, under ASGI as well; Django warns where one would be held whole."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.test import AsyncClient, Client

from anlan.desk.assets import asset
from tests.apps.conftest import World


async def _get(address: str, **headers: str) -> tuple[dict[str, Any], list[bytes]]:
    """The start of an answer and the pieces of its body, as a server gets them."""
    scope = {
        "type": "http", "method": "GET", "path": address, "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    server: Any = ApplicationCommunicator  # without types
    talk = server(get_asgi_application(), scope)
    await talk.send_input({"type": "http.request"})
    start, pieces, more = await talk.receive_output(10), [], True
    while more:
        message = await talk.receive_output(10)
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    await talk.wait(10)
    return start, [piece for piece in pieces if piece]


@pytest.mark.django_db
def test_a_script_goes_out_in_pieces() -> None:
    async def look() -> None:
        script = asset("map.ts").script
        start, pieces = await _get(script)
        told = {name.lower(): value for name, value in start["headers"]}
        assert start["status"] == 200
        assert len(pieces) > 1
        assert max(map(len, pieces)) <= 1 << 16
        assert sum(map(len, pieces)) == int(told[b"content-length"])
        held, pieces = await _get(script, **{"if-none-match": told[b"etag"].decode()})
        assert (held["status"], pieces) == (304, [])

    async_to_sync(look)()


@pytest.mark.django_db(transaction=True)
def test_an_export_goes_out_in_pieces(world: World) -> None:
    async def look() -> None:
        browser = AsyncClient()
        await browser.aforce_login(world.users["county"])
        answer: Any = await browser.get("/atlas/enterprises/export.csv")
        assert (answer.status_code, answer.is_async) == (200, True)
        assert [piece async for piece in answer]

    async_to_sync(look)()


def test_a_script_is_served_without_asgi(client_for: Callable[[str], Client]) -> None:
    answer: Any = client_for("county").get(asset("map.ts").script)
    assert len(b"".join(answer.streaming_content)) == int(answer.headers["Content-Length"])
