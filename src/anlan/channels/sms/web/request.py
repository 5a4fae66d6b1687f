"""The bytes of a request, filled in from the gateway's templates. No network."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from anlan.channels.sms.number import Number
from anlan.channels.sms.web.filling import filled, signed
from anlan.channels.sms.web.gateway import BODY, SIGNATURE, Gateway
from anlan.channels.sms.web.settings import Settings


def request(settings: Settings, to: Number, text: str, *, key: str, now_ms: int) -> bytes:
    """Head and body; a second try differs by its moment alone, and names the same key."""
    gateway, words = settings.gateway, _words(settings, to, text, key=key, now_ms=now_ms)
    if gateway.sign.over:
        if "{body}" in gateway.sign.over:
            words[BODY] = _body(gateway, words).decode(gateway.charset)
        over = str(filled(gateway.sign.over, words)).encode(gateway.charset, "replace")
        words[SIGNATURE] = signed(over, by=gateway.sign.by, key=settings.password.encode(),
                                  written=gateway.sign.written)  # fmt: skip
    return _head(gateway, words, body := _body(gateway, words), key=key) + body


def _words(settings: Settings, to: Number, text: str, *, key: str, now_ms: int) -> dict[str, str]:
    return {
        "number": to.digits, "international": to.international,
        "text": text, "key": key, "time_s": str(now_ms // 1000), "time_ms": str(now_ms),
        "user": settings.user, "password": settings.password, "sender": settings.sender,
    }  # fmt: skip


def _body(gateway: Gateway, words: Mapping[str, str]) -> bytes:
    if not gateway.body:
        return b""
    told: dict[str, Any] = filled(dict(gateway.body), words)
    if gateway.form == "json":
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return _pairs(gateway, told).encode("ascii")


def _pairs(gateway: Gateway, told: Mapping[str, Any]) -> str:
    return urlencode(told, encoding=gateway.charset, errors="replace")


def _head(gateway: Gateway, words: Mapping[str, str], body: bytes, *, key: str) -> bytes:
    target, path = gateway.target, gateway.target.path
    if gateway.query:
        path += ("&" if "?" in path else "?") + _pairs(gateway, filled(dict(gateway.query), words))
    media = {"json": "application/json; charset=utf-8",
             "form": f"application/x-www-form-urlencoded; charset={gateway.charset}"}  # fmt: skip
    headers = {"Host": target.authority, "User-Agent": "Anlan", "Accept": "*/*"}
    if body:
        headers["Content-Type"] = media[gateway.form]
    headers |= {"Content-Length": str(len(body)), "Idempotency-Key": key, "Connection": "close"}
    headers |= filled(dict(gateway.headers), words)
    lines = [f"{gateway.method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii", "replace")
