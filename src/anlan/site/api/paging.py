"""Pages by key: where the last one ended, the next begins, whatever was added meanwhile."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet
from ninja import Schema
from pydantic import Field

from anlan.terms.errors import Malformed

MOST: Final = 500
LONGEST: Final = 2000
"""Signs of a mark at most."""


class Asked(Schema):
    """Which page."""

    limit: int = Field(100, ge=1, le=MOST, description="Rows at most.")
    after: str = Field("", max_length=LONGEST, description="`next` of the page before.")


class Page(NamedTuple):
    """Some rows, and the mark of where to go on; empty at the end."""

    rows: list[Any]
    next: str


def page(rows: QuerySet[Any], asked: Asked, *, order: Sequence[str]) -> Page:
    """The rows after a mark, in an order that ends with something unique.

    Raises Malformed for a mark that is none.
    """
    if asked.after:
        rows = rows.filter(_beyond(order, _read(rows, asked.after, order)))
    found = list(rows.order_by(*order)[: asked.limit + 1])
    kept = found[: asked.limit]
    return Page(kept, _mark(kept[-1], order) if len(found) > len(kept) else "")


def _beyond(order: Sequence[str], place: list[Any]) -> Q:
    condition = Q(**{f"{order[-1]}__gt": place[-1]})
    for name, value in zip(reversed(order[:-1]), reversed(place[:-1]), strict=True):
        condition = Q(**{f"{name}__gte": value}) & (Q(**{f"{name}__gt": value}) | condition)
    return condition


def _mark(row: Any, order: Sequence[str]) -> str:
    text = json.dumps([getattr(row, name) for name in order], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(rows: QuerySet[Any], text: str, order: Sequence[str]) -> list[Any]:
    """The place that a mark names, each part as its column has it."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kinds = [_kind(rows, name) for name in order]
        if isinstance(found, list) and [type(one) for one in found] == kinds:
            parts = [one.replace("\0", "") if isinstance(one, str) else one for one in found]
            if all(not isinstance(one, int) or 0 <= one < 2**63 for one in parts):
                return parts
    except (ValueError, RecursionError):
        pass
    raise Malformed("This mark is of no page.", where="after")


def _kind(rows: QuerySet[Any], name: str) -> type:
    field = rows.model._meta.pk if name == "pk" else rows.model._meta.get_field(name)
    return (
        int
        if "Integer" in field.get_internal_type() or "Auto" in field.get_internal_type()
        else str
    )


def told(found: Page, show: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """A page as it is sent."""
    return {"items": [show(row) for row in found.rows], "next": found.next}
