"""Chat robots on a real socket: they check who signs, and keep what their group would read."""

import hashlib
import hmac
import json
import threading
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

_HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Said:
    """What a group reads; calls_all: everybody is called."""

    vendor: str
    text: str
    calls_all: bool


@dataclass(slots=True)
class Habits:
    """What the robots do wrong. slow_s: before each answer · code: answered instead of 0 ·
    status: of HTTP, instead of 200 · is_mute: nothing is answered · nonsense: no JSON."""

    slow_s: float = 0.0
    code: int = 0
    status: int = 200
    is_mute: bool = False
    nonsense: bool = False


class Robots:
    """A robot of each vendor, at `/` and its name; all have one key and one secret."""

    def __init__(self, *, key: str, secret: str, port: int = 0) -> None:
        self.key, self.secret, self.habits = key, secret, Habits()
        self.said: list[Said] = []
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", port), type("_Asked", (_Robot,), {"far": self})
        )
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def address(self, vendor: str) -> str:
        """A group as the options write it."""
        signs = "" if vendor == "wecom" else f"#{self.secret}"
        return f"{vendor}+http://127.0.0.1:{self.port}/{vendor}?key={self.key}{signs}"

    def judge(self, vendor: str, query: dict[str, list[str]], told: dict[str, Any]) -> int:
        """The vendor's code for what is asked; 0 where the group reads it."""
        if query.get("key") != [self.key]:
            return {"wecom": 93000, "dingtalk": 300001, "feishu": 19001}[vendor]
        if vendor == "dingtalk" and not self._dingtalk_signed(query):
            return 310000
        if vendor == "feishu" and not self._feishu_signed(told):
            return 19021
        return self.habits.code

    def _dingtalk_signed(self, query: dict[str, list[str]]) -> bool:
        at_ms = query.get("timestamp", ["0"])[0]
        proof = hmac.digest(
            self.secret.encode(), f"{at_ms}\n{self.secret}".encode(), hashlib.sha256
        )
        is_fresh = abs(time.time() - int(at_ms) / 1000) < _HOUR_S
        return is_fresh and b64decode(query.get("sign", [""])[0]) == proof

    def _feishu_signed(self, told: dict[str, Any]) -> bool:
        key = f"{told.get('timestamp')}\n{self.secret}".encode()
        proof = b64encode(hmac.digest(key, b"", hashlib.sha256)).decode()
        is_fresh = abs(time.time() - int(told.get("timestamp", 0))) < _HOUR_S
        return is_fresh and told.get("sign") == proof


class _Robot(BaseHTTPRequestHandler):
    far: Robots

    def do_POST(self) -> None:  # the library calls it so
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        parts, habits = urlsplit(self.path), self.far.habits
        vendor = parts.path.strip("/")
        time.sleep(habits.slow_s)
        code = self.far.judge(vendor, parse_qs(parts.query), told)
        if code == 0:
            self.far.said.append(_read(vendor, told))
        if not habits.is_mute:
            names = ("code", "msg") if vendor == "feishu" else ("errcode", "errmsg")
            answer = json.dumps({names[0]: code, names[1]: "ok" if code == 0 else "no"})
            self._answer(habits.status, b"hello" if habits.nonsense else answer.encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the path holds a key."""


def _read(vendor: str, told: dict[str, Any]) -> Said:
    """What the group reads of it."""
    if vendor == "feishu":
        text = told["content"]["text"]
        return Said(vendor, text, '<at user_id="all">' in text)
    text = told["text"]["content"]
    calls = told["text"].get("mentioned_list") == ["@all"] or bool(
        told.get("at", {}).get("isAtAll")
    )
    return Said(vendor, text, calls)
