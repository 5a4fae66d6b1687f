"""Readers of the small things that every file of a pack uses: words, sources, levels."""

from anlan.packs.model import Source, Words
from anlan.packs.source.document import MISSING, Table
from anlan.terms.levels import RAISED_LEVELS, Level, level_named

LEVEL_WORDS = tuple(level.name.lower() for level in RAISED_LEVELS)
SOURCE_KEYS = ("standard", "clause", "read_in", "unverified")


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
    own = {key: table.text(key, "") for key in SOURCE_KEYS}
    if around is not None:
        around.asked.update(SOURCE_KEYS)
    if around is not None and not any(own.values()):
        own = {key: around.text(key, "") for key in SOURCE_KEYS}
    stamp = table.stamp or (around.stamp if around is not None else None)
    if stamp is not None:
        return Source(standard=stamp.source, approver=stamp.approver)
    if what and not own["unverified"]:
        _demand(table, own, what)
    return Source(**own)


def _demand(table: Table, own: dict[str, str], what: str) -> None:
    if not own["standard"]:
        table.wrong(f"{what} needs standard and clause, or unverified = what to check")
    elif not own["clause"]:
        table.wrong(f"{what} names a standard without its clause; add clause, or unverified")
    elif not own["read_in"]:
        table.wrong(f"{what} needs read_in (the text that was read), or unverified")
