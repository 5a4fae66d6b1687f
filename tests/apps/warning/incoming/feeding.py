"""A feed of official warnings on a real socket, that changes, fails and leads astray as told."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from anlan.apps.warning.actions.incoming import Listener
from anlan.apps.warning.models import Feed
from anlan.cap.feed import Entry, write_atom
from anlan.cap.feed import Feed as Atom
from anlan.connectors.feeds import Feed as Setting

SENDER = "lanhai-met.example"
NOW = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)


def alert(number: int = 1, **fields: Any) -> bytes:
    """A CAP 1.2 message in two languages; `minutes` after NOW it was sent, `refers` to numbers."""
    told: dict[str, Any] = {
        "kind": "Alert", "status": "Actual", "severity": "Severe", "minutes": number,
        "refers": (), "geocode": "990101000000", "polygon": "", "expires": 12,
        "event": ("暴雨", "Rainstorm"), "sender": SENDER,
    } | fields  # fmt: skip
    sent = NOW + timedelta(minutes=told["minutes"])
    refers = " ".join(f"{told['sender']},met-{n},{_sent(n)}" for n in told["refers"])
    geocode = f"""<geocode><valueName>CPEAS Geographic Code</valueName>
        <value>{told["geocode"]}</value></geocode>""" if told["geocode"] else ""  # fmt: skip
    polygon = f"<polygon>{told['polygon']}</polygon>" if told["polygon"] else ""
    ends = sent + timedelta(hours=told["expires"])
    infos = "".join(
        f"""<info><language>{language}</language><category>Met</category><event>{event}</event>
        <urgency>Expected</urgency><severity>{told["severity"]}</severity>
        <certainty>Likely</certainty><expires>{ends.isoformat()}</expires>
        <senderName>岚海省气象台</senderName><headline>{headline}</headline>
        <description>{event} {number}</description><instruction>{what}</instruction>
        <area><areaDesc>安澜县</areaDesc>{polygon}{geocode}</area></info>"""
        for language, event, headline, what in (
            ("zh-CN", told["event"][0], f"岚海省气象台发布暴雨预警{number}", "注意防范。"),
            ("en-US", told["event"][1], f"Rainstorm warning {number}", "Take care."),
        )
    )
    references = f"<references>{refers}</references>" if refers else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>met-{number}</identifier>
<sender>{told["sender"]}</sender><sent>{sent.isoformat()}</sent><status>{told["status"]}</status>
<msgType>{told["kind"]}</msgType><scope>Public</scope>{references}{infos}</alert>""".encode()


def _sent(number: int) -> str:
    return (NOW + timedelta(minutes=number)).isoformat()


@dataclass
class Server:
    """pages: by path what is answered, bytes or a status with a place · asked: paths as they were
    asked for · unchanged: how often it could say so."""

    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    unchanged: int = 0
    port: int = 0

    def __enter__(self) -> Self:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.port = self._http.server_port
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def url(self, path: str = "/feed") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def offer(self, *alerts: bytes) -> None:
        """Puts messages into the feed, each at an address of its own."""
        entries = []
        for n, body in enumerate(alerts):
            path = f"/cap/{hash(body)}"
            self.pages[path] = body
            entries.append(Entry(key=f"urn:{n}:{hash(body)}", title="t", updated=_sent(n),
                                 link=path))  # fmt: skip
        feed = Atom(key="urn:feed", title="岚海省气象台", updated=_sent(0), entries=tuple(entries))
        self.pages["/feed"] = write_atom(feed)


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)
            page = server.pages.get(self.path, (404, ""))
            if isinstance(page, tuple):
                self.send_response(page[0])
                self.send_header("Location", page[1])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            tag = f'"{hash(page)}"'
            if self.headers.get("If-None-Match") == tag:
                server.unchanged += 1
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


@dataclass
class Ear:
    """Somebody who listens to a feed at a moment that a test moves."""

    server: Server
    now: datetime = NOW + timedelta(minutes=30)
    region: str = ""
    private: bool = True
    quiet_h: int = 0
    address: str = ""

    def hear(self) -> Feed:
        """Looks once at the feed, due or not."""
        address = self.address or self.server.url()
        setting = Setting(key="met", name="岚海省气象台", address=address, region=self.region,
                          private=self.private, quiet_h=self.quiet_h)  # fmt: skip
        Listener([setting], in_threads=False).step(self.now)
        return Feed.objects.get(key="met")

    def after(self, **span: float) -> Feed:
        """Looks again later."""
        self.now += timedelta(**span)
        return self.hear()
