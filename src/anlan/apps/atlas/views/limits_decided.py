"""A proposal is decided from its page: of one limit, or of a whole file."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy

from anlan.apps.atlas.actions.deciding import refuse, withdraw
from anlan.apps.atlas.models import Proposal
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, shown_version
from anlan.terms.errors import AnlanError

Find = Callable[[Asker, str], Proposal]
Approve = Callable[..., Any]
Verb = Callable[[Asker, str, HttpRequest], None]
_DONE = {
    "approve": gettext_lazy("Approved and entered."),
    "refuse": gettext_lazy("Refused."),
    "withdraw": gettext_lazy("Withdrawn."),
}


def verbs_of(find: Find, approve: Approve) -> dict[str, Verb]:
    """What can be decided on a kind of proposal; each verb reads its own fields."""

    def refused(asker: Asker, key: str, request: HttpRequest) -> None:
        reason = request.POST.get("reason", "")
        refuse(asker, find(asker, key), version=shown_version(request), reason=reason)

    def withdrawn(asker: Asker, key: str, request: HttpRequest) -> None:
        withdraw(asker, find(asker, key), version=shown_version(request))

    def approved(asker: Asker, key: str, request: HttpRequest) -> None:
        approve(asker, key, version=shown_version(request))

    return {"approve": approved, "refuse": refused, "withdraw": withdrawn}


def decided(
    request: HttpRequest, one: Proposal, verb: str, verbs: dict[str, Verb],
    page: Callable[..., HttpResponse],
) -> HttpResponse:  # fmt: skip
    """Does what a verb says and leads back; where that is refused, the page says why."""
    do = verbs.get(verb)
    if do is None:
        raise Http404
    try:
        do(asker_of(request), one.key, request)
    except AnlanError as error:
        return page(request, one.key, told=str(error))
    if verb in _DONE:
        messages.success(request, str(_DONE[verb]))
    return HttpResponseRedirect(f"/{one.target}")
