"""Words of the evaluation: of verdicts, of the names in its tables, of what it exports."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anlan.apps.atlas.meaning import pack_title, rule_title
from anlan.apps.atlas.queries import region_name
from anlan.apps.warning.queries.evaluation import Evaluation, Issued, Score, Tables, Verdict
from anlan.desk.tables import Sheet
from anlan.desk.templatetags.desk import level_word

Titled = list[tuple[str, str, list[tuple[str, Score]]]]


def titled(found: Tables) -> Titled:
    """The tables with their titles and keys, and their rows with names that people read."""
    return [
        ("kind", _("By hazard"), _named(found.by_kind, pack_title)),
        ("level", _("By level"), _named(found.by_level, _level)),
        ("region", _("By district"), _named(found.by_region, region_name)),
        ("rule", _("By rule"), _named(found.by_rule, _rule)),
        ("issuer", _("By issuer"), found.by_issuer),
    ]


def _named(rows: list[tuple[str, Score]], name_of: Callable[[str], str]) -> list[tuple[str, Score]]:
    return [(name_of(key), one) for key, one in rows]


def _rule(key: str) -> str:
    return rule_title(key) if key else _("written by hand")


def _level(number: str) -> str:
    return level_word(int(number))


def verdict_word(verdict: Verdict) -> str:
    """What became of a warning, in a word."""
    if verdict.is_false:
        return _("without an event")
    return _("hit") if verdict.hits else _("late")


def event_name(row: Issued) -> str:
    """What it warned of, in the reader's language: its headline says what was done last."""
    is_english = (get_language() or "").startswith("en")
    return (is_english and row.event_en) or row.event_zh


def sheets(found: Evaluation, by: Tables) -> list[Sheet]:
    """The workbook: warnings, events missed, figures, and a sheet for each table."""
    return [
        lines_sheet(found), *([_missed(found)] if found.counts_missed else []),
        Sheet(_("Figures"), (_("Figure"), _("Result")), _figures(found.total)),
        *(Sheet(title, _head(), [_counts(*row) for row in rows]) for _key, title, rows in
          titled(by)),
    ]  # fmt: skip


def lines_sheet(found: Evaluation) -> Sheet:
    """The warnings one by one; times are local, lead times in minutes."""
    head = (_("Warning"), _("Key"), _("Level"), _("District"), _("Issued by"), _("Issued at"),
            _("Verdict"), _("Hits"), _("Late events"), _("Near"),
            _("Lead time, minutes"))  # fmt: skip
    rows = [(event_name(one.row), one.row.key, level_word(one.verdict.warned.level),
             region_name(one.row.region), one.issuer, local(one.verdict.warned.issued_at),
             verdict_word(one.verdict), len(one.verdict.hits), len(one.verdict.late),
             len(one.verdict.near), minutes(one.verdict.lead_s))
            for one in found.lines]  # fmt: skip
    return Sheet(_("Warnings"), head, rows)


def _missed(found: Evaluation) -> Sheet:
    head = (_("Object"), _("Peak"), _("Rule"), _("Began"), _("Alarm"))
    rows = [(one.name, level_word(one.peak), rule_title(one.rule), local(one.began_at),
             one.key) for one in found.missed]  # fmt: skip
    return Sheet(_("Missed events"), head, rows)


def _head() -> tuple[str, ...]:
    return ("", _("Warnings"), _("Events"), _("Hits"), _("Late events"), _("Missed events"),
            _("Warnings without an event"), "POD", "FAR", "CSI",
            _("Median lead time, minutes"))  # fmt: skip


def _counts(name: str, one: Score) -> tuple[Any, ...]:
    return (name, one.warnings, one.events, one.hits, one.late, _told(one.misses), one.false,
            _told(one.pod), _told(one.far), _told(one.csi), minutes(one.lead_s))  # fmt: skip


def _told(number: float | None) -> float | str:
    return "—" if number is None else number


def _figures(total: Score) -> list[tuple[Any, ...]]:
    return [
        (_("Warnings judged"), total.warnings), (_("Hits"), total.hits),
        (_("Late events"), total.late), (_("Missed events"), _told(total.misses)),
        (_("Warnings without an event"), total.false), ("POD", _told(total.pod)),
        ("FAR", _told(total.far)), ("CSI", _told(total.csi)),
        (_("Median lead time, minutes"), minutes(total.lead_s)),
    ]  # fmt: skip


def minutes(seconds: float | None) -> float | None:
    """A length of time for a spreadsheet."""
    return None if seconds is None else round(seconds / 60, 1)


def local(moment: datetime | None) -> datetime | None:
    """Local time without a zone, as spreadsheets have it."""
    return None if moment is None else timezone.localtime(moment).replace(tzinfo=None)
