"""Reads incoming.toml: what official warnings bear upon, limits and the level of response."""

from collections.abc import Collection

from anlan.cap.national.events import event_of
from anlan.packs.model import Bearing, Lower, Words
from anlan.packs.source.document import Document, Table
from anlan.packs.source.fields import LEVEL_WORDS, read_source, read_words
from anlan.terms.levels import level_named
from anlan.terms.response import RESPONSE_WORDS, ResponseLevel

_WAYS = ("factor", "by", "grade")
_MOST_GRADES = 3


def read_incoming(document: Document, quantities: Collection[str]) -> tuple[Bearing, ...]:
    """What each kind of official warning bears upon at each level, in the order of the file."""
    root = document.root
    found: list[Bearing] = []
    taken: dict[tuple[str, str], str] = {}
    for name, table in root.named_tables().items():
        codes = _codes(table)
        for word, part in table.named_tables().items():
            if word not in LEVEL_WORDS:
                part.wrong(f"{word!r} is no level")
                continue
            found.append(_read(name, codes, word, table=part, quantities=quantities))
            for code in codes:
                other = taken.setdefault((code, word), name)
                if other != name:
                    part.wrong(f"{code} {word} stands at {other} already")
        table.finish()
    root.finish()
    return tuple(found)


def _codes(table: Table) -> tuple[str, ...]:
    codes = table.texts("codes")
    for code in codes:
        if event_of(code) is None:
            table.wrong(f"{code!r} is no code of the national table of events", "codes")
    if not codes:
        table.wrong("which events? codes = […]", "codes" if table.has("codes") else None)
    return codes


def _read(
    name: str, codes: tuple[str, ...], word: str, *, table: Table, quantities: Collection[str]
) -> Bearing:
    tables = table.table("lower").named_tables()
    lower = tuple(_lower(key, one, quantities) for key, one in tables.items())
    is_automatic = table.flag("automatic", default=False)
    has_response = table.has("response")
    response = table.choice("response", RESPONSE_WORDS, "IV")
    reason = read_words(table, "reason", required=has_response)
    if not lower and not has_response:
        table.wrong("it says nothing: add response, or what it lowers")
    if is_automatic and not lower:
        table.wrong("automatic without anything that is lowered", "automatic")
    bearing = Bearing(
        name=name, codes=codes, level=level_named(word), lower=lower, is_automatic=is_automatic,
        response=ResponseLevel[response] if has_response else None,
        reason=reason if has_response else Words("", ""),
        source=read_source(table, what="what a warning bears upon"),
    )  # fmt: skip
    table.finish()
    return bearing


def _lower(quantity: str, table: Table, quantities: Collection[str]) -> Lower:
    if quantity not in quantities:
        table.wrong(f"no quantity {quantity!r}")
    words = table.texts("levels")
    for word in words:
        if word not in LEVEL_WORDS:
            table.wrong(f"{word!r} is no level", "levels")
    ways = [way for way in _WAYS if table.has(way)]
    if len(ways) != 1:
        table.wrong("one of factor, by and grade says how")
    factor, by = table.number("factor", None), table.number("by", None)
    grade = table.whole("grade", least=1) if table.has("grade") else None
    if factor is not None and not 0 < factor < 1:
        table.wrong(f"factor must lie between 0 and 1, not {factor}", "factor")
    if by is not None and by <= 0:
        table.wrong(f"by must be above 0, not {by}", "by")
    if grade is not None and grade > _MOST_GRADES:
        table.wrong(f"grade must be at most {_MOST_GRADES}, not {grade}", "grade")
    table.finish()
    return Lower(
        quantity=quantity, factor=factor, by=by, grade=grade,
        levels=tuple(level_named(word) for word in words if word in LEVEL_WORDS),
    )  # fmt: skip
