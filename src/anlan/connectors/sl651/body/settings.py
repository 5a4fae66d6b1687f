"""Settings of a station in a body (appendix D), and what its functions beyond reports hold."""

import re
from collections.abc import Iterator
from typing import Any

from anlan.connectors.sl651.body.binary import item_at
from anlan.connectors.sl651.body.digits import number
from anlan.connectors.sl651.body.text import text_number
from anlan.connectors.sl651.tables.elements import STATE
from anlan.connectors.sl651.tables.settings import (
    CARD,
    CENTRES,
    CHANNELS,
    CLEAR,
    FIRST_CHANNEL,
    LAST_CHANNEL,
    MODE,
    MODES,
    RESET,
    SENSES,
    SERVED,
    SETTINGS,
)
from anlan.terms.errors import Malformed

_IDENT = re.compile(rb"[0-9A-Fa-f]{2}(?:[0-9A-Fa-f]{2})?")
_AS_BYTES = frozenset((0x02, 0x03, SENSES, SERVED, CLEAR, RESET))
"""Told as they came: addresses, passwords, bits."""


def settings(body: bytes) -> tuple[list[dict[str, Any]], str]:
    """In binary; and why the rest was not to be read."""
    found: list[dict[str, Any]] = []
    at = 0
    while at < len(body):
        try:
            at = _setting(body, at, found)
        except (Malformed, IndexError) as error:
            found.append({"rest": body[at:].hex()})
            return found, f"the rest is not to be read: {error}"
    return found, ""


def _setting(body: bytes, at: int, found: list[dict[str, Any]]) -> int:
    if body[at] in (CLEAR, RESET) and at + 2 >= len(body):
        found.append(_named(body[at]) | {"raw": body[at + 1 :].hex()})
        return len(body)
    if body[at] == SERVED:  # the whole byte is the length
        raw = body[at + 2 : at + 2 + body[at + 1]]
        found.append(_named(SERVED) | {"raw": raw.hex(), "served": list(_served(raw))})
        return at + 2 + body[at + 1]
    item = item_at(body, at)
    row = _named(item.ident) | {"decimals": item.decimals, "raw": item.raw.hex()}
    found.append(row | _meant(item.ident, item.raw, item.decimals))
    return item.after


def text_settings(words: list[bytes]) -> tuple[list[dict[str, Any]], str]:
    """In ASCII: identifier and data in turn."""
    found: list[dict[str, Any]] = []
    for at in range(0, len(words), 2):
        if not _IDENT.fullmatch(words[at]):
            found.append({"rest": b" ".join(words[at:]).hex()})
            return found, f"the rest is not to be read: {words[at][:20]!r} is no setting"
        ident, data = int(words[at], 16), words[at + 1 : at + 2]
        word = b"".join(data).decode("ascii", "replace")
        found.append(_named(ident) | {"raw": word} | _meant_text(ident, word))
    return found, ""


def _meant_text(ident: int, word: str) -> dict[str, Any]:
    one = SETTINGS.get(ident)
    try:
        if ident == STATE or (one is not None and ident <= CARD and ident != MODE):
            return _meant(ident, bytes.fromhex(word), 0)
        return {"value": text_number(word)[0]} if one is not None and one.digits else {}
    except (ValueError, Malformed):
        return {}


def _named(ident: int) -> dict[str, Any]:
    one = SETTINGS.get(ident)
    row: dict[str, Any] = {"id": f"{ident:02X}"}
    return row if one is None else row | {"name": one.name, "unit": one.unit}


def _meant(ident: int, raw: bytes, decimals: int) -> dict[str, Any]:
    """What the bytes of a setting say."""
    if ident == CENTRES:
        return {"centres": list(raw)}
    if FIRST_CHANNEL <= ident <= LAST_CHANNEL and raw:
        return _channel(raw)
    if ident == CARD and raw:
        text = raw.decode("ascii", "replace")
        return {"card": text[:1] if text[:1].isdigit() else raw[0], "number": text[1:]}
    if ident in _AS_BYTES or ident not in SETTINGS:
        return {}
    try:
        value = number(raw.hex(), decimals)
    except Malformed:
        return {}
    more = {"mode": MODES.get(int(value or 0), "")} if ident == MODE else {}
    return {"value": value} | more


def _channel(raw: bytes) -> dict[str, Any]:
    """The kind of a channel, and the address in the way of that kind."""
    digits, told = raw[1:].hex(), {"channel": CHANNELS.get(raw[0], ""), "channel_code": raw[0]}
    if raw[0] == 2 and len(raw) == 10 and digits.isdecimal():
        octets = (str(int(digits[at : at + 3])) for at in range(0, 12, 3))
        return told | {"address": ".".join(octets), "port": int(digits[12:])}
    return told | {"address": digits.removeprefix("a")}


def _served(raw: bytes) -> Iterator[dict[str, Any]]:
    """Stations that a relay serves: the first address of a row, and how many follow it."""
    for at in range(0, len(raw) - 5, 6):
        yield {"station": raw[at : at + 5].hex(), "stations": raw[at + 5 : at + 6].hex()}
