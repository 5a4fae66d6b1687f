"""The sheet of sensors 测点: read from the projection, written through the registry's door."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.actions.sensors import RegistryWriter
from anlan.apps.atlas.acts import EDIT_SENSORS, SEE
from anlan.apps.atlas.meaning import packs, told
from anlan.apps.atlas.models import ObservedObject, Sensor
from anlan.apps.atlas.pages import parts
from anlan.apps.atlas.queries import objects
from anlan.desk.asker import Asker
from anlan.desk.sheet import Check, Field, Kind, Section, Sheet

_MOST_INTERVAL_S = 366 * 86_400


def _quantities() -> list[tuple[str, str]]:
    return [
        (f"{name}.{key}", f"{told(pack.title)} · {told(one.title)}")
        for name, pack in packs().items()
        for key, one in pack.quantities.items()
    ]


def _object_names(keys: set[str]) -> dict[str, str]:
    """Of objects that sensors of the reader's belong to, and so are the reader's too."""
    rows = ObservedObject.objects.standing().filter(key__in=keys)
    return dict(rows.values_list("key", "name"))


def _check(asker: Asker) -> Check:
    known: dict[str, tuple[str, str] | None] = {}

    def place_of(key: str) -> tuple[str, str] | None:
        if key not in known:
            known[key] = objects(asker).filter(key=key).values_list("region", "owner").first()
        return known[key]

    def check(values: dict[str, Any]) -> Mapping[str, str]:
        """A sensor lies where its object lies, and belongs to whom that belongs."""
        key = str(values["object_key"])
        place = place_of(key)
        if place is None:
            told = _now("There is no observed object “%(key)s” in your jurisdiction.")
            return {"object_key": told % {"key": key[:60]}}
        values["region"], values["owner"] = place
        shape = values.get("shape")
        if shape is not None and shape.geom_type != "Point":
            return {"shape": _now("A sensor stands at one point.")}
        return {}

    return check


SENSORS = Sheet(
    name="sensors",
    base="/atlas/sensors",
    model=Sensor,
    title=_("Sensors"),
    one=_("Sensor"),
    read=SEE,
    change=EDIT_SENSORS,
    writer=RegistryWriter(),
    dated=False,
    check=_check,
    beside=lambda row: [(_now("Its object"), f"/objects/{row.object_key}")],
    fields=(
        Field(name="key", title=_("Sensor"), is_required=True, is_fixed=True,
              note=_("The key under which its readings come; begins with the code of the county.")),
        Field(name="name", title=_("Name")),
        Field(name="object_key", title=_("Object"), is_required=True,
              offers=parts.offered(objects), names=_object_names,
              note=_("Key of the observed object.")),
        Field(name="quantity", title=_("Quantity"), kind=Kind.CHOICE, is_required=True,
              choices=_quantities),
        Field(name="interval_s", title=_("Interval"), kind=Kind.NUMBER, low=0.001,
              high=_MOST_INTERVAL_S, unit="s",
              note=_("Seconds between readings; empty: as the pack says.")),
        Field(name="region", title=_("Region"), kind=Kind.REGION, is_read_only=True,
              show=parts.REGION.show, choices_for=parts.REGION.choices_for),
        Field(name="owner", title=_("Organisation"), is_read_only=True, names=parts.OWNER.names),
        Field(name="retired", title=_("Out of use"), kind=Kind.FLAG, is_read_only=True),
        parts.SHAPE,
    ),
    columns=("key", "name", "object_key", "quantity", "interval_s", "region", "retired"),
    filters=("region", "quantity"),
    facets=("quantity",),
    sections=(
        Section(_("What it is"), ("key", "name", "quantity", "interval_s", "retired")),
        Section(_("Where"), ("object_key", "region", "owner", "shape")),
    ),
)  # fmt: skip
