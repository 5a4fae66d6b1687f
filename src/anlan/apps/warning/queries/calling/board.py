"""The board of a call-down: who has not answered, by place, as far as the asker's jurisdiction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, QuerySet, Value, When

from anlan.apps.atlas.queries import region_path
from anlan.apps.people.models import Notice, Responsibility
from anlan.apps.people.queries import responsible_for, within
from anlan.apps.warning.acts import CALL, SEE
from anlan.apps.warning.models import Call, CallDown, CallWord, Warning
from anlan.apps.warning.queries.calling.seats import relation
from anlan.apps.warning.queries.reach import warnings
from anlan.desk.asker import Asker
from anlan.terms.places import LENGTHS

MOST_ROWS = 300
_STATES = Call.State
_FIRST = (_STATES.DESK, _STATES.ASKED, _STATES.ESCALATED, _STATES.BY_HAND, _STATES.ANSWERED,
          _STATES.NOT_NEEDED)  # fmt: skip
"""What somebody must act on comes first."""


@dataclass(frozen=True, slots=True)
class Row:
    """A call on the board, with what else the same letter asks the same person there.

    things: what it is for, by name; empty for the whole place · where: its place by name ·
    relation: of who is asked to the place ·
    notices: what became of the letter by each way · next: who is asked next, as the tree stands;
    None where the desk must · words: what came back that is no answer · may: whether the asker may
    act on it."""

    call: Call
    things: list[str]
    where: str
    relation: str
    notices: list[Notice]
    next: Responsibility | None
    words: list[str]
    may: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A town with its calls."""

    name: str
    rows: list[Row]
    waiting: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a call-down has come: how many calls there are, and how many in each state."""

    all: int
    counts: dict[str, int]

    @property
    def waiting(self) -> int:
        """Calls that somebody must still answer or handle."""
        return self.counts.get(_STATES.ASKED, 0) + self.counts.get(_STATES.DESK, 0)

    @property
    def ended(self) -> int:
        """Calls that have come to a named end."""
        return self.all - self.waiting


def calls_of(asker: Asker, warning: Warning) -> QuerySet[Call]:
    """The calls of a warning that the asker sees."""
    rows = Call.objects.filter(within(asker.scope_for(SEE)), call_down__message__warning=warning)
    return rows.select_related("call_down__message", "letter")


def newest(warning: Warning) -> CallDown | None:
    """The call-down that counts now: of the newest message that asked."""
    rows = CallDown.objects.filter(message__warning=warning, why=CallDown.Why.ASKED)
    return rows.select_related("message").order_by("message__order").last()


def progress(rows: QuerySet[Call]) -> Progress:
    """How far some calls have come."""
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("id")))
    return Progress(sum(counts.values()), counts)


def places(asker: Asker, rows: QuerySet[Call]) -> list[Place]:
    """The calls by town, those with the most to do first; at most 300 calls."""
    order = Case(*(When(state=state, then=Value(n)) for n, state in enumerate(_FIRST)))
    found = rows_of(asker, rows.order_by(order, "due_at", "region", "pk")[:MOST_ROWS])
    towns: dict[str, list[Row]] = {}
    for row in _joined(found):
        towns.setdefault(row.call.region[: LENGTHS["town"]], []).append(row)
    several = [
        Place(region_path(code), own, sum(row.call.is_open for row in own))
        for code, own in towns.items()
    ]
    return sorted(several, key=lambda place: -place.waiting)


def rows_of(asker: Asker, calls: Iterable[Call]) -> list[Row]:
    """Calls as the board shows them."""
    found = list(calls)
    notices, words = _notices(found), _words(found)
    return [
        Row(
            call=one,
            things=[one.thing_name] if one.thing_name else [],
            where=region_path(one.region),
            relation=relation(one.region, one.seat, one.rank),
            notices=notices.get(one.letter.cause, []) if one.letter else [],
            next=_next(one),
            words=words.get(one.letter_id or 0, []),
            may=asker.may(CALL, one.region, one.owner) and not asker.program,
            is_own=one.user_key == asker.key and not asker.program,
        )
        for one in found
    ]


def _joined(rows: list[Row]) -> list[Row]:
    """One row for each person, place and state: what one letter asks is one act."""
    found: dict[tuple[object, ...], Row] = {}
    for row in rows:
        one = row.call
        first = found.setdefault((one.letter_id, one.region, one.owner, one.state), row)
        if first is not row:
            first.things.extend(row.things)
    return list(found.values())


def _next(one: Call) -> Responsibility | None:
    """Who is asked when this one stays silent; None where nobody is left."""
    if one.state != _STATES.ASKED or one.tier >= one.call_down.tiers:
        return None
    return next(iter(responsible_for(one.region, one.thing, one.tier + 1)), None)


def _notices(calls: list[Call]) -> dict[str, list[Notice]]:
    causes = [one.letter.cause for one in calls if one.letter]
    found: dict[str, list[Notice]] = {}
    for notice in Notice.objects.filter(cause__in=causes).order_by("kind"):
        found.setdefault(notice.cause, []).append(notice)
    return found


def _words(calls: list[Call]) -> dict[int, list[str]]:
    """What was replied that is no answer, by the letter's id."""
    rows = CallWord.objects.filter(letter__in=[c.letter_id for c in calls], is_answer=False)
    found: dict[int, list[str]] = {}
    for word in rows.select_related("reply"):
        found.setdefault(word.letter_id or 0, []).append(word.reply.text)
    return found


def unanswered(asker: Asker) -> list[tuple[Warning, int]]:
    """Warnings in force whose call-down waits for somebody, with how many; the most first."""
    rows = Call.objects.filter(within(asker.scope_for(SEE)), state__in=Call.OPEN)
    seen = warnings(asker).filter(standing__in=Warning.IN_FORCE)
    counts = dict(
        rows.filter(call_down__message__warning__in=seen)
        .order_by()
        .values_list("call_down__message__warning")
        .annotate(n=Count("id"))
    )
    known = Warning.objects.in_bulk(counts)
    return sorted(((known[pk], n) for pk, n in counts.items()), key=lambda pair: -pair[1])


def own_of(asker: Asker) -> Call | None:
    """A call that waits for the asker's own answer."""
    if asker.program or not asker.is_known:
        return None
    rows = Call.objects.filter(user_key=asker.key, state__in=Call.OPEN)
    return rows.select_related("call_down__message__warning").order_by("due_at").first()


def course(rows: QuerySet[Call], until: datetime) -> list[tuple[datetime, int]]:
    """How many calls had ended, at each moment that one did; from the first asking on."""
    calls = list(rows.order_by().values_list("asked_at", "ended_at"))
    if not calls:
        return []
    ends = sorted(ended for _asked, ended in calls if ended)
    points = [(min(asked for asked, _ended in calls), 0)]
    points += [(moment, n) for n, moment in enumerate(ends, 1)]
    return [*points, (max(until, points[-1][0]), len(ends))]
