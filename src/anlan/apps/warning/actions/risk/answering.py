"""What whoever is in charge does: takes a risk over, reports on it, asks to close it."""

from collections.abc import Iterable
from itertools import chain

from django.utils.translation import gettext as _

from anlan.apps.people.actions.notices.withdrawing import withdraw
from anlan.apps.warning.actions.risk.acting import Done, acting, said
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.calling.ways import VOICE
from anlan.apps.warning.queries.risk import refusal
from anlan.apps.warning.queries.risk.holders import Heir, Place, in_line, office_of, people_of
from anlan.apps.watch.actions.pictures import Upload, prepare
from anlan.desk.asker import Asker

_STATES = Risk.State


def take(asker: Asker, key: str, *, version: int, way: str = "") -> Done:
    """Whoever is in charge takes it over 签收. way: sms or voice, where it was by an answer."""
    with acting(asker, "take", key, version=version) as doing:
        doing.by(way)
        if way != VOICE:  # the call in which the key was pressed ends by itself
            withdraw([f"risk:{key}"], VOICE, asker.now)
        doing.risk.state, doing.risk.taken_at = _STATES.TAKEN, asker.now
    return doing.done


def report(
    asker: Asker, key: str, *, version: int, text: str, pictures: Iterable[Upload] = (),
    way: str = "",
) -> Done:  # fmt: skip
    """What was found and done 反馈, with pictures; as often as there is something to say."""
    text, prepared = said(text, name=_("Report")), prepare(pictures)
    with acting(asker, "report", key, version=version) as doing:
        doing.by(way)
        doing.risk.reported_at = doing.risk.reported_at or asker.now
        doing.text, doing.pictures = text, prepared
    return doing.done


def ask(asker: Asker, key: str, *, version: int, text: str) -> Done:
    """Asks to close it 申请销号; another person verifies."""
    text = said(text, name=_("How it was put in order"))
    with acting(asker, "ask", key, version=version) as doing:
        risk = doing.risk
        risk.state, risk.finisher, doing.text = _STATES.ASKED, asker.key, text
        verifier = _verifier(risk, asker)
        if verifier is not None:
            doing.shown["after"] = verifier.user.name
            doing.tell_heir(verifier, RiskPush.Why.VERIFY)
    return doing.done


def _verifier(risk: Risk, asker: Asker) -> Heir | None:
    """Who is told that it waits: whoever opened it, else the next one up; who may not verify it is
    passed over."""
    opener = people_of({risk.opener}, asker.now).get(risk.opener)
    first = [Heir(opener.user, office_of(opener.user), opener.user.phone)] if opener else []
    place = Place(risk.region, risk.owner, risk.thing)
    for one in chain(first, in_line(place, asker.now, after=risk.rank)):
        person = people_of({one.user.key}, asker.now).get(one.user.key)
        if person is not None and refusal(person, "close", risk) is None:
            return one
    return None
