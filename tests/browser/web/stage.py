"""A small server for the pages' scripts alone: one page, its list, charts and a stream to steer.

It serves what tools/web built under the site's own policy, so that whatever the policy forbids
shows here as a complaint of the browser.
"""

import json
import mimetypes
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from anlan.desk.assets import asset, folder

HERE = Path(__file__).resolve().parent
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'"
)
NOW = 1_784_570_400_000  # 2026-07-21 02:00 in Beijing
HOUR = 3_600_000
MARKS = (("yellow", 3.2, "警戒水位"), ("orange", 3.6, "保证水位"), ("red", 3.66, "校核水位"))
ROW = """<li class="row lvline-{word}" data-id="{key}"><span class="lv lv-{word}">
<span aria-hidden="true">{shape}</span> {level}</span>
<span class="row-what"><a href="#{key}">{name}</a></span>
<span class="row-when num">02:12 · 2 min</span><span class="row-state">未签收</span>
<span class="row-acts">
<button type="button" class="primary" data-key="A" hx-post="/do/{key}/A" hx-swap="none">签收
<kbd>A</kbd></button>
<button type="button" data-key="S" hx-post="/do/{key}/S" hx-swap="none">指派 <kbd>S</kbd></button>
<button type="button" data-key="C" hx-post="/do/{key}/C" hx-swap="none">电话 <kbd>C</kbd></button>
</span></li>"""
ALARMS = [
    ("reservoir", "red", "◆", "红色", "石桥水库 · 库水位 102.31 m，超校核 0.81 m"),
    ("tank", "orange", "▲", "橙色", "南岗化工 3# 储罐 · 可燃气 52 %LEL"),
    ("slope", "orange", "▲", "橙色", "柳树沟滑坡 · 位移速率 41 mm/h"),
    ("pond", "yellow", "■", "黄色", "青石坳尾矿库 · 浸润线埋深 3.2 m"),
    ("underpass", "blue", "●", "蓝色", "城南下穿 · 积水 0.11 m"),
]


class Stage(ThreadingHTTPServer):
    """What the page asks, what it did, and what the stream is to say."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.alarms = list(ALARMS)
        self.revision = 1
        self.done: list[str] = []
        self.asked: list[dict[str, list[str]]] = []
        self.streams: list[queue.Queue[bytes | None]] = []
        self.wanted: list[str] = []
        self.is_cut = False

    def say(self, name: str, data: Any) -> None:
        """Tells every open stream an event."""
        body = f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
        for one in list(self.streams):
            one.put(body)

    def cut(self) -> None:
        """Ends every stream and refuses new ones."""
        self.is_cut = True
        for one in list(self.streams):
            one.put(None)

    def rows(self) -> str:
        """The list as the server gives it."""
        rows = [
            ROW.format(key=k, word=w, shape=s, level=level, name=n)
            for k, w, s, level, n in self.alarms
        ]
        urgent = " ".join(f"{k}:{w}" for k, w, *_ in self.alarms if w in ("red", "orange"))
        return (
            f'<div data-revision="{self.revision}" data-urgent="{urgent}">'
            f'<ul class="rows" data-rows>{"".join(rows)}</ul></div>'
        )


@contextmanager
def staged() -> Iterator[Stage]:
    """A stage that plays until it is left."""
    stage = Stage()
    thread = threading.Thread(target=stage.serve_forever, daemon=True)
    thread.start()
    try:
        yield stage
    finally:
        stage.cut()
        stage.shutdown()
        stage.server_close()


def course(ask: dict[str, list[str]]) -> dict[str, Any]:
    """A river's level: up over its marks, with one hour of silence and one alarm."""
    high = int(ask.get("to", [str(NOW)])[0])
    low = int(ask.get("from", [str(high - 12 * HOUR)])[0])
    step = max(60_000, (high - low) // 240)
    silent = (NOW - 8 * HOUR, NOW - 7 * HOUR)
    points: list[list[float | None]] = []
    for at in range(low - low % step, high + 1, step):
        is_silent = silent[0] <= at < silent[1]
        since = (at - (NOW - 12 * HOUR)) / (12 * HOUR)
        points.append([at, None if is_silent else round(2.4 + 1.7 * max(0, since) ** 2, 3)])
    return {
        "from": low,
        "to": high,
        "series": [
            {"key": "z1", "name": "水位", "unit": "m", "decimals": 2, "points": points,
             "band": [[a, v - 0.06, v + 0.08] for a, v in points if v is not None]},
        ],
        "limits": [
            {"level": level, "value": value, "direction": "high", "label": label,
             "from": None, "to": None}
            for level, value, label in MARKS
        ],
        "episodes": [
            {"level": "yellow", "from": NOW - 4 * HOUR, "to": NOW - 2 * HOUR, "label": "a1"},
            {"level": "orange", "from": NOW - 2 * HOUR, "to": None, "label": "a2"},
        ],
        "marks": [{"at": NOW - 2 * HOUR, "label": "升为橙色", "level": "orange"}],
        "stale": [{"from": silent[0], "to": silent[1]}],
        "words": {"red": "红色", "orange": "橙色", "yellow": "黄色", "blue": "蓝色"},
    }  # fmt: skip


def two_units(ask: dict[str, list[str]]) -> dict[str, Any]:
    """A course of two quantities, which cannot share an axis."""
    told = course(ask)
    flow = [[at, None if v is None else v * 40] for at, v in told["series"][0]["points"]]
    told["series"].append({"key": "q1", "name": "流量", "unit": "m³/s", "points": flow})
    for limit in told["limits"]:
        limit["series"] = "z1"
    return told


class _Answer(BaseHTTPRequestHandler):
    server: Stage
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        ask = parse_qs(parts.query)
        if parts.path == "/stream":
            return self._stream(parts.query)
        if parts.path.startswith("/static/"):
            return self._file(folder() / parts.path.removeprefix("/static/"))
        if parts.path in ("/chart.json", "/two.json"):
            self.server.asked.append(ask)
            told = course(ask) if parts.path == "/chart.json" else two_units(ask)
            return self._send(json.dumps(told), "application/json")
        if parts.path == "/rows":
            return self._send(self.server.rows(), "text/html")
        page = HERE / f"{parts.path.strip('/') or 'desk'}.html"
        if not page.is_file():
            return self._send("", "text/html", 404)
        return self._send(self._page(page, ask), "text/html")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.done.append(self.path)
        toast = {"text": "已签收", "undo": {"url": "/undo", "label": "撤销"}}
        self._send("", "text/html", 200, {"HX-Trigger": json.dumps({"toast": toast})})

    def _page(self, page: Path, ask: dict[str, list[str]]) -> str:
        theme = ask.get("theme", ["light"])[0]
        text = page.read_text().replace("{{theme}}", theme).replace("{{rows}}", self.server.rows())
        for name in ("desk.ts", "chart.ts", "map.ts"):
            found = asset(name)
            tags = [f'<link rel="stylesheet" href="{one}">' for one in found.styles]
            tags.append(f'<script type="module" src="{found.script}"></script>')
            text = text.replace(f"{{{{{name}}}}}", "".join(tags))
        return text.replace("{{now}}", str(NOW // 1000))

    def _file(self, path: Path) -> None:
        if not path.is_file():
            return self._send("", "text/html", 404)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return self._send(path.read_bytes(), kind)

    def _send(
        self, body: str | bytes, kind: str, status: int = 200, more: dict[str, str] | None = None
    ) -> None:
        raw = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        sent = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(raw))}
        for name, value in (sent | {"Content-Security-Policy": POLICY} | (more or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def _stream(self, query: str) -> None:
        if self.server.is_cut:
            return self._send("", "text/plain", 503)
        mine: queue.Queue[bytes | None] = queue.Queue()
        self.server.wanted.append(query)
        self.server.streams.append(mine)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.wfile.write(b'event: hello\ndata: {"now": %d}\n\n' % (NOW + 5000))
            self.wfile.flush()
            while (piece := mine.get()) is not None:
                self.wfile.write(piece)
                self.wfile.flush()
        except OSError:
            pass  # the page went away
        finally:
            self.server.streams.remove(mine)
        return None

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
