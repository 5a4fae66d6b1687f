"""Readers of the small things that every file of a pack uses: words, sources, levels."""

from collections.abc import Mapping

from anlan.packs.model import Source, Words
from anlan.packs.source.document import MISSING, Table
from anlan.terms.levels import RAISED_LEVELS, Level, level_named

LEVEL_WORDS = tuple(level.name.lower() for level in RAISED_LEVELS)
_DOCUMENT = ("standard", "clause", "read_in")
SOURCE_KEYS = (*_DOCUMENT, "unverified")


def read_words(table: Table, key: str = "title", *, required: bool = True) -> Words:
    """`{zh = "…", en = "…"}`, both needed."""
    if not table.has(key):
        table.asked.add(key)
        if required:
            table.wrong(f'{key} is missing: {{zh = "…", en = "…"}}')
        return Words("", "")
    words = table.table(key)
    found = Words(words.text("zh"), words.text("en"))
    words.finish()
    return found


def read_level(table: Table, key: str, default: str | None = None) -> Level:
    """A level by its colour."""
    word = table.choice(key, LEVEL_WORDS, MISSING if default is None else default)
    return level_named(word)


def read_source(table: Table, *, around: Table | None = None, what: str = "") -> Source:
    """standard + clause + read_in, or unverified; the table `around` fills what is absent.

    what: names the thing that needs a source; empty when none is needed.
    """
    own = _own_source(table)
    if around is not None:
        around.asked.update(SOURCE_KEYS)
    if around is not None and own == Source():
        own = _own_source(around)
    stamp = table.stamp or (around.stamp if around is not None else None)
    if stamp is not None:
        return Source(standard=stamp.source, approver=stamp.approver)
    if what and own.unverified is None:
        _demand(table, own, what)
    return own


def _own_source(table: Table) -> Source:
    """As the table itself says; unverified is one text for both languages, or `{zh, en}`."""
    named = {key: table.text(key, "") for key in _DOCUMENT}
    if isinstance(table.data.get("unverified"), Mapping):
        return Source(**named, unverified=read_words(table, "unverified"))
    text = table.text("unverified", "")
    return Source(**named, unverified=Words(text, text) if text else None)


def _demand(table: Table, own: Source, what: str) -> None:
    if not own.standard:
        table.wrong(f"{what} needs standard and clause, or unverified = what to check")
    elif not own.clause:
        table.wrong(f"{what} names a standard without its clause; add clause, or unverified")
    elif not own.read_in:
        table.wrong(f"{what} needs read_in (the text that was read), or unverified")
