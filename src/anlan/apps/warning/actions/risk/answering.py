"""What whoever is in charge does: takes a risk over, reports on it, asks to close it."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from anlan.apps.warning.actions.risk.acting import acting, said
from anlan.apps.warning.actions.risk.telling import tell_heir
from anlan.apps.warning.acts import VERIFY_RISK
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.risk.holders import Heir, Place, heir_of, office_of, people_of
from anlan.apps.watch.actions.pictures import Upload, prepare
from anlan.desk.asker import Asker

_STATES = Risk.State


def take(asker: Asker, key: str, *, version: int) -> Risk:
    """Whoever is in charge takes it over 签收."""
    with acting(asker, "take", key, version=version) as doing:
        doing.risk.state, doing.risk.taken_at = _STATES.TAKEN, asker.now
    return doing.risk


def report(
    asker: Asker, key: str, *, version: int, text: str, pictures: Iterable[Upload] = ()
) -> Risk:
    """What was found and done 反馈, with pictures; as often as there is something to say."""
    text, prepared = said(text, name=_("Report")), prepare(pictures)
    with acting(asker, "report", key, version=version) as doing:
        doing.risk.reported_at = doing.risk.reported_at or asker.now
        doing.text, doing.pictures = text, prepared
    return doing.risk


def ask(asker: Asker, key: str, *, version: int, text: str) -> Risk:
    """Asks to close it 申请销号; another person verifies."""
    text = said(text, name=_("How it was put in order"))
    with acting(asker, "ask", key, version=version) as doing:
        risk = doing.risk
        risk.state, risk.finisher, doing.text = _STATES.ASKED, asker.key, text
        verifier = _verifier(risk, asker)
        if verifier is not None:
            doing.shown["after"] = verifier.user.name
            tell_heir(risk, verifier, RiskPush.Why.VERIFY, asker.now)
    return risk


def _verifier(risk: Risk, asker: Asker) -> Heir | None:
    """Who is told that it waits: whoever opened it, else the next one up."""
    opener = people_of({risk.opener}, asker.now).get(risk.opener)
    if opener and risk.opener != asker.key and opener.may(VERIFY_RISK, risk.region, risk.owner):
        return Heir(opener.user, office_of(opener.user), opener.user.phone)
    place = Place(risk.region, risk.owner, risk.thing)
    return heir_of(place, asker.now, after=risk.rank, but={asker.key})
