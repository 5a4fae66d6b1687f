"""What others do: verify and close a risk, send it back, put somebody else in charge."""

from django.utils.translation import gettext as _

from anlan.apps.warning.actions.risk.acting import Doing, acting, said
from anlan.apps.warning.actions.risk.telling import tell_heir
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.risk import candidates, pushing_of
from anlan.apps.warning.queries.risk.holders import Heir, people_of
from anlan.apps.warning.queries.risk.plan import span_of
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused

_STATES = Risk.State


def close(asker: Asker, key: str, *, version: int, text: str) -> Risk:
    """Verifies that it is in order and closes it 复核销号; says how that was seen."""
    text = said(text, name=_("How it was verified"))
    with acting(asker, "close", key, version=version) as doing:
        risk = doing.risk
        risk.state, risk.closed_at, doing.text = _STATES.CLOSED, asker.now, text
    return risk


def send_back(asker: Asker, key: str, *, version: int, text: str) -> Risk:
    """It is not in order yet: goes back to whoever is in charge, with the reason."""
    text = said(text, name=_("Reason"))
    with acting(asker, "send_back", key, version=version) as doing:
        risk = doing.risk
        # Taken over or not: whoever became in charge meanwhile has not taken it over.
        risk.state = _STATES.TAKEN if risk.taken_at else _STATES.PUSHED
        doing.text = text
        holder = people_of({risk.holder}, asker.now).get(risk.holder)
        if holder is not None:
            heir = Heir(holder.user, risk.holder_office, risk.holder_phone, risk.rank)
            tell_heir(risk, heir, RiskPush.Why.RETURNED, asker.now)
    return risk


def assign(asker: Asker, key: str, *, version: int, to: str, text: str) -> Risk:
    """Puts somebody else in charge, with the reason; they take it over anew."""
    text = said(text, name=_("Reason"))
    with acting(asker, "assign", key, version=version) as doing:
        heir = next((one for one in candidates(asker, doing.risk) if one.user.key == to), None)
        if heir is None:
            raise Refused(_("This person cannot be in charge of it."))
        doing.text = text
        pass_to(doing, heir, RiskPush.Why.ASSIGNED)
    return doing.risk


def pass_to(doing: Doing, heir: Heir, why: str) -> None:
    """Somebody else is in charge, takes it over anew in the time for that, and is told."""
    risk, now = doing.risk, doing.asker.now
    doing.put_in_charge(heir)
    risk.told = max(risk.told, heir.rank)
    if risk.state != _STATES.ASKED:
        risk.state, risk.taken_at = _STATES.PUSHED, None
        risk.take_by = now + span_of(pushing_of(risk.pack, risk.level), "take")
    tell_heir(risk, heir, why, now)
