"""What the gateway's answer means for a message. No network."""

import json
import re
from dataclasses import dataclass
from typing import Any

from anlan.channels import Fault, Receipt, one_line
from anlan.channels.sms.web.gateway import Verdict
from anlan.channels.web.answer import Answer, receipt_of

_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Said:
    """What stands at the places of the answer; empty where nothing does."""

    verdict: str = ""
    reference: str = ""
    why: str = ""


def at(place: str, told: Any) -> Any:
    """What stands at a place such as `data.0.id`, None where nothing does; the whole for ""."""
    for step in filter(None, place.split(".")):
        if isinstance(told, dict):
            told = told.get(step)
        elif isinstance(told, list) and step.isdecimal() and int(step) < len(told):
            told = told[int(step)]
        else:
            return None
    return told


def text_at(place: str, told: Any) -> str:
    """The same as one line of text; empty for what is none."""
    found = at(place, told) if place else None
    if isinstance(found, bool):
        return str(found).lower()
    return one_line(str(found)) if isinstance(found, str | int | float) else ""


def said_in(body: bytes, where: Verdict) -> Said:
    """What an answer says; nothing where it cannot be read."""
    text = body.decode("utf-8", "replace")
    if where.pattern:
        found = re.search(where.pattern, text)
        groups = found.groupdict() if found else {}
        return Said(*(one_line(groups.get(name) or "") for name in ("verdict", "reference", "why")))
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return Said()
    return Said(
        text_at(where.verdict, told), text_at(where.reference, told), text_at(where.why, told)
    )


def receipt(answer: Answer, said: Said, where: Verdict, *, key: str, now_ms: int) -> Receipt:
    """Accepted under the gateway's own name of it, or under our key where it gives none.

    What no list names is tried again: a warning that is told twice is better than one that is not.
    """
    reference = said.reference[:_LONGEST] or key
    if not where.accepted or not said.verdict:
        return _by_status(answer, where, reference=reference, now_ms=now_ms)
    if said.verdict in where.accepted:
        return Receipt.accepted(now_ms, reference)
    told = f"the gateway says {said.verdict} {said.why}".strip()
    if said.verdict in where.refused:
        return Receipt.refused(now_ms, Fault.RECIPIENT, told)
    if said.verdict in where.settings:
        return Receipt.failed(now_ms, Fault.SETTINGS, told)
    return Receipt.failed(now_ms, Fault.BUSY, told)


def _by_status(answer: Answer, where: Verdict, *, reference: str, now_ms: int) -> Receipt:
    found = receipt_of(answer, now_ms=now_ms)
    if 200 <= answer.status < 300:
        if where.accepted:
            return Receipt.failed(now_ms, Fault.ANSWER, "the gateway's answer holds no verdict")
        return Receipt.accepted(now_ms, reference)
    if not found.may_retry:
        # It is the request that is wrong, not the number: nobody is lost by our own mistake.
        return Receipt.failed(now_ms, Fault.SETTINGS, found.reason)
    return found
