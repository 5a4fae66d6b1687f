"""The outbox: what went out, to whom, what became of it; and once more."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.apps.people.actions.notices.outbox import retry
from anlan.apps.people.acts import RETRY_NOTICE, SEE_NOTICES
from anlan.apps.people.models import Notice
from anlan.apps.people.queries.notices import notice_for, notices
from anlan.apps.people.views.inside import person_in
from anlan.desk.doors import needs
from anlan.terms.errors import Refused

_PAGE = 50


@needs(SEE_NOTICES)
def listing(request: HttpRequest) -> HttpResponse:
    """The notices of the jurisdiction, the newest first."""
    person, state = person_in(request), request.GET.get("state", "")
    found = notices(person, state)
    after = notices(person).filter(key=request.GET.get("after", "")).first()
    if after is not None:
        found = found.filter(pk__lt=after.pk)
    rows = list(found[: _PAGE + 1])
    words = {
        "notices": rows[:_PAGE], "state": state, "states": Notice.State.choices,
        "may_retry": person.may(RETRY_NOTICE),
        "next": rows[_PAGE - 1].key if len(rows) > _PAGE else "",
    }  # fmt: skip
    return render(request, "people/records/notices.html", words)


@needs(RETRY_NOTICE)
@require_POST
def again(request: HttpRequest, key: str) -> HttpResponse:
    """Tries a notice again that was refused or given up."""
    try:
        retry(person_in(request), notice_for(person_in(request), key))
        messages.success(request, _("It is tried again."))
    except Refused as error:
        messages.error(request, str(error))
    return HttpResponseRedirect("/people/notices")
