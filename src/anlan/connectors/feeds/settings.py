"""Which feeds are asked: what each is called, where it is, and how often."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anlan.connectors.feeds.forms.form import form_named
from anlan.terms.errors import Malformed
from anlan.terms.places import is_region

_KEY = re.compile(r"[a-z][a-z0-9-]{0,31}")
_SHORTEST_S, _LONGEST_S = 10, 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed of official warnings.

    key: its stable name · name: what pages call it · address: of a web page, or the absolute path
    of a folder or a file · every_s: seconds from one look to the next · region: where a message
    holds that names no place, empty for nowhere · quiet_h: hours without anything new after which
    it counts as silent, 0 for never · private: whether its host may stand in the own
    network · form: how events are told there, by its name or as the path of a TOML file; empty for
    CAP messages · least: the smallest size of an event that is taken, 0 for any.
    """

    key: str
    name: str
    address: str
    every_s: int = 60
    region: str = ""
    quiet_h: int = 0
    private: bool = False
    form: str = ""
    least: float = 0.0

    @property
    def path(self) -> Path | None:
        """The folder or file; None for a web page."""
        return Path(self.address) if self.address.startswith("/") else None


def feeds_of(rows: Sequence[Any]) -> tuple[Feed, ...]:
    """The feeds that tables of the settings describe; Malformed naming what is wrong."""
    found = tuple(_feed(row, number) for number, row in enumerate(rows, 1))
    if len({one.key for one in found}) < len(found):
        raise Malformed("two feeds have the same key", where="feed")
    return found


def _feed(row: Any, number: int) -> Feed:
    where = f"feed {number}"
    if not isinstance(row, dict):
        raise Malformed("it must be a table", where=where)
    fields = Feed.__dataclass_fields__
    for name, value in row.items():
        if name not in fields:
            raise Malformed(f"there is no option {name!r}", where=where)
        if type(value) is not fields[name].type and not (name == "least" and type(value) is int):
            raise Malformed(f"{name} is of another kind", where=where)
    if missing := [name for name in ("key", "name", "address") if not row.get(name)]:
        raise Malformed(f"{missing[0]} must be said", where=where)
    feed = Feed(**row)
    for is_right, told in (
        (_KEY.fullmatch(feed.key), "key must be a short word of a-z, 0-9 and -"),
        (re.match(r"https?://[^/?#\s]|/", feed.address), "address must be of the web or a path"),
        (_SHORTEST_S <= feed.every_s <= _LONGEST_S, "every_s must be 10 to 86400"),
        (not feed.region or is_region(feed.region), "region must be a region code"),
        (feed.quiet_h >= 0, "quiet_h must not be negative"),
        (feed.form or not feed.least, "least is for feeds of events, which name a form"),
        (feed.least >= 0, "least must not be negative"),
    ):
        if not is_right:
            raise Malformed(told, where=where)
    if feed.form:
        form_named(feed.form)
    return feed
