"""What is due: a signer who does not answer is passed over, a warning that has ended expires."""

from datetime import datetime, timedelta

from django.db import transaction

from anlan.apps.people.asker import Machine
from anlan.apps.warning.actions.course.acting import Doing, writing
from anlan.apps.warning.actions.course.deciding import settle
from anlan.apps.warning.actions.course.telling import ask_signers
from anlan.apps.warning.acts import EXPIRE, PASS_ON, REVIVE
from anlan.apps.warning.models import Signature, Warning
from anlan.apps.warning.queries.course.signers import signing_of

_STATES = Warning.State
_AT_ONCE = 50
_WAITING = (_STATES.REVIEWED, _STATES.SIGNED)


def keep_time(now: datetime) -> int:
    """One step of the worker; how much there was to do. Each thing is done once, however many
    workers there are."""
    return _pass_on(now) + _expire(now) + _revive(now)


def _pass_on(now: datetime) -> int:
    """Asks the other of signer and deputy where one did not answer in time."""
    late = Signature.objects.filter(due_at__lte=now, signed_at=None, warning__state__in=_WAITING)
    found = set(late.order_by("due_at").values_list("warning", flat=True)[:_AT_ONCE])
    return sum(_pass_one(pk, now) for pk in sorted(found))


def _pass_one(pk: int, now: datetime) -> int:
    with transaction.atomic():
        warning = Warning.objects.select_for_update().get(pk=pk)
        late = warning.signatures.filter(due_at__lte=now, signed_at=None)
        if warning.state not in _WAITING or not late.exists():
            return 0
        with writing(_clock(now), PASS_ON, warning) as doing:
            asked = [_pass(one, doing) for one in late.filter(order=doing.order)]
            ask_signers(warning, asked, now)
    return 1


def _pass(one: Signature, doing: Doing) -> str:
    """Turns to the other; who is asked from now on."""
    rule, before = signing_of(doing.warning), one.asked_name
    one.asked = one.signer if one.asked == one.deputy else one.deputy
    one.passed += 1
    now, end = doing.asker.now, doing.warning.expires
    is_over = end is not None and end <= now
    one.due_at = now + timedelta(milliseconds=rule.answer_ms) if rule and not is_over else None
    one.save(update_fields=["asked", "passed", "due_at"])
    doing.tell("pass_on", organisation=one.organisation_name, late=before, asked=one.asked_name)
    doing.detail.setdefault("asked", []).append(one.asked)
    return one.asked


def _expire(now: datetime) -> int:
    """What is in force and has ended stands as expired; what was in the making to follow it is
    dropped."""
    over = Warning.objects.filter(standing__in=Warning.IN_FORCE, due_at__lte=now)
    found = list(over.order_by("due_at").values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_expire_one(pk, now) for pk in found)


def _expire_one(pk: int, now: datetime) -> int:
    with transaction.atomic():
        warning = Warning.objects.select_for_update().get(pk=pk)
        if not warning.is_in_force or warning.due_at is None or warning.due_at > now:
            return 0
        with writing(_clock(now), EXPIRE, warning) as doing:
            warning.standing, warning.due_at = _STATES.EXPIRED, None
            settle(doing)
            doing.tell("expire")
    return 1


def _revive(now: datetime) -> int:
    """What expired by a clock that ran ahead stands again: people still read it as in force, and
    it must be possible to update or to cancel it."""
    early = Warning.objects.filter(standing=_STATES.EXPIRED, expires__gt=now)
    return sum(_revive_one(pk, now) for pk in early.values_list("pk", flat=True)[:_AT_ONCE])


def _revive_one(pk: int, now: datetime) -> int:
    with transaction.atomic():
        warning = Warning.objects.select_for_update().get(pk=pk)
        if warning.standing != _STATES.EXPIRED or not warning.expires or warning.expires <= now:
            return 0
        with writing(_clock(now), REVIVE, warning) as doing:
            is_first = warning.messages.count() == 1
            warning.standing = _STATES.ISSUED if is_first else _STATES.UPDATED
            warning.state, warning.due_at = warning.standing, warning.expires
            doing.tell("revive")
    return 1


def _clock(now: datetime) -> Machine:
    return Machine("anlan", now)
