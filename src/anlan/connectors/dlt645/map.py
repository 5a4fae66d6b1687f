"""The map of meters: where their line is, which are on it, what is read of each and how often."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, NamedTuple, get_args

from anlan.connectors.dlt645.items import Edition, Item, item_of
from anlan.connectors.mapping.clocks import zone_of
from anlan.connectors.mapping.points import apart, key_of, values_of
from anlan.connectors.mapping.section import Section, only
from anlan.connectors.mapping.templates import Template
from anlan.terms.errors import Malformed

_LINK = ("host", "port", "timeout_s", "period_s", "wakes", "zone")
_METER = ("device", "address", "edition", "period_s", "sensor", "values")
_VALUE = ("di", "size", "decimals", "signed", "bit", "scale", "unit")
_SIZES = {"2007": 4, "1997": 2}
_LONGEST_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A serial line behind a converter; its meters are asked one after the other. wakes: how many
    `FE` come before a question · zone: of the meters' clocks."""

    host: str
    port: int
    zone: tzinfo
    timeout_s: float = 3.0
    wakes: int = 4


class Value(NamedTuple):
    """A quantity and the item that it is. bit: of a word, None for all of it · scale: what the
    number is multiplied with, such as the ratio of a transformer."""

    name: str
    di: str
    item: Item
    bit: int | None = None
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """What is read of one meter, each period."""

    device: str
    address: str
    edition: Edition
    period_s: float
    sensor: Template
    values: tuple[Value, ...]

    def key(self, quantity: str) -> str:
        """The sensor of a quantity; Malformed where that is no key."""
        return key_of(self.sensor, self.device, quantity)


class Map(NamedTuple):
    """One line and its meters."""

    link: Link
    meters: tuple[Meter, ...]


def map_of(tables: Mapping[str, Any], where: str) -> Map:
    """The map in the tables of a file; Malformed names the table and the key."""
    only(tables, ("dlt645", "meter"), where)
    head = Section(tables.get("dlt645"), f"{where} [dlt645]")
    only(head.table, _LINK, head.where)
    link = Link(
        host=head.text("host"), port=head.whole("port", None, least=1),
        zone=_zone(head), timeout_s=_span(head, "timeout_s", 3.0),
        wakes=head.whole("wakes", 4, most=16),
    )  # fmt: skip
    period_s = _span(head, "period_s", 60.0)
    rows = tables.get("meter")
    if not isinstance(rows, list) or not rows:
        raise Malformed("needs at least one [[meter]]", where=where)
    sections = [Section(one, f"{where} [[meter]] {n}") for n, one in enumerate(rows, 1)]
    meters = tuple(_meter(one, period_s) for one in sections)
    told = [(one.device, one.sensor, [value.name for value in one.values]) for one in meters]
    apart(told, where, "meter")
    return Map(link, meters)


def _zone(section: Section) -> tzinfo:
    try:
        return zone_of(section.text("zone", "+08:00"))
    except Malformed as error:
        section.fail(error.message)


def _span(section: Section, name: str, default: float) -> float:
    found = section.number(name, default)
    if not 0.1 <= found <= _LONGEST_S:
        section.fail(f"{name} must be from 0.1 to {_LONGEST_S:,.0f}")
    return found


def _meter(section: Section, period_s: float) -> Meter:
    only(section.table, _METER, section.where)
    address, edition = section.text("address"), section.choice("edition", get_args(Edition), "2007")
    if not (address.isascii() and address.isdigit() and len(address) <= 12):
        section.fail("address must be up to twelve digits, as they stand on the meter")
    values, sensor = values_of(section)
    return Meter(
        device=section.text("device"), address=address.zfill(12), edition=edition,
        period_s=_span(section, "period_s", period_s), sensor=sensor,
        values=tuple(
            _value(name, spec, edition, f"{section.where} {name}") for name, spec in values.items()
        ),
    )  # fmt: skip


def _value(name: str, spec: Any, edition: Edition, where: str) -> Value:
    section = Section({"di": spec} if isinstance(spec, str) else spec, where)
    only(section.table, _VALUE, where)
    di = section.text("di").lower()
    if len(di) != 2 * _SIZES[edition] or set(di) - set("0123456789abcdef"):
        section.fail(f"di must be {2 * _SIZES[edition]} hexadecimal digits, as the standard has it")
    if edition == "2007" and "ff" in (di[2:4], di[4:6]):
        section.fail("di: a block is not read; name its items")
    item = _item(section, item_of(edition, di))
    bit = section.whole("bit", None, most=8 * item.size - 1) if "bit" in section else None
    if bit is not None and item.kind != "bits":
        section.fail("bit belongs to a word of bits")
    return Value(name, di, item, bit, section.number("scale", 1.0))


def _item(section: Section, known: Item | None) -> Item:
    """What the tables say of an identifier, or the file of one that they do not have."""
    told = [name for name in ("size", "decimals", "signed") if name in section]
    if known is not None and not told:
        return known
    if "size" not in section:
        section.fail("size: the tables do not have this di; say its bytes, decimals and sign")
    return Item(
        size=section.whole("size", None, least=1, most=8),
        decimals=section.whole("decimals", 0, most=15), is_signed=section.flag("signed"),
        kind="bits" if "bit" in section else "number",
    )  # fmt: skip
