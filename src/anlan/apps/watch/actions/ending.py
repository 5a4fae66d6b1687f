"""The end of an alarm: false, closed, reopened."""

from django.utils.translation import gettext as _

from anlan.apps.watch import acts
from anlan.apps.watch.actions.handling import acting, said
from anlan.apps.watch.models import Alarm, Deadline
from anlan.apps.watch.models.timetable import time_for
from anlan.apps.watch.queries.reach import alarm_for, plain
from anlan.desk.asker import Asker

State = Alarm.State


def mark_false(asker: Asker, alarm_key: str, *, version: int, reason: str) -> Alarm:
    """The alarm is false 误报; it can then be closed although it stands."""
    reason = said(reason, most=256, name=_("Reason"))
    with acting(asker, acts.MARK_FALSE, alarm_key, version=version) as doing:
        alarm = doing.alarm
        alarm.is_false, alarm.false_reason, alarm.state = True, reason, State.EXPLAINED
        alarm.answered_at = alarm.answered_at or asker.now
        doing.is_acknowledged()
        doing.done("answer")
        doing.step.text = reason
    return alarm


def close(asker: Asker, alarm_key: str, *, version: int, reason: str = "") -> Alarm:
    """Nothing more is to be done. Needs an explanation and recovery, or a false mark.

    A chief may close an alarm that still stands, with a reason.
    """
    seen = alarm_for(asker, alarm_key)
    act = acts.CLOSE
    if seen.level and not seen.is_false and asker.may(acts.CLOSE_STANDING):
        act, reason = acts.CLOSE_STANDING, said(reason, most=256, name=_("Reason"))
    with acting(asker, act, alarm_key, version=version) as doing:
        alarm = doing.alarm
        alarm.state, alarm.closed_at = State.CLOSED, asker.now
        doing.is_acknowledged()
        doing.done("answer", "close")
        doing.step.text = plain(reason).strip()[:256]
        doing.step.detail = {"level": alarm.level}
        doing.detail["level"] = alarm.level
    return alarm


def reopen(asker: Asker, alarm_key: str, *, version: int, reason: str) -> Alarm:
    """There is more to be done after all; a false mark is taken away."""
    reason = said(reason, most=256, name=_("Reason"))
    with acting(asker, acts.REOPEN, alarm_key, version=version) as doing:
        alarm = doing.alarm
        alarm.state, alarm.closed_at = State.ACKNOWLEDGED, None
        alarm.is_false, alarm.false_reason = False, ""
        alarm.answered_at = alarm.answered_at if alarm.cause else None
        _due_again(alarm, asker)
        doing.step.text = reason
    return alarm


def _due_again(alarm: Alarm, asker: Asker) -> None:
    """What was done with is due once more, from now."""
    for what in ("close",) if alarm.answered_at else ("answer", "close"):
        due_at = asker.now + time_for(what, max(alarm.peak, 1))
        rows = Deadline.objects.filter(alarm=alarm, what=what)
        rows.update(done_at=None, due_at=due_at, rank=1)
