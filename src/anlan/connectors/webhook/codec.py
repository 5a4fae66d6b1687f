"""A call of a cloud → what it says, once it has proved who it is. Pure.

OneNET: signature = Base64(MD5(token + nonce + msg)); it first asks by GET whether the address is
ours, and wants msg back. Others, CTWing among them, send a token in the address or a header, or
sign the body.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from anlan.connectors import Fault
from anlan.connectors.mapping import Message, Taken
from anlan.connectors.mapping.coding import content_of
from anlan.connectors.mapping.read import UNREADABLE, fits, read
from anlan.connectors.webhook.map import Hook, Map
from anlan.terms.errors import Malformed, Refused

MOST_BYTES = 1 << 20


class Call(NamedTuple):
    """A request. query, headers: the last of each name, headers in lower case."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class _Pushed(msgspec.Struct):
    """OneNET's body, in the words of its first and its present edition."""

    msg: msgspec.Raw
    nonce: str
    msg_signature: str = ""
    signature: str = ""


def challenge(hook: Hook, call: Call) -> str:
    """What a cloud wants back that asks whether the address is ours; Refused for anyone else."""
    if hook.cloud != "onenet":
        raise Refused("this cloud asks nothing")
    msg, nonce, told = (call.query.get(name, "") for name in ("msg", "nonce", "signature"))
    _prove(signature_of(hook.secret, nonce, msg), told)
    return msg


def messages_of(hook: Hook, call: Call) -> list[Any]:
    """The messages of a call; Refused where it does not prove who it is, Malformed where it does
    and cannot be read."""
    content = _pushed(hook, call) if hook.cloud == "onenet" else _borne(hook, call)
    return content if isinstance(content, list) else [content]


def taken_of(mapping: Map, messages: list[Any], at: int) -> Taken:
    """What the messages hold; what no form fits is passed over."""
    whole = Taken([], [], [])
    where = mapping.hook.path
    for content in messages:
        form = next((one for one in mapping.forms if fits(one, content)), None)
        if form is None:
            continue
        try:
            taken = read(form, Message(where, tuple(where.split("/")[1:]), content, at))
        except Malformed as error:
            whole.faults.append(Fault(UNREADABLE, str(error), msgspec.json.encode(content)))
        else:
            whole.readings.extend(taken.readings)
            whole.faults.extend(taken.faults)
            whole.heard.extend(taken.heard)
    return whole


def signature_of(token: str, nonce: str, msg: str) -> str:
    """As OneNET signs; MD5 is its choice."""
    told = (token + nonce + msg).encode(errors="replace")
    return base64.b64encode(hashlib.md5(told, usedforsecurity=False).digest()).decode()


def _pushed(hook: Hook, call: Call) -> Any:
    try:
        pushed = msgspec.json.decode(call.body, type=_Pushed)
        raw = bytes(pushed.msg)
        text = msgspec.json.decode(raw, type=str) if raw[:1] == b'"' else raw.decode()
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused("not as OneNET pushes: nothing proves who sends it") from error
    told = pushed.msg_signature or pushed.signature
    _prove(signature_of(hook.secret, pushed.nonce, text), told)
    return content_of(text.encode(errors="replace"), "json")


def _borne(hook: Hook, call: Call) -> Any:
    if hook.check == "token":
        bearer = call.headers.get("authorization", "").removeprefix("Bearer ").strip()
        _prove(hook.secret, call.query.get("token") or bearer)
    else:
        made = hmac.new(hook.secret.encode(), call.body, "sha256").hexdigest()
        told = call.headers.get(hook.header, "").removeprefix("sha256=").strip().lower()
        _prove(made, told)
    return content_of(call.body, "json")


def _prove(wanted: str, told: str) -> None:
    """A plus sign may have become a space on its way through an address."""
    same = told.replace(" ", "+") if wanted.endswith("=") else told
    if not hmac.compare_digest(wanted.encode(), same.encode(errors="replace")):
        raise Refused("the signature or token is wrong")
