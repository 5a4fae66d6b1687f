"""What the packs' keys mean to a person, in the language of the page."""

from functools import lru_cache

from django.utils.translation import gettext as _

from anlan.apps.atlas.shelf import packs as packs
from anlan.connectors.frames import Measure
from anlan.desk.templatetags.desk import told as told
from anlan.engine.plan import quantity_in
from anlan.live.gateway.protocols import names, speech_of
from anlan.packs import Guidance, ObjectType, QuantitySpec, Words
from anlan.packs.units import shown
from anlan.terms.levels import Level

PLAIN = ".device"
"""The kind of an object of no hazard: a vehicle, or whatever else carries a device."""
_UCUM = {
    "℃": "Cel", "°": "deg", "m²": "m2", "m³": "m3", "m³/s": "m3/s", "m³/h": "m3/h",
    "mg/m³": "mg/m3", "µg/m³": "ug/m3",
}  # fmt: skip
"""How UCUM writes units of the standards of devices."""


def placed_quantity(name: str) -> str:
    """A quantity with its pack before it, where one pack alone has it: flood.water_level."""
    found = [f"{key}.{name}" for key, pack in packs().items() if name in pack.quantities]
    return found[0] if len(found) == 1 else name


def quantity(name: str) -> QuantitySpec | None:
    """What a quantity is; None where no pack knows it."""
    for key, pack in packs().items():
        found = quantity_in(key, name)
        if found and found in pack.quantities:
            return pack.quantities[found]
    return None


def quantity_title(name: str) -> str:
    """The name of a quantity."""
    if spec := quantity(name):
        return told(spec.title, name)
    spoken = measure_of(*name.partition(".")[::2])
    return spoken.title if spoken else name


def unit_of_quantity(name: str) -> str:
    """The UCUM code of a quantity, empty where neither a pack nor a protocol knows it."""
    if spec := quantity(name):
        return spec.unit
    spoken = measure_of(*name.partition(".")[::2])
    return _UCUM.get(spoken.unit, spoken.unit) if spoken else ""


def states_of_quantity(name: str) -> dict[float, str]:
    """What each value of a quantity is called, by whole number; empty for an amount."""
    spec = quantity(name)
    return {one: told(words) for one, words in spec.states.items()} if spec else {}


def amount_of(value: float | None, name: str) -> str:
    """A value of a quantity as people read it: with its unit, or the name of the state."""
    state = states_of_quantity(name).get(value) if value is not None else None
    return state or shown(value, unit_of_quantity(name))


@lru_cache(maxsize=1 << 12)
def measure_of(protocol: str, quantity: str) -> Measure | None:
    """A quantity that devices speak of, as their protocol names it; None where it does not."""
    return speech_of(protocol).measure(quantity) if protocol in names() else None


def pack_title(name: str) -> str:
    """The short name of a hazard."""
    pack = packs().get(name)
    return told(pack.title, name).partition(":")[0] if pack else name


def object_type(pack: str, kind: str) -> ObjectType | None:
    """A type of observed objects; None where the pack does not declare it."""
    found = packs().get(pack)
    return found.object_types.get(kind) if found else None


def kind_title(pack: str, kind: str) -> str:
    """The name of a type of objects."""
    if f"{pack}.{kind}" == PLAIN:
        return _("Device")
    found = object_type(pack, kind)
    return told(found.title, kind) if found else kind


def icon_path(pack: str, kind: str) -> str:
    """The drawing of a type of objects, else of its hazard, as an SVG path; empty for neither."""
    found = packs().get(pack)
    if found is None:
        return ""
    one = found.object_types.get(kind)
    return found.icons.get(one.icon if one else found.icon, "")


def rule_words(key: str) -> Words | None:
    """The name of a rule in both languages."""
    pack = packs().get(key.partition(".")[0])
    note = pack.notes.get(key) if pack else None
    return note.title if note else None


def rule_title(key: str) -> str:
    """The name of a rule."""
    return told(rule_words(key), key)


def mark_title(rule: str, level: int) -> str:
    """What reaching a level of a rule is called, such as 警戒水位; empty where it has no name."""
    pack = packs().get(rule.partition(".")[0])
    note = pack.notes.get(rule) if pack else None
    return told(note.marks.get(Level(level))) if note else ""


def guidance(rule: str, level: int) -> list[Guidance]:
    """What to do at a level of a rule, with its sources."""
    pack = packs().get(rule.partition(".")[0])
    return [
        line
        for line in (pack.guidance if pack else ())
        if line.level == level and (not line.rules or _is_named(rule, line.rules))
    ]


def _is_named(rule: str, names: tuple[str, ...]) -> bool:
    bare = rule.partition(".")[2]
    return rule in names or bare in names
