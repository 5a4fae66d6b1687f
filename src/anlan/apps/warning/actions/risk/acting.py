"""One act on a risk: locked, allowed, not behind another's back, audited, in its timeline."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.people.actions import deed
from anlan.apps.people.models import AuditHead
from anlan.apps.warning.actions.risk.telling import tell, tell_heir
from anlan.apps.warning.acts import RISK_DONE
from anlan.apps.warning.models import Risk, RiskPicture, RiskStep
from anlan.apps.warning.queries.reach import plain
from anlan.apps.warning.queries.risk import Heir, Told, refusal, risks
from anlan.apps.watch.actions.pictures import Prepared, keep
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused

_Names = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done; reached, missed: name and office of whom a letter goes to, and of whom
    nothing reaches."""

    risk: Risk
    reached: tuple[_Names, ...] = ()
    missed: tuple[_Names, ...] = ()


@dataclass
class Doing:
    """An act in the making: the locked risk, what its step will say, the audit's detail; reached
    and missed as `Done` has them."""

    asker: Asker
    risk: Risk
    detail: dict[str, Any]
    text: str = ""
    shown: dict[str, Any] = field(default_factory=dict)
    pictures: Sequence[Prepared] = ()
    reached: list[_Names] = field(default_factory=list)
    missed: list[_Names] = field(default_factory=list)

    @property
    def done(self) -> Done:
        """What became of it."""
        return Done(self.risk, tuple(self.reached), tuple(self.missed))

    def by(self, way: str) -> None:
        """It was answered by this way; empty for the page."""
        if way:
            self.shown["way"] = self.detail["way"] = way

    def put_in_charge(self, heir: Heir) -> None:
        """Somebody else is in charge from now on."""
        risk = self.risk
        self.shown |= {"before": risk.holder_name, "after": heir.user.name, "office": heir.office}
        self.detail |= {"from": risk.holder, "to": heir.user.key}
        hold(risk, heir)

    def tell_heir(self, heir: Heir, why: str) -> None:
        """Tells somebody who is known by their account."""
        is_reached = tell_heir(self.risk, heir, why, self.asker.now)
        (self.reached if is_reached else self.missed).append((heir.user.name, heir.office))

    def tell(self, told: Sequence[Told], why: str) -> None:
        """Tells those of the responsibility tree."""
        tell(self.risk, told, why, self.asker.now)
        for one in told:
            if one.line:
                names = (one.line.person, one.line.organisation.name)
                (self.reached if one.ways else self.missed).append(names)


@contextmanager
def acting(asker: Asker, verb: str, key: str, *, version: int) -> Iterator[Doing]:
    """An act of a person; its changes are written at the end, or none of them.

    version: of the risk as the asker saw it. Raises Http404 where the asker sees no such risk,
    Refused where the act is not possible, or somebody acted meanwhile, saying who and what.
    """
    with transaction.atomic():
        pk = risks(asker).filter(key=plain(key)).values_list("pk", flat=True).first()
        if pk is None:
            raise Http404
        risk = locked(pk)
        if version != risk.version:
            raise Refused(_overtaken(risk))
        reason = refusal(asker, verb, risk)
        if reason:
            raise Refused(reason)
        with writing(asker, verb, risk) as doing:
            yield doing


@contextmanager
def writing(asker: Asker, verb: str, risk: Risk) -> Iterator[Doing]:
    """Writes what is done to a risk that the caller's transaction has locked, or makes."""
    with deed(asker, f"warning.{verb}_risk", risk.key, region=risk.region) as detail:
        doing = Doing(asker, risk, detail)
        yield doing
        if doing.missed:
            doing.shown["missed"] = doing.missed
        risk.version += risk.pk is not None
        risk.changed_at = asker.now
        risk.late_at = next_look(risk, asker.now)
        risk.save()
        detail |= {"state": risk.state, "version": risk.version, "holder": risk.holder}
    who = ("", "") if verb in ("late", "left") else (asker.key, asker.name)
    step = RiskStep(risk=risk, at=asker.now, kind=verb, who=who[0], who_name=who[1],
                    text=doing.text, detail=doing.shown, state=risk.state,
                    cause=f"audit:{AuditHead.objects.get(pk=1).number}")  # fmt: skip
    step.save()
    keep(step, doing.pictures, RiskPicture)


def locked(pk: int) -> Risk:
    """A risk that nobody else writes to until the transaction ends."""
    return Risk.objects.select_for_update().get(pk=pk)


def hold(risk: Risk, heir: Heir) -> None:
    """Somebody is in charge."""
    risk.holder, risk.holder_name = heir.user.key, heir.user.name
    risk.holder_office, risk.holder_phone = heir.office, heir.phone
    risk.rank = heir.rank


def next_look(risk: Risk, now: datetime) -> datetime | None:
    """When the clock looks at it next: at what is due next; where something is late already, also
    when it would have been looked at anyway, be it that the clock is behind."""
    moments = [at for at in risk.due().values() if at > now]
    if risk.late_at is not None and risk.late(now):
        moments.append(risk.late_at)
    return min(moments, default=None)


def said(text: str, *, name: str, most: int = 1024) -> str:
    """A text that somebody wrote, trimmed; Refused naming the field where it is empty or long."""
    trimmed = plain(text).strip()
    if not trimmed:
        raise Refused(_("%(name)s: please write something.") % {"name": name})
    if len(trimmed) > most:
        raise Refused(_("%(name)s: at most %(most)d characters.") % {"name": name, "most": most})
    return trimmed


def _overtaken(risk: Risk) -> str:
    """Who did what meanwhile."""
    step = risk.steps.order_by("-pk").first()
    if step is None or not step.who:
        return _("The risk has changed meanwhile. Look at it again before you act.")
    return _("%(who)s %(what)s at %(when)s. Look at the risk again before you act.") % {
        "who": step.who_name,
        "what": RISK_DONE.get(step.kind, step.kind),
        "when": f"{timezone.localtime(step.at):%H:%M:%S}",
    }
