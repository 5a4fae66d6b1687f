"""Areas for a warning: a circle, what lies about something that has a name, and saved ones."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anlan.apps.atlas.queries import (
    enterprises,
    facilities,
    objects,
    region_name,
    targets,
    widened,
)
from anlan.apps.people.queries import within
from anlan.apps.warning.acts import WRITE
from anlan.apps.warning.models import SavedArea
from anlan.apps.warning.queries.writing.drafting import circle
from anlan.desk.asker import Asker
from anlan.desk.search import Match, matching, terms_of
from anlan.terms.errors import Malformed

MOST_M, MOST_FOUND = 100_000.0, 8
_MOST_READ = 500


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that an area may lie about; name: what it is called, and where."""

    key: str
    name: str
    shape: Any


def saved_areas(asker: Asker) -> QuerySet[SavedArea]:
    """Those of the asker's jurisdiction."""
    return SavedArea.objects.filter(within(asker.scope_for(WRITE), owner=""))


def metres_of(text: str) -> float:
    """A distance as typed; Malformed where it is none from 1 m to 100 km."""
    try:
        metres = float(text)
    except ValueError:
        metres = math.nan
    if not 1 <= metres <= MOST_M:
        raise Malformed(_("Write a distance of 1 to 100,000 metres."))
    return metres


def circle_of(middle: str, metres: str) -> Any:
    """A circle about `longitude, latitude`; Malformed where that is no point of the earth."""
    try:
        lon, lat = map(float, middle.replace("，", ",").split(","))
    except ValueError:
        lon = lat = math.nan
    if not (abs(lon) <= 180 and abs(lat) < 89):
        raise Malformed(_("Write the middle as longitude, latitude in degrees: 118.15, 30.15"))
    return circle(lon, lat, metres_of(metres))


def things_named(asker: Asker, name: str) -> list[Thing]:
    """What is called so in the asker's jurisdiction, an exact name first, at most eight."""
    text = name.replace("\0", "").strip()[:60]
    found = list(_called(asker, text)) if text else []
    found.sort(
        key=lambda one: (text.casefold() != one.name.split(" · ")[0].casefold(), len(one.name))
    )
    return found[:MOST_FOUND]


def _called(asker: Asker, text: str) -> Iterator[Thing]:
    for kind, rows in _sources(asker).items():
        ids = matching(rows.model, Match(tuple(terms_of(text))), limit=_MOST_READ)
        here = rows.filter(pk__in=ids).exclude(shape=None)
        for row in here.filter(Q(name__icontains=text) | Q(name_en__icontains=text))[:MOST_FOUND]:
            yield Thing(f"{kind}.{row.key}", f"{row.name} · {region_name(row.region)}", row.shape)


def thing_of(asker: Asker, key: str) -> Thing | None:
    """One of them by its key; None where there is none."""
    kind, _dot, own = key.replace("\0", "").partition(".")
    rows = _sources(asker).get(kind)
    row = rows.filter(key=own).exclude(shape=None).first() if rows is not None else None
    return Thing(key, row.name, row.shape) if row is not None else None


def about(thing: Thing, metres: str) -> Any:
    """What lies within some metres of it."""
    return widened(thing.shape, metres_of(metres))


def _sources(asker: Asker) -> dict[str, QuerySet[Any]]:
    return {"object": objects(asker), "enterprise": enterprises(asker),
            "facility": facilities(asker), "target": targets(asker)}  # fmt: skip
