"""Things 监测对象 with where they stand and stood: the dated rows of observed objects.

A row is dated anew by any change; only one that stands elsewhere than the row before is a
HistoricalLocation.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from anlan.apps.atlas.meaning import kind_title
from anlan.apps.atlas.models import ObservedObject
from anlan.apps.atlas.queries import objects, region_path
from anlan.apps.people.asker import Person
from anlan.apps.people.queries import within
from anlan.site.api.things.model.kinds import Kind, Link

GEOJSON = "application/geo+json"
SAID = "sensorthings"
"""The attribute that holds what clients say of a thing and the platform has no column for."""
_PAST = "~"
"""Between a key and the number of a row that holds no longer."""
_LARGEST = 2**63


def _stood(asker: Person) -> QuerySet[Any]:
    """Every row of an object with a place, in the asker's jurisdiction."""
    return ObservedObject.objects.filter(within(asker.scope)).exclude(shape=None)


def _moves(asker: Person) -> QuerySet[Any]:
    """Those by which an object came to stand where it did not stand before."""
    rows = _stood(asker)
    before = rows.filter(key=OuterRef("key"), pk__lt=OuterRef("pk")).order_by("-pk")
    same = ObservedObject.objects.filter(pk=OuterRef("before"), shape=OuterRef("shape"))
    found: QuerySet[Any] = rows.annotate(before=Subquery(before.values("pk")[:1]))
    return found.filter(~Exists(same))


def _with_stays(rows: Sequence[Any]) -> None:
    """Beside each its stay: the rows of its object, one after another, that stand where it does."""
    told = ObservedObject.objects.filter(key__in={row.key for row in rows}).exclude(shape=None)
    stays: dict[int, list[int]] = {}
    for _, many in groupby(told.order_by("key", "pk").only("key", "shape"), lambda one: one.key):
        for _, same in groupby(many, lambda one: one.shape.wkb):
            stay = [one.pk for one in same]
            stays |= dict.fromkeys(stay, stay)
    for row in rows:
        row.stay = tuple(stays.get(row.pk, ()))


def location_key(row: Any) -> str:
    """The key of the object; with the row's number where it holds no longer."""
    return row.key if row.until is None else f"{row.key}{_PAST}{row.pk}"


def _find_location(key: str) -> dict[str, Any] | None:
    object_key, mark, number = key.rpartition(_PAST)
    if mark and number.isascii() and number.isdigit() and int(number) < _LARGEST:
        return {"key": object_key, "pk": int(number), "until__isnull": False}
    return {"key": key, "until": None}


def _find_row(key: str) -> dict[str, Any] | None:
    is_number = key.isascii() and key.isdigit() and int(key) < _LARGEST
    return {"pk": int(key)} if is_number else None


def said_of(row: Any, *names: str) -> Any:
    """What a client said of a thing; None where nothing was."""
    found = row.attributes
    for name in (SAID, *names):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _about(row: Any) -> str:
    said = said_of(row, "description")
    if said:
        return str(said)
    return f"{kind_title(row.pack, row.kind)} {region_path(row.region)}".strip()


COLUMNS = ("pack", "kind", "region", "owner", "enterprise", "parent", "address", "contact", "phone",
         "name_en")  # fmt: skip


def _more(row: Any) -> dict[str, Any]:
    """Attributes of its kind's schema, with what every object has."""
    own = {name: getattr(row, name) for name in COLUMNS if getattr(row, name)}
    return {
        **{k: v for k, v in row.attributes.items() if k != SAID},
        **own,
        "since": row.since.isoformat(),
    }


def _key(row: Any) -> tuple[Any, ...]:
    return (row.key,)


def _stay(row: Any) -> tuple[Any, ...]:
    stay: tuple[Any, ...] = row.stay
    return stay


def _pk(row: Any) -> tuple[Any, ...]:
    return (row.pk,)


THINGS = Kind(
    name="Thing",
    plural="Things",
    key=lambda row: str(row.key),
    rows=objects,
    properties={"name": lambda row: row.name, "description": _about, "properties": _more},
    links={
        "Locations": Link("Locations", True, _pk, "pk"),
        "HistoricalLocations": Link("HistoricalLocations", True, _key, "key"),
        "Datastreams": Link("Datastreams", True, _key, "object_key"),
    },
    columns={
        "name": "name",
        "properties/region": "region",
        "properties/pack": "pack",
        "properties/kind": "kind",
        "properties/owner": "owner",
        "properties/enterprise": "enterprise",
    },
)
LOCATIONS = Kind(
    name="Location",
    plural="Locations",
    key=location_key,
    rows=_stood,
    find=_find_location,
    order="pk",
    shape="location",
    properties={
        "name": lambda row: said_of(row, "location", "name") or row.name,
        "description": lambda row: (
            said_of(row, "location", "description") or row.address or region_path(row.region)
        ),
        "encodingType": lambda row: GEOJSON,
        "location": lambda row: row.shape,
        "properties": lambda row: {
            **(said_of(row, "location", "properties") or {}),
            "region": row.region,
        },
    },
    links={
        # A place where something stood once is no place of it now.
        "Things": Link("Things", True, lambda row: () if row.until else (row.key,), "key"),
        "HistoricalLocations": Link("HistoricalLocations", True, _stay, "pk", _with_stays),
    },
    columns={"properties/region": "region"},
)
HISTORICAL_LOCATIONS = Kind(
    name="HistoricalLocation",
    plural="HistoricalLocations",
    key=lambda row: str(row.pk),
    rows=_moves,
    find=_find_row,
    order="pk",
    properties={"time": lambda row: row.since},
    links={
        "Thing": Link("Things", False, _key, "key"),
        "Locations": Link("Locations", True, _stay, "pk", _with_stays),
    },
    columns={"time": "since", "Thing/id": "key", "Thing/@iot.id": "key"},
)
