"""A screen with a web address, or many of them at one port, each with a path of its own."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from anlan.sandtable.sinks.screen.display import Display

_MOST_BYTES = 262_144


Find = Callable[[str], Display | None]
"""The screen at a path."""


class Wall:
    """Listens as long as it is entered, for the screens that `find` knows."""

    def __init__(self, find: Find, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(find))
        self._server.daemon_threads = True

    @property
    def origin(self) -> str:
        """Where the paths begin."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Board(Wall, Display):
    """One screen by itself."""

    def __init__(self, key: bytes, *, port: int = 0, host: str = "127.0.0.1") -> None:
        Display.__init__(self, key)
        Wall.__init__(self, lambda _path: self, port=port, host=host)

    @property
    def url(self) -> str:
        """Where orders are posted to."""
        return f"{self.origin}/orders"


def _handler(find: Find) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            if not 0 < size <= _MOST_BYTES:
                self.send_error(413)
                return
            board = find(self.path)
            if board is None:
                self.send_error(404)
                return
            answer = board.answered(self.headers, self.rfile.read(size))
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer[1])))
            self.end_headers()
            self.wfile.write(answer[1])

        def log_message(self, *_: object) -> None:
            pass

    return Answering
