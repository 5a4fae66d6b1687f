"""A warning as lists show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from anlan.apps.warning.models import Signature, Warning
from anlan.apps.warning.queries.wording import marked
from anlan.terms.levels import Level


@dataclass(frozen=True, slots=True)
class Row:
    """word: of the level · turn: the names of who is to sign, where it waits for them · due_at:
    when it is passed on."""

    one: Warning
    word: str
    headline: str
    turn: str
    due_at: datetime | None


def rows_of(rows: Iterable[Warning]) -> list[Row]:
    """Warnings with whose turn it is; one query beside."""
    found = list(rows)
    waiting: dict[int, list[Signature]] = {}
    signing = [w.pk for w in found if w.state in (Warning.State.REVIEWED, Warning.State.SIGNED)]
    if signing:
        for one in Signature.objects.filter(warning__in=signing, signed_at=None):
            waiting.setdefault(one.warning_id, []).append(one)
    return [_row(one, waiting.get(one.pk, [])) for one in found]


def _row(one: Warning, waiting: list[Signature]) -> Row:
    dues = [seat.due_at for seat in waiting if seat.due_at]
    turn = "、".join(seat.asked_name for seat in waiting)
    if one.state == Warning.State.DRAFT:
        turn = one.writer_name
    return Row(one, Level(one.level).word or "none", headline(one), turn, min(dues, default=None))


def headline(warning: Warning) -> str:
    """Its headline in the reader's language, with the mark of a drill or a test."""
    is_english = (get_language() or "").startswith("en") and bool(warning.headline_en)
    language = "en" if is_english else "zh"
    text = getattr(warning, f"headline_{language}") or warning.event_zh
    return marked(text, warning.status, language)
