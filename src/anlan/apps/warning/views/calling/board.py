"""The board of a call-down 叫应: who has not answered, what is next, and one act for each."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anlan.apps.warning.actions.calling import close_by_hand, confirm, pass_on
from anlan.apps.warning.acts import EXPORT, SEE
from anlan.apps.warning.models import Call, Warning
from anlan.apps.warning.queries import warning_for
from anlan.apps.warning.queries.calling.board import (
    calls_of,
    course,
    newest,
    places,
    progress,
)
from anlan.apps.warning.queries.reach import plain
from anlan.apps.warning.views.rows import as_out, headline
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.terms.errors import AnlanError, Malformed
from anlan.terms.levels import Level

_OPEN = "open"


@needs(SEE)
@require_safe
def board(request: HttpRequest, key: str) -> HttpResponse:
    """The whole page; a part of it where the page renews itself."""
    asker = asker_of(request)
    facts = _facts(asker, warning_for(asker, key), request)
    is_part = request.headers.get("HX-Request") == "true"
    name = "warning/calling/rows.html" if is_part else "warning/calling/board.html"
    return render(request, name, facts)


def shown(asker: Asker, warning: Warning) -> QuerySet[Call]:
    """The calls of the call-down that counts now."""
    return calls_of(asker, warning).filter(call_down=newest(warning))


def _facts(asker: Asker, warning: Warning, request: HttpRequest) -> dict[str, Any]:
    rows, last = shown(asker, warning), warning.messages.order_by("-order").first()
    out = as_out(warning, last)
    state, text = request.GET.get("state", _OPEN), plain(request.GET.get("text", ""))[:64]
    wanted = rows.filter(state__in=Call.OPEN) if state == _OPEN else rows
    if state in Call.State.values:
        wanted = rows.filter(state=state)
    if text:
        named = Q(person__icontains=text) | Q(organisation__icontains=text)
        wanted = wanted.filter(named | Q(thing_name__icontains=text) | Q(region__startswith=text))
    return {
        "warning": warning,
        "out": out,
        "word": Level(out.level).word,
        "headline": headline(out),
        "call_down": newest(warning),
        "progress": progress(rows),
        "tallies": _tallies(rows),
        "places": places(asker, wanted),
        "state": state,
        "text": text,
        "query": request.GET.urlencode(),
        "may_export": asker.may(EXPORT),
        "is_live": rows.filter(state__in=Call.OPEN).exists(),
    }


def _tallies(rows: QuerySet[Call]) -> list[tuple[str, str, int]]:
    """Each state with its name and how many are in it."""
    counts = progress(rows).counts
    return [(s.value, str(s.label), counts.get(s.value, 0)) for s in Call.State]


@needs(SEE)
@require_POST
def act(request: HttpRequest, key: str, call: str, verb: str) -> HttpResponse:
    """Confirms by hand with a note, passes on, or confirms one's own call; leads back."""
    asker = asker_of(request)
    one = calls_of(asker, warning_for(asker, key)).filter(key=plain(call)).first()
    if one is None:
        raise Http404
    try:
        messages.success(request, _done(asker, one, verb, note=request.POST.get("note", "")))
    except AnlanError as error:
        messages.warning(request, str(error))
    back = request.POST.get("back", "")
    return HttpResponseRedirect(f"/warnings/{key}/calls" + (f"?{back}" if back else ""))


def _done(asker: Asker, one: Call, verb: str, *, note: str) -> str:
    if verb == "pass":
        passed = pass_on(asker, one.key)
        if passed.state == Call.State.DESK:
            return _("Nobody is left to be asked: handle it by hand.")
        return _("%(name)s is being called.") % {"name": passed.passed_to}
    if verb == "hand":
        close_by_hand(asker, one.key, note=note)
        return _("Noted.")
    if verb == "confirm":
        confirm(asker, one.key)
        return _("Received. Thank you.")
    raise Malformed(_("There is no such act."))


@needs(SEE)
@require_safe
def curve(request: HttpRequest, key: str) -> HttpResponse:
    """How many calls had ended, over time: as a chart asks for it."""
    asker = asker_of(request)
    warning = warning_for(asker, key)
    rows = shown(asker, warning)
    open_ = rows.filter(state__in=Call.OPEN).exists()
    ended = rows.order_by("-ended_at").values_list("ended_at", flat=True).first()
    points = course(rows, asker.now if open_ or ended is None else ended)
    return JsonResponse(_chart(points, progress(rows).all, asker.now))


def _chart(points: list[tuple[datetime, int]], many: int, now: datetime) -> dict[str, Any]:
    low = points[0][0] if points else now - timedelta(minutes=5)
    high = max(points[-1][0], low + timedelta(minutes=1)) if points else now
    return {
        "from": _ms(low), "to": _ms(high), "limits": [], "episodes": [],
        "series": [{
            "key": "calls", "name": _("Calls ended"), "unit": "%", "decimals": 0, "band": [],
            "points": [[_ms(at), round(100 * n / many, 1)] for at, n in points] if many else [],
        }],
    }  # fmt: skip


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
