"""What was sent, as it is judged: of each message since when, until when and where it spoke."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Func, QuerySet, TextField

from anlan.apps.warning.models import Message, Warning
from anlan.apps.warning.queries.evaluation.judging import Event, Stretch, Warned, unsettled

LONGEST = timedelta(days=60)
"""A warning issued longer before a time than this is not looked for as standing in it."""
_AT_ONCE = 500


class Issued(NamedTuple):
    """What of a warning's row counts here."""

    key: str
    region: str
    owner: str
    event_zh: str
    event_en: str
    standing: str
    rule: str

    @property
    def is_in_force(self) -> bool:
        """Whether people are warned by it."""
        return self.standing in Warning.IN_FORCE


class _Sent(NamedTuple):
    """A message's row; said: the members of its content that count here, as a JSON array."""

    key: str
    pack: str
    kind: str
    issued_at: datetime
    said: str


class _Members(Func):
    """Some members of a JSON column as one array in text: a long content is read once for all."""

    output_field = TextField()

    def __init__(self, column: str, names: tuple[str, ...]) -> None:
        super().__init__(F(column))
        self._names = names

    def as_sqlite(self, compiler: Any, connection: Any, **words: Any) -> Any:
        """Several paths give an array."""
        paths = ", ".join(f"'$.{name}'" for name in self._names)
        return super().as_sql(compiler, connection,
                              template=f"json_extract(%(expressions)s, {paths})")  # fmt: skip

    def as_postgresql(self, compiler: Any, connection: Any, **words: Any) -> Any:
        """Built from each."""
        column, params = compiler.compile(self.source_expressions[0])
        members = ", ".join(f"{column} -> '{name}'" for name in self._names)
        return f"json_build_array({members})::text", (*params,) * len(self._names)


def warned(rows: QuerySet[Message], *, drawn: bool = True) -> dict[str, Warned]:
    """By key the warnings that messages belong to; one query, and no message is read whole.

    drawn: with the areas drawn, which are long; without them they speak of their districts alone.
    """
    said = (*_SAID, "shape") if drawn else _SAID
    told = rows.annotate(said=_Members("content", said)).order_by("warning_id", "order")
    columns = ("warning__key", "warning__pack", "kind", "issued_at", "said")
    courses: defaultdict[str, list[_Sent]] = defaultdict(list)
    for row in told.values_list(*columns).iterator(chunk_size=5000):
        one = _Sent(*row)
        courses[one.key].append(one)
    return {key: _course(key, several) for key, several in courses.items()}


_SAID = ("expires", "regions", "level")


def with_areas(courses: dict[str, Warned], events: Sequence[Event]) -> dict[str, Warned]:
    """The same, with the areas drawn by those whose districts alone do not settle every event."""
    keys = sorted(unsettled(courses.values(), events))
    found = dict(courses)
    for n in range(0, len(keys), _AT_ONCE):
        own = Message.objects.filter(warning__key__in=keys[n : n + _AT_ONCE])
        found |= warned(own)
    return found


def _course(key: str, sent: Sequence[_Sent]) -> Warned:
    said = [json.loads(one.said) for one in sent]
    ends = [*(one.issued_at for one in sent[1:]), None]
    stretches = [_stretch(one.issued_at, end, *words)
                 for one, end, words in zip(sent, ends, said, strict=True)
                 if one.kind != Warning.Kind.CANCEL]  # fmt: skip
    level = max(int(words[2] or 0) for words in said)
    return Warned(key, sent[0].pack, sent[0].issued_at, tuple(stretches), level)


def _stretch(since: datetime, end: datetime | None, *said: Any) -> Stretch:
    expires, regions, _level, *drawn = said
    ends = (end, datetime.fromisoformat(expires) if expires else None)
    until = min(filter(None, ends), default=since + LONGEST)
    return Stretch(since, until, tuple(regions or ()), *filter(None, drawn))
