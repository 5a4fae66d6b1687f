"""What moves: where objects that tell their own position were last, as a layer of the map."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from anlan.apps.atlas.meaning import packs
from anlan.apps.atlas.queries import objects, sensors
from anlan.desk.asker import Asker
from anlan.desk.doors import asker_of, signed_in
from anlan.desk.offers import Offer
from anlan.site.api.answers.newest import NEWEST, Row

URL = "/map/moving.json"
_WORDS = ("lon", "lat", "speed")
_MOST, _FEW = 2_000, 100
"""So many are drawn; of so many their layer is on when the map opens."""


def on_map(asker: Asker, _nothing: Any) -> list[Offer]:
    """The layer, where the asker has something that moves."""
    many = sensors(asker).filter(quantity__in=_quantities("lon")).count()
    layer = Offer(_("Vehicles, where they were last"), URL, number=many, is_shown=many <= _FEW)
    return [layer] if many else []


@signed_in
@require_safe
@conditional_page
def moving(request: HttpRequest) -> HttpResponse:
    """The newest positions of the asker's objects that measure longitude and latitude."""
    asker = asker_of(request)
    found = [_feature(*one) for one in _places(asker)]
    told = {"type": "FeatureCollection", "count": len(found), "features": found}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    answer = HttpResponse(body, content_type="application/geo+json")
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _places(asker: Asker) -> Iterator[tuple[str, str, dict[str, Row]]]:
    """Key and name of an object, and its newest readings by quantity."""
    handles: dict[str, dict[str, int]] = {}
    rows = sensors(asker).filter(quantity__in=_quantities(*_WORDS)).order_by("key")
    for key, quantity, handle in rows.values_list("object_key", "quantity", "handle"):
        handles.setdefault(key, {})[quantity.rpartition(".")[2]] = handle
    handles = {key: own for key, own in handles.items() if {"lon", "lat"} <= own.keys()}
    newest = NEWEST.of([one for own in handles.values() for one in own.values()]) or {}
    names = objects(asker).filter(key__in=list(handles)[:_MOST]).order_by("key")
    for key, name in names.values_list("key", "name"):
        own = {word: newest[one] for word, one in handles[key].items() if one in newest}
        if all(word in own and own[word][1] is not None for word in ("lon", "lat")):
            yield key, name, own


def _quantities(*words: str) -> list[str]:
    """What these are called of the packs whose objects tell where they are."""
    movers = [name for name, pack in packs().items() if {"lon", "lat"} <= pack.quantities.keys()]
    return [f"{name}.{word}" for name in movers for word in words]


def _feature(key: str, name: str, own: dict[str, Row]) -> dict[str, Any]:
    """A point with the name, the speed and when it was there."""
    at = localtime(datetime.fromtimestamp(own["lon"][0] / 1000, UTC))
    moment = f"{at:%H:%M:%S}" if at.date() == localtime().date() else f"{at:%Y-%m-%d %H:%M}"
    speed = own["speed"][1] if "speed" in own else None
    said = [f"{speed:.0f}\u2009km/h"] if speed is not None else []
    place = {"type": "Point", "coordinates": [own["lon"][1], own["lat"][1]]}
    words = {
        "level": 0, "icon": f"sign:{_('V')}", "url": f"/objects/{key}",
        "name": f"{name}\n{' · '.join([*said, moment])}",
    }  # fmt: skip
    return {"type": "Feature", "geometry": place, "properties": words}
