"""Whether something may be done to an alarm now: the one place that says so."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anlan.apps.people.models import Organisation, Post
from anlan.apps.people.queries import within
from anlan.apps.watch import acts
from anlan.apps.watch.models import Alarm, Step
from anlan.apps.watch.models.timetable import UNDO
from anlan.desk.asker import Asker

_ALL = (acts.ACKNOWLEDGE, acts.ASSIGN, acts.START, acts.EXPLAIN, acts.COMMENT, acts.MARK_FALSE,
        acts.SHELVE, acts.LIFT, acts.CLOSE, acts.CLOSE_STANDING, acts.REOPEN)  # fmt: skip
_BEFORE_WORK = (Alarm.State.RAISED, Alarm.State.ACKNOWLEDGED, Alarm.State.ASSIGNED)


def may_act(asker: Asker, act: str, alarm: Alarm) -> bool:
    """Whether a post allows an act on an alarm: over its place, or by its being assigned there."""
    if asker.may(act, alarm.region, alarm.owner):
        return True
    grants = asker.scope_for(act).grants
    return bool(alarm.assigned_to) and any(g.owner == alarm.assigned_to for g in grants)


def refusal(asker: Asker, act: str, alarm: Alarm) -> str | None:
    """Why an act on an alarm is not possible now, in the asker's language; None where it is."""
    if not may_act(asker, act, alarm):
        return _("You may not do this here.")
    if act == acts.REOPEN:
        return _not_to_reopen(alarm)
    if not alarm.is_open and act != acts.COMMENT:
        return _("The alarm is closed.")
    if act == acts.ACKNOWLEDGE and alarm.state != Alarm.State.RAISED:
        return _("The alarm is acknowledged already.")
    if act == acts.START and alarm.state not in _BEFORE_WORK:
        return _("Work on the alarm has begun already.")
    if act == acts.MARK_FALSE and alarm.is_false:
        return _("The alarm is marked as false already.")
    if act == acts.LIFT and alarm.shelved_until is None:
        return _("The alarm is not shelved.")
    return _not_to_close(alarm) if act == acts.CLOSE else None


def _not_to_close(alarm: Alarm) -> str | None:
    if alarm.is_false:
        return None
    if alarm.level:
        return _("The alarm still stands: wait until it recovers, or mark it as false.")
    if alarm.answered_at is None:
        return _("Explain the alarm first: its cause and what was done.")
    return None


def _not_to_reopen(alarm: Alarm) -> str | None:
    if alarm.is_open:
        return _("The alarm is open already.")
    return None if alarm.is_newest else _("There is a later alarm of the same cause.")


def possible(asker: Asker, alarm: Alarm) -> frozenset[str]:
    """The acts that the asker may do to an alarm now."""
    return frozenset(act for act in _ALL if refusal(asker, act, alarm) is None)


def last_act(alarm: Alarm) -> Step | None:
    """The last thing that a person did, comments aside."""
    return alarm.steps.exclude(who="").exclude(kind="comment").order_by("-id").first()


def undoable(asker: Asker, alarm: Alarm, now: datetime) -> Step | None:
    """The asker's own last act where it can still be taken back."""
    step = last_act(alarm)
    if step is None or step.who != asker.key or step.kind not in ("acknowledge", "assign"):
        return None
    return step if now - step.at <= UNDO and alarm.is_open else None


def assignable(asker: Asker, alarm: Alarm) -> QuerySet[Organisation]:
    """The organisations that the asker may assign an alarm to: its own district's, and the
    owner of the object."""
    rows = Organisation.objects.filter(within(asker.scope_for(acts.ASSIGN), "region", "key"))
    owner = Organisation.objects.filter(key=alarm.owner) if alarm.owner else rows.none()
    return rows | owner


def people_of(organisation: Organisation, now: datetime) -> dict[str, str]:
    """The people who have a post in an organisation now: account names to names."""
    posts = Post.objects.filter(organisation=organisation, since__lte=now, user__is_active=True)
    posts = posts.exclude(until__lte=now).select_related("user")
    return {post.user.key: post.user.name for post in posts.order_by("user__key")}
