"""What somebody signed in does to a call: confirms their own, closes one by hand, passes one on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from anlan.apps.warning.actions.calling.ending import answer, calling, ring_no_more
from anlan.apps.warning.actions.calling.passing import pass_all
from anlan.apps.warning.acts import CALL, CONFIRM
from anlan.apps.warning.models import Call, CallDown, CallLetter
from anlan.desk.asker import Asker
from anlan.terms.errors import Refused

_STATES = Call.State
_LONGEST_NOTE = 512


def confirm(asker: Asker, key: str) -> Call:
    """Confirms a call of the asker's own, with all that the same letter asked.

    A second press changes nothing; Refused for another's.
    """
    call = Call.objects.filter(key=key, user_key=asker.key).first()
    if call is None or asker.program:
        raise Refused(_("Only the person who is asked confirms here."))
    with calling(asker, CONFIRM, call.call_down_id) as (_one, detail):
        calls = list(Call.objects.select_for_update().filter(letter=call.letter_id))
        answer(calls, Call.Way.APP, asker.now)
        detail |= {"calls": [one.key for one in calls], "way": Call.Way.APP}
    return call


def close_by_hand(asker: Asker, key: str, *, note: str) -> Call:
    """Notes that the desk reached somebody, or handled it otherwise; says how.

    Refused without a note, outside the jurisdiction, and for what has ended.
    """
    said = note.strip()[:_LONGEST_NOTE]
    if not said:
        raise Refused(_("Say whom you reached and what was agreed."))
    with _own(asker, key) as (calls, _one, detail):
        for call in calls:
            call.state, call.way, call.note = _STATES.BY_HAND, Call.Way.HAND, said
            call.ended_at, call.due_at = asker.now, None
            call.by, call.by_name = asker.key, asker.name
            call.save()
        detail["state"] = _STATES.BY_HAND
        ring_no_more(CallLetter.objects.filter(calls__in=calls).distinct(), asker.now)
    return calls[0]


def pass_on(asker: Asker, key: str) -> Call:
    """Asks the next of the tree now; where there is none the call is to be handled by hand.

    Refused outside the jurisdiction, and for what has ended or waits for the desk already.
    """
    with _own(asker, key) as (calls, one, detail):
        if calls[0].state == _STATES.DESK:
            raise Refused(_("Nobody is left to be asked: handle it by hand."))
        for call in calls:
            call.by, call.by_name = asker.key, asker.name
            call.save(update_fields=["by", "by_name"])
        detail |= pass_all(one, calls, asker)
    return calls[0]


@contextmanager
def _own(asker: Asker, key: str) -> Iterator[tuple[list[Call], CallDown, dict[str, Any]]]:
    """An open call of the asker's jurisdiction, with what the same person was asked by the same
    letter in the same place and state: they are one row, and one act; under the lock of their
    call-down."""
    found = Call.objects.filter(key=key).first()
    if found is None or not asker.may(CALL, found.region, found.owner) or asker.program:
        raise Refused(_("This is not in your jurisdiction."))
    with calling(asker, CALL, found.call_down_id) as (one, detail):
        call = Call.objects.select_for_update().get(pk=found.pk)
        if not call.is_open:
            told = {"state": call.get_state_display(), "name": call.by_name or call.person}
            raise Refused(_("This call has ended meanwhile: %(state)s, %(name)s.") % told)
        same = Call.objects.select_for_update().filter(
            letter=call.letter_id, region=call.region, owner=call.owner, state=call.state
        )
        calls = [call, *same.exclude(pk=call.pk)]
        detail["calls"] = [each.key for each in calls]
        yield calls, one, detail
