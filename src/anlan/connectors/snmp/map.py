"""The mappings of SNMP: a device that is asked, and a port where devices tell by themselves."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from anlan.connectors.mapping.points import Group, group_of, groups_of, rows_of
from anlan.connectors.mapping.section import Section, only
from anlan.connectors.snmp.who import KEYS, Who, who_of
from anlan.terms.errors import Malformed

TRAP = "trap"
"""In place of an address: which notification came."""
_LINK = ("host", "port", *KEYS, "timeout_s", "retries", "period_s")
_READ = ("device", "period_s", "sensor", "values")
_PORT = ("bind", "port")
_SOURCE = ("device", "address", *KEYS, "engine", "names", "sensor", "values")
_OID = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,9})){1,127}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One device that is asked."""

    host: str
    port: int = 161
    who: Who
    timeout_s: float = 3.0
    retries: int = 1


@dataclass(frozen=True, slots=True)
class Map:
    """One device and what is asked of it."""

    link: Link
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A device that tells by itself. engine: its own, of v3, for traps; informs need none · names:
    what people call its notifications, by their identifier."""

    device: str
    address: str
    who: Who
    engine: bytes = b""
    names: Mapping[str, str] = field(default_factory=dict)
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """Where devices tell, and which are heard."""

    bind: str
    port: int
    sources: tuple[Source, ...]


def map_of(tables: Mapping[str, Any], where: str, folder: Path) -> Map:
    """The mapping in the tables of a file; files that it names are sought from `folder`."""
    only(tables, ("snmp", "read"), where)
    head = Section(tables.get("snmp"), f"{where} [snmp]")
    only(head.table, _LINK, head.where)
    link = Link(
        host=head.text("host"), port=head.whole("port", 161, least=1), who=who_of(head, folder),
        timeout_s=head.span("timeout_s", 3.0), retries=head.whole("retries", 1, most=10),
    )  # fmt: skip
    period_s = head.span("period_s", 30.0)
    groups = groups_of(tables, where, lambda one: _group(one, period_s))
    return Map(link, groups)


def _group(section: Section, period_s: float) -> Group:
    only(section.table, _READ, section.where)
    return group_of(section, period_s, oid_of)


def oid_of(text: str) -> str:
    """An identifier, such as `1.3.6.1.2.1.1.3.0`."""
    if not _OID.fullmatch(text):
        raise Malformed(f"{text!r} is no identifier, such as 1.3.6.1.2.1.1.3.0")
    return text


def _told(text: str) -> str:
    return text if text == TRAP else oid_of(text)


def port_of(tables: Mapping[str, Any], where: str, folder: Path) -> Port:
    """The port in the tables of a file."""
    only(tables, ("traps", "source"), where)
    head = Section(tables.get("traps"), f"{where} [traps]")
    only(head.table, _PORT, head.where)
    sources = tuple(_source(one, folder) for one in rows_of(tables, "source", where))
    if not sources:
        raise Malformed("needs at least one [[source]]", where=where)
    _distinct(sources, where)
    bind = head.text("bind", "0.0.0.0")  # noqa: S104 - devices of a network are to be heard
    return Port(bind, head.whole("port", 162), sources)


def _distinct(sources: Sequence[Source], where: str) -> None:
    """Malformed where it were not sure who speaks, or with which keys."""
    found: set[tuple[str, str]] = set()
    users: dict[str, int] = {}
    for n, one in enumerate(sources, 1):
        who = one.who.user or one.who.community
        if (one.address, who) in found:
            raise Malformed(f"{one.address} stands twice", where=f"{where} [[source]]")
        found.add((one.address, who))
        first = users.setdefault(one.who.user, n) if one.who.user else n
        if sources[first - 1].who != one.who:
            why = f"user {who!r} has other keys than in [[source]] {first}"
            raise Malformed(why, where=f"{where} [[source]] {n}")


def _source(section: Section, folder: Path) -> Source:
    only(section.table, _SOURCE, section.where)
    who = who_of(section, folder)
    if "engine" in section and not who.user:
        section.fail('engine belongs to version "3"')
    names = section.words("names")
    try:
        address = str(IPv4Address(section.text("address")))
        engine = bytes.fromhex(section.text("engine", ""))
        for one in names:
            oid_of(one)
    except (ValueError, Malformed) as error:
        section.fail(f"address, engine or names: {error}")
    return Source(
        device=section.text("device"), address=address, who=who, engine=engine, names=names,
        group=group_of(section, 1.0, _told) if "values" in section else None,
    )  # fmt: skip
