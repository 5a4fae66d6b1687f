"""The bytes of a request, signed as the Standard Webhooks specification 1.0 says.

Receivers in many languages have a library that verifies it: `webhook-id`, `webhook-timestamp`
and `webhook-signature: v1,` with the base64 HMAC-SHA256 of `id.timestamp.body`.
"""

import hashlib
import hmac
import json
from base64 import b64encode

from anlan.channels import Message
from anlan.channels.web.target import Target
from anlan.terms.times import format_time

MOST_BYTES, MOST_DOCUMENT_BYTES = 256_000, 4_000_000
"""More than this is no notice, and no document; nothing is sent."""


def body_of(message: Message) -> bytes:
    """The document of the message as it is, else the message in JSON; the same for every try."""
    if message.body is not None:
        return message.body
    told = {
        "key": message.key,
        "kind": message.kind,
        "status": message.status.value,
        "subject": message.subject,
        "text": message.text,
        "language": message.language,
        "cause": message.cause,
        "created_at": format_time(message.created_at),
    }
    if message.html is not None:
        told["html"] = message.html
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def signature(key: bytes, *, name: str, sent_at_s: int, body: bytes) -> str:
    """The value of the signature header; `name` is the message's key."""
    signed = f"{name}.{sent_at_s}.".encode() + body
    return "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def request(target: Target, message: Message, *, key: bytes, sent_at_s: int) -> bytes:
    """Head and body. The id stays the same when it is tried again, so twice is recognised."""
    body = body_of(message)
    headers = {
        "Host": target.authority,
        "User-Agent": "Anlan",
        "Accept": "*/*",
        "Content-Type": message.media_type or "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "Idempotency-Key": message.key,
        "webhook-id": message.key,
        "webhook-timestamp": str(sent_at_s),
        "webhook-signature": signature(key, name=message.key, sent_at_s=sent_at_s, body=body),
        "Connection": "close",
    }
    lines = [f"POST {target.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body
