"""The duty desk 值班工作台: what is wrong now, the most urgent first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.people.queries import on_duty
from anlan.apps.watch.queries import (
    Counts,
    Wanted,
    counts,
    listing,
    revision_for,
    selected,
)
from anlan.apps.watch.views.lists.asked import NAMES, wanted
from anlan.apps.watch.views.lists.shown import shown
from anlan.apps.watch.views.lists.weather import weather
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, signed_in
from anlan.desk.offers import offers
from anlan.terms.levels import Level

_MOST_URGENT = 200
_SHAPES = ((4, "red", "◆"), (3, "orange", "▲"), (2, "yellow", "■"), (1, "blue", "●"))


@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """The whole desk."""
    return render(request, "watch/lists/desk.html", _facts(request))


@signed_in
def rows(request: HttpRequest) -> HttpResponse:
    """Its list alone, for when something has changed."""
    return render(request, "watch/lists/rows.html", _facts(request))


@signed_in
def strip(request: HttpRequest) -> HttpResponse:
    """The county's own rain and wind, and who is on duty."""
    asker = asker_of(request)
    regions = [grant.region for grant in asker.scope.grants]
    duties = on_duty(regions[0], asker.now) if regions else []
    facts = {"weather": weather(asker), "duties": duties[:3], "others": len(duties) - 1}
    return render(request, "watch/lists/strip.html", facts)


def _facts(request: HttpRequest) -> dict[str, Any]:
    asker = asker_of(request)
    asked = wanted(request.GET, is_open=True)
    page = listing(asker, asked, after=request.GET.get("after", ""), size=60)
    query = request.GET.copy()
    query.pop("after", None)
    now, shift = counts(asker), timezone.localtime(asker.now)
    return {
        "revision": revision_for(asker),
        "urgent": _urgent(asker),
        "shift": f"{shift:%Y-%m-%d}-{shift.hour // 8}",
        "alarms": shown(asker, page.rows),
        "counts": now,
        "offers": offers("desk", asker),
        "levels": level_counts(now),
        "filters": {name: request.GET[name] for name in NAMES if request.GET.get(name)},
        "query": request.GET.urlencode(),
        "next": f"{query.urlencode()}&after={page.after}" if page.after else "",
    }


def _urgent(asker: Asker) -> str:
    """Orange and red alarms that nobody has acknowledged: `KEY:red KEY:orange`."""
    asked = Wanted(
        levels=(3, 4), statuses=("Actual",), unacknowledged=True, is_open=True, quiet=False
    )
    rows = selected(asker, asked).values_list("key", "level")[:_MOST_URGENT]
    return " ".join(f"{key}:{Level(number).word}" for key, number in rows)


def level_counts(now: Counts) -> list[dict[str, Any]]:
    """The figures of the four levels, the worst first."""
    titles = {"red": _("red"), "orange": _("orange"), "yellow": _("yellow"), "blue": _("blue")}
    return [
        {"number": number, "text": str(number), "word": word, "shape": shape, "title": titles[word],
         "n": getattr(now, word)}
        for number, word, shape in _SHAPES
    ]  # fmt: skip
