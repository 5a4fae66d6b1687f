"""Devices 终端: those that are silent, and villages out of earshot; as lists and for the map."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from anlan.apps.atlas.queries import region_path
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.queries.audience.quiet import (
    REACH_M,
    SOURCE,
    out_of_earshot,
    silent_devices,
)
from anlan.desk.doors import asker_of, needs
from anlan.desk.templatetags.desk import named

HOURS, _SPANS, _MOST = 24 * 7, (24, 24 * 7, 24 * 30, 24 * 90), 500


@needs(SEE)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Both lists at the asker's time."""
    asker, hours = asker_of(request), _hours(request)
    devices, places = silent_devices(asker, hours), out_of_earshot(asker)
    facts = {
        "hours": hours, "spans": [(n, n // 24) for n in _SPANS], "at": asker.now,
        "devices": [{"one": one, "where": region_path(one.row.region)} for one in devices[:_MOST]],
        "places": [{"one": one, "where": region_path(one.row.region)} for one in places[:_MOST]],
        "many": len(devices), "many_places": len(places), "most": _MOST,
        "reach": REACH_M, "reach_source": SOURCE,
    }  # fmt: skip
    return render(request, "warning/devices/quiet.html", facts)


@needs(SEE)
@require_safe
@conditional_page
def marks(request: HttpRequest) -> HttpResponse:
    """The same as points for the map: orange for silent devices, yellow for places."""
    asker = asker_of(request)
    devices = silent_devices(asker, _hours(request))
    found = [_mark(one.row.shape.representative_point(), 3, f"{named(one.row)}\n{_said(one)}")
             for one in devices if one.row.shape is not None]  # fmt: skip
    found += [_mark(one.point, 2, f"{named(one.row)}\n{_far(one.metres)}")
              for one in out_of_earshot(asker)]  # fmt: skip
    told = {"type": "FeatureCollection", "features": found[: 4 * _MOST]}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    answer = HttpResponse(body, content_type="application/geo+json")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _hours(request: HttpRequest) -> int:
    text = request.GET.get("hours", "")
    return int(text) if text in map(str, _SPANS) else HOURS


def _said(one: Any) -> str:
    if one.heard_at is None:
        return _("no receipt yet")
    return _("last receipt %(at)s") % {"at": f"{one.heard_at.astimezone():%Y-%m-%d %H:%M}"}


def _far(metres: float | None) -> str:
    if metres is None:
        return _("no loudspeaker in the jurisdiction")
    return _("nearest loudspeaker %(km).1f km away") % {"km": metres / 1000}


def _mark(point: Any, level: int, name: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [point.x, point.y]},
            "properties": {"level": level, "url": "/warnings/devices/", "name": name}}  # fmt: skip
