"""Bodies of requests, and what is taken out of them."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from anlan.terms.errors import Malformed
from anlan.terms.times import parse_time

Body = dict[str, Any]
_ID = "@iot.id"


def body_of(request: HttpRequest) -> Any:
    """The JSON of a request. Raises Malformed where it is none."""
    try:
        return json.loads(request.body, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is no JSON.", where="body") from error


def object_in(body: Any, where: str = "body") -> Body:
    """Raises Malformed where it is no object."""
    if not isinstance(body, dict):
        raise Malformed("This is a JSON object.", where=where)
    return body


def list_in(body: Any, where: str, most: int) -> list[Any]:
    """Raises Malformed where it is no list, or too long."""
    if not isinstance(body, list) or len(body) > most:
        raise Malformed(f"This is a JSON list of at most {most}.", where=where)
    return body


def text_in(body: Body, name: str, *, most: int = 20_000) -> str:
    """A text; empty where there is none."""
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise Malformed(f"This is a text of at most {most} signs.", where=name)
    return value


def merged(held: Body, told: Body) -> Body:
    """What is told over what stands; null takes away."""
    return {name: one for name, one in {**held, **told}.items() if one is not None}


def link_in(body: Body, name: str) -> str:
    """The key of what a link names; empty where it names none."""
    if name not in body:
        return ""
    return key_in(object_in(body[name], name))


def key_in(body: Body) -> str:
    """The key that a body bears; empty without one."""
    value = body.get(_ID, "")
    if not isinstance(value, str | int) or isinstance(value, bool) or "\0" in str(value):
        raise Malformed("This is a text or a number.", where=_ID)
    return str(value)


def time_in(value: Any, where: str, now: datetime) -> int:
    """Ms UTC; that of the request where none is said. Raises Malformed for a stretch."""
    if value is None:
        return round(now.timestamp() * 1000)
    if not isinstance(value, str) or "/" in value:
        raise Malformed("A reading is of one moment: ISO 8601 with a zone.", where=where)
    try:
        return parse_time(value)
    except (Malformed, OverflowError) as error:
        raise Malformed("This is a moment in ISO 8601 with a zone.", where=where) from error


def only(body: Body, names: frozenset[str], of: str) -> None:
    """Raises Malformed where a body has what would be lost; ids and links, which clients send back
    as they were told, are none of it."""
    wrong = [name for name in body if name not in names and "@" not in name]
    if wrong:
        raise Malformed(f"A {of} keeps no {wrong[0][:40]} here.", where=wrong[0][:40])


def _constant(text: str) -> float:
    raise ValueError(text)
