"""Reads promotions.toml: how a group's level follows from its members."""

from dataclasses import dataclass

from anlan.engine.rules import Combination, Count, Promotion
from anlan.packs.model import RuleNote, Source
from anlan.packs.source.document import NAME, Document, Table
from anlan.packs.source.fields import LEVEL_WORDS, read_level, read_source, read_words
from anlan.terms.levels import Level, level_named


@dataclass(frozen=True, slots=True)
class ReadPromotion:
    """A promotion with its note and place."""

    promotion: Promotion
    note: RuleNote
    where: str


def read_promotions(document: Document, pack: str, rules: set[str]) -> list[ReadPromotion]:
    """All promotions; `rules` are the keys they may hear."""
    root = document.root
    tables = root.named_tables()
    root.finish()
    return [_read(table, f"{pack}.promotion.{name}", rules) for name, table in tables.items()]


def _read(table: Table, key: str, rules: set[str]) -> ReadPromotion:
    pack = key.split(".", 1)[0]
    title = read_words(table)
    kind = table.text("kind")
    if table.has("kind") and not NAME.fullmatch(kind):
        table.wrong(f"kind {kind!r} is no name", "kind")
    heard = tuple(f"{pack}.{rule}" for rule in table.texts("rules"))
    for rule in heard:
        if rule not in rules:
            table.wrong(f"no rule {rule!r}", "rules")
    source = read_source(table, what="the promotion")
    promotion = Promotion(
        key=key,
        kind=kind,
        rules=heard,
        highest=table.flag("highest", default=False),
        counts=tuple(_read_count(count) for count in table.tables("counts")),
        combinations=tuple(
            _read_combination(part, pack, rules) for part in table.tables("combinations")
        ),
        version=table.text("version", "1"),
        source=source.text,
        verified=source.is_verified,
    )
    if not (promotion.highest or promotion.counts or promotion.combinations):
        table.wrong("the promotion gives no level: highest, counts or combinations are needed")
    table.finish()
    return ReadPromotion(promotion, _note(title, promotion, source), table.place)


def _note(title: object, promotion: Promotion, source: Source) -> RuleNote:
    levels: set[Level] = {count.to for count in promotion.counts}
    levels |= {part.to for part in promotion.combinations}
    return RuleNote(title=title, sources=dict.fromkeys(sorted(levels), source))  # type: ignore[arg-type]  # Words


def _read_count(table: Table) -> Count:
    count = Count(
        at_least=table.whole("at_least", least=1),
        level=read_level(table, "level"),
        to=read_level(table, "to"),
    )
    table.finish()
    return count


def _read_combination(table: Table, pack: str, rules: set[str]) -> Combination:
    members = table.table("all_of")
    found = []
    for name, word in members.data.items():
        key = f"{pack}.{name}"
        if key not in rules:
            members.wrong(f"no rule {key!r}", name)
        elif word not in LEVEL_WORDS:
            members.wrong(f"{name} must be a level, not {word!r}", name)
        else:
            found.append((key, level_named(word)))
    if len(members.data) < 2:
        table.wrong("a combination needs at least two rules in all_of")
    combination = Combination(all_of=tuple(found), to=read_level(table, "to"))
    table.finish()
    return combination
