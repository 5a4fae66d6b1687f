"""The monthly report: its page, and its file in both languages."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anlan.apps.people.actions import deed
from anlan.apps.warning.actions.reporting import close_month
from anlan.apps.warning.acts import CLOSE_MONTH, EXPORT, SEE
from anlan.apps.warning.models import MonthReport
from anlan.apps.warning.queries.evaluation import Span
from anlan.apps.warning.queries.evaluation.month import (
    Month,
    closed,
    month,
    month_of,
    month_span,
    pdf_of,
)
from anlan.apps.warning.queries.paper import LANGUAGES
from anlan.apps.warning.views.evaluation.asked import choices
from anlan.apps.warning.views.evaluation.telling import closing_of, words_in
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs, shown_version
from anlan.terms.errors import AnlanError, Malformed
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
    return _shown(request, span, told)


def _shown(request: HttpRequest, span: Span, told: str) -> HttpResponse:
    """The report as it was closed, else as it is now."""
    asker = asker_of(request)
    found, report = month(asker, span), closed(span)
    language = "en" if (get_language() or "").startswith("en") else "zh"
    now = words_in(found, language)
    kept = report.told[language] if report else now
    wants_now = report is not None and request.GET.get("now") == "1"
    facts = {
        "found": found, "told": told, "said": now if wants_now else kept, "report": report,
        "is_now": wants_now, "is_newer": now["sections"] != kept["sections"],
        "chosen": month_of(span), "latest": f"{timezone.localtime(asker.now):%Y-%m}",
        "region": span.region, "regions": choices(asker)["regions"],
        "may_export": asker.may(EXPORT), "number": report.number if report else 0,
        "may_close": found.is_over and bool(span.region) and asker.may(CLOSE_MONTH, span.region),
    }  # fmt: skip
    status = _UNPROCESSABLE if told else 200
    return render(request, "warning/evaluation/month.html", facts, status=status)


@needs(CLOSE_MONTH)
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Closes the report as it stands, and leads back; a refusal is told on the page."""
    asker, span = asker_of(request), _asked(request, asker_of(request))
    found = month(asker, span)
    try:
        close_month(
            asker, span, told={name: words_in(found, name) for name in LANGUAGES},
            as_of=found.as_of, number=shown_version(request),
            reason=request.POST.get("reason", ""),
        )  # fmt: skip
    except AnlanError as error:
        return _shown(request, span, str(error))
    messages.success(request, _("Closed: what is handed in stays as it is."))
    query = urlencode({"month": month_of(span), "region": span.region})
    return HttpResponseRedirect(f"/warnings/evaluation/month?{query}")


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
    report = None if request.GET.get("now") == "1" else closed(span)
    body = body_as_closed(report, language) if report else body_of(month(asker, span), language)
    answer = HttpResponse(body, content_type="application/pdf")
    name = f"warnings-{timezone.localtime(span.since):%Y-%m}-{span.region or 'own'}.{language}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


def body_of(found: Month, language: str) -> bytes:
    """The file; the same records give the same bytes."""
    return _body(words_in(found, language), language, found.as_of)


def body_as_closed(report: MonthReport, language: str) -> bytes:
    """The file of a report as it was closed: the same bytes for ever."""
    said = report.told[language]
    with override(LANGUAGES[language]):
        lines = [*said["lines"], closing_of(report)]
    return _body({**said, "lines": lines}, language, report.as_of)


def _body(said: dict[str, Any], language: str, at: datetime) -> bytes:
    with override(LANGUAGES[language]):
        told: dict[str, Any] = {
            "language": language, "country": "cn" if language == "zh" else "us",
            "author": _("Anlan"), "foot": said["lines"][0], **said,
        }  # fmt: skip
    return pdf_of(told, at)


def _last(asker: Asker) -> date:
    """A day of the last month that is over."""
    return timezone.localtime(asker.now).date().replace(day=1) - timedelta(days=1)


def _asked(request: HttpRequest, asker: Asker) -> Span:
    """The month and the place of an address; Malformed naming what is wrong, Http404 for a place
    that is not the asker's."""
    query = request.POST if request.method == "POST" else request.GET
    text, region = query.get("month", ""), query.get("region", "")
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
