"""Looking at a page that behaves badly, at several feeds at once, and what settings may say."""

import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django.utils import timezone

from anlan.apps.warning.actions.incoming import Listener
from anlan.apps.warning.models import Feed, IncomingMessage
from anlan.connectors.feeds import Feed as Setting
from anlan.connectors.feeds import Known, fetch
from anlan.live.ways.tables.page import find
from anlan.site.options import read
from anlan.terms.errors import AnlanError, Malformed, Refused, Unavailable
from tests.apps.warning.incoming.feeding import Ear, Server, alert
from tests.wire.channels.peers import Peer, silent


def got(url: str, most_s: float = 5) -> bytes | None:
    return fetch(url, lambda one: find(one, True), known=Known(), most_s=most_s).body


def drip(sock: socket.socket) -> None:
    """Sends a letter now and then, for ever."""
    sock.recv(4096)
    sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    with suppress(OSError):
        while True:
            sock.sendall(b"<")
            time.sleep(0.05)


def flood(sock: socket.socket) -> None:
    """Sends without an end."""
    sock.recv(4096)
    sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    with suppress(OSError):
        while True:
            sock.sendall(b"<" * 1_000_000)


def half(sock: socket.socket) -> None:
    sock.recv(4096)
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<feed>")


def nonsense(sock: socket.socket) -> None:
    sock.recv(4096)
    sock.sendall(b"\x00\x01\x02 what\r\n\r\n")


@pytest.mark.parametrize("script", [silent, drip])
def test_who_does_not_come_to_an_end_is_left(script: object) -> None:
    with Peer(script) as peer:  # type: ignore[arg-type]  # both are scripts
        began = time.monotonic()
        with pytest.raises(Unavailable):
            got(f"http://127.0.0.1:{peer.port}/", most_s=0.5)
        assert time.monotonic() - began < 30  # for ever, if nothing ended it


@pytest.mark.parametrize("script", [flood, half, nonsense])
def test_what_is_too_much_or_too_little_is_no_page(script: object) -> None:
    with Peer(script) as peer, pytest.raises(AnlanError):  # type: ignore[arg-type]  # all are scripts
        got(f"http://127.0.0.1:{peer.port}/")


def test_redirects_end(server: Server) -> None:
    server.pages |= {"/a": (302, "/b"), "/b": (301, "/a"), "/c": (302, "/d"), "/d": b"<feed/>"}
    assert got(server.url("/c")) == b"<feed/>"
    with pytest.raises(Unavailable):
        got(server.url("/a"))
    server.pages["/e"] = (302, "file:///etc/passwd")
    with pytest.raises(Refused):
        got(server.url("/e"))


def test_a_feed_that_hangs_delays_no_other(ear: Ear) -> None:
    ear.server.offer(alert(1))
    with Peer(silent) as peer:
        listener = Listener([
            Setting(key="bad", name="b", address=f"http://127.0.0.1:{peer.port}/", private=True),
            Setting(key="good", name="g", address=ear.server.url(), private=True),
        ])  # fmt: skip
        until = time.monotonic() + 5
        while not IncomingMessage.objects.exists() and time.monotonic() < until:
            listener.step(timezone.now())
        assert Feed.objects.get(key="good").ok_at is not None
        assert Feed.objects.get(key="bad").looked_at is None


def test_settings_name_feeds(tmp_path: Path) -> None:
    path = tmp_path / "anlan.toml"
    path.write_text('[[feed]]\nkey = "met"\nname = "气象台"\naddress = "https://met.example/a"\n')
    (feed,) = read(path).feed
    assert (feed.key, feed.every_s, feed.private) == ("met", 60, False)


@pytest.mark.parametrize(
    "line",
    ['key = "M!"', "every_s = 1", 'every_s = "60"', 'region = "12345"', 'address = "ftp://x"',
     'colour = "red"', "quiet_h = -1"],
)  # fmt: skip
def test_settings_that_are_wrong_are_named(tmp_path: Path, line: str) -> None:
    name = line.partition(" ")[0]
    told = {"key": '"met"', "name": '"气象台"', "address": '"https://met.example/a"'}
    lines = [f"{k} = {v}" for k, v in told.items() if k != name]
    path = tmp_path / "anlan.toml"
    path.write_text("\n".join(["[[feed]]", *lines, line]))
    with pytest.raises(Malformed, match=name):
        read(path)
