"""The cockpit 驾驶舱: four figures, one map, one ranked list; each figure opens its list."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anlan.apps.atlas.queries import objects, region_name, regions, sensors
from anlan.apps.watch.queries import Counts, counts, formula, four_colours, revision_for
from anlan.apps.watch.queries.statistics import district_length
from anlan.apps.watch.sentence import sentence
from anlan.apps.watch.views.lists.desk import level_counts
from anlan.apps.watch.views.lists.weather import weather
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, signed_in
from anlan.terms.levels import Level

_CALM = "/alarms/?open=1&shelved=0&status=Actual&"
"""The list of what is open, real and not kept quiet."""


@dataclass(frozen=True)
class Figure:
    """A number of the cockpit and the list that it counts."""

    name: str
    value: int
    url: str
    note: str = ""


@signed_in
def cockpit(request: HttpRequest) -> HttpResponse:
    """The whole cockpit, for a desk or, with ?wall=1, for a wall."""
    is_wall = request.GET.get("wall") == "1"
    return render(request, "watch/figures/cockpit.html", {**_facts(request), "is_wall": is_wall})


@signed_in
def part(request: HttpRequest) -> HttpResponse:
    """Its changing part alone."""
    return render(request, "watch/figures/cockpit_part.html", _facts(request))


def _facts(request: HttpRequest) -> dict[str, Any]:
    asker = asker_of(request)
    now = counts(asker)
    worst = four_colours(asker, asker.now)
    shown = {district.code for district in worst}
    calm = regions(asker).order_by("key").values_list("key", flat=True)
    length = district_length(asker)
    quiet = [code for code in calm if len(code) == length and code not in shown]
    return {
        "revision": revision_for(asker),
        "where": ", ".join(region_name(g.region) for g in asker.scope.grants[:3]),
        "figures": _figures(asker, now),
        "levels": level_counts(now),
        "districts": [_district(one) for one in worst],
        "calm": [(code, region_name(code)) for code in quiet],
        "formula": formula(),
        "weather": weather(asker),
    }


def _figures(asker: Asker, now: Counts) -> list[Figure]:
    urgent = now.red + now.orange
    return [
        Figure(_("Red and orange now"), urgent, _CALM + "level=4&level=3"),
        Figure(_("Not acknowledged"), now.unacknowledged, _CALM + "unacknowledged=1"),
        Figure(_("Overdue"), now.late, "/alarms/?late=1&open=1"),
        Figure(_("Silent sensors' alarms"), now.stale, "/alarms/?offline=1&open=1"),
        Figure(_("Observed objects"), objects(asker).count(), "/atlas/objects"),
        Figure(_("Sensors in use"), sensors(asker).count(), "/atlas/sensors"),
    ]  # fmt: skip


def _district(one: Any) -> dict[str, Any]:
    return {
        "district": one,
        "word": Level(one.level).word or "none",
        "reasons": [(alarm, sentence(alarm)) for alarm in one.reasons],
        "levels": [(level, one.by_level.get(level, 0)) for level in (4, 3, 2, 1)],
    }
