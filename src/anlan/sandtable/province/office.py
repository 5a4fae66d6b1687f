"""The office's feed on a socket: Atom with an address for each message, and ETags."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from anlan.cap.feed import MEDIA_TYPE, Feed, entry_of, write_atom
from anlan.cap.message import Alert
from anlan.cap.write import write

FEED = "/cap/atom.xml"
_KEY, _TITLE = "urn:lanhai-met:cap", "岚海省气象台（虚构）"
_BEGAN = "2026-01-01T00:00:00+08:00"
_SLOW_S = 20.0


class Office:
    """Listens as long as it is entered. says: what it has said by now, the newest first."""

    def __init__(self, says: Callable[[], Sequence[Alert]], *, port: int = 0) -> None:
        self._http = ThreadingHTTPServer(("127.0.0.1", port), _handler(says))
        self._http.daemon_threads = True

    @property
    def address(self) -> str:
        """Where its feed is."""
        return f"http://127.0.0.1:{self._http.server_port}{FEED}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


def page(said: Sequence[Alert], path: str) -> tuple[bytes, str] | None:
    """What stands at a path, with its media type; None where nothing does."""
    if path == FEED:
        entries = tuple(entry_of(one, link=f"/cap/{one.identifier}.xml") for one in said)
        updated = said[0].sent if said else _BEGAN
        feed = Feed(key=_KEY, title=_TITLE, updated=updated, entries=entries)
        return write_atom(feed), "application/atom+xml"
    found = (one for one in said if path == f"/cap/{one.identifier}.xml")
    return next(((write(one), MEDIA_TYPE) for one in found), None)


def _handler(says: Callable[[], Sequence[Alert]]) -> type[BaseHTTPRequestHandler]:
    class Desk(BaseHTTPRequestHandler):
        timeout = _SLOW_S

        def do_GET(self) -> None:
            found = page(says(), self.path)
            if found is None:
                self.send_error(404)
                return
            body, kind = found
            tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            is_known = self.headers.get("If-None-Match") == tag
            self.send_response(304 if is_known else 200)
            self.send_header("ETag", tag)
            if not is_known:
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if not is_known:
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing of each request."""

    return Desk
