"""The map of a SeedLink server: which stations and channels, and what their counts are worth."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anlan.connectors.mapping.points import rows_of
from anlan.connectors.mapping.section import Section, only
from anlan.terms.errors import Malformed

_HEAD, _STATION = ("host", "port", "idle_s"), ("network", "station", "select", "sensitivity")
_NAME, _SELECT = re.compile("[A-Z0-9]{1,5}"), re.compile("[A-Z0-9?]{2,5}")
_CHANNEL = re.compile("[A-Z0-9]{2,3}")
_UNITS = {"m/s": "velocity", "m/s²": "acceleration"}


@dataclass(frozen=True, slots=True)
class Worth:
    """counts: for one unit · unit: m/s or m/s²."""

    counts: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A station. select: channels, `LLCCC` with the location or `CCC`, ? for any letter · worth: by
    channel or its first two letters, what counts are; of others they stay counts."""

    network: str
    station: str
    select: tuple[str, ...]
    worth: Mapping[str, Worth]

    @property
    def device(self) -> str:
        return f"{self.network}.{self.station}"

    def of(self, channel: str) -> Worth | None:
        """What the counts of a channel are worth; None where nobody says."""
        return self.worth.get(channel) or self.worth.get(channel[:2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """idle_s: a server that says nothing for so long is called anew."""

    host: str
    port: int
    idle_s: float
    stations: tuple[Wanted, ...]


def map_of(tables: Mapping[str, Any], where: str) -> Map:
    """The map in the tables of a file; Malformed names the table and the key."""
    only(tables, ("seedlink", "station"), where)
    head = Section(tables.get("seedlink"), f"{where} [seedlink]")
    only(head.table, _HEAD, head.where)
    idle_s = head.number("idle_s", 120)
    if not 5 <= idle_s <= 86_400:
        head.fail("idle_s must be from 5 to 86400")
    stations = tuple(map(_wanted, rows_of(tables, "station", where)))
    if not stations:
        raise Malformed("needs at least one [[station]]", where=where)
    if len({one.device for one in stations}) < len(stations):
        raise Malformed("a station stands there twice", where=where)
    return Map(
        host=head.text("host"), port=head.whole("port", 18_000, least=1), idle_s=idle_s,
        stations=stations,
    )  # fmt: skip


def _wanted(row: Section) -> Wanted:
    only(row.table, _STATION, row.where)
    network, station = row.text("network"), row.text("station")
    if not (_NAME.fullmatch(network) and len(network) <= 2 and _NAME.fullmatch(station)):
        row.fail("network and station are capital letters and digits, at most 2 and 5")
    select = row.table.get("select", [])
    if not isinstance(select, list) or not all(
        isinstance(one, str) and _SELECT.fullmatch(one) for one in select
    ):
        row.fail("select must be a list of channels such as BHZ, 00HN? or ???")
    worth = row.table.get("sensitivity", {})
    if not isinstance(worth, dict):
        row.fail("sensitivity must be a table of channels")
    if strange := next((name for name in worth if not _CHANNEL.fullmatch(name)), ""):
        row.fail(f"sensitivity: {strange!r} is no channel such as BHZ, or BH for all of its kind")
    return Wanted(
        network=network, station=station, select=tuple(select),
        worth={name: _worth(Section(one, f"{row.where} {name}")) for name, one in worth.items()},
    )  # fmt: skip


def _worth(row: Section) -> Worth:
    only(row.table, ("counts", "unit"), row.where)
    counts = row.number("counts", 0)
    if counts <= 0:
        row.fail("counts must be more than 0: so many stand for one unit")
    return Worth(counts, row.choice("unit", tuple(_UNITS)))
