"""Words of two characters are found, and as quickly said what is not there."""

import pytest

from anlan.apps.atlas.models import Enterprise
from anlan.desk.search import Match, build_word_indexes, matching, terms_of, words_of
from anlan.desk.search.words import Term
from tests.apps.atlas.places import OURS, put


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
