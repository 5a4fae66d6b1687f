"""A request that is too large is refused before it is taken in, by a real server."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from django.test import Client
from django.utils import timezone

from anlan.apps.people.entrance import is_known
from anlan.apps.people.models import ApiKey
from anlan.apps.people.queries.asker import digest_of_secret
from anlan.site.frame.bounds import Bounded, Receive, Scope, Send
from tests.apps.conftest import World

FILE = 2_000_000


class Greedy:
    """An application that reads everything, as Django does; taken: how much it got."""

    taken = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        more = True
        while more:
            message = await receive()
            Greedy.taken += len(message.get("body", b""))
            more = bool(message.get("more_body"))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"taken"})


async def knows(cookies: str, authorization: str) -> bool:
    return cookies == "anlan=x" or authorization == "Bearer x"


@pytest.fixture
def port() -> Iterator[int]:
    """Where the application listens, behind its bound."""
    Greedy.taken = 0
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(Bounded(Greedy(), FILE, knows), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(10)
    listening.close()


def ask(port: int, head: str, body: bytes, *, pieces: int = 1) -> int:
    """The status of a POST; chunked where it is sent in pieces."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        how = "Transfer-Encoding: chunked" if pieces > 1 else f"Content-Length: {len(body)}"
        line.sendall(f"POST /login HTTP/1.1\r\nHost: x\r\n{head}{how}\r\n\r\n".encode())
        try:
            for _ in range(pieces):
                piece = b"%x\r\n%s\r\n" % (len(body), body) if pieces > 1 else body
                line.sendall(piece)
            if pieces > 1:
                line.sendall(b"0\r\n\r\n")
        except OSError:
            pass  # it has answered already
        return int(line.recv(100).split()[1])


def test_an_ordinary_form_is_taken(port: int) -> None:
    assert ask(port, "", b"x" * 10_000) == 200


def test_a_stranger_cannot_send_much(port: int) -> None:
    assert ask(port, "", b"x" * 1_000_001) == 413
    form = "Content-Type: multipart/form-data; boundary=b\r\n"
    assert ask(port, form, b"x" * 1_000_001) == 413
    assert Greedy.taken == 0


def test_without_a_length_it_ends_where_it_is_too_much(port: int) -> None:
    assert ask(port, "", b"x" * 300_000, pieces=40) == 413
    assert Greedy.taken <= 1_000_000


def test_files_of_who_has_signed_in_are_taken(port: int) -> None:
    form = "Content-Type: multipart/form-data; boundary=b\r\nCookie: anlan=x\r\n"
    assert ask(port, form, b"x" * (3 * FILE)) == 200
    assert ask(port, form, b"x" * (10 * FILE + 1)) == 413


def test_a_made_up_session_opens_no_larger_door(port: int) -> None:
    form = "Content-Type: multipart/form-data; boundary=b\r\nCookie: anlan=y\r\n"
    assert ask(port, form, b"x" * 10_000) == 200
    assert ask(port, form, b"x" * 1_000_001) == 413
    assert ask(port, form, b"x" * 300_000, pieces=40) == 413


def test_who_is_known(client_for: Callable[[str], Client], world: World) -> None:
    """A session that is signed in and a key that holds; nothing else."""
    browser = client_for("county")
    session = browser.cookies["anlan"].value
    assert is_known(f"a=b; anlan={session}", "")
    for cookies in ("", "anlan=", "anlan=made-up", f"other={session}", "\x00=;;"):
        assert not is_known(cookies, "")
    browser.post("/logout")
    assert not is_known(f"anlan={session}", "")
    ApiKey.objects.create(key="k", digest=digest_of_secret("secret"), user=world.users["county"],
                          created_at=timezone.now())  # fmt: skip
    assert is_known("", "Bearer secret")
    assert not is_known("", "Bearer other")
    assert not is_known(f"anlan={session}", "Basic secret")


@pytest.mark.parametrize("length", ["-1", "1e3", "x"])
def test_a_length_that_is_none_is_refused(port: int, length: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        assert int(line.recv(100).split()[1]) in (400, 413)
