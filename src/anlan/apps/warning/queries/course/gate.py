"""The gate: whether a warning may be issued, and whatever is asked on the way there.

Every condition has a name and stands once in `CONDITIONS`. Pages ask to show a button, actions ask
again within their transaction; no message comes to be without `may_issue` having said None.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from anlan.apps.people.asker import Person
from anlan.apps.warning.acts import SIGN
from anlan.apps.warning.models import Signature, Warning
from anlan.apps.warning.queries.course.signers import is_one_of, signing_posts, writers
from anlan.apps.warning.queries.reading import AREA, Remark, remarks
from anlan.apps.warning.queries.writing.content import digest_of, order_of
from anlan.desk.asker import Asker

_STATES = Warning.State


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something may not be: code: the condition's name · text: for whoever asked."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That a person gave the password or a code again; it holds in the request that asked."""

    who: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class Case:
    """What is judged: who wants to sign which warning when, and with what proof."""

    asker: Asker
    warning: Warning
    at: datetime
    proof: Proof | None = None

    @cached_property
    def order(self) -> int:
        """Of the message that would be issued."""
        return order_of(self.warning)

    @cached_property
    def signatures(self) -> list[Signature]:
        """All that are wanted under that message."""
        return list(Signature.objects.filter(warning=self.warning, order=self.order))

    @cached_property
    def seat(self) -> Signature | None:
        """The one that is asked of the asker now."""
        waiting = (one for one in self.signatures if one.signed_at is None)
        return next((one for one in waiting if one.asked == self.asker.key), None)

    @cached_property
    def stops(self) -> list[Remark]:
        """What is wrong with the text and the area."""
        return [remark for remark in remarks(self.warning, self.at) if remark.stops]


def _person(case: Case) -> str | None:
    if isinstance(case.asker, Person) and not case.asker.program and case.asker.limits is None:
        return None
    return _("Only a person signs: programs and their keys may draft, no more.")


def _state(case: Case) -> str | None:
    if case.warning.state in (_STATES.REVIEWED, _STATES.SIGNED):
        return None
    return _("It is not waiting for a signature: %(state)s.") % {
        "state": _STATES(case.warning.state).label
    }


def _order(case: Case) -> str | None:
    is_first = case.warning.kind == Warning.Kind.FIRST
    if is_first and case.order == 1:
        return None
    if not is_first and case.order > 1 and case.warning.is_in_force:
        return None
    return _("An update or a cancellation follows a warning that is in force; nothing else does.")


def _jurisdiction(case: Case) -> str | None:
    warning = case.warning
    scope = case.asker.scope_for(SIGN)
    places = [warning.region, *warning.regions]
    if any(scope.covers(place, warning.owner) for place in places):
        return None
    return _("You may not sign for this place.")


def _seat(case: Case) -> str | None:
    if case.seat is not None:
        return None
    own = [s for s in case.signatures if case.asker.key in (s.signer, s.deputy, s.signed_by)]
    if any(one.signed_at for one in own):
        return _("Your department has signed already.")
    if own:
        return _("Now %(name)s is asked to sign.") % {"name": own[0].asked_name}
    return _("You are not asked to sign this warning.")


def _level(case: Case) -> str | None:
    posts = case.asker.posts if isinstance(case.asker, Person) else ()
    organisation = case.seat.organisation if case.seat else case.warning.owner
    if signing_posts(posts, case.warning, organisation):
        return None
    return _("Your post does not sign warnings of this level here.")


def _writer(case: Case) -> str | None:
    user = case.asker.user if isinstance(case.asker, Person) else None
    if user is not None and not is_one_of(user, writers(case.warning)):
        return None
    return _("You wrote, edited or submitted it, under this account or another: "
             "somebody else must sign.")  # fmt: skip


def _twice(case: Case) -> str | None:
    user = case.asker.user if isinstance(case.asker, Person) else None
    others = {one.signed_by for one in case.signatures if one.signed_at}
    if user is not None and not is_one_of(user, others):
        return None
    return _("You signed for another department: each signs through a person of its own.")


def _status(case: Case) -> str | None:
    status = case.warning.status
    sent = case.warning.messages.values_list("status", flat=True)
    if status in Warning.Status.values and all(one == status for one in sent):
        return None
    return _("Its status is not that of its course: actual, exercise and test never mix.")


def _text(case: Case) -> str | None:
    return next((one.text for one in case.stops if one.field not in AREA), None)


def _area(case: Case) -> str | None:
    return next((one.text for one in case.stops if one.field in AREA), None)


def _frozen(case: Case) -> str | None:
    digest = digest_of(case.warning, case.order)
    if all(one.digest == digest for one in case.signatures if one.signed_at):
        return None
    return _("It is no longer what the other departments signed.")


def _proof(case: Case) -> str | None:
    proof = case.proof
    if proof is not None and proof.who == case.asker.key and proof.at == case.at:
        return None
    return _("Give your password or the code of your phone again to sign.")


def _departments(case: Case) -> str | None:
    missing = [one for one in case.signatures if one.signed_at is None and one is not case.seat]
    if not missing:
        return None
    return _("It leaves when all have signed; missing: %(names)s.") % {
        "names": "、".join(one.organisation_name for one in missing)
    }


Condition = Callable[[Case], str | None]
CONDITIONS: Mapping[str, Condition] = {
    "person": _person,
    "state": _state,
    "order": _order,
    "jurisdiction": _jurisdiction,
    "seat": _seat,
    "level": _level,
    "writer": _writer,
    "twice": _twice,
    "status": _status,
    "text": _text,
    "area": _area,
    "frozen": _frozen,
    "proof": _proof,
    "departments": _departments,
}
"""What must hold, in the order in which it is told."""


def may_issue(
    asker: Asker, warning: Warning, at: datetime, proof: Proof | None = None
) -> Refusal | None:
    """Whether a warning leaves when the asker signs it now; None where it does."""
    case = Case(asker, warning, at, proof)
    for code, condition in CONDITIONS.items():
        text = condition(case)
        if text is not None:
            return Refusal(code, text)
    return None


def may_sign(
    asker: Asker, warning: Warning, at: datetime, proof: Proof | None = None
) -> Refusal | None:
    """Whether the asker's signature is taken now, though others may still be missing."""
    refusal = may_issue(asker, warning, at, proof)
    return None if refusal is not None and refusal.code == "departments" else refusal


def may_begin_to_sign(asker: Asker, warning: Warning, at: datetime) -> Refusal | None:
    """Whether a page asks the asker for the proof: nothing else is missing."""
    refusal = may_sign(asker, warning, at)
    return None if refusal is not None and refusal.code == "proof" else refusal
