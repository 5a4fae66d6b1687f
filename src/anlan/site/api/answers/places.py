"""What stands where: regions, enterprises, observed objects."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from anlan.apps.atlas.acts import SEE
from anlan.apps.atlas.queries import enterprises, object_for, objects, regions
from anlan.site.api import shapes
from anlan.site.api.door import asker_with
from anlan.site.api.paging import Asked, page
from anlan.terms.places import Grant, is_region

_ORDER = ("region", "key")
router = Router(tags=["places"])


class Place(Schema):
    """A thing of the atlas as it stands; lon, lat: a point in its shape."""

    key: str
    name: str
    name_en: str
    region: str
    lon: float | None
    lat: float | None
    since: datetime


class RegionOut(Place):
    """A district; its key is its code."""

    population: int | None
    households: int | None


class EnterpriseOut(Place):
    """An enterprise."""

    owner: str
    industry: str
    credit_code: str
    address: str
    contact: str
    phone: str


class ObjectOut(Place):
    """An observed object; attributes: by the schema of its kind."""

    owner: str
    pack: str
    kind: str
    enterprise: str
    parent: str
    address: str
    contact: str
    phone: str
    attributes: dict[str, Any]


class Regions(Schema):
    """A page of districts."""

    items: list[RegionOut]
    next: str


class Enterprises(Schema):
    """A page of enterprises."""

    items: list[EnterpriseOut]
    next: str


class Objects(Schema):
    """A page of observed objects."""

    items: list[ObjectOut]
    next: str


class Within(Asked, shapes.Form, shapes.Boxed):
    """Which of them."""

    region: str = Field("", max_length=12, description="Code; what lies in it.")


class FirmsWithin(Within):
    """Which enterprises."""

    industry: str = Field("", max_length=64)


class ThingsWithin(Within):
    """Which observed objects."""

    pack: str = Field("", max_length=64)
    kind: str = Field("", max_length=64)
    enterprise: str = Field("", max_length=128)
    parent: str = Field("", max_length=128)
    owner: str = Field("", max_length=64)


@router.get("/regions", response=Regions, summary="Districts of the jurisdiction")
def list_regions(request: HttpRequest, asked: Query[Within]) -> Any:
    """Province to village; borders as GeoJSON."""
    rows = _cut(regions(asker_with(request, SEE)), asked)
    show = shower(RegionOut)
    return shapes.listed(request, page(rows, asked, order=_ORDER), show, form=asked.f)


@router.get("/enterprises", response=Enterprises, summary="Enterprises")
def list_enterprises(request: HttpRequest, asked: Query[FirmsWithin]) -> Any:
    """By region, industry and bounding box."""
    rows = _cut(enterprises(asker_with(request, SEE)), asked, "industry")
    show = shower(EnterpriseOut)
    return shapes.listed(request, page(rows, asked, order=_ORDER), show, form=asked.f)


@router.get("/objects", response=Objects, summary="Observed objects")
def list_objects(request: HttpRequest, asked: Query[ThingsWithin]) -> Any:
    """By region, kind, enterprise, owner and bounding box."""
    rows = objects(asker_with(request, SEE))
    rows = _cut(rows, asked, "pack", "kind", "enterprise", "parent", "owner")
    show = shower(ObjectOut)
    return shapes.listed(request, page(rows, asked, order=_ORDER), show, form=asked.f)


@router.get("/objects/{path:key}", response=ObjectOut, summary="One observed object")
def one_object(request: HttpRequest, key: str, asked: Query[shapes.Form]) -> Any:
    """404 also where it is not in the jurisdiction."""
    row = object_for(asker_with(request, SEE), key)
    return shapes.one(request, row, shower(ObjectOut), form=asked.f)


def in_region(code: str) -> Q:
    """A condition for what lies in a district; for nothing where the code is none."""
    if not code:
        return Q()
    return Q(region__range=Grant(code).span) if is_region(code) else Q(pk__in=[])


def shower(schema: type[Schema]) -> shapes.Show:
    """How a row is told: the fields of a schema, with its place."""
    names = [name for name in schema.model_fields if name not in ("lon", "lat")]
    return lambda row: {name: getattr(row, name) for name in names} | shapes.place_of(row)


def _cut(rows: QuerySet[Any], asked: Within, *names: str) -> QuerySet[Any]:
    wanted = {name: getattr(asked, name) for name in names if getattr(asked, name)}
    rows = rows.filter(in_region(asked.region), **wanted)
    box = shapes.box_of(asked.bbox)
    return rows.filter(shape__box=box) if box else rows
