"""The platform's door: packages come by HTTP as a file of a form, and are answered by one."""

import itertools
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from anlan.channels.speaker.ebd.package import MOST_BYTES
from anlan.sandtable.sinks.speaker.platform import Platform

_BOUNDARY = re.compile(r'multipart/form-data;\s*boundary="?([^";]{1,70})"?')
_FILE = re.compile(rb'filename="EBDT_[0-9]+\.tar"', re.IGNORECASE)


class Door:
    """Listens as long as it is entered. port: 0 for one that is free."""

    def __init__(self, platform: Platform, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self.platform = platform
        self._counts = itertools.count(1)
        self._server = ThreadingHTTPServer((host, port), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where packages are posted to."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/ebd"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answered(self, kind: str, body: bytes) -> tuple[int, bytes] | None:
        """Status and body of the answer to a POST; None where the connection is broken off."""
        faults = self.platform.faults
        time.sleep(faults.slow_s)
        if faults.down:
            return None
        if faults.busy:
            return 503, b"come again"
        tar = tar_in(kind, body)
        if tar is None:
            return 400, b"not a form with a package"
        if faults.nonsense:
            return 200, b"\x00 this is no tar"
        answer = self.platform.answer(tar)
        is_cut = faults.cut_each > 0 and next(self._counts) % faults.cut_each == 0
        return None if is_cut else (200, answer)


def tar_in(kind: str, body: bytes) -> bytes | None:
    """The package in a form; None where there is none."""
    found = _BOUNDARY.match(kind)
    if found is None:
        return None
    for part in body.split(b"--" + found[1].encode("latin-1")):
        head, _, content = part.partition(b"\r\n\r\n")
        if _FILE.search(head):
            return content.removesuffix(b"\r\n")
    return None


def _handler(door: Door) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            if not 0 < size <= MOST_BYTES + 10_000:
                self.send_error(413)
                return
            body = self.rfile.read(size)
            answer = door.answered(self.headers.get("Content-Type") or "", body)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer[0])
            self.send_header("Content-Type", "application/x-tar")
            self.send_header("Content-Length", str(len(answer[1])))
            self.end_headers()
            self.wfile.write(answer[1])

        def log_message(self, *_: object) -> None:
            pass

    return Answering
