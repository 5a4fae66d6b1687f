"""A risk is opened: its form, the plan with its reasons, and only then the push."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from anlan.apps.people.models.naming import new_key
from anlan.apps.warning.actions.risk import open_risk
from anlan.apps.warning.acts import OPEN_RISK
from anlan.apps.warning.forms.risk import RiskForm
from anlan.apps.warning.queries.risk import Facts, from_source, plan_for, read_facts
from anlan.apps.warning.views.risk.rows import planned
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.terms.errors import AnlanError

_UNPROCESSABLE = 422


@needs(OPEN_RISK)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form; with what it says the plan; and with the plan that was looked at the push."""
    asker, told, facts = asker_of(request), "", None
    origin = request.POST.get("from", "") or request.GET.get("from", "")
    form = RiskForm(asker, request.POST or None, initial=_suggested(asker, origin))
    if form.is_valid():
        try:
            facts = read_facts(asker, form.written(origin))
            if request.POST.get("plan"):
                one = open_risk(asker, facts, plan=request.POST["plan"],
                                key=request.POST.get("key", ""))  # fmt: skip
                return HttpResponseRedirect(f"/warnings/risks/{one.key}")
        except AnlanError as error:
            told = str(error)
    words = {"form": form, "told": told, "origin": origin, **_plan(asker, facts)}
    is_wrong = bool(told) or (form.is_bound and not form.is_valid())
    return render(request, "warning/risk/new.html", words,
                  status=_UNPROCESSABLE if is_wrong else 200)  # fmt: skip


def _suggested(asker: Asker, origin: str) -> dict[str, Any]:
    """What the alarm or the warning fills in."""
    if not origin:
        return {}
    found = from_source(asker, origin)
    event = f"{found['pack']}:{found['kind']}" if found["kind"] else ""
    names = ("level", "region", "text")
    return {name: found[name] for name in names} | {
        "event": event, "thing": found["thing_name"] and found["thing"],
    }  # fmt: skip


def _plan(asker: Asker, facts: Facts | None) -> dict[str, Any]:
    """Who would be told, why, by what way and by when."""
    if facts is None:
        return {}
    plan = plan_for(facts, asker.now, asker.key)
    return {
        "plan": plan,
        "facts": facts,
        "lines": planned(plan.told),
        "is_in_plan": any(one.is_holder for one in plan.told),
        "dues": [(what, plan.by(what, asker.now)) for what in ("take", "report", "close")],
        "key": new_key(),
    }
