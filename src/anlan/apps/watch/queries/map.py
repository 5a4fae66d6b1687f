"""What the one map shows of the watch: a mark for each object with an alarm."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from anlan.apps.atlas.models import Region
from anlan.apps.atlas.queries import enterprises, facilities, objects, targets
from anlan.apps.people.queries import within
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries.past import Stood, stood_at
from anlan.apps.watch.queries.reach import alarms
from anlan.desk.asker import Asker
from anlan.desk.geometry.lookups import box_around, distance_m
from anlan.desk.search import Match, facet, matching, place_word, terms_of
from anlan.terms.places import COUNTRY, Scope

Box = tuple[float, float, float, float]
Mark = dict[str, Any]
"""A GeoJSON feature."""
_KEPT = ("key", "object_key", "object_name", "level", "is_stale", "state", "lon", "lat", "status")
_MARKS = {"Exercise": "【演练】", "Test": "【测试】"}
_NATION: Box = (73.5, 18.0, 135.1, 53.6)
_MOST_FOUND, _NEAR_M, _MOST_TEAMS = 20, (5_000.0, 20_000.0, 80_000.0, 320_000.0), 6


def marks(asker: Asker) -> list[Mark]:
    """A mark for each object with an open alarm that stands or is silent, the worst on top."""
    stands = Q(level__gt=0) | Q(is_stale=True)
    rows = alarms(asker).filter(stands, urgency__gt=0, lon__isnull=False)
    quiet = rows.filter(~Q(suppressed_by="") | Q(shelved_until__isnull=False))
    hushed = set(quiet.order_by().values_list("key", flat=True))
    found = rows.order_by("level", "raised_at").values_list(*_KEPT)
    return _by_object((dict(zip(_KEPT, row, strict=True)) for row in found), hushed)


def marks_at(asker: Asker, moment: datetime) -> tuple[list[Mark], list[Stood]]:
    """The marks of a past moment, and the alarms that stood then, the worst first."""
    stood = stood_at(asker, moment)
    rows = (
        {name: getattr(one.alarm, name) for name in _KEPT}
        | {"level": one.level, "is_stale": one.is_stale, "state": one.state}
        for one in reversed(stood)
        if one.alarm.lon is not None
    )
    return _by_object(rows, set()), stood


def _by_object(rows: Iterable[dict[str, Any]], hushed: set[str]) -> list[Mark]:
    """One mark an object, of its worst alarm; the rows come from the mildest to the worst.

    What is real stands above every exercise and test; those are paler, and say what they are.
    """
    found: dict[str, Mark] = {}
    for row in sorted(rows, key=lambda one: bool(one["status"] == "Actual")):
        before = found.pop(row["object_key"], None)
        known = {
            "o": row["object_key"], "k": row["key"], "level": row["level"],
            "stale": row["is_stale"],
            "name": _MARKS.get(row["status"], "") + row["object_name"],
            "quiet": row["key"] in hushed or row["status"] != "Actual", "status": row["status"],
            "new": row["state"] == Alarm.State.RAISED,
            "n": 1 + (before["properties"]["n"] if before else 0),
        }  # fmt: skip
        place = {"type": "Point", "coordinates": [round(row["lon"], 6), round(row["lat"], 6)]}
        found[row["object_key"]] = {"type": "Feature", "geometry": place, "properties": known}
    return list(found.values())


def bounds(asker: Asker) -> Box:
    """The box of the asker's districts; of the nation where it has none or all."""
    codes = [grant.region for grant in asker.scope.grants if grant.region != COUNTRY]
    rows = Region.objects.standing().filter(key__in=codes, shape_w__isnull=False)
    if not codes or any(grant.region == COUNTRY for grant in asker.scope.grants):
        rows = Region.objects.standing().filter(within(asker.scope, owner=""), shape_w__gt=-180)
    boxes = list(rows.values_list("shape_w", "shape_s", "shape_e", "shape_n")[:5000])
    if not boxes:
        return _NATION
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def found_things(asker: Asker, text: str) -> list[tuple[str, Any]]:
    """(what it is, row) of the things of the jurisdiction whose words hold a text, the shortest
    names first: what is called just so stands above all that only begins alike."""
    terms = tuple(terms_of(text))
    if not terms or not asker.scope.grants:
        return []
    match = Match(terms, _ways(asker.scope))
    found: list[tuple[str, Any]] = []
    sources = (
        ("object", objects(asker)), ("enterprise", enterprises(asker)),
        ("target", targets(asker)), ("facility", facilities(asker)),
        ("region", Region.objects.standing().filter(within(asker.scope, owner=""))),
    )  # fmt: skip
    for name, rows in sources:
        found += [(name, row) for row in _matched(rows, match) if row.shape is not None]
    return sorted(found, key=lambda one: len(one[1].name))[:_MOST_FOUND]


def _matched(rows: QuerySet[Any], match: Match) -> QuerySet[Any]:
    return rows.filter(pk__in=matching(rows.model, match)).order_by(Length("name"), "pk")[
        :_MOST_FOUND
    ]


def _ways(scope: Scope) -> tuple[tuple[str, ...], ...]:
    """The words of which a row of the jurisdiction carries one set; empty for the country."""
    ways = []
    for grant in scope.grants:
        place = () if grant.region == COUNTRY else (place_word(grant.region),)
        owner = (facet("owner", grant.owner),) if grant.owner else ()
        if not place and not owner:
            return ()
        ways.append((*place, *owner))
    return tuple(ways)


def nearest_teams(asker: Asker, lon: float, lat: float) -> list[tuple[float, Any]]:
    """(metres, team) of the nearest teams of the jurisdiction, up to six within 320 km."""
    teams = facilities(asker).filter(kind="team")
    for metres in _NEAR_M:
        near = teams.filter(shape__box=box_around(lon, lat, metres))
        found = sorted(
            ((distance_m(one.shape, lon, lat), one) for one in near[:5000]), key=lambda x: x[0]
        )
        within_it = [pair for pair in found if pair[0] <= metres]
        if len(within_it) >= _MOST_TEAMS or metres == _NEAR_M[-1]:
            return within_it[:_MOST_TEAMS]
    return []
