"""Answers by SMS and by telephone key: whoever is in charge takes a risk over, or reports on it."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.apps.people.actions.notices.outbox import notify
from anlan.apps.people.asker import Person
from anlan.apps.people.models import Reply
from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.actions.risk.acting import locked
from anlan.apps.warning.actions.risk.answering import report, take
from anlan.apps.warning.models import Risk
from anlan.apps.warning.queries.calling.ways import SMS
from anlan.apps.warning.queries.risk.holders import people_of
from anlan.apps.warning.queries.risk.replying import CAUSE, Answer, is_of_holder
from anlan.apps.warning.queries.risk.words import headline
from anlan.terms.errors import AnlanError

_STATES = Risk.State


def answer_risk(answer: Answer, reply: Reply, now: datetime) -> str:
    """Does what a reply says, as whoever is in charge; why it was not done, else empty.

    Runs in the caller's transaction. Who wrote is told when nothing came of it: they would believe
    that it had.
    """
    risk = locked(answer.risk.pk)
    holder = people_of({risk.holder}, now).get(risk.holder)
    with override(holder.user.language if holder else "zh-hans"):
        if holder is None or not is_of_holder(risk, reply):
            why = _("Only the person in charge does this: %(name)s.") % {"name": risk.holder_name}
        else:
            try:
                _do(risk, answer.text, asker=holder, way=reply.kind)
            except AnlanError as error:
                why = str(error)
            else:
                return ""
        if reply.kind == SMS:
            _tell(risk, reply, why, now)
    return why


def _do(risk: Risk, text: str, *, asker: Person, way: str) -> None:
    """Takes it over where it is not yet, and reports where something is said."""
    if risk.state == _STATES.PUSHED or not text:
        if risk.state == _STATES.TAKEN:
            return  # the same said again
        risk = take(asker, risk.key, version=risk.version, way=way).risk
    if text:
        report(asker, risk.key, version=risk.version, text=text, way=way)


def _tell(risk: Risk, reply: Reply, why: str, now: datetime) -> None:
    words = {"what": headline(risk), "why": why}
    subject = _("Your reply was not taken: %(what)s") % words
    text = _("Your reply was not taken. %(why)s Use the page, or call the office on duty.") % words
    notify(
        now=now, key=new_key(), kind=reply.kind, address=reply.address, subject=subject,
        text=f"{headline(risk)} {text}", cause=f"{CAUSE}{risk.key}", region=risk.region,
        owner=risk.owner, status=risk.status,
    )  # fmt: skip
