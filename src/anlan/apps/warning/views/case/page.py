"""The page of a warning 预警页: what it says, whose turn it is, what was done, what can be done."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from anlan.apps.atlas.queries import region_path
from anlan.apps.people.asker import Person
from anlan.apps.warning.acts import OPEN_RISK, REVIEW, SEE, SIGN, WRITE
from anlan.apps.warning.models import Signature, Warning
from anlan.apps.warning.queries import may_approve, order_of, possible, remarks, warning_for
from anlan.apps.warning.queries.course.origin import origin_of
from anlan.apps.warning.queries.course.stages import POSSIBLE
from anlan.apps.warning.views.case.course import stages_of, trail_of
from anlan.apps.warning.views.case.verbs import DONE, VERBS
from anlan.apps.warning.views.rows import as_out, headline
from anlan.apps.warning.views.shown import to_be_said, was_said
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.desk.templatetags.desk import level_word
from anlan.terms.errors import AnlanError
from anlan.terms.levels import RAISED_LEVELS, Level

_UNPROCESSABLE = 422
_STATES = Warning.State
_NEXT = {_STATES.DRAFT: ("submit", WRITE), _STATES.SUBMITTED: ("review", REVIEW),
         _STATES.REVIEWED: ("sign", SIGN), _STATES.SIGNED: ("sign", SIGN),
         _STATES.ISSUED: ("update", WRITE), _STATES.UPDATED: ("update", WRITE)}  # fmt: skip
"""The act that is next in each state, and who would do it."""


@needs(SEE)
@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Everything about one warning."""
    asker = asker_of(request)
    return render(request, "warning/case/page.html", _facts(asker, warning_for(asker, key)))


@needs(SEE)
@require_POST
def act(request: HttpRequest, key: str, verb: str) -> HttpResponse:
    """Does one act and leads back; a refusal is told on the page as it stands now."""
    asker, do = asker_of(request), VERBS.get(verb)
    warning_for(asker, key)
    if do is None:
        raise Http404
    try:
        do(asker, key, request)
    except AnlanError as error:
        facts = _facts(asker, warning_for(asker, key)) | {"told": str(error)}
        facts |= {"entered": request.POST.get("reason", ""), "tried": verb}
        return render(request, "warning/case/page.html", facts, status=_UNPROCESSABLE)
    if verb in DONE:
        messages.success(request, str(DONE[verb]))
    return HttpResponseRedirect(f"/warnings/{key}")


def _facts(asker: Asker, one: Warning) -> dict[str, Any]:
    """What the page shows."""
    seats = list(one.signatures.filter(order=order_of(one) - (not one.is_in_the_making)))
    steps, sent = list(one.steps.all()), list(one.messages.order_by("-order"))
    said = [(message, was_said(message)) for message in sent]
    out = as_out(one, sent[0] if sent else None)
    return {
        "warning": one,
        "out": out,
        "origin": origin_of(asker, one),
        "word": Level(out.level).word,
        "headline": headline(out),
        "where": region_path(one.region),
        "making": _making(asker, one, seats) if one.is_in_the_making else None,
        "said": said,
        "stages": stages_of(one, steps, seats),
        "seats": seats,
        "trail": trail_of(steps, list(one.edits.all())),
        **_acts(asker, one),
    }


def _making(asker: Asker, one: Warning, seats: list[Signature]) -> Any:
    """What would be sent, before it is."""
    return to_be_said(one, [seat.organisation for seat in seats] or [one.owner], asker.now)


def _acts(asker: Asker, one: Warning) -> dict[str, Any]:
    """What the asker may do now, and why not what would be next."""
    may = dict.fromkeys(possible(asker, one), True)
    may["approve"] = may_approve(asker, one, asker.now) is None
    name, needed = _NEXT.get(_STATES(one.state), ("", ""))
    refusal = POSSIBLE[name](asker, one, asker.now) if name and asker.may(needed) else None
    return {
        "may": may,
        "may_open_risk": asker.may(OPEN_RISK),
        "why_not": refusal.text if refusal and not may["approve"] else "",
        "remarks": remarks(one, asker.now) if one.is_in_the_making else [],
        "has_second": isinstance(asker, Person) and bool(asker.user.second),
        "other_levels": [
            (int(n), level_word(n)) for n in reversed(RAISED_LEVELS) if n != one.level
        ],
    }
