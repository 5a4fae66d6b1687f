"""What nobody presses: a risk whose keeper is gone passes to the next one up, and so does one that
is not taken over in time; of what else is late the next ones up are told."""

from datetime import datetime

from django.db import transaction

from anlan.apps.people.asker import Machine
from anlan.apps.people.queries import steps_for
from anlan.apps.warning.actions.risk.acting import Doing, locked, writing
from anlan.apps.warning.actions.risk.ending import pass_to
from anlan.apps.warning.acts import HOLD_RISK
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.risk import Facts, Place, heir_of, may_hold, pushing_of
from anlan.apps.warning.queries.risk.holders import people_of
from anlan.apps.warning.queries.risk.plan import Told, reached, span_of

_AT_ONCE = 50
_STATES = Risk.State


def keep_risks(now: datetime) -> int:
    """One step of the worker; how much there was to do. Each thing is done once, however many
    workers there are."""
    return sum(_pass_on(pk, now) for pk in _left(now)) + sum(_remind(pk, now) for pk in _due(now))


def _left(now: datetime) -> list[int]:
    """The open risks whose keeper has no account or no post for them any more."""
    rows = list(Risk.objects.filter(state__in=Risk.OPEN)
                .values_list("pk", "holder", "region", "owner"))  # fmt: skip
    people = people_of({holder for _pk, holder, _region, _owner in rows}, now)
    return [
        pk for pk, holder, region, owner in rows
        if holder not in people or not people[holder].may(HOLD_RISK, region, owner)
    ][:_AT_ONCE]  # fmt: skip


def _pass_on(pk: int, now: datetime) -> int:
    with transaction.atomic():
        risk = locked(pk)
        place = Place(risk.region, risk.owner, risk.thing)
        if not risk.is_open or may_hold(risk.holder, place, now):
            return 0
        heir = heir_of(place, now, after=risk.rank, but={risk.holder}, last=risk.opener)
        if heir is None:  # nobody has any post here: it waits with its name on it
            return 0
        with writing(_clock(now), "left", risk) as doing:
            pass_to(doing, heir, RiskPush.Why.LEFT)
    return 1


def _due(now: datetime) -> list[int]:
    rows = Risk.objects.filter(state__in=Risk.OPEN, late_at__lte=now).order_by("late_at")
    return list(rows.values_list("pk", flat=True)[:_AT_ONCE])


def _remind(pk: int, now: datetime) -> int:
    with transaction.atomic():
        risk = locked(pk)
        what = risk.late(now)
        if not what or risk.late_at is None or risk.late_at > now:
            return 0
        with writing(_clock(now), "late", risk) as doing:
            doing.shown["what"], risk.late_at = what, None
            _up(doing, what)
    return 1


def _up(doing: Doing, what: str) -> None:
    """Tells the next step of the tree; what nobody takes over passes to it."""
    risk, now = doing.risk, doing.asker.now
    place = Place(risk.region, risk.owner, risk.thing)
    if what == "take":
        heir = heir_of(place, now, after=risk.rank, but={risk.holder})
        is_up = heir is not None and heir.rank > risk.rank
        if heir is not None and is_up:
            pass_to(doing, heir, RiskPush.Why.TAKE)
            return
    steps = steps_for(risk.region, risk.thing)
    step = steps[risk.told] if risk.told < len(steps) else []
    facts = Facts(pack=risk.pack, kind=risk.kind, level=risk.level, text=risk.text, **{
        name: getattr(risk, name) for name in ("region", "owner", "thing", "status")})  # fmt: skip
    told = reached([Told(line=one, rank=risk.told + 1, ways={}) for one in step], facts, now)
    risk.told += bool(step)
    risk.late_at = now + span_of(pushing_of(risk.pack, risk.level), what) if step else None
    doing.tell(told, RiskPush.Why(what))
    doing.shown["told"] = doing.reached


def _clock(now: datetime) -> Machine:
    return Machine("anlan", now)
