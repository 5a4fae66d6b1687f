"""The sheet of observed objects 监测对象; their further fields are those of their kind's schema."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anlan.apps.atlas.actions.registry import place_sensors
from anlan.apps.atlas.acts import EDIT_OBJECTS, SEE
from anlan.apps.atlas.meaning import PLAIN, kind_title, packs, told
from anlan.apps.atlas.models import ObservedObject
from anlan.apps.atlas.pages import parts
from anlan.apps.atlas.queries import enterprises, objects
from anlan.apps.atlas.templatetags.atlas import icon
from anlan.apps.atlas.words import words_for
from anlan.desk.asker import Asker
from anlan.desk.sheet import Check, DatedWriter, Field, Kind, Section, Sheet
from anlan.desk.sheet.declare import MORE
from anlan.packs import Attribute

_KINDS = {"number": Kind.NUMBER, "choice": Kind.CHOICE, "flag": Kind.FLAG, "date": Kind.DAY}


def kinds() -> list[tuple[str, str]]:
    """The kinds of objects that there are, with their hazards."""
    return [(PLAIN, kind_title("", "device"))] + [
        (f"{name}.{kind}", f"{told(pack.title)} · {told(one.title)}")
        for name, pack in packs().items()
        for kind, one in pack.object_types.items()
    ]


def _split(value: str) -> dict[str, str]:
    """A kind as its pack and its name there."""
    pack, _dot, kind = value.rpartition(".")
    return {"pack": pack, "kind": kind}


def _shown(value: str) -> SafeString:
    """A kind with its drawing, as `kinds` calls it."""
    one = _split(value)
    pack = packs().get(one["pack"])
    words = kind_title(one["pack"], one["kind"])
    title = f"{told(pack.title)} · {words}" if pack else words
    return format_html("{}{}", icon(one["pack"], one["kind"]), title)


def _kind_of(row: Any) -> str:
    return f"{row.pack}.{row.kind}"


def more(values: Mapping[str, Any]) -> Sequence[Field]:
    """The fields that the schema of a kind asks for."""
    one = _split(str(values.get("kind") or ""))
    pack = packs().get(one["pack"])
    kind = pack.object_types.get(one["kind"]) if pack else None
    return [_field(attribute) for attribute in kind.attributes] if kind else []


def _field(attribute: Attribute) -> Field:
    return Field(
        name=MORE + attribute.name,
        title=told(attribute.title, attribute.name),
        kind=_KINDS.get(attribute.type, Kind.TEXT),
        is_required=attribute.required,
        unit=attribute.unit,
        choices=(lambda: [(c, c) for c in attribute.choices]) if attribute.choices else None,
    )


def _settle(values: dict[str, Any]) -> dict[str, Any]:
    return values | _split(str(values["kind"])) if "kind" in values else values


def _check(asker: Asker) -> Check:
    seen: dict[tuple[str, str], bool] = {}

    def is_there(rows: Any, name: str, key: str) -> bool:
        if (name, key) not in seen:
            seen[name, key] = rows(asker).filter(key=key).exists()
        return seen[name, key]

    def check(values: dict[str, Any]) -> Mapping[str, str]:
        """What it belongs to stands in the asker's jurisdiction."""
        wrong = {}
        for name, rows in (("enterprise", enterprises), ("parent", objects)):
            key = str(values.get(name) or "")
            if key and not is_there(rows, name, key):
                wrong[name] = _now("There is no “%(key)s” in your jurisdiction.") % {"key": key}
        return wrong

    return check


OBJECTS = Sheet(
    name="objects",
    base="/atlas/objects",
    model=ObservedObject,
    title=_("Observed objects"),
    one=_("Observed object"),
    read=SEE,
    change=EDIT_OBJECTS,
    writer=DatedWriter(words_for, after=lambda rows: place_sensors([row.key for row in rows])),
    more=more,
    settle=_settle,
    check=_check,
    beside=lambda row: [(_now("Live page"), f"/objects/{row.key}")],
    fields=(
        parts.KEY, parts.NAME, parts.NAME_EN,
        Field(name="kind", title=_("Kind"), kind=Kind.CHOICE, is_required=True, is_fixed=True,
              choices=kinds, read=_kind_of, where=_split, show=_shown),
        parts.REGION,
        Field(name="enterprise", title=_("Enterprise"),
              offers=parts.offered(enterprises), note=_("Key of the enterprise.")),
        Field(name="parent", title=_("Part of"), offers=parts.offered(objects),
              note=_("Key of the wider object.")),
        parts.ADDRESS, parts.CONTACT, parts.PHONE, parts.OWNER,
        Field(name="attributes", title=_("Attributes"), kind=Kind.PLAIN),
        parts.SHAPE, parts.SINCE,
    ),
    columns=("name", "kind", "region", "owner", "contact", "phone"),
    filters=("region", "kind"),
    facets=("kind", "pack"),
    sections=(
        Section(_("Where, and whom to call"), ("region", "address", "contact", "phone", "owner",
                                               "shape", "since")),
        Section(_("What it is"), ("name", "name_en", "kind", "enterprise", "parent")),
    ),
)  # fmt: skip
