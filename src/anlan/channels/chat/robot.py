"""What each vendor's robot is sent, and what its answers mean."""

import hashlib
import hmac
import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from anlan.channels import URGENT, Fault, Message, Receipt, one_line
from anlan.channels.chat.room import Room, Vendor

_MOST_BYTES = {Vendor.WECOM: 2_048, Vendor.DINGTALK: 18_000, Vendor.FEISHU: 18_000}
"""Of a text, in UTF-8."""
_BUSY = {Vendor.WECOM: {45009}, Vendor.DINGTALK: {130101, 410100}, Vendor.FEISHU: {9499, 11232}}
_SETTINGS = {Vendor.WECOM: {93000}, Vendor.DINGTALK: {310000, 300001, 40035},
             Vendor.FEISHU: {19001, 19021, 19022, 19024}}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What is posted. query: is added to the robot's address."""

    body: bytes
    query: str = ""


def asked(room: Room, message: Message, *, at_all: bool, now_ms: int) -> Asked:
    """The request to a robot, signed where the group has a secret."""
    calls = at_all and message.kind == URGENT
    text = cut(_text(message), _MOST_BYTES[room.vendor])
    if room.vendor is Vendor.WECOM:
        called = {"mentioned_list": ["@all"]} if calls else {}
        return _asked({"msgtype": "text", "text": {"content": text, **called}})
    if room.vendor is Vendor.DINGTALK:
        body = {"msgtype": "text", "text": {"content": text}, "at": {"isAtAll": calls}}
        if not room.secret:
            return _asked(body)
        sign = quote(dingtalk_sign(room.secret, now_ms), safe="")
        return _asked(body, f"timestamp={now_ms}&sign={sign}")
    whole = f'<at user_id="all"></at> {text}' if calls else text
    told: dict[str, Any] = {"msg_type": "text", "content": {"text": whole}}
    if room.secret:
        at_s = now_ms // 1000
        told |= {"timestamp": str(at_s), "sign": feishu_sign(room.secret, at_s)}
    return _asked(told)


def dingtalk_sign(secret: str, now_ms: int) -> str:
    """Base64 of HMAC-SHA256 of moment and secret by the secret."""
    told = f"{now_ms}\n{secret}".encode()
    return b64encode(hmac.new(secret.encode(), told, hashlib.sha256).digest()).decode()


def feishu_sign(secret: str, at_s: int) -> str:
    """Base64 of HMAC-SHA256 of nothing by moment and secret."""
    key = f"{at_s}\n{secret}".encode()
    return b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()


def meant(room: Room, words: bytes, *, now_ms: int) -> Receipt:
    """What a robot's answer of 200 means: it says in the body whether it took the message."""
    try:
        told = json.loads(words)
        code = int(told.get("errcode", told.get("code", told.get("StatusCode"))))
        said = str(told.get("errmsg") or told.get("msg") or told.get("StatusMessage") or "")
    except (ValueError, TypeError, AttributeError):
        return Receipt.failed(now_ms, Fault.ANSWER, "the chat robot gave no answer that it should")
    if code == 0:
        return Receipt.accepted(now_ms)
    reason = f"the chat robot refuses it: {code} {one_line(said, 200)}"
    if code in _BUSY[room.vendor]:
        return Receipt.failed(now_ms, Fault.BUSY, reason, wait_s=60)
    if code in _SETTINGS[room.vendor]:
        return Receipt.failed(now_ms, Fault.SETTINGS, reason)
    return Receipt.refused(now_ms, Fault.CONTENT, reason)


def cut(text: str, most: int) -> str:
    """The text in so many bytes, with … where it was longer; no sign is torn apart."""
    octets = text.encode()
    if len(octets) <= most:
        return text
    return octets[: most - 3].decode("utf-8", "ignore") + "…"


def _text(message: Message) -> str:
    """Subject and text, the subject once; what looks like a call to all is one no more."""
    text = message.text
    whole = text if text.startswith(message.subject) else f"{message.subject}\n{text}"
    return whole.replace("<at", "‹at")


def _asked(told: dict[str, Any], query: str = "") -> Asked:
    return Asked(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(), query)
