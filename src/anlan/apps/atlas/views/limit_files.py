"""The page of a file of limits: what it would put in force, and the decision."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from anlan.apps.atlas.actions.limit_table import approve_file
from anlan.apps.atlas.acts import SEE_LIMITS
from anlan.apps.atlas.queries.limits import file_for
from anlan.apps.atlas.views.limits_decided import decided, verbs_of
from anlan.apps.atlas.views.limits_shown import file_facts
from anlan.desk.doors import asker_of, needs

_UNPROCESSABLE = 422
_VERBS = verbs_of(file_for, approve_file)


@needs(SEE_LIMITS)
def file(request: HttpRequest, key: str) -> HttpResponse:
    """Every limit of a file beside the one it replaces."""
    return _page(request, key)


@needs(SEE_LIMITS)
@require_POST
def decide(request: HttpRequest, key: str, verb: str) -> HttpResponse:
    """Approves, refuses or withdraws a file."""
    return decided(request, file_for(asker_of(request), key), verb, _VERBS, _page)


def _page(request: HttpRequest, key: str, *, told: str = "") -> HttpResponse:
    asker = asker_of(request)
    facts = file_facts(asker, file_for(asker, key)) | {"told": told}
    return render(request, "atlas/limits_file.html", facts, status=_UNPROCESSABLE if told else 200)
