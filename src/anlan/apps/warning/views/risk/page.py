"""The page of a risk: what it is, who is in charge, who was told, what was done, what can be."""

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.apps.warning.actions import risk as actions
from anlan.apps.warning.acts import RISK_DONE, SEE_RISKS
from anlan.apps.warning.models import Call, Risk
from anlan.apps.warning.queries.course.origin import origin_of
from anlan.apps.warning.queries.risk import (
    candidates,
    picture_for,
    possible,
    pushing_of,
    refusal,
    risk_for,
)
from anlan.apps.warning.views.risk.rows import WHATS, pushes_of, rows_of
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs, shown_version
from anlan.terms.errors import AnlanError

_UNPROCESSABLE = 422
_NEXT = {"pushed": "take", "taken": "report", "asked": "close"}
Verb = Callable[[Asker, str, HttpRequest], actions.Done]


def _with(do: Callable[..., actions.Done], *names: str) -> Verb:
    """An act that takes texts under these names."""

    def verb(asker: Asker, key: str, request: HttpRequest) -> actions.Done:
        words = {name: request.POST.get(name, "") for name in names}
        return do(asker, key, version=shown_version(request), **words)

    return verb


def _report(asker: Asker, key: str, request: HttpRequest) -> actions.Done:
    pictures = [cast(BinaryIO, one) for one in request.FILES.getlist("pictures")]
    return actions.report(asker, key, version=shown_version(request),
                          text=request.POST.get("text", ""), pictures=pictures)  # fmt: skip


VERBS: dict[str, Verb] = {
    "take": _with(actions.take),
    "report": _report,
    "ask": _with(actions.ask, "text"),
    "close": _with(actions.close, "text"),
    "send_back": _with(actions.send_back, "text"),
    "assign": _with(actions.assign, "to", "text"),
}
_DONE = {
    "take": _("Taken over."),
    "report": _("Reported."),
    "ask": _("Whoever verifies has been told."),
    "close": _("Closed."),
    "send_back": _("Sent back; whoever is in charge sees your reason."),
    "assign": _("Somebody else is in charge now, and has been told."),
}
_UNREACHED = {
    "ask": _("Asked to close; nothing reaches whoever verifies: call them."),
    "send_back": _("Sent back; nothing reaches whoever is in charge: call them."),
    "assign": _("Somebody else is in charge now; nothing reaches them: call them."),
}
_BY = {"sms": Call.Way.SMS.label, "voice": Call.Way.VOICE.label}
_NOBODY = _("Asked to close; nobody here may verify it: ask the office above.")


@needs(SEE_RISKS)
@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Everything about one risk."""
    asker = asker_of(request)
    return render(request, "warning/risk/page.html", _facts(asker, risk_for(asker, key)))


@needs(SEE_RISKS)
@require_POST
def act(request: HttpRequest, key: str, verb: str) -> HttpResponse:
    """Does one act and leads back; a refusal is told on the page as it stands now."""
    asker, do = asker_of(request), VERBS.get(verb)
    risk_for(asker, key)
    if do is None:
        raise Http404
    try:
        done = do(asker, key, request)
    except AnlanError as error:
        facts = _facts(asker, risk_for(asker, key)) | {"told": str(error), "tried": verb}
        facts |= {"entered": request.POST.get("text", "")}
        return render(request, "warning/risk/page.html", facts, status=_UNPROCESSABLE)
    _say(request, verb, done)
    return HttpResponseRedirect(f"/warnings/risks/{key}")


def _say(request: HttpRequest, verb: str, done: actions.Done) -> None:
    """Tells what was done, and whether whoever is to know of it is reached."""
    if verb == "ask" and not (done.reached or done.missed):
        messages.warning(request, str(_NOBODY))
    elif verb in _UNREACHED and not done.reached:
        messages.warning(request, str(_UNREACHED[verb]))
    else:
        messages.success(request, str(_DONE[verb]))


@needs(SEE_RISKS)
@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """A picture of a report."""
    with picture_for(asker_of(request), key).file.open("rb") as file:
        answer = HttpResponse(file.read(), content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _facts(asker: Asker, one: Risk) -> dict[str, Any]:
    may, late = possible(asker, one), one.late(asker.now)
    return {
        "risk": one,
        "row": rows_of([one], asker.now)[0],
        "dues": [(WHATS[what], at, at <= asker.now) for what, at in one.due().items()],
        "late": late,
        "pushes": pushes_of(one),
        "pushing": pushing_of(one.pack, one.level),
        "steps": [(step, RISK_DONE.get(step.kind, step.kind), WHATS.get(step.detail.get("what")),
                   _BY.get(step.detail.get("way")))
                  for step in one.steps.prefetch_related("pictures")],
        "unused": one.words.filter(is_answer=False).select_related("reply"),
        "may": dict.fromkeys(may, True),
        "why_not": "" if may else refusal(asker, _NEXT.get(one.state, ""), one) or "",
        "candidates": candidates(asker, one) if "assign" in may else [],
        "source_url": origin_of(asker, one).page,
    }  # fmt: skip
