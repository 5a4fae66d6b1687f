"""One act of a person on an alarm: locked, allowed, not behind another's back, audited."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.people.actions import deed
from anlan.apps.people.models import AuditHead
from anlan.apps.watch.actions.follow import locked_source
from anlan.apps.watch.actions.pictures import Prepared, keep
from anlan.apps.watch.acts import DONE
from anlan.apps.watch.models import Alarm, Deadline, Step
from anlan.apps.watch.queries.gates import last_act, refusal
from anlan.apps.watch.queries.reach import alarms, plain
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused


@dataclass
class Doing:
    """An act in the making: the locked alarm, the step that will tell it, the audit's detail."""

    asker: Asker
    alarm: Alarm
    step: Step
    detail: dict[str, Any] = field(default_factory=dict)
    pictures: Sequence[Prepared] = ()

    def done(self, *whats: str) -> None:
        """Nothing of this is due any more."""
        rows = Deadline.objects.filter(alarm=self.alarm, what__in=whats, done_at=None)
        rows.update(done_at=self.asker.now)

    def is_acknowledged(self) -> None:
        """Whoever deals with an alarm has seen it."""
        self.alarm.acknowledged_at = self.alarm.acknowledged_at or self.asker.now
        self.done("acknowledge")


@contextmanager
def acting(asker: Asker, act: str, key: str, *, version: int | None) -> Iterator[Doing]:
    """An act on the alarm of that key; its changes are written at the end, or none of them.

    version: of the alarm as the asker saw it; None where nothing can be overwritten, as by a
    comment. Raises Http404 where the asker sees no such alarm, Refused with the reason where
    the act is not possible, and where somebody else acted meanwhile, saying who and what.
    """
    with transaction.atomic():
        source = locked_source()
        alarm = alarms(asker).filter(key=plain(key)).select_for_update().first()
        if alarm is None:
            raise Http404
        if version is not None and version != alarm.version:
            raise Refused(_overtaken(alarm))
        reason = refusal(asker, act, alarm)
        if reason:
            raise Refused(reason)
        before = alarm.state
        with deed(asker, act, key, region=alarm.region) as detail:
            doing = Doing(asker, alarm, _step(asker, alarm, act), detail)
            yield doing
            source.revision += 1
            source.save(update_fields=["revision"])
            alarm.version += version is not None
            alarm.revision = source.revision
            alarm.weigh()
            alarm.save()
            detail |= {"state": alarm.state, "version": alarm.version}
        _write(doing, alarm.state if alarm.state != before else "")


def _step(asker: Asker, alarm: Alarm, act: str) -> Step:
    kind = act.rpartition(".")[2]
    return Step(alarm=alarm, at=asker.now, kind=kind, who=asker.key, who_name=asker.name)


def _write(doing: Doing, state: str) -> None:
    head = AuditHead.objects.get(pk=1)
    doing.step.cause, doing.step.state = f"audit:{head.number}", state
    doing.step.save()
    keep(doing.step, doing.pictures)


def _overtaken(alarm: Alarm) -> str:
    """Who did what meanwhile."""
    step = last_act(alarm)
    if step is None:
        return _("The alarm has changed meanwhile. Look at it again before you act.")
    return _("%(who)s %(what)s at %(when)s. Look at the alarm again before you act.") % {
        "who": step.who_name,
        "what": DONE.get(step.kind, step.kind),
        "when": f"{timezone.localtime(step.at):%H:%M:%S}",
    }


def said(text: str, *, most: int, name: str) -> str:
    """A text that somebody wrote, trimmed; Refused naming the field where it is empty or long."""
    trimmed = plain(text).strip()
    if not trimmed:
        raise Refused(_("%(name)s: please write something.") % {"name": name})
    if len(trimmed) > most:
        raise Refused(_("%(name)s: at most %(most)d characters.") % {"name": name, "most": most})
    return trimmed
