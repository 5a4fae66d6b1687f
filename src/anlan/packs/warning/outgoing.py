"""Reads warning.toml: what warnings of a hazard say at first, who signs and who confirms them."""

import re
from collections.abc import Mapping
from string import Formatter
from typing import NamedTuple

from anlan.packs.model import Calling, Event, Pushing, Signing, Words
from anlan.packs.source.document import Document, Table
from anlan.packs.source.fields import LEVEL_WORDS, read_source, read_words
from anlan.packs.warning.pushing import read_pushing
from anlan.terms.levels import Level, level_named
from anlan.terms.places import LENGTHS

ROLES = ("duty", "chief", "manager", "department")
"""The roles that may be named as signers; the same words as those of posts."""

PLACES = frozenset(
    {"at", "place", "object", "quantity", "value", "limit", "unit", "event", "level"}
)
"""What a template may leave open: `{at}` when it was seen, `{place}` and `{object}` where,
`{quantity}`, `{value}`, `{limit}`, `{unit}` what was measured, `{event}` and `{level}` the
warning's own."""

CALLING: Mapping[Level, Calling] = {
    Level.ORANGE: Calling(answer_ms=5 * 60_000, tiers=3),
    Level.RED: Calling(answer_ms=3 * 60_000, tiers=3),
}
"""Who must confirm where a pack says nothing else: orange and red, by three tiers."""
_MOST_TIERS = 9

_CATEGORIES = ("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport",
               "Infra", "CBRNE", "Other")  # fmt: skip
_CODE = re.compile(r"[1-4][0-9]([A-Z][0-9]{2}|[0-9]{3})")


class Said(NamedTuple):
    """What the file says: events by name, in its order; by level who signs, who confirms, and who
    is told of a risk. The first event that fits an alarm is suggested for it."""

    events: Mapping[str, Event]
    signing: Mapping[Level, Signing]
    calling: Mapping[Level, Calling]
    pushing: Mapping[Level, Pushing]


def read_warning(document: Document, pack: str, rules: set[str]) -> Said:
    """The whole of warning.toml."""
    root = document.root
    tables = root.table("event").named_tables()
    events = {name: _read_event(name, table, pack, rules=rules) for name, table in tables.items()}
    signing = _read_signing(root.table("sign"), is_needed=bool(events))
    calling, pushing = _read_calling(root.table("call")), read_pushing(root.table("push"))
    root.finish()
    return Said(events, signing, calling, pushing)


def _read_event(name: str, table: Table, pack: str, *, rules: set[str]) -> Event:
    code = table.text("code")
    if code and not _CODE.fullmatch(code):
        table.wrong(f"code must be as of the national table, such as 11A01, not {code!r}", "code")
    heard = tuple(f"{pack}.{rule}" for rule in table.texts("rules"))
    for rule in heard:
        if rule not in rules:
            table.wrong(f"no rule {rule!r}", "rules")
    event = Event(
        name=name,
        code=code,
        title=read_words(table),
        category=table.choice("category", _CATEGORIES),
        rules=heard,
        valid_ms=table.duration("valid"),
        buffer_m=table.number("buffer_m"),
        description=_read_template(table, "description"),
        caution=_read_template(table, "caution"),
        ended=_read_template(table, "ended"),
        source=read_source(table, what="an event"),
    )
    if event.buffer_m < 0:
        table.wrong("buffer_m must be 0 or more", "buffer_m")
    table.finish()
    return event


def _read_template(table: Table, key: str) -> Words:
    """Words whose `{places}` are known, and the same in both languages."""
    words = read_words(table, key)
    try:
        zh, en = _places(words.zh), _places(words.en)
    except ValueError as error:
        table.wrong(f"{key}: {error}", key)
        return words
    for place in sorted((zh | en) - PLACES):
        table.wrong(f"{key}: no such place {{{place}}}", key)
    for place in sorted((zh ^ en) & PLACES):
        table.wrong(f"{key}: {{{place}}} stands in one language only", key)
    return words


def _places(text: str) -> set[str]:
    return {name for _before, name, _form, _as in Formatter().parse(text) if name is not None}


def _read_signing(root: Table, *, is_needed: bool) -> Mapping[Level, Signing]:
    """Who signs; all four levels where there is an event."""
    tables = root.named_tables()
    for name, table in tables.items():
        if name not in LEVEL_WORDS:
            table.wrong(f"{name!r} is no level")
    for word in LEVEL_WORDS:
        if is_needed and word not in tables:
            root.wrong(f"nobody signs {word}: add [sign.{word}]")
    return {level_named(n): _read_sign(t) for n, t in tables.items() if n in LEVEL_WORDS}


def _read_sign(table: Table) -> Signing:
    roles = table.texts("roles")
    for role in roles:
        if role not in ROLES:
            table.wrong(f"no such role {role!r}: {', '.join(ROLES)}", "roles")
    if not roles:
        table.wrong("somebody must sign: roles = […]", "roles")
    found = Signing(
        roles=roles,
        region=table.choice("region", tuple(LENGTHS)),
        answer_ms=table.duration("answer"),
        source=read_source(table, what="who signs"),
    )
    table.finish()
    return found


def _read_calling(root: Table) -> Mapping[Level, Calling]:
    """Who confirms; the default for each level that the pack does not name."""
    found = dict(CALLING)
    for name, table in root.named_tables().items():
        if name not in LEVEL_WORDS:
            table.wrong(f"{name!r} is no level")
            continue
        tiers = table.whole("tiers", 3)
        if tiers > _MOST_TIERS:
            table.wrong(f"tiers must be at most {_MOST_TIERS}, not {tiers}", "tiers")
        found[level_named(name)] = Calling(answer_ms=table.duration("answer"), tiers=tiers)
        read_source(table, what="who confirms")
        table.finish()
    return found
