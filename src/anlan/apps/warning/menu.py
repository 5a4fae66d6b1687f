"""What the warnings add to the menu, to the page of an alarm and to the duty desk."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.apps.warning.acts import OPEN_RISK, SEE, SEE_RISKS, WRITE
from anlan.apps.warning.queries import awaiting, event_for, warnings
from anlan.apps.warning.queries.calling.board import own_of, unanswered
from anlan.apps.warning.queries.calling.silent import ASKED, DESK, number_of, villages
from anlan.apps.warning.queries.incoming import counted, silent, standing
from anlan.apps.warning.queries.incoming.asking import asked_on_desk
from anlan.apps.warning.queries.incoming.bearing import (
    CAUSE,
    lowered_now,
    responses_on_desk,
    sensors_lowered,
)
from anlan.apps.warning.queries.incoming.binding import refused_lately
from anlan.apps.warning.queries.risk import risks
from anlan.apps.warning.queries.risk.listing import overdue, waiting_for
from anlan.desk.asker import Asker
from anlan.desk.menu import Item
from anlan.desk.offers import Offer

_GROUP = gettext_lazy("Warnings")
ITEMS: tuple[Item, ...] = tuple(
    Item(27, title, f"/warnings/{path}", act, _GROUP)
    for title, path, act in (
        (gettext_lazy("Our own warnings"), "", SEE),
        (gettext_lazy("Official warnings"), "incoming/", SEE),
        (gettext_lazy("Risks"), "risks/", SEE_RISKS),
        (gettext_lazy("Silent devices"), "devices/", SEE),
        (gettext_lazy("Evaluation of warnings"), "evaluation/", SEE),
        (gettext_lazy("Delivery of warnings"), "evaluation/delivery", SEE),
        (gettext_lazy("Monthly report"), "evaluation/month", SEE),
    )
)


def beside_alarm(asker: Asker, alarm: Any) -> list[Offer]:
    """The warnings that stand or are in the making for it; without one, the way to a draft."""
    known = [
        Offer(_("Warning: %(state)s") % {"state": one.get_state_display()}, f"/warnings/{one.key}")
        for one in warnings(asker).filter(cause=alarm.key)
        if one.is_in_force or one.is_in_the_making
    ]
    may = asker.may(WRITE, alarm.region) and event_for(alarm.pack, alarm.rule) is not None
    if known or not may or not alarm.is_open:
        return known
    return [Offer(_("Draft a warning"), f"/warnings/from/{alarm.key}", posts=True)]


def on_desk(asker: Asker, _nothing: Any) -> list[Offer]:
    """How many warnings wait for the asker, a single one opens at once; and who is silent."""
    if not asker.may(SEE):
        return []
    return [*_waiting(asker), *_calls(asker)]


def _waiting(asker: Asker) -> list[Offer]:
    found = awaiting(asker)
    if not found:
        return []
    url = f"/warnings/{found[0].key}" if len(found) == 1 else "/warnings/?mine=1"
    return [Offer(_("warnings wait for you"), url, number=len(found))]


def _calls(asker: Asker) -> list[Offer]:
    """The asker's own call that waits, and how many of the newest call-down have not answered."""
    own, open_ = own_of(asker), unanswered(asker)
    found = []
    if own is not None:
        url = f"/warnings/{own.call_down.message.warning.key}/calls?state=all"
        found.append(Offer(_("A warning waits for your confirmation"), url))
    if open_:
        one = max(open_, key=lambda pair: pair[0].pk)[0]
        many = sum(n for _warning, n in open_)
        found.append(Offer(_("have not answered the call-down"), f"/warnings/{one.key}/calls",
                           number=many))  # fmt: skip
    return found


def incoming_on_desk(asker: Asker, _nothing: Any) -> list[Offer]:
    """How many actual official warnings stand, and which feeds are silent."""
    if not asker.may(SEE):
        return []
    number, quiet = counted(asker), len(silent(asker.now))
    found = []
    if number:
        found.append(Offer(_("official warnings stand"), "/warnings/incoming/", number=number))
    if quiet:
        found.append(Offer(_("feeds are silent"), "/warnings/incoming/", number=quiet))
    return [*found, *_borne(asker)]


def _borne(asker: Asker) -> list[Offer]:
    """What official warnings ask for: limits to be lowered, a response; and what is lowered."""
    found = []
    named = refused_lately(asker)
    if named:
        url = f"/warnings/incoming/{named[0].key}"
        told = _("official warnings were named by other senders")
        found.append(Offer(told, url, number=len(named)))
    asked, lowered = asked_on_desk(asker), lowered_now(asker)
    if asked:
        url = f"/warnings/incoming/{asked[0].one.key}"
        found.append(Offer(_("times limits could be lowered"), url, number=len(asked)))
    number = sensors_lowered(asker) if lowered else 0
    if number:
        url = f"/warnings/incoming/{lowered[0].cause.removeprefix(CAUSE)}"
        found.append(Offer(_("sensors have lowered limits"), url, number=number))
    for one, bearing in responses_on_desk(asker):
        if bearing.response:
            told = _("Response %(level)s suggested: %(event)s")
            facts = {"level": bearing.response.chinese, "event": one.event_zh or one.event_en}
            found.append(Offer(told % facts, f"/warnings/incoming/{one.key}"))
    return found


def on_map(asker: Asker, _nothing: Any) -> list[Offer]:
    """The areas of the official warnings that stand, and the villages that have not answered."""
    if not asker.may(SEE):
        return []
    url = "/warnings/incoming/areas.json"
    silent_ = number_of(villages(asker))
    legend = [(int(DESK), _("to be handled by hand")), (int(ASKED), _("not answered"))]
    return [
        Offer(_("Official warnings"), url, number=standing(asker).count()),
        Offer(_("Silent devices and places out of earshot"), "/warnings/devices/marks.json",
              is_shown=False),
        Offer(_("Not answered, by village"), "/warnings/silent.json", number=silent_,
              legend=tuple(legend)),
    ]  # fmt: skip


def risks_beside_alarm(asker: Asker, alarm: Any) -> list[Offer]:
    """The open risks that were opened from it; without one, the way to open one."""
    known = [
        Offer(_("Risk: %(state)s") % {"state": one.get_state_display()},
              f"/warnings/risks/{one.key}")
        for one in risks(asker).filter(source="alarm", cause=alarm.key)
        if one.is_open
    ]  # fmt: skip
    if known or not asker.may(OPEN_RISK, alarm.region):
        return known
    return [Offer(_("Open a risk"), f"/warnings/risks/new?from=alarm:{alarm.key}")]


def risks_on_desk(asker: Asker, _nothing: Any) -> list[Offer]:
    """How many risks the asker is to deal with, and how many of its jurisdiction are late."""
    if not asker.may(SEE_RISKS):
        return []
    own = waiting_for(asker).count()
    late = risks(asker).filter(overdue(asker.now)).count()
    found = []
    if own:
        found.append(Offer(_("risks are yours to deal with"), "/warnings/risks/?state=open&mine=1",
                           number=own))  # fmt: skip
    if late:
        found.append(Offer(_("risks are overdue"), "/warnings/risks/?late=1", number=late))
    return found
