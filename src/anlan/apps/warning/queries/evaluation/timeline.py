"""One warning minute by minute: what was done about it, beside what then happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from anlan.apps.people.queries import within
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.models import Call, CallDown, HandOver, Message, Step, Warning
from anlan.apps.warning.models.warning import OFFICIAL
from anlan.apps.warning.queries.evaluation.delivery.passage import Passage
from anlan.apps.warning.queries.incoming.listing import incoming
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import alarms
from anlan.desk.asker import Asker

_LEFT_OUT = ("edit",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Something at a time. kind: a word of the trail, or suggested, official, handed, first, last,
    called, answered, event, over · order: of the message · channel, mass: by what it went · n of
    many: of how many · alarm: what happened · before: the level of the message before."""

    at: datetime
    kind: str
    who: str = ""
    text: str = ""
    order: int = 0
    level: int = 0
    before: int = 0
    channel: str = ""
    mass: bool = False
    n: int = 0
    many: int = 0
    alarm: Alarm | None = None

    @property
    def happened(self) -> bool:
        """Whether it is of what happened, not of what was done."""
        return self.kind in ("event", "over")


def timeline(
    asker: Asker, warning: Warning, passed: Iterable[Passage], events: Sequence[Alarm]
) -> list[Moment]:
    """Everything in its order; what happened stands before what was done at the same moment."""
    sent = list(Message.objects.filter(warning=warning).defer("body").order_by("order"))
    found = [
        *_suggested(asker, warning), *_steps(warning, sent), *_handed(warning, passed),
        *_called(asker, warning), *_happened(events),
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.at, not one.happened))


def _suggested(asker: Asker, warning: Warning) -> list[Moment]:
    """What it was drafted from: an alarm of ours, or an official warning that came in."""
    if warning.cause.startswith(OFFICIAL):
        key = warning.cause.removeprefix(OFFICIAL)
        came = incoming(asker).filter(key=key).first()
        return [Moment(at=came.heard_at, kind="official", text=str(came), level=came.level)
                ] if came else []  # fmt: skip
    alarm = alarms(asker).filter(key=warning.cause).first() if warning.cause else None
    return [Moment(at=alarm.raised_at, kind="suggested", alarm=alarm)] if alarm else []


def _steps(warning: Warning, sent: list[Message]) -> list[Moment]:
    levels = {one.order: int(one.content["level"]) for one in sent}
    kinds = {one.order: one.kind for one in sent}
    rows = Step.objects.filter(warning=warning).exclude(kind__in=_LEFT_OUT)
    return [
        Moment(at=one.at, kind=_issue(kinds.get(one.order), levels, one), who=one.who_name,
               text=one.text, order=one.order, level=levels.get(one.order, 0),
               before=levels.get(one.order - 1, 0))
        for one in rows
    ]  # fmt: skip


def _issue(sent: str | None, levels: dict[int, int], step: Step) -> str:
    """What an issue was: the first, a raise, a lowering, a renewal or a lifting."""
    if step.kind != "issue":
        return step.kind
    if sent == Warning.Kind.CANCEL:
        return "lifted"
    now, before = levels.get(step.order, 0), levels.get(step.order - 1, 0)
    if not before:
        return "issue"
    return "renewed" if now == before else "raised" if now > before else "lowered"


def _handed(warning: Warning, passed: Iterable[Passage]) -> list[Moment]:
    rows = HandOver.objects.filter(message__warning=warning).values_list("at", "message__order")
    found = [Moment(at=at, kind="handed", order=order) for at, order in rows]
    for one in passed:
        ends = (("first", one.first_at), ("last", one.last_at))
        found += [
            Moment(at=at, kind=kind, order=one.order, channel=one.channel, mass=one.mass,
                   n=one.handed, many=one.many) for kind, at in ends if at is not None
        ]  # fmt: skip
    return found


def _called(asker: Asker, warning: Warning) -> list[Moment]:
    """The call-downs that asked somebody, with how many of the asker's own calls were answered."""
    own = within(asker.scope_for(SEE), "calls__region", "calls__owner")
    answered = Q(calls__state=Call.State.ANSWERED)
    rows = CallDown.objects.filter(message__warning=warning, why=CallDown.Why.ASKED).annotate(
        many=Count("calls", filter=own or None), n=Count("calls", filter=own & answered),
    )  # fmt: skip
    found = []
    for one in rows.select_related("message"):
        ends = (("called", one.began_at), ("answered", one.ended_at))
        found += [Moment(at=at, kind=kind, order=one.message.order, n=one.n, many=one.many)
                  for kind, at in ends if at is not None]  # fmt: skip
    return found


def _happened(events: Sequence[Alarm]) -> list[Moment]:
    began = [Moment(at=one.first_at, kind="event", alarm=one, level=one.peak) for one in events]
    over = [Moment(at=one.recovered_at, kind="over", alarm=one)
            for one in events if one.recovered_at]  # fmt: skip
    return [*began, *over]
