"""The page of a file of limits: what it would put in force, and the decision."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from anlan.apps.atlas.actions.deciding import refuse, withdraw
from anlan.apps.atlas.actions.limit_table import approve_file
from anlan.apps.atlas.acts import SEE_LIMITS
from anlan.apps.atlas.queries.limits import file_for
from anlan.apps.atlas.views.limits import DONE, shown_version
from anlan.apps.atlas.views.limits_shown import file_facts
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.terms.errors import AnlanError

_UNPROCESSABLE = 422


@needs(SEE_LIMITS)
def file(request: HttpRequest, key: str) -> HttpResponse:
    """Every limit of a file beside the one it replaces."""
    return _page(request, key)


@needs(SEE_LIMITS)
@require_POST
def decide(request: HttpRequest, key: str, verb: str) -> HttpResponse:
    """Approves, refuses or withdraws a file."""
    do = _VERBS.get(verb)
    if do is None:
        raise Http404
    try:
        do(asker_of(request), key, request)
    except AnlanError as error:
        return _page(request, key, told=str(error))
    messages.success(request, str(DONE[verb]))
    return HttpResponseRedirect(f"/limits/files/{key}")


def _approve(asker: Asker, key: str, request: HttpRequest) -> None:
    approve_file(asker, key, version=shown_version(request))


def _refuse(asker: Asker, key: str, request: HttpRequest) -> None:
    reason = request.POST.get("reason", "")
    refuse(asker, file_for(asker, key), version=shown_version(request), reason=reason)


def _withdraw(asker: Asker, key: str, request: HttpRequest) -> None:
    withdraw(asker, file_for(asker, key), version=shown_version(request))


_VERBS: dict[str, Callable[[Asker, str, HttpRequest], None]] = {
    "approve": _approve, "refuse": _refuse, "withdraw": _withdraw,
}  # fmt: skip


def _page(request: HttpRequest, key: str, *, told: str = "") -> HttpResponse:
    asker = asker_of(request)
    facts: dict[str, Any] = file_facts(asker, file_for(asker, key))
    status = _UNPROCESSABLE if told else 200
    return render(request, "atlas/limits_file.html", {**facts, "told": told}, status=status)
