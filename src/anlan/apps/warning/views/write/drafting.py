"""A warning is begun: from an alarm by one press, or by hand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from anlan.apps.warning import actions
from anlan.apps.warning.acts import WRITE
from anlan.apps.warning.forms.fresh import FreshForm
from anlan.desk.doors import asker_of, needs
from anlan.terms.errors import AnlanError

_UNPROCESSABLE = 422


@needs(WRITE)
@require_POST
def from_alarm(request: HttpRequest, alarm: str) -> HttpResponse:
    """Drafts what the alarm suggests and opens the editor; back to the alarm where it cannot."""
    try:
        one = actions.draft_from_alarm(asker_of(request), alarm)
    except AnlanError as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(f"/alarms/{alarm}")
    return HttpResponseRedirect(f"/warnings/{one.key}/edit")


@needs(WRITE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Event, level, place and status; then the editor."""
    asker, told = asker_of(request), ""
    form = FreshForm(asker, request.POST or None)
    if form.is_valid():
        try:
            one = actions.draft(asker, **form.wanted)
        except AnlanError as error:
            told = str(error)
        else:
            return HttpResponseRedirect(f"/warnings/{one.key}/edit")
    facts = {"form": form, "told": told}
    return render(
        request, "warning/write/new.html", facts, status=_UNPROCESSABLE if form.is_bound else 200
    )
