"""A risk as lists and its page show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.apps.atlas.queries import region_path
from anlan.apps.people.models import Notice
from anlan.apps.warning.models import Risk, RiskPush
from anlan.apps.warning.queries.risk.words import headline, kind_title
from anlan.terms.levels import Level

SEATS = {
    "enterprise": gettext_lazy("enterprise, or whoever owns the thing"),
    "grid": gettext_lazy("grid worker"),
    "town": gettext_lazy("town"),
    "department": gettext_lazy("department of the county"),
    "leader": gettext_lazy("leader of the county"),
}
WHATS = {
    "take": gettext_lazy("take over"),
    "report": gettext_lazy("report"),
    "close": gettext_lazy("close"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list. due: what is next, its word and by when · is_late: something is overdue."""

    one: Risk
    headline: str
    kind: str
    where: str
    word: str
    due: str
    due_at: datetime | None
    is_late: bool


def rows_of(rows: Iterable[Risk], now: datetime) -> list[Row]:
    """Risks as rows; no query beside."""
    return [_row(one, now) for one in rows]


def _row(one: Risk, now: datetime) -> Row:
    late = one.late(now)
    what = late or next(iter(one.due()), "")
    return Row(
        one, headline(one), kind_title(one.pack, one.kind), region_path(one.region),
        Level(one.level).word or "none", str(WHATS[what]) if what else "",
        one.due().get(what), bool(late),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PushRow:
    """One who was told: for which seat and why, and what became of each letter."""

    one: RiskPush
    seat: str
    gap: str
    line: str
    notices: list[Notice]


def pushes_of(risk: Risk) -> list[PushRow]:
    """Who was told, in order; one query for all receipts."""
    rows = list(risk.pushes.all())
    keys = {key for one in rows for key in one.ways.values()}
    sent = {n.key: n for n in Notice.objects.filter(key__in=keys).defer("text", "body")}
    return [
        PushRow(one, str(SEATS.get(one.seat, "")), str(one.get_gap_display() if one.gap else ""),
                line_words(one.line_region, one.rank),
                [sent[key] for key in one.ways.values() if key in sent])
        for one in rows
    ]  # fmt: skip


def line_words(region: str, rank: int) -> str:
    """Which line of the responsibility tree somebody stands on."""
    if not region:
        return ""
    words = {"place": region_path(region), "n": rank}
    return _("%(place)s, step %(n)d of the responsibility tree") % words


def planned(told: Iterable[Any]) -> list[dict[str, Any]]:
    """The lines of a plan as its preview shows them."""
    return [
        {
            "told": one,
            "seat": SEATS[one.seat],
            "gap": RiskPush.Gap(one.gap).label if one.gap else "",
            "line": line_words(one.line.region, one.rank) if one.line else "",
        }
        for one in told
    ]
