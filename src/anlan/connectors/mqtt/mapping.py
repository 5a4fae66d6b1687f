"""The mapping: which broker, which topics, and what their payloads look like, read from TOML."""

import re
import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

from anlan.terms.errors import Malformed
from anlan.terms.rows import FIELDS

Shape = Literal["flat", "values", "senml"]
Version = Literal["3.1.1", "5"]
TimeUnit = Literal["ms", "s"]
_PLACE = re.compile(r"\{([^{}]*)\}")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Messages of one topic filter.

    sensor: how a sensor's key is built: {1}, {2} … are levels of the topic, {key} is the name in
    the payload · keys: names in the payload and what they are called here; where given, others
    are passed over · fields: what the fields of the flat shape are called in the payload ·
    unit: where given, a SenML record in another unit is a fault.
    """

    filter: str
    shape: Shape
    sensor: str = "{key}"
    keys: Table[str, str] = field(default_factory=dict)
    fields: Table[str, str] = field(default_factory=dict)
    time_unit: TimeUnit = "ms"
    unit: str | None = None

    def matches(self, topic: str) -> bool:
        """Whether a topic falls under the filter; wildcards never match a leading `$`."""
        wanted, levels = self.filter.split("/"), topic.split("/")
        if topic.startswith("$") and wanted[0] in ("+", "#"):
            return False
        if wanted[-1] == "#":
            wanted = wanted[:-1]
            levels = levels[: len(wanted)] if len(levels) >= len(wanted) else levels
        same = (want in ("+", level) for want, level in zip(wanted, levels, strict=False))
        return len(wanted) == len(levels) and all(same)

    def key(self, topic: str, name: str) -> str | None:
        """The sensor's key for a name in the payload; None where it is passed over.

        Raises Malformed where the topic lacks a level that the key is built from.
        """
        if self.keys and name not in self.keys:
            return None
        levels = topic.split("/")

        def fill(place: re.Match[str]) -> str:
            if place[1] == "key":
                return self.keys.get(name, name)
            if int(place[1]) > len(levels):
                raise Malformed(f"topic {topic} has no level {place[1]}")
            return levels[int(place[1]) - 1]

        return _PLACE.sub(fill, self.sensor)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A broker and its topics; the first topic that matches a message reads it."""

    broker: Broker
    topics: tuple[Topic, ...]

    def topic_of(self, topic: str) -> Topic:
        """The topic that reads a message; Malformed where none does."""
        for one in self.topics:
            if one.matches(topic):
                return one
        raise Malformed(f"no topic of the mapping matches {topic[:200]}")


def load_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file; Malformed names the file and the place in it."""
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"cannot be read ({error})", where=str(path)) from error
    return parse_mapping(content, where=str(path), folder=path.parent)


def parse_mapping(content: str, *, where: str, folder: Path = Path()) -> Mapping:
    """The mapping in a TOML text; files it names are sought from `folder`."""
    try:
        tables = tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Malformed(f"not TOML ({error})", where=where) from error
    _only(tables, ("broker", "topic"), where)
    topics = tables.get("topic")
    if not isinstance(topics, list) or not topics:
        raise Malformed("needs at least one [[topic]]", where=where)
    return Mapping(
        _broker(_Section(tables.get("broker"), f"{where} [broker]"), folder),
        tuple(_topic(_Section(one, f"{where} [[topic]] {n}")) for n, one in enumerate(topics, 1)),
    )


class _Section:
    """One table of the file, read key by key."""

    def __init__(self, table: Any, where: str) -> None:
        self.where = where
        if not isinstance(table, dict):
            self.fail("is missing, or is no table")
        self.table: dict[str, Any] = table

    def fail(self, message: str) -> NoReturn:
        raise Malformed(message, where=self.where)

    def text(self, name: str, default: str | None = None) -> str:
        found = self.table.get(name, default)
        if not isinstance(found, str) or not found:
            self.fail(f"{name} must be a text" if name in self.table else f"needs {name}")
        return found

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> Any:
        found = self.text(name, default)
        if found not in choices:
            self.fail(f"{name} is {found!r}; it is one of {', '.join(choices)}")
        return found

    def words(self, name: str) -> dict[str, str]:
        found = self.table.get(name, {})
        if not isinstance(found, dict) or not all(isinstance(w, str) and w for w in found.values()):
            self.fail(f"{name} must be a table of texts")
        return found

    def file(self, name: str, folder: Path) -> Path | None:
        if name not in self.table:
            return None
        path = folder / self.text(name)
        if not path.is_file():
            self.fail(f"{name}: there is no file {path}")
        return path


def _only(table: Table[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in table:
        if name not in known:
            raise Malformed(f"no such key: {name} (there are {', '.join(known)})", where=where)


def _broker(section: _Section, folder: Path) -> Broker:
    _only(section.table, tuple(Broker.__dataclass_fields__), section.where)
    port = section.table.get("port", 1883)
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65_536:
        section.fail("port must be a number from 1 to 65535")
    password_file = section.file("password_file", folder)
    if password_file and "username" not in section.table:
        section.fail("password_file needs username")
    return Broker(
        host=section.text("host"),
        client_id=section.text("client_id"),
        port=port,
        version=section.choice("version", get_args(Version), "5"),
        username=section.text("username") if "username" in section.table else None,
        password_file=password_file,
        ca_file=section.file("ca_file", folder),
    )


def _topic(section: _Section) -> Topic:
    _only(section.table, tuple(Topic.__dataclass_fields__), section.where)
    fields = section.words("fields")
    _only(fields, FIELDS, f"{section.where} fields")
    topic = Topic(
        filter=section.text("filter"),
        shape=section.choice("shape", get_args(Shape)),
        sensor=section.text("sensor", "{key}"),
        keys=section.words("keys"),
        fields=fields,
        time_unit=section.choice("time_unit", get_args(TimeUnit), "ms"),
        unit=section.text("unit") if "unit" in section.table else None,
    )
    _check_filter(topic, section)
    _check_sensor(topic, section)
    _check_shape(topic, section)
    return topic


def _check_filter(topic: Topic, section: _Section) -> None:
    levels = topic.filter.split("/")
    misplaced = [one for one in levels if len(one) > 1 and ("+" in one or "#" in one)]
    if misplaced or "#" in levels[:-1] or "\0" in topic.filter or len(topic.filter) > 65_535:
        section.fail(f"filter {topic.filter!r}: + stands for a whole level, # only for the last")
    if levels[0] == "$share":
        section.fail("filter: a shared subscription keeps no messages for one that is away")


def _check_sensor(topic: Topic, section: _Section) -> None:
    places = _PLACE.findall(topic.sensor)
    levels = topic.filter.split("/")
    for place in places:
        if place != "key" and re.fullmatch("[1-9][0-9]?", place) is None:
            section.fail(
                f"sensor: {{{place}}} is neither {{key}} nor a level of the topic, {{1}} …"
            )
        if place != "key" and levels[-1] != "#" and int(place) > len(levels):
            section.fail(f"sensor: the filter has no level {place}")
    if re.search(r"[{}]", _PLACE.sub("", topic.sensor)):
        section.fail("sensor: a brace stands alone")
    if topic.shape == "values" and "key" not in places:
        section.fail("sensor: the shape values needs {key}, else all values were one sensor")


def _check_shape(topic: Topic, section: _Section) -> None:
    if topic.shape != "flat" and topic.fields:
        section.fail("fields belong to the shape flat")
    if topic.shape != "senml" and topic.unit:
        section.fail("unit belongs to the shape senml")
    if topic.shape == "senml" and topic.time_unit != "ms":
        section.fail("time_unit: SenML times are always seconds")
