"""Orders to a screen and its receipts, as docs/reference/screens.md has them. No network."""

import hashlib
import hmac
import json
from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum

from anlan.cap.message import Alert, moment_of
from anlan.cap.national.colours import level_of_severity
from anlan.cap.read import read
from anlan.channels import Message, one_line
from anlan.terms.errors import Malformed

SHOW, CLEAR, ASK = "show", "clear", "ask"
NAME, MOMENT, MARK = "webhook-id", "webhook-timestamp", "webhook-signature"
_MOST_TEXT = 2_000


class Shown(StrEnum):
    """What a screen says of an order; taken: it will say more later."""

    SHOWN = "shown"
    CLEARED = "cleared"
    REFUSED = "refused"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A screen's word. said: why it refuses · picture: what it shows, by web address."""

    id: str
    state: Shown
    said: str = ""
    picture: str = ""


def order_of(message: Message) -> dict[str, object]:
    """The order that a notice with a CAP message makes. Raises Malformed where it carries none."""
    if message.body is None:
        raise Malformed("a screen needs the whole warning")
    frozen = read(message.body)
    if not frozen.info:
        raise Malformed("the warning says nothing")
    info, sent = frozen.info[0], moment_of(frozen.sent)
    if sent is None:
        raise Malformed("the warning does not say when it was sent")
    return {
        "id": frozen.identifier,
        "kind": CLEAR if frozen.msg_type == "Cancel" else SHOW,
        "level": level_of_severity(info.severity).word,
        "text": _texts(frozen),
        "from": info.onset or info.effective or frozen.sent,
        "until": info.expires,
        "status": message.status.value,
        "order": int(sent.timestamp() * 1000),
        "replaces": [p[1] for one in (frozen.references or "").split()
                     if len(p := one.split(",")) == 3],
    }  # fmt: skip


def _texts(frozen: Alert) -> dict[str, dict[str, str]]:
    """By language headline and text; the marks of a drill stand in them since they were frozen."""
    return {
        info.spoken: {
            "headline": one_line(info.headline or info.event, 200),
            "text": "\n".join(filter(None, (info.description, info.instruction)))[:_MOST_TEXT],
        }
        for info in reversed(frozen.info)
    }


def asked(name: str) -> dict[str, object]:
    """What asks for the state of an order that was taken."""
    return {"id": name, "kind": ASK}


def body_of(order: dict[str, object]) -> bytes:
    """The bytes of an order, which are signed."""
    return json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode()


def signature(key: bytes, *, name: str, at_s: int, body: bytes) -> str:
    """The value of webhook-signature, as Standard Webhooks 1.0 has it."""
    signed = f"{name}.{at_s}.".encode() + body
    return "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def sealed(key: bytes, *, name: str, at_s: int, body: bytes) -> bytes:
    """An order or a receipt in its envelope, for ways that have no headers."""
    mark = signature(key, name=name, at_s=at_s, body=body)
    told = {NAME: name, MOMENT: str(at_s), MARK: mark, "body": body.decode()}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def opened(key: bytes, envelope: bytes) -> tuple[dict[str, str], bytes]:
    """The marks and the body of an envelope. Raises Malformed for what is none, or not signed."""
    try:
        told = json.loads(envelope)
    except (ValueError, RecursionError) as error:
        raise Malformed("it is no envelope") from error
    names = (NAME, MOMENT, MARK, "body")
    if not isinstance(told, dict) or not all(isinstance(told.get(one), str) for one in names):
        raise Malformed("it is no envelope")
    marks, body = {one: told[one] for one in names[:3]}, told["body"].encode("utf-8", "replace")
    if not marks[MOMENT].isdecimal() or len(marks[MOMENT]) > 12:
        raise Malformed("it is no envelope")
    mark = signature(key, name=marks[NAME], at_s=int(marks[MOMENT]), body=body)
    if not hmac.compare_digest(mark.encode(), marks[MARK].encode("utf-8", "replace")):
        raise Malformed("it is not signed")
    return marks, body


def receipt_in(body: bytes, name: str) -> Receipt:
    """The receipt of an order by its id, of any for "". Raises Malformed for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("the screen's answer is no JSON") from error
    if not isinstance(found, dict) or found.get("id") != (name or found.get("id")):
        raise Malformed("the screen's answer is of another order")
    state, said, picture = found.get("state"), found.get("said", ""), found.get("picture", "")
    if state not in list(Shown) or not isinstance(said, str) or not isinstance(picture, str):
        raise Malformed("the screen's answer is no receipt")
    if not isinstance(found.get("id"), str):
        raise Malformed("the screen's answer is no receipt")
    return Receipt(found["id"], Shown(state), one_line(said, 200), one_line(picture))
