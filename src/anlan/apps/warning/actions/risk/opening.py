"""A risk is opened and pushed in one act, by the plan that whoever opens it has seen."""

import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anlan.apps.people.asker import Person
from anlan.apps.warning.actions.risk.acting import hold, writing
from anlan.apps.warning.actions.risk.telling import tell, tell_heir
from anlan.apps.warning.acts import OPEN_RISK
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.risk import Facts, Plan, plan_for
from anlan.desk.asker import Asker
from anlan.terms.errors import Malformed, Refused

_KEY = re.compile(r"[0-9a-f]{16}")
_WHAT = ("pack", "kind", "level", "region", "owner", "thing", "thing_name", "status", "source",
         "cause", "text")  # fmt: skip


def open_risk(asker: Asker, facts: Facts, *, plan: str, key: str) -> Risk:
    """Opens a risk and tells everybody of its plan; somebody is in charge from the first moment.

    plan: the digest of the plan that was looked at; Refused where it would be another one now.
    key: given out with the plan, so that a second press opens nothing more.
    """
    if not isinstance(asker, Person) or not asker.may(OPEN_RISK, facts.region):
        raise Refused(_("This place is not in your jurisdiction."))
    if not _KEY.fullmatch(key):
        raise Malformed(_("Load the page again: it does not say which risk it opens."))
    known = Risk.objects.filter(key=key, opener=asker.key).first()
    if known is not None:
        return known
    now = plan_for(facts, asker.now, asker.key)
    if now.digest != plan:
        raise Refused(_("The push plan is another one now: look at it before you push."))
    try:
        with transaction.atomic():
            return _open(asker, facts, now, key)
    except IntegrityError as error:
        raise Refused(_("This risk has been opened already: see the list.")) from error


def _open(asker: Person, facts: Facts, plan: Plan, key: str) -> Risk:
    risk = Risk(key=key, opener=asker.key, opener_name=asker.name, opened_at=asker.now,
                take_by=plan.by("take", asker.now), report_by=plan.by("report", asker.now),
                close_by=plan.by("close", asker.now))  # fmt: skip
    for name in _WHAT:
        setattr(risk, name, getattr(facts, name))
    hold(risk, plan.holder)
    risk.told = risk.rank
    with writing(asker, "open", risk) as doing:
        doing.detail |= {"level": risk.level, "source": risk.source, "cause": risk.cause}
        doing.shown |= {"office": risk.holder_office, "after": risk.holder_name,
                        "told": len({one.line.pk for one in plan.told if one.line})}  # fmt: skip
    tell(risk, plan.told, RiskPush.Why.PLAN, asker.now)
    if not any(one.is_holder for one in plan.told):
        tell_heir(risk, plan.holder, RiskPush.Why.PLAN, asker.now)
    return risk
