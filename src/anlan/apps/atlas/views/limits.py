"""The pages of limits 阈值: over time, a proposal with its preview, the decision of another."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.apps.atlas.actions import limits as does
from anlan.apps.atlas.actions.limits_preview import begin, collect
from anlan.apps.atlas.acts import PROPOSE_LIMITS, SEE_LIMITS
from anlan.apps.atlas.forms.limits import ProposalForm, start_of
from anlan.apps.atlas.models import LimitChange, Sensor
from anlan.apps.atlas.queries.limits import (
    change_for,
    changes,
    files,
    limited_objects,
    lines_of,
    sensor_for,
    why_not_propose,
)
from anlan.apps.atlas.queries.objects import object_for, sensors_of
from anlan.apps.atlas.views.limits_decided import decided, verbs_of
from anlan.apps.atlas.views.limits_shown import (
    change_facts,
    changes_facts,
    line_facts,
    sensor_title,
)
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.terms.errors import AnlanError

_PAGE, _RECENT, _MOST_WAITING, _UNPROCESSABLE = 50, 20, 100, 422
_WAITS = LimitChange.State.PROPOSED


@needs(SEE_LIMITS)
def limits(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, what was decided, and the objects that have limits."""
    asker, text = asker_of(request), request.GET.get("q", "").strip()[:64]
    found = limited_objects(asker, text).filter(key__gt=request.GET.get("after", "")[:128])
    rows = list(found[: _PAGE + 1])
    facts = {
        "waiting": _waiting(asker, changes(asker)),
        "files": files(asker).filter(state=_WAITS).defer("rows")[:_MOST_WAITING],
        "decided": changes_facts(asker, changes(asker).exclude(state=_WAITS)[:_RECENT]),
        "objects": rows[:_PAGE],
        "q": text,
        "next": rows[_PAGE - 1].key if len(rows) > _PAGE else "",
    }
    return render(request, "atlas/limits.html", facts)


@needs(SEE_LIMITS)
def thing(request: HttpRequest, key: str) -> HttpResponse:
    """The limits of an object over time, with a form for each of its sensors."""
    return _thing(request, key)


@needs(PROPOSE_LIMITS)
@require_POST
def propose(request: HttpRequest, key: str) -> HttpResponse:
    """Proposes a limit and begins its preview; what is wrong is shown beside the form."""
    asker = asker_of(request)
    sensor, form = sensor_for(asker, key), ProposalForm(request.POST)
    if not form.is_valid():
        return _thing(request, sensor.object_key, form=form, sensor=key)
    try:
        change = does.propose(asker, key, form.wanted)
    except AnlanError as error:
        form.add_error(None, str(error))
        return _thing(request, sensor.object_key, form=form, sensor=key)
    begin(asker, change)
    messages.success(request, _("Proposed. Another person has to approve it."))
    return HttpResponseRedirect(f"/limits/changes/{change.key}")


@needs(SEE_LIMITS)
def change(request: HttpRequest, key: str) -> HttpResponse:
    """A proposal with its preview; for HTMX only the preview, until it is there."""
    return _change(request, key)


@needs(SEE_LIMITS)
@require_POST
def decide(request: HttpRequest, key: str, verb: str) -> HttpResponse:
    """Approves, refuses or withdraws a proposal, or runs its preview again."""
    return decided(request, change_for(asker_of(request), key), verb, _VERBS, _change)


def _preview(asker: Asker, key: str, request: HttpRequest) -> None:
    one = change_for(asker, key)
    collect(one)
    facts = change_facts(asker, one)
    if one.state == _WAITS and facts["preview_state"] != "running":
        begin(asker, one)


_VERBS = {**verbs_of(change_for, does.approve), "preview": _preview}


def _change(request: HttpRequest, key: str, *, told: str = "") -> HttpResponse:
    asker = asker_of(request)
    one = change_for(asker, key)
    collect(one)
    facts = change_facts(asker, one) | {"told": told}
    is_part = request.headers.get("HX-Request") and not told
    page = "limits_preview.html" if is_part else "limits_change.html"
    return render(request, f"atlas/{page}", facts, status=_UNPROCESSABLE if told else 200)


def _thing(
    request: HttpRequest, key: str, *, form: ProposalForm | None = None, sensor: str = ""
) -> HttpResponse:
    asker = asker_of(request)
    found = object_for(asker, key)
    facts = {
        "object": found,
        "points": [
            _point(asker, one, form=form if one.key == sensor else None)
            for one in sensors_of(asker, key)
        ],
        "waiting": _waiting(asker, changes(asker).filter(object_key=key)),
        "back": f"/objects/{quote(key)}",
    }
    return render(
        request, "atlas/limits_object.html", facts, status=_UNPROCESSABLE if form else 200
    )


def _waiting(asker: Asker, rows: QuerySet[LimitChange]) -> list[dict[str, Any]]:
    """What waits for a decision, with the previews that have come."""
    found = list(rows.filter(state=_WAITS)[:_MOST_WAITING])
    for one in found:
        collect(one)
    return changes_facts(asker, found)


def _point(asker: Asker, sensor: Sensor, *, form: ProposalForm | None) -> dict[str, Any]:
    """A sensor with its limits over time and the form for another."""
    lines = lines_of(sensor.key, asker.now)
    may = why_not_propose(asker, sensor) is None
    if may and form is None:
        form = ProposalForm(initial=start_of(lines, asker.now), auto_id=f"id_{sensor.handle}_%s")
    return {
        "sensor": sensor,
        "title": sensor_title(sensor),
        "lines": [line_facts(line, sensor) for line in lines],
        "form": form if may else None,
    }
