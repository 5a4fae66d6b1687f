"""Things and their locations as bodies say them."""

import json
from typing import Any, Final

import shapely
from django.utils.translation import gettext as _

from anlan.apps.atlas.meaning import object_type, packs
from anlan.apps.atlas.pages.objects import OBJECTS
from anlan.apps.atlas.queries import regions
from anlan.apps.people.asker import Person
from anlan.desk.sheet.declare import MORE, Values
from anlan.site.api.things.model.places import COLUMNS, SAID
from anlan.site.api.things.writing.bodies import (
    Body,
    key_in,
    list_in,
    merged,
    object_in,
    only,
    text_in,
)
from anlan.site.api.things.writing.saving import save
from anlan.terms.errors import Malformed

_THING = frozenset({"name", "description", "properties", "Locations", "Datastreams"})
_LOCATION = frozenset({"name", "description", "properties", "encodingType", "location"})
_ENCODINGS = ("", "application/geo+json", "application/vnd.geo+json")
_MOST_SAID: Final = 20_000


def thing_values(person: Person, body: Body, row: Any = None) -> Values:
    """A thing's values; row: what stands already, of which a body need not say all.

    Raises Malformed, naming the property.
    """
    only(body, _THING, "Thing")
    said = dict(row.attributes.get(SAID, {})) if row is not None else {}
    if "description" in body:
        said["description"] = text_in(body, "description")
    values: Values = {"key": key_in(body)} if row is None else {}
    if "name" in body or row is None:
        values["name"] = text_in(body, "name", most=128)
    own = dict(row.attributes) if row is not None else {}
    if row is None or body.get("properties") is not None:
        told = _properties(object_in(body.get("properties") or {}, "properties"), values, row)
        own = merged(own, told)
    if body.get("Locations"):
        inside = list_in(body["Locations"], "Locations", 1)
        values |= location_values(object_in(inside[0], "Locations"), said)
    if row is None and not values.get("region"):
        values["region"] = _region_of(person, values.get("shape"))
    own.pop(SAID, None)
    values["attributes"] = {**own, SAID: said} if said else own
    _bound(values["attributes"])
    return values


def _properties(told: Body, values: Values, row: Any) -> Body:
    """Puts those that are columns or of the kind's schema among the values; gives the rest.

    Of what stands already (row), only those that are told.
    """
    rest = {name: value for name, value in told.items() if name not in ("since", SAID)}
    if rest.get("region") is None:
        rest.pop("region", None)
    pack, kind = str(rest.pop("pack", None) or ""), str(rest.pop("kind", None) or "")
    if row is None:
        values["kind"] = _kind(pack, kind)
    elif (pack or row.pack, kind or row.kind) != (row.pack, row.kind):
        raise Malformed(_("The kind of a thing stays as it is."), where="properties/kind")
    for name in COLUMNS:
        if name in rest or (row is None and name not in ("pack", "kind", "region")):
            values[name] = text_in(rest, name, most=512)
            rest.pop(name, None)
    one = object_type(*((row.pack, row.kind) if row else values["kind"].split(".", 1)))
    for attribute in one.attributes if one else ():
        if row is not None and attribute.name not in rest:
            continue
        value = rest.pop(attribute.name, None)
        values[MORE + attribute.name] = None if value is None else str(value)
    return rest


def _kind(pack: str, kind: str) -> str:
    name = kind if "." in kind else f"{pack}.{kind}"
    head, _dot, tail = name.partition(".")
    if object_type(head, tail) is None:
        known = [f"{one}.{two}" for one, each in packs().items() for two in each.object_types]
        raise Malformed('What kind of thing it is, as in "properties": {"kind": '
                        f'"{min(known)}"}}: one of {", ".join(sorted(known))}.',
                        where="properties/kind")  # fmt: skip
    return name


def location_values(body: Body, said: Body) -> Values:
    """Where a thing stands. Raises Malformed, naming the property."""
    only(body, _LOCATION, "Location")
    if body.get("encodingType", "") not in _ENCODINGS:
        raise Malformed("Places are application/geo+json.", where="encodingType")
    kept = dict(said.get("location", {}))
    kept |= {name: body[name] for name in ("name", "description") if name in body}
    if "properties" in body:
        told = object_in(body["properties"] or {}, "properties")
        kept["properties"] = merged(kept.get("properties") or {}, told)
    if kept:
        said["location"] = kept
    if "location" not in body:
        return {}
    return {"shape": shape_in(body["location"], "location")}


def shape_in(told: Any, where: str) -> str:
    """A geometry of GeoJSON, or the one of a feature, as text."""
    geometry = told.get("geometry") if isinstance(told, dict) and "geometry" in told else told
    try:
        text = json.dumps(geometry)
        shapely.from_geojson(text)
    except (TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise Malformed("This is no geometry of GeoJSON.", where=where) from error
    return text


def _region_of(person: Person, text: str | None) -> str:
    """The smallest region of the asker's in which it stands."""
    point = shapely.from_geojson(text).representative_point() if text else None
    found = regions(person).filter(shape__intersects=point) if point is not None else []
    keys = sorted((str(row.key) for row in found), key=len)
    if not keys:
        raise Malformed("Its region is not said, and its place is in none of yours.",
                        where="properties/region")  # fmt: skip
    return keys[-1]


def _bound(attributes: Body) -> None:
    if len(json.dumps(attributes, ensure_ascii=False)) > _MOST_SAID:
        raise Malformed(f"At most {_MOST_SAID} signs of properties.", where="properties")


def move(person: Person, row: Any, body: Body) -> None:
    """Puts a thing somewhere else, and what is said of the place."""
    said = dict(row.attributes.get(SAID, {}))
    values = location_values(body, said)
    values["attributes"] = {**row.attributes, SAID: said}
    _bound(values["attributes"])
    save(person, OBJECTS, row, values)
