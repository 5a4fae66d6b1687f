"""A warning as lists show it."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from anlan.apps.warning.models import Message, Signature, Warning
from anlan.apps.warning.queries.writing.content import put_content
from anlan.apps.warning.queries.writing.wording import marked
from anlan.terms.levels import Level


@dataclass(frozen=True, slots=True)
class Row:
    """out: as people know it · word: of its level · turn: the names of who is to sign, where it
    waits for them · due_at: when it is passed on."""

    one: Warning
    out: Warning
    word: str
    headline: str
    turn: str
    due_at: datetime | None


def rows_of(rows: Iterable[Warning]) -> list[Row]:
    """Warnings with whose turn it is; two queries beside."""
    found = list(rows)
    waiting: dict[int, list[Signature]] = {}
    signing = [w.pk for w in found if w.state in (Warning.State.REVIEWED, Warning.State.SIGNED)]
    if signing:
        for one in Signature.objects.filter(warning__in=signing, signed_at=None):
            waiting.setdefault(one.warning_id, []).append(one)
    last = _last_of([one for one in found if one.is_in_force and one.is_in_the_making])
    return [_row(one, as_out(one, last.get(one.pk)), waiting.get(one.pk, [])) for one in found]


def _last_of(found: list[Warning]) -> dict[int, Message]:
    """What was sent last of each."""
    if not found:
        return {}
    rows = Message.objects.filter(warning__in=found).defer("body").order_by("order")
    return {row.warning_id: row for row in rows}


def as_out(one: Warning, last: Message | None) -> Warning:
    """The warning as people know it: nobody was told yet of what follows in the making."""
    if last is None or not (one.is_in_force and one.is_in_the_making):
        return one
    out = copy(one)
    put_content(out, last.content)
    return out


def _row(one: Warning, out: Warning, waiting: list[Signature]) -> Row:
    dues = [seat.due_at for seat in waiting if seat.due_at]
    turn = "、".join(seat.asked_name for seat in waiting)
    if one.state == Warning.State.DRAFT:
        turn = one.writer_name
    word = Level(out.level).word or "none"
    return Row(one, out, word, headline(out), turn, min(dues, default=None))


def headline(warning: Warning) -> str:
    """Its headline in the reader's language, with the mark of a drill or a test."""
    is_english = (get_language() or "").startswith("en") and bool(warning.headline_en)
    language = "en" if is_english else "zh"
    text = getattr(warning, f"headline_{language}") or warning.event_zh
    return marked(text, warning.status, language)
