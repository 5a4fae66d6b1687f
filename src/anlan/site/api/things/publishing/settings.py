"""Who is told what at which broker: `sensorthings.toml` in the data folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from anlan.connectors.mapping.section import Section, load, only
from anlan.connectors.mqtt.mapping import Broker, broker_in
from anlan.site.api.things.ask.options import Options
from anlan.site.api.things.model import KINDS
from anlan.site.api.things.reading.reader import check

FILE: Final = "sensorthings.toml"
SETS: Final = ("Observations", "Things")


@dataclass(frozen=True, slots=True)
class Audience:
    """key: the public name of a program's key, whose jurisdiction is told · prefix: before every
    topic, empty or with a stroke at its end · selects: by set, what else than whole entities."""

    key: str
    prefix: str
    selects: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Settings:
    """The broker, and who is told there."""

    broker: Broker
    audiences: tuple[Audience, ...]


def load_settings(path: Path) -> Settings:
    """The settings in a file; Malformed names the file and the place in it."""
    tables, where = load(path), str(path)
    only(tables, ("broker", "publish"), where)
    found = tables.get("publish")
    audiences = found if isinstance(found, list) else []
    broker = Section(tables.get("broker"), f"{where} [broker]")
    sections = [Section(one, f"{where} [[publish]] {n}") for n, one in enumerate(audiences, 1)]
    told = tuple(_audience(one) for one in sections)
    for one, section in zip(told, sections, strict=True):
        if sum(one.prefix == other.prefix for other in told) > 1:
            section.fail("prefix: two programs would be told under the same topics")
    return Settings(broker_in(broker, path.parent), told)


def _audience(section: Section) -> Audience:
    only(section.table, ("key", "prefix", "select"), section.where)
    prefix = section.text("prefix", "")
    if any(sign in prefix for sign in "+#\0$") or prefix.startswith("/"):
        section.fail("prefix has no + # $ and begins with no stroke")
    if prefix and not prefix.endswith("/"):
        section.fail("prefix ends with a stroke, such as county/")
    return Audience(section.text("key"), prefix, _selects(section))


def _selects(section: Section) -> dict[str, tuple[str, ...]]:
    told: Any = section.table.get("select", {})
    if not isinstance(told, dict) or not set(told) <= set(SETS):
        section.fail(f"select is a table of {' and '.join(SETS)}")
    for name, many in told.items():
        if not isinstance(many, list) or not all(isinstance(one, str) and one for one in many):
            section.fail(f"select {name} is a list of texts such as 'result,phenomenonTime'")
        for one in many:
            check(KINDS[name], Options(select=names_in(one)))
    return {name: tuple(many) for name, many in told.items()}


def names_in(select: str) -> tuple[str, ...]:
    """The names in a `$select`."""
    return tuple(one.strip() for one in select.split(","))
