"""What others do: verify and close a risk, send it back, put somebody else in charge."""

from datetime import datetime

from django.utils.translation import gettext as _

from anlan.apps.people.actions.notices.withdrawing import withdraw
from anlan.apps.warning.actions.risk.acting import Doing, Done, acting, said
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.calling.ways import VOICE
from anlan.apps.warning.queries.risk import candidates, pushing_of
from anlan.apps.warning.queries.risk.holders import Heir, people_of
from anlan.apps.warning.queries.risk.plan import span_of
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused

_STATES = Risk.State


def close(asker: Asker, key: str, *, version: int, text: str) -> Done:
    """Verifies that it is in order and closes it 复核销号; says how that was seen."""
    text = said(text, name=_("How it was verified"))
    with acting(asker, "close", key, version=version) as doing:
        risk = doing.risk
        risk.state, risk.closed_at, doing.text = _STATES.CLOSED, asker.now, text
    return doing.done


def send_back(asker: Asker, key: str, *, version: int, text: str) -> Done:
    """It is not in order yet: goes back to whoever is in charge, with the reason."""
    text = said(text, name=_("Reason"))
    with acting(asker, "send_back", key, version=version) as doing:
        risk = doing.risk
        risk.state, doing.text = _STATES.TAKEN, text
        if risk.taken_at is None:  # somebody else became in charge while it waited
            _push(risk, asker.now)
        holder = people_of({risk.holder}, asker.now).get(risk.holder)
        if holder is not None:
            heir = Heir(holder.user, risk.holder_office, risk.holder_phone, risk.rank)
            doing.tell_heir(heir, RiskPush.Why.RETURNED)
    return doing.done


def assign(asker: Asker, key: str, *, version: int, to: str, text: str) -> Done:
    """Puts somebody else in charge, with the reason; they take it over anew."""
    text = said(text, name=_("Reason"))
    with acting(asker, "assign", key, version=version) as doing:
        heir = next((one for one in candidates(asker, doing.risk) if one.user.key == to), None)
        if heir is None:
            raise Refused(_("This person cannot be in charge of it."))
        doing.text = text
        pass_to(doing, heir, RiskPush.Why.ASSIGNED)
    return doing.done


def pass_to(doing: Doing, heir: Heir, why: str) -> None:
    """Somebody else is in charge, is told, and takes it over anew in the time for that; of what
    waits for verification only when it is sent back."""
    risk = doing.risk
    withdraw([f"risk:{risk.key}"], VOICE, doing.asker.now)
    doing.put_in_charge(heir)
    risk.told = max(risk.told, heir.rank)
    risk.taken_at = None
    if risk.state != _STATES.ASKED:
        _push(risk, doing.asker.now)
    doing.tell_heir(heir, why)


def _push(risk: Risk, now: datetime) -> None:
    """It is to be taken over."""
    risk.state = _STATES.PUSHED
    risk.take_by = now + span_of(pushing_of(risk.pack, risk.level), "take")
