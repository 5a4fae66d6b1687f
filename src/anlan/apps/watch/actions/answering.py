"""From the acknowledgement to the explanation of an alarm."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from anlan.apps.watch import acts
from anlan.apps.watch.actions.handling import Doing, acting, said
from anlan.apps.watch.actions.pictures import Upload, prepare
from anlan.apps.watch.models import Alarm, Deadline
from anlan.apps.watch.queries.gates import assignable, people_of, undoable
from anlan.apps.watch.queries.reach import plain
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused

State = Alarm.State
_TAKEN_BACK = ("state", "acknowledged_at", "assignee", "assignee_name", "assigned_to")


def acknowledge(asker: Asker, alarm_key: str, *, version: int) -> Alarm:
    """Somebody in charge has seen it 签收."""
    with acting(asker, acts.ACKNOWLEDGE, alarm_key, version=version) as doing:
        _remember(doing)
        doing.alarm.state = State.ACKNOWLEDGED
        doing.is_acknowledged()
    return doing.alarm


def assign(
    asker: Asker, alarm_key: str, *, version: int, organisation: str, person: str = "",
    note: str = "",
) -> Alarm:  # fmt: skip
    """An organisation, or somebody in it, is to deal with it 指派.

    organisation: its key · person: an account name, or empty.
    """
    with acting(asker, acts.ASSIGN, alarm_key, version=version) as doing:
        _remember(doing)
        alarm = doing.alarm
        found = assignable(asker, alarm).filter(key=plain(organisation)).first()
        if found is None:
            raise Refused(_("There is no such organisation in your jurisdiction."))
        people = people_of(found, asker.now)
        if person and person not in people:
            raise Refused(_("Nobody of that name has a post there now."))
        alarm.assigned_to, alarm.assignee = found.key, person
        alarm.assignee_name = people.get(person, "")
        alarm.state = State.ASSIGNED
        doing.is_acknowledged()
        doing.step.text = plain(note).strip()[:1024]
        doing.step.detail |= {"organisation": found.name, "person": alarm.assignee_name}
        doing.detail |= {"organisation": found.key, "person": person}
    return alarm


def start(asker: Asker, alarm_key: str, *, version: int) -> Alarm:
    """Somebody is on it 处置中; who begins is in charge where nobody was named."""
    with acting(asker, acts.START, alarm_key, version=version) as doing:
        alarm = doing.alarm
        if not alarm.assignee:
            alarm.assignee, alarm.assignee_name = asker.key, asker.name
        alarm.state = State.WORKING
        doing.is_acknowledged()
    return alarm


def explain(
    asker: Asker, alarm_key: str, *, version: int, cause: str, measure: str,
    pictures: Iterable[Upload] = (),
) -> Alarm:  # fmt: skip
    """What caused it and what was done about it, with pictures."""
    cause = said(cause, most=256, name=_("Cause"))
    measure = said(measure, most=1024, name=_("Measure"))
    prepared = prepare(pictures)
    with acting(asker, acts.EXPLAIN, alarm_key, version=version) as doing:
        alarm = doing.alarm
        alarm.cause, alarm.measure, alarm.state = cause, measure, State.EXPLAINED
        alarm.answered_at = alarm.answered_at or asker.now
        doing.is_acknowledged()
        doing.done("answer")
        doing.step.text, doing.step.detail = measure, {"cause": cause}
        doing.pictures = prepared
        doing.detail["pictures"] = len(prepared)
    return alarm


def comment(
    asker: Asker, alarm_key: str, *, text: str, pictures: Iterable[Upload] = (),
    version: int | None = None,
) -> Alarm:  # fmt: skip
    """A remark; also on a closed alarm, and beside what others do."""
    text = said(text, most=1024, name=_("Comment"))
    prepared = prepare(pictures)
    with acting(asker, acts.COMMENT, alarm_key, version=version) as doing:
        doing.step.text, doing.pictures = text, prepared
        doing.detail["pictures"] = len(prepared)
    return doing.alarm


def undo(asker: Asker, alarm_key: str, *, version: int) -> Alarm:
    """Takes the asker's own last acknowledgement or assignment back, within half a minute."""
    with acting(asker, acts.UNDO, alarm_key, version=version) as doing:
        alarm, step = doing.alarm, undoable(asker, doing.alarm, asker.now)
        if step is None:
            raise Refused(_("It can no longer be taken back."))
        before = step.detail["before"]
        for name in _TAKEN_BACK:
            setattr(alarm, name, before[name])
        if before["acknowledged_at"] is None:
            Deadline.objects.filter(alarm=alarm, what="acknowledge").update(done_at=None)
        else:
            alarm.acknowledged_at = datetime.fromisoformat(before["acknowledged_at"])
        doing.step.detail, doing.detail["undone"] = {"undone": step.kind}, step.kind
    return alarm


def _remember(doing: Doing) -> None:
    """Writes down what the act replaces, so that it can be taken back."""
    alarm = doing.alarm
    before: dict[str, Any] = {name: getattr(alarm, name) for name in _TAKEN_BACK}
    at = before["acknowledged_at"]
    before["acknowledged_at"] = at.isoformat() if at else None
    doing.step.detail["before"] = before
