"""The mapping of a broker: which it is, which topics, and what their payloads look like."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from anlan.connectors.mapping.form import Form, form_of
from anlan.connectors.mapping.section import Section, load, only, parse
from anlan.terms.errors import Malformed

Version = Literal["3.1.1", "5"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is and who we are to it; `client_id` names the session it keeps for us.

    password_file holds the password alone; a ca_file turns TLS on.
    """

    host: str
    client_id: str
    port: int = 1883
    version: Version = "5"
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """Messages of one topic filter, and how they read."""

    filter: str
    form: Form

    def matches(self, levels: tuple[str, ...]) -> bool:
        """Whether a topic falls under the filter; wildcards never match a leading `$`."""
        wanted = self.filter.split("/")
        if levels[0].startswith("$") and wanted[0] in ("+", "#"):
            return False
        if wanted[-1] == "#":
            wanted = wanted[:-1]
            levels = levels[: len(wanted)] if len(levels) >= len(wanted) else levels
        same = (want in ("+", level) for want, level in zip(wanted, levels, strict=False))
        return len(wanted) == len(levels) and all(same)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A broker and its topics; the first topic that matches a message and fits it reads it."""

    broker: Broker
    topics: tuple[Topic, ...]

    def topics_of(self, levels: tuple[str, ...]) -> list[Topic]:
        """The topics that match a message; Malformed where none does."""
        found = [one for one in self.topics if one.matches(levels)]
        if not found:
            raise Malformed(f"no topic of the mapping matches {'/'.join(levels)[:200]}")
        return found

    @property
    def has_devices(self) -> bool:
        """Whether any topic says who sends."""
        return any(topic.form.device is not None for topic in self.topics)

    @property
    def filters(self) -> list[str]:
        """What is subscribed to."""
        return list(dict.fromkeys(topic.filter for topic in self.topics))


def load_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file; Malformed names the file and the place in it."""
    return _mapping(load(path), where=str(path), folder=path.parent)


def parse_mapping(content: str, *, where: str, folder: Path = Path()) -> Mapping:
    """The mapping in a TOML text; files it names are sought from `folder`."""
    return _mapping(parse(content, where=where), where=where, folder=folder)


def _mapping(tables: dict[str, Any], *, where: str, folder: Path) -> Mapping:
    only(tables, ("broker", "topic"), where)
    topics = tables.get("topic")
    if not isinstance(topics, list) or not topics:
        raise Malformed("needs at least one [[topic]]", where=where)
    return Mapping(
        broker_in(Section(tables.get("broker"), f"{where} [broker]"), folder),
        tuple(_topic(Section(one, f"{where} [[topic]] {n}")) for n, one in enumerate(topics, 1)),
    )


def broker_in(section: Section, folder: Path) -> Broker:
    """The broker that a table names; files are sought from `folder`."""
    only(section.table, tuple(Broker.__dataclass_fields__), section.where)
    password_file = section.file("password_file", folder)
    if password_file and "username" not in section:
        section.fail("password_file needs username")
    return Broker(
        host=section.text("host"),
        client_id=section.text("client_id"),
        port=section.whole("port", 1883, least=1),
        version=section.choice("version", get_args(Version), "5"),
        username=section.text("username") if "username" in section else None,
        password_file=password_file,
        ca_file=section.file("ca_file", folder),
    )


def _topic(section: Section) -> Topic:
    wanted = section.text("filter")
    _check_filter(wanted, section)
    rest = {name: one for name, one in section.table.items() if name != "filter"}
    form = form_of(Section(rest, section.where))
    levels = wanted.split("/")
    for named in (form.sensor, form.device):
        for level in named.levels if named else ():
            if levels[-1] != "#" and level > len(levels):
                section.fail(f"{named.text if named else ''}: the filter has no level {level}")
    return Topic(wanted, form)


def _check_filter(wanted: str, section: Section) -> None:
    levels = wanted.split("/")
    misplaced = [one for one in levels if len(one) > 1 and ("+" in one or "#" in one)]
    if misplaced or "#" in levels[:-1] or "\0" in wanted or len(wanted) > 65_535:
        section.fail(f"filter {wanted!r}: + stands for a whole level, # only for the last")
    if levels[0] == "$share":
        section.fail("filter: a shared subscription keeps no messages for one that is away")
