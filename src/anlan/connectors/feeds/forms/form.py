"""How a feed tells events: a form is data, a TOML file."""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from anlan.connectors.feeds.forms.record import Record
from anlan.connectors.mapping.section import Section, is_number, only, parse
from anlan.terms.errors import Malformed

_KEYS = ("sender", "office_zh", "office_en", "key", "same", "begins", "ends", "sent", "hold_h",
         "rolls", "rolls_at", "event", "size", "level", "over", "say")  # fmt: skip
_SEVERITIES = ("Minor", "Moderate", "Severe", "Extreme", "Unknown")
_CATEGORIES = ("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport",
               "Infra", "CBRNE", "Other")  # fmt: skip
_SAYS = ("headline_zh", "headline_en", "text_zh", "text_en")
_PLACE = re.compile(r"\{([^{}|]+)(?:\|([^{}]*))?\}")
_REACH_KM = 50.0


@dataclass(frozen=True, slots=True)
class Event:
    """What a kind of event is called. category: of CAP."""

    zh: str
    en: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form. Fields are named as in a record; of several the first that is there is taken.

    key: together they name an event · same: other names of the same event · hold_h: hours that an
    event holds after its end, or after its begin · rolls: the feed lists all that is newer than the
    oldest that it lists, so what is missing was withdrawn · rolls_at: what an address holds where
    that is so, empty for any · event_by, events: kinds by their word ·
    size_by: the number that `least` is for · reach_km: from which size on how far it is heard of ·
    level_by, levels: severities of CAP by word · over_by, overs: words for what was withdrawn ·
    says: texts with `{field/other|else}`.
    """

    sender: str
    office_zh: str
    office_en: str
    key: tuple[str, ...]
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    sent: tuple[str, ...]
    same: str
    hold_h: float
    rolls: bool
    rolls_at: str
    event_by: str
    other: Event
    size_by: str
    level_by: str
    over_by: str
    events: dict[str, Event] = field(default_factory=dict)
    reach_km: tuple[tuple[float, float], ...] = ()
    levels: dict[str, str] = field(default_factory=dict)
    overs: frozenset[str] = frozenset()
    says: dict[str, str] = field(default_factory=dict)

    def is_whole(self, address: str) -> bool:
        """Whether what the list of an address does not hold any more was withdrawn."""
        return self.rolls and self.rolls_at in address

    def event(self, record: Record) -> Event:
        """What kind of event a record tells."""
        return self.events.get(record.text(self.event_by).casefold(), self.other)

    def reach(self, record: Record) -> float:
        """How far around it is heard of, km."""
        size = record.number(self.size_by)
        fits = [km for least, km in self.reach_km if size is not None and size >= least]
        first = self.reach_km[0][1] if self.reach_km else _REACH_KM
        return fits[-1] if fits else first

    def level(self, record: Record) -> str:
        """The severity of CAP; Unknown where the form gives none for its word."""
        return self.levels.get(record.text(self.level_by).casefold(), "Unknown")

    def is_over(self, record: Record) -> bool:
        """Whether the feed says that it was withdrawn."""
        return record.text(self.over_by).casefold() in self.overs

    def say(self, name: str, record: Record, event: str) -> str:
        """A text with what the record says; an event's name stands for {event}."""

        def filled(found: re.Match[str]) -> str:
            if found[1] == "event":
                return event
            told = (record.text(one) for one in found[1].split("/"))
            return next(filter(None, told), found[2] or "")

        return _PLACE.sub(filled, self.says[name])


@cache
def forms() -> tuple[str, ...]:
    """The names of the forms that come with the program."""
    here = files(__package__)
    return tuple(sorted(p.name[:-5] for p in here.iterdir() if p.name.endswith(".toml")))


@cache
def form_named(name: str) -> Form:
    """A form by its name, or from the file at an absolute path; Malformed says what is wrong."""
    if name.startswith("/"):
        try:
            content = Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Malformed(f"the form cannot be read ({error})", where=name) from error
        return form_of(parse(content, where=name), name)
    if name not in forms():
        raise Malformed(f"there is no form {name!r} (there are {', '.join(forms())})")
    content = (files(__package__) / f"{name}.toml").read_text(encoding="utf-8")
    return form_of(parse(content, where=name), name)


def form_of(tables: dict[str, Any], where: str) -> Form:
    """The form that tables describe; Malformed names the table and what is wrong in it."""
    only(tables, _KEYS, where)
    top = Section(tables, where)
    kinds, size, level, over, say = (
        Section(tables.get(name, {}), f"{where} [{name}]")
        for name in ("event", "size", "level", "over", "say")
    )
    other = _event(kinds, None)
    names = kinds.table.get("names", {})
    if not isinstance(names, dict):
        kinds.fail("names must be a table")
    return Form(
        sender=top.text("sender"), office_zh=top.text("office_zh"), office_en=top.text("office_en"),
        key=_fields(top, "key"), begins=_fields(top, "begins"), ends=_fields(top, "ends", ()),
        sent=_fields(top, "sent", ()), same=top.text("same", ""), hold_h=_hours(top),
        rolls=top.flag("rolls"), rolls_at=top.text("rolls_at", ""),
        event_by=kinds.text("by", ""), other=other,
        events={word.casefold(): _event(Section(row, f"{kinds.where} {word}"), other)
                for word, row in names.items()},
        size_by=size.text("by", ""), reach_km=_steps(size),
        level_by=level.text("by", ""), levels=_levels(level),
        over_by=over.text("by", ""), overs=frozenset(
            word.casefold() for word in (_fields(over, "words") if over.table else ())),
        says={name: say.text(name) for name in _SAYS},
    )  # fmt: skip


def _event(row: Section, other: Event | None) -> Event:
    default = other.category if other else "Other"
    return Event(row.text("zh"), row.text("en"), row.choice("category", _CATEGORIES, default))


def _fields(row: Section, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """A list of texts that are not empty, at least one where it is needed."""
    if name not in row.table and default is not None:
        return default
    found = row.table.get(name)
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        row.fail(f"{name} must be a list of texts")
    if not found and default is None:
        row.fail(f"{name} must name at least one")
    return tuple(found)


def _hours(top: Section) -> float:
    hours = top.number("hold_h", 24)
    if not 0 < hours <= 24 * 366:
        top.fail("hold_h must be hours, at most a year")
    return hours


def _steps(size: Section) -> tuple[tuple[float, float], ...]:
    found = size.table.get("reach_km", [])
    if not isinstance(found, list):
        size.fail("reach_km must be a list of [size, km]")
    for one in found:
        if not (isinstance(one, list) and len(one) == 2 and all(map(is_number, one))):
            size.fail("reach_km must be a list of [size, km]")
        if not 0 < one[1] <= 1_000:
            size.fail("reach_km holds km of more than 0 and at most 1000")
    return tuple(sorted((float(a), float(b)) for a, b in found))


def _levels(level: Section) -> dict[str, str]:
    words = [word for word in level.table if word != "by"]
    return {word.casefold(): level.choice(word, _SEVERITIES) for word in words}
