"""A message of a device → what it says, once it has proved who it is. Pure."""

import hmac
from typing import NamedTuple

from anlan.connectors.coap.map import Map
from anlan.connectors.mapping import Message, Taken
from anlan.connectors.mapping.coding import content_of
from anlan.connectors.mapping.form import Form
from anlan.connectors.mapping.read import fits, read
from anlan.terms.errors import Malformed, Refused

MOST_BYTES = 64 << 10
_PAYLOADS = {0: "text", 50: "json", 60: "cbor", 110: "json", 112: "cbor"}
"""What a content format is written in (RFC 7252 §12.3, RFC 8428 §12.3)."""
_SHOWN = 200


class Sent(NamedTuple):
    """A message. levels: of its path · key: what it proves itself with · media: number of its
    content format, None where it tells none · at: when it came, ms UTC."""

    levels: tuple[str, ...]
    payload: bytes
    key: str = ""
    media: int | None = None
    at: int = 0

    @property
    def path(self) -> str:
        return "/".join(self.levels)[:_SHOWN]


class UnknownPath(Malformed):
    """No mapping has the path."""


class UnknownMedia(Malformed):
    """No mapping of the path reads what the message says it is."""


def prove(mapping: Map, sent: Sent) -> None:
    """Refused where keys are set and the message bears not the key of its path."""
    if mapping.port.keys is None:
        return
    wanted = mapping.port.keys.get("/".join(sent.levels), "")
    same = hmac.compare_digest(wanted.encode(), sent.key.encode(errors="replace"))
    if not wanted or not same:
        raise Refused("the key is not that of this path")


def taken_of(mapping: Map, sent: Sent) -> Taken:
    """What a message holds, by the first form that it fits; Malformed where it cannot be read as a
    whole, with the reason of each way in which it may be written."""
    reasons: dict[str, str] = {}
    for form in _forms(mapping, sent):
        try:
            content = content_of(sent.payload, form.payload)
        except Malformed as error:
            reasons[form.payload] = error.message
            continue
        if fits(form, content):
            return read(form, Message(sent.path, sent.levels, content, sent.at))
        reasons[form.payload] = "no mapping of this path fits the message"
    raise Malformed("; ".join(reasons.values()), where=sent.path)


def _forms(mapping: Map, sent: Sent) -> list[Form]:
    found = mapping.forms(sent.levels)
    if not found:
        raise UnknownPath(f"there is no path {sent.path}")
    if sent.media is None:
        return found
    found = [one for one in found if one.payload == _PAYLOADS.get(sent.media)]
    if not found:
        raise UnknownMedia(f"content format {sent.media} is not read at {sent.path}")
    return found
