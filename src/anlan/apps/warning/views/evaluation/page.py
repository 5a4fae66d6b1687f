"""What was warned of beside what happened, in a time that the asker names."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.apps.people.actions import deed
from anlan.apps.warning.acts import EXPORT, SEE
from anlan.apps.warning.queries.evaluation import Evaluation, Line, Score, Span, evaluation
from anlan.desk.doors import asker_of, needs
from anlan.desk.tables import Sheet, as_xlsx
from anlan.desk.templatetags.desk import level_word
from anlan.terms.errors import Malformed

_UNPROCESSABLE, _MOST_SHOWN = 422, 200
_DAYS = 30
_LEVELS = (2, 3, 4)


@needs(SEE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The figures, the warnings one by one, and what nobody was warned of."""
    asker, told, span = asker_of(request), "", _usual(asker_of(request).now)
    try:
        span = _asked(request, asker.now)
    except Malformed as error:
        told = error.message
    found = evaluation(asker, span)
    facts = {
        "found": found, "told": told, "query": request.GET.urlencode(),
        "last_day": span.until - timedelta(days=1), "may_export": asker.may(EXPORT),
        "levels": [(n, level_word(n)) for n in _LEVELS],
        "lines": [(one, _name(one), _word(one)) for one in found.lines[:_MOST_SHOWN]],
        "missed": found.missed[:_MOST_SHOWN],
        "tables": [(_("By event"), found.by_event), (_("By issuer"), found.by_issuer)],
    }  # fmt: skip
    status = _UNPROCESSABLE if told else 200
    return render(request, "warning/evaluation/page.html", facts, status=status)


@needs(EXPORT)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same as a workbook: warnings, events missed, figures; it leaves an audit line."""
    asker = asker_of(request)
    found = evaluation(asker, _asked(request, asker.now))
    with deed(asker, EXPORT, "evaluation") as detail:
        detail |= {"rows": len(found.lines), "filters": request.GET.urlencode()[:300]}
    name = f"evaluation-{timezone.localtime(found.span.since):%Y%m%d}"
    return as_xlsx(_sheets(found), name)


def _usual(now: datetime) -> Span:
    """The last thirty days, today among them."""
    return _span(timezone.localtime(now).date() - timedelta(days=_DAYS - 1),
                 timezone.localtime(now).date(), 3)  # fmt: skip


def _span(first: date, last: date, level: int) -> Span:
    zone = timezone.get_current_timezone()
    begins = datetime.combine(first, time.min, zone)
    return Span(begins, datetime.combine(last + timedelta(days=1), time.min, zone), level)


def _asked(request: HttpRequest, now: datetime) -> Span:
    """The time and level of the address; Malformed naming what is wrong."""
    usual, asked = _usual(now), request.GET
    try:
        first = date.fromisoformat(asked.get("since") or f"{timezone.localtime(usual.since):%F}")
        last = date.fromisoformat(asked.get("until") or f"{timezone.localtime(now):%F}")
        found = _span(first, last, int(asked.get("level") or usual.level))
    except (ValueError, OverflowError) as error:
        raise Malformed(_("A day is written such as 2026-07-21."), where="since") from error
    if found.level not in _LEVELS:
        raise Malformed(_("A level is 2, 3 or 4."), where="level")
    if not timedelta(0) < found.until - found.since <= timedelta(days=367):
        raise Malformed(_("At most a year, and the end after the beginning."), where="until")
    return found


def _word(line: Line) -> str:
    """What became of a warning, in a word."""
    if line.verdict.is_false:
        return _("without an event")
    return _("hit") if line.verdict.hits else _("late")


def _name(line: Line) -> str:
    """What it warned of, in the reader's language: its headline says what was done last."""
    is_english = (get_language() or "").startswith("en")
    return (is_english and line.row.event_en) or line.row.event_zh


def _sheets(found: Evaluation) -> list[Sheet]:
    head = (_("Warning"), _("Level"), _("Issued by"), _("Issued at"), _("Verdict"),
            _("Hits"), _("Late events"), _("Near"), _("Lead time, minutes"))  # fmt: skip
    rows = [(_name(one), level_word(one.row.level), one.issuer,
             _local(one.verdict.warned.issued_at), _word(one), len(one.verdict.hits),
             len(one.verdict.late), len(one.verdict.near), _minutes(one.verdict.lead_s))
            for one in found.lines]  # fmt: skip
    missed = [(one.object_name, level_word(one.peak), one.rule, _local(one.first_at), one.key)
              for one in found.missed]  # fmt: skip
    lost = (_("Object"), _("Peak"), _("Rule"), _("Began"), _("Alarm"))
    return [Sheet(_("Warnings"), head, rows), Sheet(_("Missed events"), lost, missed),
            Sheet(_("Figures"), (_("Figure"), _("Result")), _figures(found.total))]  # fmt: skip


def _figures(total: Score) -> list[tuple[Any, ...]]:
    return [
        (_("Warnings judged"), total.warnings), (_("Hits"), total.hits),
        (_("Late events"), total.late), (_("Missed events"), total.misses),
        (_("Warnings without an event"), total.false), ("POD", total.pod), ("FAR", total.far),
        ("CSI", total.csi), (_("Median lead time, minutes"), _minutes(total.lead_s)),
    ]  # fmt: skip


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _local(moment: datetime) -> datetime:
    """Local time without a zone, as spreadsheets have it."""
    return timezone.localtime(moment).replace(tzinfo=None)
