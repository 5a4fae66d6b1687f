"""Bytes → content: JSON, CBOR, text, and what is wrapped in them."""

import base64
import binascii
from decimal import Decimal
from typing import Any, Literal

import cbor2
import msgspec

from anlan.terms.errors import Malformed
from anlan.terms.rows import shown

Coding = Literal["json", "base64", "hex", "base64-json", "hex-json"]
_MOST_DEPTH = 100


def content_of(data: bytes, payload: str) -> Any:
    """What the bytes of a message say; Malformed where they are not what the mapping says."""
    if payload == "text":
        try:
            return data.decode("utf-8").strip()
        except UnicodeDecodeError as error:
            raise Malformed(f"not UTF-8 ({error})") from error
    return _cbor(data) if payload == "cbor" else _json(data)


def inner(cell: Any, coding: Coding) -> Any:
    """What is wrapped in a text: content, or bytes where the coding ends with them."""
    if not isinstance(cell, str):
        if coding == "json" and isinstance(cell, dict | list):  # not wrapped after all
            return cell
        raise Malformed(f"no wrapped text: {shown(cell)}")
    if coding == "json":
        return _json(cell.encode(errors="replace"))
    try:
        if coding.startswith("base64"):
            data = base64.b64decode(cell, validate=True)
        else:
            data = bytes.fromhex(cell)
    except (ValueError, binascii.Error) as error:
        raise Malformed(f"not {coding.partition('-')[0]}: {shown(cell)}") from error
    return _json(data) if coding.endswith("-json") else data


def _json(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"not JSON ({error})") from error


def _cbor(data: bytes) -> Any:
    """Content with the types that JSON has as well; byte strings stay bytes."""
    try:
        return _Plain(len(data)).of(cbor2.loads(data, max_depth=_MOST_DEPTH))
    except (cbor2.CBORDecodeError, RecursionError, ValueError, OverflowError, TypeError) as error:
        raise Malformed(f"not CBOR ({str(error)[:200]})") from error


class _Plain:
    """Makes content plain. left: no content has more parts than bytes, unless it repeats itself."""

    def __init__(self, left: int) -> None:
        self._left = left

    def of(self, node: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise ValueError("it repeats itself")
        if isinstance(node, dict):
            return {_name(name): self.of(one) for name, one in node.items()}
        if isinstance(node, list | tuple):
            return [self.of(one) for one in node]
        if isinstance(node, Decimal):
            return float(node)
        if node is None or isinstance(node, bool | int | float | str | bytes):
            return node
        raise ValueError(f"a {type(node).__name__} stands for nothing here")


def _name(name: Any) -> str:
    if isinstance(name, str):
        return name
    if isinstance(name, int) and abs(name) < 1 << 64:
        return str(int(name))
    raise ValueError("a key is neither a text nor a number")
