"""Words of two characters are found, and as quickly said what is not there."""

import random
from typing import Any

import pytest
from django.db import connection

from anlan.apps.atlas.models import Enterprise
from anlan.desk.search import Match, build_word_indexes, matching, terms_of, words_of
from anlan.desk.search.index import word_field
from anlan.desk.search.words import Term
from tests.apps.atlas.places import OURS, SINCE, put


def test_chinese_is_pairs_and_latin_is_words() -> None:
    assert words_of("石桥水库", "R-12b").split() == ["石桥", "桥水", "水库", "库", "r", "12b"]
    assert terms_of("水库") == [Term("水库")]
    assert terms_of("水库 shi") == [Term("水库"), Term("shi", is_prefix=True)]
    assert terms_of(" ,。") == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "found"),
    [("化工", {"a", "b"}), ("南岗化工", {"a"}), ("工化", set()), ("限", {"a", "b", "c"}),
     ("nang", {"a"}), ("ＮＡＮＧＡＮＧ", {"a"}), ("9199", {"c"}), ("' OR 1=1 --", set())],
)  # fmt: skip
def test_a_search_finds_what_holds_all_its_words(text: str, found: set[str]) -> None:
    rows = {
        "a": put(Enterprise, "a", OURS, "南岗化工有限公司", name_en="Nangang Chemical"),
        "b": put(Enterprise, "b", OURS, "东岗化工有限公司"),
        "c": put(Enterprise, "c", OURS, "东岗粮油有限公司", credit_code="91990101"),
    }
    ids = matching(Enterprise, Match(tuple(terms_of(text))))
    assert {key for key, row in rows.items() if row.pk in ids} == found


@pytest.mark.django_db
def test_a_changed_row_is_found_by_its_new_words_only() -> None:
    row = put(Enterprise, "a", OURS, "南岗化工")
    Enterprise.objects.filter(pk=row.pk).update(words=words_of("粮油"))
    found = [matching(Enterprise, Match((Term(word),))) for word in ("化工", "粮油")]
    assert found == [[], [row.pk]]
    row.delete()
    assert matching(Enterprise, Match((Term("粮油"),))) == []


@pytest.mark.django_db
def test_an_index_that_is_made_anew_finds_the_same() -> None:
    row = put(Enterprise, "a", OURS, "南岗化工")
    build_word_indexes([Enterprise], anew=True)
    assert matching(Enterprise, Match((Term("化工"),))) == [row.pk]
    assert matching(Enterprise, Match((Term("化工"),)), after=row.pk) == []


@pytest.mark.django_db
def test_one_of_the_alternatives_must_be_there_whole() -> None:
    row = put(Enterprise, "a", OURS, "南岗化工", owner="plant")
    ways = ((("r990102",), False), (("r990101",), True), (("r990101", "nothing"), False))
    for way, is_found in ways:
        assert bool(matching(Enterprise, Match((Term("化工"),), (way,)))) is is_found
    assert row.words


CHANCE = random.Random(11)
_BLOCK = 65_536
"""Ids that PostgreSQL asks for at once."""


def any_word() -> str:
    """Of few letters, so that rows share words, and words beginnings."""
    han = "".join(CHANCE.choices("石桥水", k=CHANCE.randint(1, 2)))
    digits = "".join(CHANCE.choices("19", k=CHANCE.randint(1, 11)))
    return CHANCE.choice([han, digits, "r" + digits[:6], "q" + digits])


def any_rows() -> dict[int, list[str]]:
    """Words of rows by id: at both sides of each edge of a block, and far apart."""
    edges = [block * _BLOCK + step for block in (1, 2, 3) for step in (-1, 0, 1)]
    ids = {1, 2, 3, *edges, *CHANCE.sample(range(4, 40 * _BLOCK), 150)}
    return {pk: list({any_word() for _ in range(CHANCE.randint(0, 9))}) for pk in ids}


def any_match() -> Match:
    terms = [
        Term(any_word(), is_prefix=CHANCE.random() < 0.6) for _ in range(CHANCE.choice((1, 1, 2)))
    ]
    ways = [tuple(any_word()[:3] for _ in range(CHANCE.choice((1, 2)))) for _ in range(3)]
    return Match(tuple(terms), tuple(ways[: CHANCE.choice((0, 0, 1, 3))]))


def holds(words: list[str], match: Match) -> bool:
    """The same by looking at each word."""

    def has(term: Term) -> bool:
        return any(
            word.startswith(term.word) if term.is_prefix else word == term.word for word in words
        )

    ways = match.alternatives or ((),)
    return all(map(has, match.terms)) and any(set(way) <= set(words) for way in ways)


@pytest.mark.django_db
@pytest.mark.parametrize("by_index", [True, False])
def test_the_next_ids_are_those_of_looking_at_each_row(*, by_index: bool) -> None:
    rows = any_rows()
    Enterprise.objects.bulk_create(
        Enterprise(pk=pk, key=f"k{pk}", name="x", region=OURS, since=SINCE, words=" ".join(words))
        for pk, words in rows.items()
    )
    if by_index and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    some = 0
    for _ in range(400):
        match = any_match()
        after = CHANCE.choice([0, 0, 2**63 - 1, *(pk + step for pk in rows for step in (-1, 0))])
        limit = CHANCE.choice([0, 1, 5, 1000])
        wanted = sorted(pk for pk, words in rows.items() if pk > after and holds(words, match))
        assert matching(Enterprise, match, after=after, limit=limit) == wanted[:limit], match
        some += bool(wanted[:limit])
    assert some > 40, some


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "sqlite", reason="it has had one make so far")
def test_an_index_of_an_older_make_is_replaced_and_one_of_today_stays() -> None:
    row = put(Enterprise, "a", OURS, "南岗化工")
    name = word_field(Enterprise).index_name
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {name}")
        cursor.execute(
            f"CREATE INDEX {name} ON atlas_enterprise USING gin"
            " (array_to_tsvector(string_to_array(words, ' ')))"
        )
        made = [_index_made(cursor, name)]
        for _ in range(2):
            build_word_indexes([Enterprise])
            made.append(_index_made(cursor, name))
    assert made[0] != made[1] == made[2]
    assert matching(Enterprise, Match((Term("化工"),))) == [row.pk]


def _index_made(cursor: Any, name: str) -> int:
    cursor.execute("SELECT %s::regclass::oid", [name])
    return int(cursor.fetchone()[0])
