"""Who has not answered a call-down, on the map: each village with how many, and its board."""

import json
from typing import Any
from urllib.parse import urlencode

import shapely
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from anlan.apps.atlas.queries import region_name
from anlan.apps.warning.acts import SEE
from anlan.apps.warning.queries.calling.silent import ASKED, DESK, Village, number_of, villages
from anlan.apps.warning.queries.writing.wording import marked
from anlan.desk.doors import asker_of, needs

_MOST = 500


@needs(SEE)
@require_safe
@conditional_page
def areas(request: HttpRequest) -> HttpResponse:
    """The villages as GeoJSON: their land, and a sign with the number in it."""
    all_ = villages(asker_of(request))
    found = [one for one in all_ if one.place is not None][:_MOST]
    features = [feature for one in found for feature in _features(one)]
    told = {"type": "FeatureCollection", "count": number_of(all_), "features": features}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    answer = HttpResponse(body, content_type="application/geo+json")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _features(one: Village) -> list[dict[str, Any]]:
    land = one.place.shape if one.place is not None else None
    if land is None or land.is_empty:
        return []
    level = DESK if one.desk else ASKED
    facts = {"place": region_name(one.region), "n": one.open, "all": one.all}
    text = _("%(place)s\n%(n)s of %(all)s not answered") % facts
    text = marked(text, one.warning.status, (get_language() or "zh")[:2])
    query = urlencode({"text": one.region})
    told = {"level": int(level), "sign": level.word, "name": text,
            "url": f"/warnings/{one.warning.key}/calls?{query}"}  # fmt: skip
    return [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": told}
        for shape in (shapely.simplify(land, 0.0002), land.representative_point())
    ]
