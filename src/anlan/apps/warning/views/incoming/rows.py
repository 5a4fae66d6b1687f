"""An official warning as lists and the map show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from anlan.apps.warning.models import Incoming
from anlan.apps.warning.queries.writing.wording import marked


@dataclass(frozen=True, slots=True)
class Row:
    """headline: with the mark of a drill or a test · is_quiet: its feed is silent now."""

    one: Incoming
    headline: str
    state: str
    stands: bool
    is_quiet: bool


def rows_of(rows: Iterable[Incoming], now: datetime) -> list[Row]:
    """Official warnings as rows."""
    return [
        Row(one, headline(one), one.state(now), one.stands(now),
            one.feed.is_mute(now) or not one.feed.is_set)
        for one in rows
    ]  # fmt: skip


def headline(one: Incoming) -> str:
    """Its headline in the reader's language where it has it, marked where it is not actual."""
    is_english = (get_language() or "").startswith("en")
    first, second = one.headline_zh, one.headline_en
    if is_english:
        first, second = second, first
    language = "en" if is_english and one.headline_en else "zh"
    return marked(first or second or one.event_zh or one.event_en, one.status, language)
