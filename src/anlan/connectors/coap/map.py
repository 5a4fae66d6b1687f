"""The mapping of a CoAP port: who may send, with which key, to which path, and what it means."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, NamedTuple

from anlan.connectors.mapping.form import Form, form_of
from anlan.connectors.mapping.section import Section, only
from anlan.terms.errors import Malformed

_HEAD = ("bind", "port", "addresses", "keys_file", "messages_per_s")
_LEAST, _MOST_RATE = 8, 100_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """Where devices send to. networks: whence alone, empty for everywhere · keys: by path, None
    where nobody proves who it is · messages_per_s: of one address."""

    bind: str
    port: int
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    keys: Mapping[str, str] | None = field(default=None, repr=False)
    messages_per_s: float = 50.0

    def lets_in(self, address: str) -> bool:
        """Whether devices may send from an address."""
        try:
            return not self.networks or any(ip_address(address) in one for one in self.networks)
        except ValueError:
            return False


class Place(NamedTuple):
    """Messages of one path, in which `+` is any level, and how they read."""

    levels: tuple[str, ...]
    form: Form

    def matches(self, levels: tuple[str, ...]) -> bool:
        """Whether a message is of this path."""
        return len(levels) == len(self.levels) and all(
            want in ("+", level) for want, level in zip(self.levels, levels, strict=True)
        )


class Map(NamedTuple):
    """A port and its messages; the first that a message fits reads it."""

    port: Port
    paths: tuple[Place, ...]

    def forms(self, levels: tuple[str, ...]) -> list[Form]:
        """The forms of a path."""
        return [one.form for one in self.paths if one.matches(levels)]


def map_of(tables: Mapping[str, Any], where: str, folder: Path) -> Map:
    """The mapping in the tables of a file; files that it names are sought from `folder`."""
    only(tables, ("coap", "message"), where)
    port = _port(Section(tables.get("coap"), f"{where} [coap]"), folder)
    rows = tables.get("message")
    if not isinstance(rows, list) or not rows:
        raise Malformed("needs at least one [[message]]", where=where)
    sections = [Section(one, f"{where} [[message]] {n}") for n, one in enumerate(rows, 1)]
    return Map(port, tuple(_path(one) for one in sections))


def _path(section: Section) -> Place:
    levels = tuple(section.text("path").strip("/").split("/"))
    if "" in levels or any("+" in one and one != "+" for one in levels):
        section.fail("path is levels such as up/+; + stands for a whole level")
    rest = {name: one for name, one in section.table.items() if name != "path"}
    form = form_of(Section(rest, section.where))
    for named in (form.sensor, form.device):
        if named is not None and any(one > len(levels) for one in named.levels):
            section.fail(f"{named.text}: the path has not so many levels")
    return Place(levels, form)


def _port(section: Section, folder: Path) -> Port:
    only(section.table, _HEAD, section.where)
    rate = section.number("messages_per_s", 50.0)
    if not 0 < rate <= _MOST_RATE:
        section.fail(f"messages_per_s must be above 0, at most {_MOST_RATE:,.0f}")
    return Port(
        bind=section.text("bind", "127.0.0.1"), port=section.whole("port", 5683, least=1),
        networks=_networks(section), keys=_keys(section, folder), messages_per_s=rate,
    )  # fmt: skip


def _networks(section: Section) -> tuple[IPv4Network | IPv6Network, ...]:
    found = section.table.get("addresses", [])
    try:
        if not isinstance(found, list):
            raise ValueError("no list")
        return tuple(ip_network(one, strict=False) for one in found)
    except ValueError as error:
        section.fail(f"addresses must be a list of networks ({error})")


def _keys(section: Section, folder: Path) -> dict[str, str] | None:
    path = section.file("keys_file", folder)
    if path is None:
        return None
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        section.fail(f"keys_file cannot be read ({error})")
    for name, key in found.items():
        if not isinstance(key, str) or len(key) < _LEAST:
            section.fail(f"keys_file: {name} needs a key of at least {_LEAST} characters")
    return {name.strip("/"): key for name, key in found.items()}
