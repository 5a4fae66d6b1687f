"""The page of an official warning: what it says in its languages, where, and what came before."""

import json
from typing import Any

import shapely
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_POST, require_safe

from anlan.apps.atlas.queries import region_path
from anlan.apps.warning.actions.incoming import draft_from_incoming
from anlan.apps.warning.acts import OPEN_RISK, SEE, WRITE
from anlan.apps.warning.models import Incoming, IncomingMessage
from anlan.apps.warning.queries import warnings
from anlan.apps.warning.queries.incoming import incoming_for, messages_of, standing, suggested
from anlan.apps.warning.queries.incoming.bearing import CAUSE
from anlan.apps.warning.queries.incoming.binding import refused_here
from anlan.apps.warning.queries.incoming.reading import frozen_in
from anlan.apps.warning.views.incoming.bearing import bearing_of
from anlan.apps.warning.views.incoming.rows import headline, rows_of
from anlan.apps.warning.views.rows import rows_of as own_rows
from anlan.cap.message import Info, moment_of
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, needs
from anlan.terms.errors import AnlanError

_MOST_DRAWN = 300


@needs(SEE)
@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Everything about one."""
    asker = asker_of(request)
    one = incoming_for(asker, key)
    return render(request, "warning/incoming/page.html", _facts(asker, one))


def _facts(asker: Asker, one: Incoming) -> dict[str, Any]:
    several = messages_of(one)
    saying = next((m for m in reversed(several) if m.kind != "Cancel"), several[-1])
    known = suggested(one)
    tried, own = refused_here(asker, one)
    may = asker.may(WRITE) and one.stands(asker.now) and bool(known and one.level)
    return {
        "row": rows_of([one], asker.now)[0],
        "where": [region_path(code) for code in one.regions[:20]],
        "texts": [_text(info) for info in frozen_in(saying).info[:6]],
        "course": list(reversed(several)),
        "told": list(dict.fromkeys(text for m in several for text in m.told)),
        "suggested": known,
        "may_draft": may,
        "may_open_risk": asker.may(OPEN_RISK),
        "bearing": bearing_of(asker, one),
        "tried": tried,
        "own": own,
        "followed": own_rows(warnings(asker).filter(cause=f"{CAUSE}{one.key}")),
    }


def _text(info: Info) -> dict[str, Any]:
    """What is said in one language, with its times."""
    times = {name: moment_of(getattr(info, name)) for name in ("onset", "effective", "expires")}
    return times | {"info": info, "language": info.spoken,
                    "area": "、".join(one.area_desc for one in info.area)}  # fmt: skip


@needs(SEE)
@require_safe
def message(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """A message byte for byte as it came."""
    several = messages_of(incoming_for(asker_of(request), key))
    found: IncomingMessage | None = next((m for m in several if m.pk == pk), None)
    if found is None:
        raise Http404
    answer = HttpResponse(found.xml, content_type="application/cap+xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{key}-{pk}.xml"'
    return answer


@needs(WRITE)
@require_POST
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """Drafts a warning of our own and opens the editor; back where it cannot."""
    try:
        one = draft_from_incoming(asker_of(request), key)
    except AnlanError as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(f"/warnings/incoming/{key}")
    return HttpResponseRedirect(f"/warnings/{one.key}/edit")


@needs(SEE)
@require_safe
@conditional_page
def areas(request: HttpRequest) -> HttpResponse:
    """The areas of what stands, as GeoJSON for the map."""
    asker = asker_of(request)
    all_ = standing(asker)
    features = [feature for one in all_.exclude(shape=None)[:_MOST_DRAWN]
                for feature in _features(one)]  # fmt: skip
    told = {"type": "FeatureCollection", "count": all_.count(), "features": features}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    answer = HttpResponse(body, content_type="application/geo+json")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _features(one: Incoming) -> list[dict[str, Any]]:
    """Its area, and the place of its name with who said it when."""
    at = f"{timezone.localtime(one.sent_at):%m-%d %H:%M}" if one.sent_at else ""
    told = {"level": one.level, "url": f"/warnings/incoming/{one.key}",
            "name": f"{headline(one)}\n{one.feed.name} {at}"}  # fmt: skip
    land = shapely.simplify(one.shape, 0.0002)
    return [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": told}
        for shape in (land, land.representative_point())
    ]
