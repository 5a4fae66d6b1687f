"""Collections of the atlas: districts, enterprises, observed objects, targets, facilities,
sensors."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.acts import SEE
from anlan.apps.atlas.meaning import pack_title, packs, told, unit_of_quantity
from anlan.apps.atlas.queries import enterprises, facilities, objects, regions, sensors, targets
from anlan.desk.asker import Asker
from anlan.packs import Attribute
from anlan.site.api.answers.newest import NEWEST
from anlan.site.api.features.collections.collection import Collection, Told
from anlan.site.api.features.collections.field import Field

_KINDS = {"number": "number", "flag": "boolean"}
_NAMED = (
    Field(name="key", title=_("Key"), column="key"),
    Field(name="name", title=_("Name"), column="name"),
    Field(name="name_en", title=_("English name"), column="name_en"),
    Field(name="region", title=_("Region"), column="region"),
)
_OWNER = Field(name="owner", title=_("Organisation"), column="owner")
_SINCE = Field(name="since", title=_("As it is since"), kind="date-time", column="since")
_KIND = Field(name="kind", title=_("Kind"), column="kind")
_PACK = Field(name="pack", title=_("Hazard"), column="pack")
_REACHED = (
    Field(name="address", title=_("Address"), column="address"),
    Field(name="contact", title=_("Contact")),
    Field(name="phone", title=_("Phone")),
)
_OF = (
    Field(name="enterprise", title=_("Enterprise"), column="enterprise"),
    Field(name="parent", title=_("Part of"), column="parent"),
)
_MORE = Field(name="attributes", title=_("Attributes"), kind="object")


def _count(name: str, title: Any) -> Field:
    return Field(name=name, title=title, kind="integer", column=name)


def _newest(rows: Sequence[Any]) -> list[Told]:
    """The newest reading of some sensors."""
    found = NEWEST.of([row.handle for row in rows]) or {}
    return [_said(found.get(row.handle)) for row in rows]


def _said(reading: tuple[int, float | None, str] | None) -> Told:
    if reading is None:
        return {"time": None, "value": None, "quality": None}
    at = datetime.fromtimestamp(reading[0] / 1000, UTC)
    return {"time": at, "value": reading[1], "quality": reading[2]}


REGIONS = Collection(
    key="regions", title=_("Regions"), about=_("Districts from province to village."),
    act=SEE, rows=regions, times=("since", "until"),
    fields=(*_NAMED, _count("population", _("Population")), _count("households", _("Households")),
            _SINCE),
)  # fmt: skip
ENTERPRISES = Collection(
    key="enterprises", title=_("Enterprises"), about=_("Enterprises and where they are."),
    act=SEE, rows=enterprises, times=("since", "until"),
    fields=(*_NAMED, _OWNER, Field(name="industry", title=_("Industry"), column="industry"),
            Field(name="credit_code", title=_("Credit code"), column="credit_code"),
            *_REACHED, _SINCE),
)  # fmt: skip
OBJECTS = Collection(
    key="objects", title=_("Observed objects"),
    about=_("All that sensors watch; each kind is also a collection by itself."),
    act=SEE, rows=objects, times=("since", "until"),
    fields=(*_NAMED, _OWNER, _PACK, _KIND, *_OF, *_REACHED, _MORE, _SINCE),
)  # fmt: skip
TARGETS = Collection(
    key="targets", title=_("Protected targets"),
    about=_("Schools, hospitals and other places with many people."),
    act=SEE, rows=targets, times=("since", "until"),
    fields=(*_NAMED, _OWNER, _KIND, _count("people_day", _("People by day")),
            _count("people_night", _("People by night")), *_REACHED, _SINCE),
)  # fmt: skip
FACILITIES = Collection(
    key="facilities", title=_("Facilities"),
    about=_("Teams, stores, shelters, bridges, loudspeakers and what else stands in the city."),
    act=SEE, rows=facilities, times=("since", "until"),
    fields=(*_NAMED, _OWNER, _KIND, _count("size", _("Size")), *_REACHED, _MORE, _SINCE),
)  # fmt: skip
SENSORS = Collection(
    key="sensors", title=_("Sensors"),
    about=_("Sensors in use, with their newest reading: value, its time and its quality."),
    act=SEE, rows=sensors, order=("key",), also=_newest,
    fields=(*_NAMED[:2], Field(name="object", title=_("Observed object"), column="object_key",
                               of=lambda row: row.object_key),
            Field(name="quantity", title=_("Quantity"), column="quantity"),
            Field(name="unit", title=_("Unit of measurement"),
                  of=lambda row: unit_of_quantity(row.quantity)),
            _NAMED[3], _OWNER,
            Field(name="interval_s", title=_("Interval"), kind="number", column="interval_s",
                  unit="s")),
)  # fmt: skip


def by_kind() -> Iterator[Collection]:
    """A collection for each kind of observed objects that a pack declares."""
    for pack_key, pack in packs().items():
        for kind in pack.object_types.values():
            yield Collection(
                key=f"{pack_key}.{kind.name}",
                title=f"{pack_title(pack_key)} · {told(kind.title, kind.name)}",
                about=_("Observed objects of this kind, with their attributes."),
                act=SEE, rows=_of_kind(pack_key, kind.name), times=("since", "until"),
                fields=_fields_of(kind.attributes),
            )  # fmt: skip


def _of_kind(pack: str, kind: str) -> Callable[[Asker], QuerySet[Any]]:
    return lambda asker: objects(asker).filter(pack=pack, kind=kind)


def _fields_of(attributes: Sequence[Attribute]) -> tuple[Field, ...]:
    plain = (*_NAMED, _OWNER, *_OF, *_REACHED, _SINCE)
    taken = {one.name for one in plain}
    return (*plain, *(_attribute(one, taken) for one in attributes))


def _attribute(one: Attribute, taken: set[str]) -> Field:
    name = one.name
    return Field(
        name=f"attribute_{name}" if name in taken else name,
        title=told(one.title, name),
        kind=_KINDS.get(one.type, "string"),
        column=f"attributes__{name}",
        of=lambda row: row.attributes.get(name),
        unit=one.unit,
    )
