"""What was sent, as it is judged: of each message since when, until when and where it spoke."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries.evaluation.judging import Event, Stretch, Warned, unsettled

LONGEST = timedelta(days=60)
"""A warning issued longer before a time than this is not looked for as standing in it."""
_AT_ONCE = 500


class _Sent(NamedTuple):
    """A message's row, with what of its content counts here as the database tells it in text."""

    key: str
    pack: str
    kind: str
    issued_at: datetime
    expires: str | None
    regions: str | None
    level: Any
    shape: str | None = None


def warned(rows: QuerySet[Message], *, drawn: bool = True) -> dict[str, Warned]:
    """By key the warnings that messages belong to; one query, and no message is read whole.

    drawn: with the areas drawn, which are long; without them they speak of their districts alone.
    """
    said = (*_SAID, "shape") if drawn else _SAID
    told = rows.annotate(**{f"said_{name}": KT(f"content__{name}") for name in said})
    columns = ("warning__key", "warning__pack", "kind", "issued_at",
               *(f"said_{name}" for name in said))  # fmt: skip
    courses: defaultdict[str, list[_Sent]] = defaultdict(list)
    for row in told.order_by("warning", "order").values_list(*columns).iterator(chunk_size=5000):
        one = _Sent(*row)
        courses[one.key].append(one)
    return {key: _course(key, several) for key, several in courses.items()}


_SAID = ("expires", "regions", "level")


def with_areas(courses: dict[str, Warned], events: Iterable[Event]) -> dict[str, Warned]:
    """The same, with the areas drawn by those whose districts alone do not settle every event."""
    keys = sorted(unsettled(courses.values(), events))
    found = dict(courses)
    for n in range(0, len(keys), _AT_ONCE):
        own = Message.objects.filter(warning__key__in=keys[n : n + _AT_ONCE])
        found |= warned(own)
    return found


def _course(key: str, sent: Sequence[_Sent]) -> Warned:
    ends = [one.issued_at for one in sent[1:]]
    stretches = [_stretch(one, ends[n] if n < len(ends) else None)
                 for n, one in enumerate(sent) if one.kind != Warning.Kind.CANCEL]  # fmt: skip
    level = max(int(one.level or 0) for one in sent)
    return Warned(key, sent[0].pack, sent[0].issued_at, tuple(stretches), level)


def _stretch(one: _Sent, end: datetime | None) -> Stretch:
    expires = _text(one.expires)
    until = min(filter(None, (end, datetime.fromisoformat(expires) if expires else None)),
                default=one.issued_at + LONGEST)  # fmt: skip
    regions = json.loads(_text(one.regions) or "[]")
    return Stretch(one.issued_at, until, tuple(regions), _text(one.shape))


def _text(value: str | None) -> str:
    """SQLite tells nothing in JSON as the word null."""
    return "" if value in (None, "null") else str(value)
