"""The alarm page 报警页: the facts in order of time, and what can be done about them."""

import json
from typing import Any

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.apps.atlas.meaning import guidance, rule_title, told
from anlan.apps.atlas.queries import region_path, sensors_of
from anlan.apps.people.queries import responsible_for
from anlan.apps.watch.acts import DONE
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries import (
    alarm_for,
    deadlines_of,
    parts_of,
    picture_for,
    timeline,
)
from anlan.apps.watch.queries.gates import assignable, people_of, possible, undoable
from anlan.apps.watch.sentence import lasting, sentence
from anlan.apps.watch.views.case.verbs import VERBS
from anlan.apps.watch.views.lists.desk import rows
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, signed_in
from anlan.desk.offers import offers
from anlan.terms.errors import AnlanError
from anlan.terms.levels import Level

_UNPROCESSABLE, _MOST_ASSIGNEES, _CHARTS = 422, 100, 4


@signed_in
def alarm(request: HttpRequest, key: str) -> HttpResponse:
    """Everything about one alarm."""
    asker = asker_of(request)
    return render(request, "watch/case/alarm.html", _facts(asker, alarm_for(asker, key)))


@signed_in
@require_POST
def act(request: HttpRequest, key: str, verb: str) -> HttpResponse:
    """Does one act and shows what has become of the alarm; a refusal says why."""
    asker = asker_of(request)
    alarm_for(asker, key)
    do = VERBS.get(verb)
    if do is None:
        raise Http404
    reason = ""
    try:
        do(asker, key, request)
    except AnlanError as error:
        reason = str(error)
    if request.headers.get("HX-Request"):
        return _in_the_list(request, alarm_for(asker, key), verb, reason=reason)
    if not reason:
        return HttpResponseRedirect(f"/alarms/{key}")
    facts = _facts(asker, alarm_for(asker, key)) | {"told": reason, "entered": request.POST}
    return render(request, "watch/case/alarm.html", facts, status=_UNPROCESSABLE)


def _in_the_list(request: HttpRequest, one: Alarm, verb: str, *, reason: str) -> HttpResponse:
    """The desk's list anew, with a word on what was done and a way to take it back."""
    toast: dict[str, Any] = {"text": reason or f"{one.object_name} · {DONE.get(verb, verb)}"}
    if not reason and undoable(asker_of(request), one, asker_of(request).now):
        url = f"/alarms/{one.key}/undo?version={one.version}"
        toast["undo"] = {"url": url, "label": _("Undo")}
    answer = rows(request)
    answer.headers["HX-Trigger"] = json.dumps({"toast": toast})
    return answer


@signed_in
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """A picture of an alarm's handling."""
    found = picture_for(asker_of(request), key)
    with found.file.open("rb") as file:
        answer = HttpResponse(file.read(), content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _facts(asker: Asker, one: Alarm) -> dict[str, Any]:
    may = {name.rpartition(".")[2]: True for name in possible(asker, one)}
    return {
        "alarm": one,
        "sentence": sentence(one),
        "lasting": lasting(one, asker.now),
        "rule": rule_title(one.rule),
        "where": region_path(one.region),
        "word": Level(one.level).word or "none",
        "entries": timeline(one),
        **_measured(asker, one),
        "deadlines": deadlines_of(one),
        "may": may,
        "offers": offers("alarm", asker, one),
        "advice": [(told(line.text), line.source) for line in guidance(one.rule, one.peak)],
        "responsible": responsible_for(one.region, one.object_key, 1),
        "assignees": _assignees(asker, one) if "assign" in may else [],
    }


def _measured(asker: Asker, one: Alarm) -> dict[str, Any]:
    """The parts, and where none is a sensor's, as of a promotion, the sensors of the object."""
    parts = list(parts_of(one))
    own = any(part.sensor_key for part in parts)
    return {"parts": parts, "points": [] if own else sensors_of(asker, one.object_key)[:_CHARTS]}


def _assignees(asker: Asker, one: Alarm) -> list[tuple[str, str]]:
    """Organisations and the people in them, as `organisation|person` and what a list shows."""
    found = []
    for organisation in assignable(asker, one)[:_MOST_ASSIGNEES]:
        found.append((f"{organisation.key}|", organisation.name))
        for key, name in people_of(organisation, asker.now).items():
            found.append((f"{organisation.key}|{key}", f"{organisation.name} · {name}"))
    return found
