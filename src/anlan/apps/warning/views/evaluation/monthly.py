"""The monthly report: its page, and its file in both languages."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from anlan.apps.people.actions import deed
from anlan.apps.warning.acts import EXPORT, SEE
from anlan.apps.warning.queries.evaluation import Span
from anlan.apps.warning.queries.evaluation.month import Month, month, month_span, pdf_of
from anlan.apps.warning.queries.paper import LANGUAGES
from anlan.apps.warning.views.evaluation.asked import choices
from anlan.apps.warning.views.evaluation.telling import lines_of, sections, title_of
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.terms.errors import Malformed
from anlan.terms.places import is_region

_UNPROCESSABLE = 422


@needs(SEE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The last month that is over, or the one asked for."""
    asker, told = asker_of(request), ""
    span = month_span(_last(asker), "")
    try:
        span = _asked(request, asker)
    except Malformed as error:
        told = error.message
    found = month(asker, span)
    facts = {
        "found": found, "title": title_of(found), "lines": lines_of(found), "told": told,
        "sections": sections(found), "chosen": f"{timezone.localtime(span.since):%Y-%m}",
        "latest": f"{timezone.localtime(asker.now):%Y-%m}", "region": span.region,
        "regions": choices(asker)["regions"], "may_export": asker.may(EXPORT),
    }  # fmt: skip
    status = _UNPROCESSABLE if told else 200
    return render(request, "warning/evaluation/month.html", facts, status=status)


@needs(EXPORT)
@require_safe
def sheet(request: HttpRequest, language: str) -> HttpResponse:
    """The same as PDF in zh or en; it leaves an audit line."""
    asker = asker_of(request)
    if language not in LANGUAGES:
        raise Http404
    span = _asked(request, asker)
    with deed(asker, EXPORT, "month", region=span.region) as detail:
        detail |= {"month": f"{timezone.localtime(span.since):%Y-%m}", "form": f"{language}.pdf"}
    found = month(asker, span)
    answer = HttpResponse(body_of(found, language), content_type="application/pdf")
    name = f"warnings-{timezone.localtime(span.since):%Y-%m}-{span.region or 'own'}.{language}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def body_of(found: Month, language: str) -> bytes:
    """The file; the same records give the same bytes."""
    with override(LANGUAGES[language]):
        lines = lines_of(found)
        told: dict[str, Any] = {
            "language": language, "country": "cn" if language == "zh" else "us",
            "title": title_of(found), "author": _("Anlan"), "lines": lines,
            "sections": sections(found), "foot": lines[0],
        }  # fmt: skip
        return pdf_of(told, found.as_of)


def _last(asker: Asker) -> date:
    """A day of the last month that is over."""
    return timezone.localtime(asker.now).date().replace(day=1) - timedelta(days=1)


def _asked(request: HttpRequest, asker: Asker) -> Span:
    """The month and the place of an address; Malformed naming what is wrong, Http404 for a place
    that is not the asker's."""
    text, region = request.GET.get("month", ""), request.GET.get("region", "")
    if region and (not is_region(region) or not asker.may(SEE, region)):
        raise Http404
    try:
        first = date.fromisoformat(f"{text}-01") if text else _last(asker)
        span = month_span(first, region)
    except (ValueError, OverflowError) as error:
        raise Malformed(_("A month is written such as 2026-07."), where="month") from error
    if span.since > asker.now:
        raise Malformed(_("This month has not begun."), where="month")
    return span
