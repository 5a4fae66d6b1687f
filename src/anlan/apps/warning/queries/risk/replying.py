"""Which risk a reply answers: the one that its code names, or whose call it came in."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from anlan.apps.people.models import Notice, Reply
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.calling.ways import SMS, VOICE

CAUSE = "risk:"
"""What the cause of a notice begins with that is about a risk; then comes its key."""
_LATE = timedelta(days=31)
"""So long a reply belongs to what was written: a blue risk has 30 days."""
_MOST = 200
_CODED = re.compile(r"(?:签收|反馈)?\W*([1-9][0-9]{3})(?![0-9])\W*(.*)", re.DOTALL)
_TAKES = {"签收", "已签收"}
_WIDE = {ord("０") + n: str(n) for n in range(10)}
_ENDS = " \t\r\n.。!！,，~、"


class Answer(NamedTuple):
    """A risk and what is said to it; text: empty where it is taken over, and nothing more."""

    risk: Risk
    text: str


def code_of(risk: Risk) -> str:
    """The four digits by which a reply names a risk."""
    return str(1000 + int(risk.key, 16) % 9000)


def named_by(reply: Reply) -> Answer | None:
    """What a reply says to which risk; None where it names none.

    A code stands for a risk only at an address that was written to about it; where it could be two
    of them, it names none.
    """
    if reply.kind == VOICE:
        return _called(reply)
    text = reply.text.translate(_WIDE).strip()
    if reply.kind != SMS or not text:
        return None
    if text.strip(_ENDS) in _TAKES:
        return only_one(reply)
    found = _CODED.fullmatch(text)
    if found is None:
        return None
    coded = [one for one in _written(reply) if code_of(one) == found[1]]
    coded = [one for one in coded if one.is_open] or coded
    return Answer(coded[0], found[2].strip()) if len(coded) == 1 else None


def only_one(reply: Reply) -> Answer | None:
    """The only risk that waits to be taken over by whoever has this address; None for several."""
    waiting = [one for one in _written(reply)
               if one.state == Risk.State.PUSHED and is_of_holder(one, reply)]  # fmt: skip
    return Answer(waiting[0], "") if reply.kind == SMS and len(waiting) == 1 else None


def is_of_holder(risk: Risk, reply: Reply) -> bool:
    """Whether whoever is in charge now was written to, or called, at the address of a reply."""
    rows = RiskPush.objects.filter(risk=risk, user_key=risk.holder)
    keys = {row.ways.get(reply.kind, "") for row in rows}
    return Notice.objects.filter(key__in=keys, address=reply.address).exists()


def _called(reply: Reply) -> Answer | None:
    cause = reply.notice.cause if reply.notice else ""
    if not cause.startswith(CAUSE):
        return None
    risk = Risk.objects.filter(key=cause.removeprefix(CAUSE)).first()
    return Answer(risk, "") if risk else None


def _written(reply: Reply) -> Iterable[Risk]:
    """The risks that an address was written to about of late."""
    causes = Notice.objects.filter(
        kind=reply.kind, address=reply.address, cause__startswith=CAUSE,
        created_at__gt=reply.heard_at - _LATE,
    ).order_by("-pk").values_list("cause", flat=True)[:_MOST]  # fmt: skip
    return Risk.objects.filter(key__in={cause.removeprefix(CAUSE) for cause in causes})
