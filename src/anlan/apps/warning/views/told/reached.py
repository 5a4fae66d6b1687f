"""Whom the messages of a warning reached 送达情况: a part of its page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from anlan.apps.warning.acts import SEE
from anlan.apps.warning.queries import warning_for
from anlan.apps.warning.queries.audience.masses import masses
from anlan.apps.warning.queries.reached import reached
from anlan.desk.doors import asker_of, needs


@needs(SEE)
@require_safe
def part(request: HttpRequest, key: str) -> HttpResponse:
    """For each message how many were addressed and what became of it, and who is to be called."""
    asker = asker_of(request)
    found = warning_for(asker, key)
    facts = {"warning": found, "reached": reached(asker, found),
             "masses": masses(asker, found)}  # fmt: skip
    return render(request, "warning/case/reached.html", facts)
