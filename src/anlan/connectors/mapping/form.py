"""A form: what the messages of one kind look like, as the tables of a mapping say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from anlan.connectors.mapping.cells import Cell, cell_of, trail_in
from anlan.connectors.mapping.clocks import ARRIVAL, UNITS, Clock, zone_of
from anlan.connectors.mapping.coding import Coding
from anlan.connectors.mapping.section import Section, only
from anlan.connectors.mapping.templates import Template, template
from anlan.connectors.mapping.trails import Trail, trail
from anlan.terms.errors import Malformed
from anlan.terms.rows import FIELDS

T = TypeVar("T")
Shape = Literal["flat", "values", "senml", "rows"]
Payload = Literal["json", "cbor", "text"]
KEYS = (
    "shape", "payload", "inside", "coding", "when", "sensor", "device", "keys", "fields", "rows",
    "time", "time_unit", "zone", "unit", "quality", "values", "online", "says",
)  # fmt: skip
_ROWS_ONLY = ("rows", "time", "quality", "values", "online", "says", "zone")
_BEIJING = "+08:00"


class Inside(NamedTuple):
    """The message proper, where it is wrapped in another. at: where it stands · coding: how."""

    at: Trail
    coding: Coding


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """docs/how-to/mqtt.md says what each key of a mapping is for.

    clock: of all times · device: None where nothing says who sends · when: what must stand where,
    else the form is not that of the message · is_steady: a device's keys are always the same ·
    known: those that were made already, by device and name.
    """

    shape: Shape = "rows"
    payload: Payload = "json"
    inside: Inside | None = None
    when: tuple[tuple[Trail, str], ...] = ()
    sensor: Template
    device: Template | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    clock: Clock
    unit: str | None = None
    rows: Trail = field(default_factory=Trail)
    time: Trail = field(default_factory=Trail)
    quality: Cell | None = None
    values: tuple[tuple[Template, Cell], ...] = ()
    online: Cell | bool | None = None
    says: Trail | None = None
    is_steady: bool = False
    known: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict, compare=False)


def form_of(section: Section) -> Form:
    """The form in a table; keys that are no form's own were taken out of it before."""
    only(section.table, KEYS, section.where)
    kind: Shape = section.choice("shape", get_args(Shape), "rows")
    fields = section.words("fields")
    only(fields, FIELDS, f"{section.where} fields")
    form = Form(
        shape=kind,
        payload=section.choice("payload", get_args(Payload), "json"),
        inside=_inside(section),
        when=tuple((_trail(name, section), word) for name, word in section.words("when").items()),
        clock=_clock(section, kind),
        keys=section.words("keys"),
        fields=fields,
        unit=section.text("unit") if "unit" in section else None,
        **(_rows(section) if kind == "rows" else _named(section)),
    )
    _check(form, section)
    return form


def _named(section: Section) -> dict[str, Any]:
    """The names of the shapes that know where everything stands."""
    device = section.text("device", "")
    return {
        "sensor": _template("sensor", section.text("sensor", "{key}"), section, ("key", "device")),
        "device": _template("device", device, section, ()) if device else None,
    }


def _rows(section: Section) -> dict[str, Any]:
    """What the shape `rows` says of itself."""
    rows = _trail(section.text("rows", "."), section)
    kept = tuple(rows.kept)
    device = section.text("device", "")
    default = "{device}.{quantity}" if device else "{quantity}"
    sensor = section.text("sensor", default)
    values = section.table.get("values", {})
    if not isinstance(values, dict):
        section.fail("values must be a table of quantities")
    cell: dict[str, Any] = {
        name: _cell(name, section) for name in ("quality", "online") if name in section
    }
    _check_quality(cell.get("quality"), section)
    named = [
        (_template("values", name, section, kept, True), cell_of(one, f"{section.where} {name}"))
        for name, one in values.items()
    ]
    key = _template("sensor", sensor, section, ("device", "quantity", *kept), True)
    return cell | {
        "rows": rows,
        "time": trail_in(section, "time", "time"),
        "device": _template("device", device, section, kept, True) if device else None,
        "sensor": key,
        "values": tuple(named),
        "says": trail_in(section, "says") if "says" in section else None,
        "is_steady": all(one.is_steady for one in (key, *(name for name, _ in named))),
    }


def _cell(name: str, section: Section) -> Cell | bool:
    """A cell; whether a device is online may also be said by the message that it is."""
    if name == "online" and isinstance(section.table[name], bool):
        return bool(section.table[name])
    return cell_of(section.table[name], f"{section.where} {name}")


def _check_quality(cell: Cell | None, section: Section) -> None:
    if cell is not None and not set(cell.states.values()) <= {0.0, 1.0, 2.0}:
        section.fail("quality: its states are 0 good, 1 uncertain or 2 bad")


def _trail(text: str, section: Section) -> Trail:
    return _told(lambda: trail(text), section)


def _template(
    name: str, text: str, section: Section, names: tuple[str, ...], has_trails: bool = False
) -> Template:
    return _told(lambda: template(text, names, has_trails=has_trails), section, name)


def _told(made: Callable[[], T], section: Section, name: str = "") -> T:
    """What is made; Malformed with the place in the file."""
    try:
        return made()
    except Malformed as error:
        raise Malformed(f"{name}: {error}" if name else str(error), where=section.where) from error


def _inside(section: Section) -> Inside | None:
    if "inside" not in section:
        if "coding" in section:
            section.fail("coding needs inside")
        return None
    at = trail_in(section, "inside")
    return Inside(at, section.choice("coding", get_args(Coding), "json"))


def _clock(section: Section, shape: str) -> Clock:
    unit = section.text("time_unit", "ms")
    if unit not in UNITS and "%" not in unit:
        section.fail(
            f"time_unit is {unit!r}; it is one of {', '.join(UNITS)} or a pattern such as %Y%m%d"
        )
    if shape != "rows":
        if unit not in ("ms", "s"):
            section.fail(f"time_unit {unit} belongs to the shape rows")
        return Clock(unit)
    return Clock(unit, _told(lambda: zone_of(section.text("zone", _BEIJING)), section))


def _check(form: Form, section: Section) -> None:
    """Malformed for keys that do not go together."""
    wrong = {
        "fields belong to the shape flat": form.shape != "flat" and bool(form.fields),
        "unit belongs to the shape senml": form.shape != "senml" and form.unit is not None,
        "time_unit: SenML times are always seconds": (
            form.shape == "senml" and form.clock.unit != "ms"
        ),
        "sensor: the shape values needs {key}, else all values were one sensor": (
            form.shape == "values" and not form.sensor.has("key")
        ),
        "keys belong to other shapes than rows": form.shape == "rows" and bool(form.keys),
        "needs values, online or says": form.shape == "rows" and not (
            form.values or form.online is not None or form.says
        ),
        "online and says need device": form.device is None and (
            form.online is not None or form.says is not None
        ),
        "sensor takes {device}, and there is no device": (
            form.sensor.has("device") and form.device is None
        ),
        "sensor: needs {quantity}, else all values were one sensor": (
            len(form.values) > 1 and not form.sensor.has("quantity")
        ),
        "time: with the time of arrival there is none": (
            form.clock.unit == ARRIVAL and "time" in section
        ),
    }  # fmt: skip
    for sentence, is_so in wrong.items():
        if is_so:
            section.fail(sentence)
    if form.shape != "rows":
        for name in _ROWS_ONLY:
            if name in section:
                section.fail(f"{name} belongs to the shape rows")
