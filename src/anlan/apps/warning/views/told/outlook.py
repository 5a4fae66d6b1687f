"""Who will be told 将告知谁: a part of a warning's page before it is signed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from anlan.apps.warning.acts import SEE
from anlan.apps.warning.queries import warning_for
from anlan.apps.warning.queries.audience.outlook import outlook
from anlan.desk.doors import asker_of, needs


@needs(SEE)
@require_safe
def part(request: HttpRequest, key: str) -> HttpResponse:
    """Who is in the area, who will be told by what, and whom it concerns most."""
    asker = asker_of(request)
    found = warning_for(asker, key)
    facts = {"warning": found, "told": outlook(asker, found) if found.is_in_the_making else None}
    return render(request, "warning/case/outlook.html", facts)
