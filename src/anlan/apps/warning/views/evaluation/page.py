"""What was warned of beside what happened, in a time that the asker names."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from anlan.apps.atlas.meaning import rule_title
from anlan.apps.people.actions import deed
from anlan.apps.warning.acts import EXPORT, SEE
from anlan.apps.warning.queries.evaluation import Evaluation, Tables, evaluation, tables
from anlan.apps.warning.views.evaluation.asked import asked, choices, usual
from anlan.apps.warning.views.evaluation.words import (
    event_name,
    lines_sheet,
    sheets,
    titled,
    verdict_word,
)
from anlan.apps.watch.queries.statistics import district_length
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.desk.tables import as_csv, as_xlsx
from anlan.terms.errors import Malformed
from anlan.terms.places import LENGTHS

_UNPROCESSABLE, _MOST_SHOWN = 422, 200


@needs(SEE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The figures, the warnings one by one, and what nobody was warned of."""
    asker, told, span = asker_of(request), "", usual(asker_of(request).now)
    try:
        span = asked(request, asker.now)
    except Malformed as error:
        told = error.message
    found = evaluation(asker, span)
    facts = choices(asker) | {
        "found": found, "told": told, "query": request.GET.urlencode(),
        "last_day": span.until - timedelta(days=1), "may_export": asker.may(EXPORT),
        "chosen": {"level": str(span.level), "warned": str(span.warned or "")},
        "lines": [(one, event_name(one.row), verdict_word(one.verdict))
                  for one in found.lines[:_MOST_SHOWN]],
        "missed": [(one, rule_title(one.rule)) for one in found.missed[:_MOST_SHOWN]],
        "most": _MOST_SHOWN, "tables": titled(_tables(asker, found)),
    }  # fmt: skip
    status = _UNPROCESSABLE if told else 200
    return render(request, "warning/evaluation/page.html", facts, status=status)


@needs(EXPORT)
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The same as a workbook, or its warnings as CSV; it leaves an audit line."""
    asker = asker_of(request)
    found = evaluation(asker, asked(request, asker.now))
    with deed(asker, EXPORT, "evaluation") as detail:
        detail |= {"rows": len(found.lines), "filters": request.GET.urlencode()[:300],
                   "form": form}  # fmt: skip
    name = f"evaluation-{timezone.localtime(found.span.since):%Y%m%d}"
    if form == "csv":
        return as_csv(lines_sheet(found), name)
    return as_xlsx(sheets(found, _tables(asker, found)), name)


def _tables(asker: Asker, found: Evaluation) -> Tables:
    """By the districts one below what is looked at."""
    width = len(found.span.region)
    below = next((n for n in sorted(LENGTHS.values()) if n > width), width)
    return tables(found, below if width else district_length(asker))
