"""The mapping of a BACnet device: where it is, which objects count, and what it is to tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any

from bacpypes3.primitivedata import ObjectIdentifier
from bacpypes3.vendor import get_vendor_info

from anlan.connectors.mapping.points import Group, group_of, groups_of
from anlan.connectors.mapping.section import Section, only
from anlan.terms.errors import Malformed

STANDARD = get_vendor_info(0)
"""The objects that the standard knows."""
_LINK = ("host", "port", "bind", "local_port", "instance", "timeout_s", "retries", "period_s",
         "cov_s")  # fmt: skip
_READ = ("device", "period_s", "sensor", "values")
_ANY = "0.0.0.0"  # noqa: S104 - answers come by any interface
_LAST_INSTANCE = 4_194_302
_LEAST_COV, _MOST_COV = 10, 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One device. bind, local_port: where we are; 0 takes any port · instance: our own number ·
    cov_s: how long it is to tell changes before we ask it again; 0 for not at all."""

    host: str
    port: int = 47_808
    bind: str = _ANY
    local_port: int = 0
    instance: int = _LAST_INSTANCE
    timeout_s: float = 3.0
    retries: int = 1
    cov_s: int = 0


@dataclass(frozen=True, slots=True)
class Map:
    """One device and what is asked of it."""

    link: Link
    groups: tuple[Group, ...]


def map_of(tables: Mapping[str, Any], where: str) -> Map:
    """The mapping in the tables of a file."""
    only(tables, ("bacnet", "read"), where)
    head = Section(tables.get("bacnet"), f"{where} [bacnet]")
    only(head.table, _LINK, head.where)
    link = Link(
        host=_ip(head, "host", None), port=head.whole("port", 47_808, least=1),
        bind=_ip(head, "bind", _ANY), local_port=head.whole("local_port", 0),
        instance=head.whole("instance", _LAST_INSTANCE, most=_LAST_INSTANCE),
        timeout_s=head.span("timeout_s", 3.0), retries=head.whole("retries", 1, most=10),
        cov_s=head.whole("cov_s", 0, most=_MOST_COV),
    )  # fmt: skip
    if 0 < link.cov_s < _LEAST_COV:
        head.fail(f"cov_s must be 0, or from {_LEAST_COV} to {_MOST_COV:,}")
    period_s = head.span("period_s", 30.0)
    groups = groups_of(tables, where, lambda one: _group(one, period_s))
    return Map(link, groups)


def _ip(section: Section, name: str, default: str | None) -> str:
    try:
        return str(IPv4Address(section.text(name, default)))
    except ValueError as error:
        section.fail(f"{name}: {error}")


def _group(section: Section, period_s: float) -> Group:
    only(section.table, _READ, section.where)
    return group_of(section, period_s, object_of)


def object_of(text: str) -> Any:
    """The object of a text such as `analog-input,1`."""
    try:
        found = ObjectIdentifier(text)
    except ValueError as error:
        raise Malformed(f"{text!r} is no object, such as analog-input,1") from error
    if found[1] > _LAST_INSTANCE:
        raise Malformed(f"{text!r} is no object: {found[1]} stands for any")
    kind = STANDARD.get_object_class(found[0])
    if kind is None or kind.get_property_type("present-value") is None:
        raise Malformed(f"{text!r} has no present value")
    return found
