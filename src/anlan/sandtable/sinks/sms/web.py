"""A gateway over HTTP: takes one message a request, and calls back with reports and replies."""

import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.request import Request, urlopen

DESCRIPTION = """\
url = "{url}"
method = "POST"
form = "json"
headers = {{ X-Account = "{{user}}", X-Time = "{{time_s}}", X-Signature = "{{signature}}" }}

[body]
to = "{{number}}"
content = "{{text}}"
ext = {{ id = "{{key}}", from = "{{sender}}" }}

[sign]
over = "{{user}}\\n{{time_s}}\\n{{body}}"
by = "hmac-sha256"
written = "hex"

[answer]
verdict = "code"
reference = "data.0.msg"
why = "message"
accepted = ["0"]
refused = ["1003"]
settings = ["1001"]

[proof]
signature = "X-Signature"
time = "X-Time"
over = "{{time}}{{body}}"
allowed = ["127.0.0.0/8"]

[report]
list = "reports"
reference = "msg"
verdict = "state"
delivered = ["DELIVRD"]
lost = ["UNDELIV", "EXPIRED", "REJECTD"]
answer = '{{"code":0}}'

[reply]
list = "replies"
number = "from"
text = "content"
key = "id"
"""
"""How this gateway is described; `url` is filled in."""


@dataclass(slots=True)
class Habits:
    """What it does wrong. slow_s: before each answer · code: answered instead of 0 · status: of
    HTTP, instead of 200 · nonsense: no JSON · cut: it has it, and breaks off before the answer."""

    slow_s: float = 0.0
    code: int = 0
    status: int = 200
    nonsense: bool = False
    cut: bool = False


class WebCentre:
    """Listens as long as it is entered; what it has taken stands in `taken`, oldest first."""

    def __init__(self, *, user: str, password: str, port: int = 0) -> None:
        self.user, self.habits = user, Habits()
        self._key = password.encode()
        self.taken: list[dict[str, Any]] = []
        self._lock, self._ids = threading.Lock(), dict[str, str]()
        kind = type("_Asked", (_Asked,), {"far": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), kind)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where messages are posted to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1/send"

    @property
    def description(self) -> str:
        """The file that describes it."""
        return DESCRIPTION.format(url=self.url)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answered(self, headers: Any, body: bytes) -> dict[str, Any]:
        """The answer to a request; a message that comes again has the name that it had."""
        over = f"{headers['X-Account']}\n{headers['X-Time']}\n".encode() + body
        proof = hmac.new(self._key, over, hashlib.sha256).hexdigest()
        is_known = headers["X-Account"] == self.user
        if not is_known or not hmac.compare_digest(proof, headers["X-Signature"] or ""):
            return {"code": 1001, "message": "签名错误"}
        if self.habits.code:
            return {"code": self.habits.code, "message": "不行"}
        told = json.loads(body)
        key = str(told["ext"]["id"])
        with self._lock:
            if key not in self._ids:
                self._ids[key] = f"G{len(self._ids) + 1:08}"
                self.taken.append(told)
            return {"code": 0, "message": "ok", "data": [{"msg": self._ids[key]}]}

    def call(self, address: str, told: dict[str, Any], *, secret: str) -> tuple[int, str]:
        """Calls back; status and text of the answer."""
        body, moment = json.dumps(told, ensure_ascii=False).encode(), str(int(time.time()))
        proof = hmac.new(secret.encode(), moment.encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Time": moment, "X-Signature": proof, "Content-Type": "application/json"}
        with urlopen(Request(address, body, headers), timeout=5) as answer:  # noqa: S310 - a site of one's own
            return answer.status, answer.read().decode()


class _Asked(BaseHTTPRequestHandler):
    far: WebCentre

    def do_POST(self) -> None:  # the library calls it so
        habits = self.far.habits
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(habits.slow_s)
        answer = json.dumps(self.far.answered(self.headers, body)).encode()
        if habits.cut:
            return
        told = b"<html>it works</html>" if habits.nonsense else answer
        self.send_response(habits.status)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: numbers are personal."""
