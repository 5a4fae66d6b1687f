"""Replies 回复 to call-downs and risks: a confirming word or digit, or the code of a risk, is an
answer; the rest the desk reads."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from anlan.apps.people.actions import deed
from anlan.apps.people.asker import Machine
from anlan.apps.people.models import Notice, Reply
from anlan.apps.warning.actions.calling.ending import answer, locked, settle
from anlan.apps.warning.actions.risk.hearing import answer_risk
from anlan.apps.warning.acts import CONFIRM
from anlan.apps.warning.models import Call, CallLetter, CallWord
from anlan.apps.warning.queries.calling.ways import SMS, VOICE
from anlan.apps.warning.queries.risk.replying import Answer, named_by, only_one

_AT_ONCE, _LOOK_BACK = 500, 10_000
_ANSWERS = {"1", "收到", "已收到", "收到了", "确认", "确认收到", "好的", "ok", "yes", "y",
            "received", "confirm", "confirmed"}  # fmt: skip
_ENDS = " \t\r\n.。!！,，~～、"
_WIDE = str.maketrans("１", "1")
_LATE = timedelta(days=3)
"""So long a reply belongs to what was asked."""


def is_answer(kind: str, text: str) -> bool:
    """Whether a reply confirms: by voice the digit 1 alone, in writing one of a few words."""
    word = text.translate(_WIDE).strip(_ENDS).casefold()
    return word == "1" if kind == VOICE else word in _ANSWERS


def hear_replies(now: datetime) -> int:
    """One step of the worker: makes something of each reply, once; how many there were.

    Numbers of rows may be given out of their order: it looks back further than workers are many.
    """
    newest = CallWord.objects.order_by("-reply").values_list("reply", flat=True).first() or 0
    seen = CallWord.objects.filter(reply=OuterRef("pk"))
    rows = Reply.objects.filter(~Exists(seen), pk__gt=newest - _LOOK_BACK).order_by("pk")
    return sum(_hear(reply, now) for reply in rows[:_AT_ONCE])


def _hear(reply: Reply, now: datetime) -> int:
    confirms, named = is_answer(reply.kind, reply.text), named_by(reply)
    letter = _letter_for(reply) if named is None and reply.kind in (SMS, VOICE) else None
    if named is None and confirms and not (letter and _is_open(letter)):
        named = only_one(reply)
        letter = None if named else letter
    if named is not None:
        return _hear_of_risk(named, reply, now)
    confirms = confirms and letter is not None
    with transaction.atomic():
        if letter is not None:
            locked(letter.call_down_id)
        word = CallWord(reply=reply, letter=letter, is_answer=confirms)
        if not CallWord.objects.bulk_create([word], ignore_conflicts=True) or _is_taken(word):
            return 0
        if letter is not None and confirms:
            confirm_letter(letter, reply.kind, now)
    return 1


def _hear_of_risk(named: Answer, reply: Reply, now: datetime) -> int:
    """Answers a risk, once; by telephone only with the digit that confirms."""
    with transaction.atomic():
        word = CallWord(reply=reply, risk=named.risk)
        if not CallWord.objects.bulk_create([word], ignore_conflicts=True) or _is_taken(word):
            return 0
        if reply.kind != VOICE or is_answer(VOICE, reply.text):
            why_not = answer_risk(named, reply, now)
            CallWord.objects.filter(key=word.key).update(
                is_answer=not why_not, why_not=why_not[:256]
            )
    return 1


def _is_open(letter: CallLetter) -> bool:
    return letter.calls.filter(state__in=Call.OPEN).exists()


def _is_taken(word: CallWord) -> bool:
    """Whether another worker wrote it down before."""
    return not CallWord.objects.filter(key=word.key).exists()


def _letter_for(reply: Reply) -> CallLetter | None:
    """What a reply answers: of the letters that its address was asked by, the newest that is still
    open, else the newest of all."""
    notices = Notice.objects.filter(
        kind=reply.kind, address=reply.address, cause__startswith="call:",
        created_at__gt=reply.heard_at - _LATE,
    ).order_by("-pk")  # fmt: skip
    if reply.kind == VOICE and reply.notice_id:
        # A key answers the call in which it is pressed, whoever else was called there.
        notices = notices.filter(pk=reply.notice_id)
    keys = [cause.removeprefix("call:") for cause in notices.values_list("cause", flat=True)[:50]]
    letters = {one.key: one for one in CallLetter.objects.filter(key__in=keys)}
    found = [letters[key] for key in keys if key in letters]
    is_open = Call.objects.filter(letter__in=found, state__in=Call.OPEN)
    waiting = set(is_open.values_list("letter", flat=True))
    return next((one for one in found if one.pk in waiting), found[0] if found else None)


def confirm_letter(letter: CallLetter, way: str, now: datetime) -> int:
    """Writes a person's answer beside the calls of their letter; how many it settled.

    Called under the lock of the call-down.
    """
    one = letter.call_down
    calls = list(letter.calls.select_for_update())
    message = one.message
    with deed(Machine("anlan", now), CONFIRM, message.identifier,
              region=message.warning.region) as detail:  # fmt: skip
        done = answer(calls, way, now)
        detail |= {"calls": [call.key for call in calls], "way": way, "settled": done}
        settle(one, now)
    return done
