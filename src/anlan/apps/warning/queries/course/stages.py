"""Whether somebody may edit, submit, review, turn down, withdraw or renew a warning now."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from anlan.apps.people.asker import Person
from anlan.apps.people.models import User
from anlan.apps.warning.acts import REVIEW, WRITE
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries.course.gate import Refusal, may_begin_to_sign
from anlan.apps.warning.queries.course.signers import Seat, is_one_of, signers, writers
from anlan.apps.warning.queries.reading import remarks
from anlan.desk.asker import Asker

_STATES = Warning.State


def may_edit(asker: Asker, warning: Warning, at: datetime) -> Refusal | None:
    """Whether the asker may change what the next message will say."""
    return _not_over(asker, WRITE, warning) or _not_in(warning, _STATES.DRAFT)


def may_submit(
    asker: Asker, warning: Warning, at: datetime, seats: Sequence[Seat] | None = None
) -> Refusal | None:
    """Whether the asker may submit it; seats: who is to sign, None where that is not yet said."""
    return (
        _not_a_person(asker)
        or may_edit(asker, warning, at)
        or _not_sound(warning, at)
        or (_not_seated(asker, warning, at, seats=seats) if seats is not None else None)
    )


def may_review(asker: Asker, warning: Warning, at: datetime) -> Refusal | None:
    """Whether the asker may find it right for signing: somebody else than who wrote it."""
    refusal = (
        _not_a_person(asker)
        or _not_over(asker, REVIEW, warning)
        or _not_in(warning, _STATES.SUBMITTED)
    )
    if refusal is None and isinstance(asker, Person) and is_one_of(asker.user, writers(warning)):
        return Refusal("writer", _("You wrote, edited or submitted it, under this account or "
                                   "another: somebody else must review it."))  # fmt: skip
    return refusal or _not_sound(warning, at)


def may_reject(asker: Asker, warning: Warning, at: datetime) -> Refusal | None:
    """Whether the asker may turn it down: who reviews, or who is asked to sign."""
    waiting = (_STATES.SUBMITTED, _STATES.REVIEWED, _STATES.SIGNED)
    refusal = _not_a_person(asker) or _not_in(warning, *waiting)
    if refusal is None and may_begin_to_sign(asker, warning, at) is None:
        return None
    return refusal or _not_over(asker, REVIEW, warning)


def may_withdraw(asker: Asker, warning: Warning, at: datetime) -> Refusal | None:
    """Whether the asker may take back what is in the making."""
    refusal = _not_a_person(asker) or _not_over(asker, WRITE, warning)
    return refusal or _not_in(warning, *Warning.IN_THE_MAKING)


def may_renew(asker: Asker, warning: Warning, at: datetime) -> Refusal | None:
    """Whether the asker may begin an update, a change of level or a cancellation."""
    refusal = _not_over(asker, WRITE, warning)
    if refusal is not None:
        return refusal
    if warning.is_in_the_making and warning.is_in_force:
        return Refusal("state", _("An update or a cancellation is in the making already."))
    if not warning.is_in_force or (warning.due_at is not None and warning.due_at <= at):
        return Refusal("order", _("Only a warning that is in force is updated or cancelled."))
    return None


POSSIBLE: dict[str, Callable[[Asker, Warning, datetime], Refusal | None]] = {
    "edit": may_edit,
    "submit": may_submit,
    "review": may_review,
    "sign": may_begin_to_sign,
    "reject": may_reject,
    "withdraw": may_withdraw,
    "update": may_renew,
    "relevel": may_renew,
    "cancel": may_renew,
}


def possible(asker: Asker, warning: Warning) -> frozenset[str]:
    """What the asker may do to a warning now, by the words of `POSSIBLE`."""
    return frozenset(name for name, may in POSSIBLE.items() if not may(asker, warning, asker.now))


def _not_a_person(asker: Asker) -> Refusal | None:
    if isinstance(asker, Person) and not asker.program and asker.limits is None:
        return None
    return Refusal("person", _("Programs and their keys may draft, no more."))


def _not_over(asker: Asker, act: str, warning: Warning) -> Refusal | None:
    if asker.may(act, warning.region, warning.owner):
        return None
    return Refusal("jurisdiction", _("You may not do this here."))


def _not_in(warning: Warning, *states: str) -> Refusal | None:
    if warning.state in states:
        return None
    told = {"state": _STATES(warning.state).label}
    return Refusal("state", _("This is not possible now: %(state)s.") % told)


def _not_sound(warning: Warning, at: datetime) -> Refusal | None:
    stops = [remark for remark in remarks(warning, at) if remark.stops]
    return Refusal("text", stops[0].text) if stops else None


def _not_seated(
    asker: Asker, warning: Warning, at: datetime, *, seats: Sequence[Seat]
) -> Refusal | None:
    """Where somebody is named who could not sign, or nobody."""
    organisations = [seat.organisation for seat in seats]
    if warning.owner not in organisations:
        return Refusal("seat", _("The department that issues it signs as well."))
    own = User.objects.filter(key=asker.key).first()
    for seat in seats:
        able = {user.key: user for user in signers(warning, seat.organisation, at)}
        able = {key: user for key, user in able.items() if not (own and is_one_of(user, {own.key}))}
        if seat.signer not in able:
            return Refusal("seat", _("Name somebody who may sign this level for the department, "
                                     "and did not write or submit it."))  # fmt: skip
        if seat.deputy and (seat.deputy not in able or seat.deputy == seat.signer):
            return Refusal("seat", _("Name a deputy who may sign this level for the department, "
                                     "and is another person."))  # fmt: skip
    return None
