"""The page of the rules in force 规则: read only."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.apps.atlas.acts import SEE_RULES
from anlan.apps.atlas.queries.rules import rule_books, shadows
from anlan.apps.atlas.views.limits_shown import difference_facts
from anlan.desk.doors import asker_of, needs
from anlan.terms.errors import Unavailable


@needs(SEE_RULES)
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule in force with what it rests on, and what shadow runs say differently."""
    facts: dict[str, Any] = {"books": [], "told": ""}
    try:
        facts["books"] = rule_books()
    except Unavailable as error:
        facts["told"] = str(error)
    facts["shadows"] = [
        (one, [difference_facts(told) for told in one.differences])
        for one in shadows(asker_of(request))
    ]
    return render(request, "atlas/rules.html", facts)
