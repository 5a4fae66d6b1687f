"""Whether something may be done to a risk now: the one place that says so."""

from django.utils.translation import gettext as _

from anlan.apps.people.asker import Person
from anlan.apps.people.models import User
from anlan.apps.people.queries import same_person
from anlan.apps.warning.acts import HOLD_RISK, VERIFY_RISK
from anlan.apps.warning.models import Risk
from anlan.apps.warning.queries.risk.holders import Heir, Place, heirs, office_of
from anlan.desk.asker import Asker

_STATES = Risk.State
HOLDERS, VERIFIERS = ("take", "report", "ask"), ("close", "send_back", "assign")


def refusal(asker: Asker, verb: str, risk: Risk) -> str | None:
    """Why an act is not possible now, in the asker's language; None where it is."""
    if not risk.is_open:
        return _("The risk is closed.")
    if not may_act(asker, verb, risk):
        words = {"name": risk.holder_name}
        return (
            _("Only the person in charge does this: %(name)s.") % words
            if verb in HOLDERS
            else _("You may not do this here.")
        )
    if verb in HOLDERS:
        return _not_at_stage(verb, risk)
    if verb == "assign":
        is_asked = risk.state == _STATES.ASKED
        return _("It waits for verification: close it or send it back.") if is_asked else None
    if risk.state != _STATES.ASKED:
        return _("Nobody has asked to close it.")
    if _had_a_hand(asker, risk):
        return _("Another person verifies than the one who dealt with it.")
    return None


def may_act(asker: Asker, verb: str, risk: Risk) -> bool:
    """Whether an act is the asker's at all, at whatever stage the risk is; never a program's."""
    if asker.program:
        return False
    if verb in HOLDERS:
        is_holder = asker.key == risk.holder
        return is_holder and asker.may(HOLD_RISK, risk.region, risk.owner)
    return asker.may(VERIFY_RISK, risk.region, risk.owner)


def _not_at_stage(verb: str, risk: Risk) -> str | None:
    wanted = {"take": _STATES.PUSHED, "report": _STATES.TAKEN, "ask": _STATES.TAKEN}[verb]
    if risk.state != wanted:
        return _("It is not at this stage: %(state)s.") % {"state": risk.get_state_display()}
    if verb == "ask" and risk.reported_at is None:
        return _("Report first what was done.")
    return None


def _had_a_hand(asker: Asker, risk: Risk) -> bool:
    """Whether the asker, by whatever account, is in charge, reported or asked to close it."""
    if not isinstance(asker, Person):
        return True
    rows = risk.steps.filter(kind__in=("report", "ask")).values_list("who", flat=True)
    hands = User.objects.filter(key__in={risk.holder, risk.finisher, *rows})
    return any(same_person(asker.user, one) for one in hands)


def possible(asker: Asker, risk: Risk) -> frozenset[str]:
    """The acts that the asker may do to a risk now."""
    return frozenset(v for v in (*HOLDERS, *VERIFIERS) if refusal(asker, v, risk) is None)


def candidates(asker: Asker, risk: Risk) -> list[Heir]:
    """Who can be put in charge: those of the tree, and the asker; not who is already."""
    place = Place(risk.region, risk.owner, risk.thing)
    found = {one.user.key: one for one in reversed(heirs(place, asker.now))}
    if isinstance(asker, Person) and asker.may(HOLD_RISK, risk.region, risk.owner):
        own = Heir(asker.user, office_of(asker.user), asker.user.phone)
        found.setdefault(asker.key, own)
    found.pop(risk.holder, None)
    return sorted(found.values(), key=lambda one: (one.rank or 99, one.user.key))
