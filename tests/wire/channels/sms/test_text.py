"""Texts as parts and back, and what is a mobile number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.channels.sms.number import number_of, plain
from anlan.channels.sms.text import Coding, joined, parts, piece_of
from anlan.terms.errors import Malformed

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=600)


@given(_TEXTS, st.integers(0, 255))
def test_a_text_is_the_same_when_its_parts_are_put_together(text: str, mark: int) -> None:
    cut = parts(text, mark=mark)
    assert all(len(part.body) <= (140 if part.coding == Coding.UCS2 else 160) for part in cut)
    pieces = [piece_of(p.body, p.coding, has_header=p.total > 1) for p in cut]
    assert joined(pieces[::-1]) == text
    assert {piece.mark for piece in pieces} == ({mark} if len(cut) > 1 else {0})


@pytest.mark.parametrize(("text", "count"), [
    ("汛" * 70, 1), ("汛" * 71, 2), ("汛" * 134, 2), ("汛" * 135, 3),
    ("Flood warning. " * 10, 1), ("x" * 160, 1), ("x" * 161, 2), ("x" * 306, 2), ("x" * 307, 3),
])  # fmt: skip
def test_chinese_has_67_signs_a_part_and_english_153(text: str, count: int) -> None:
    assert len(parts(text, mark=5)) == count


def test_a_part_is_headed_as_the_standard_says() -> None:
    first, second = parts("汛" * 100, mark=0x2A)
    assert (first.body[:6].hex(), second.body[:6].hex()) == ("0500032a0201", "0500032a0202")
    assert len(first.body) == 6 + 2 * 67


def test_a_sign_of_two_halves_is_not_torn_apart() -> None:
    for part in parts("汛" * 66 + "🌊" * 40, mark=1):
        part.body[6:].decode("utf-16-be")


def test_what_both_alphabets_write_differently_goes_as_ucs2() -> None:
    assert parts("a_b", mark=1)[0].coding == Coding.UCS2
    assert parts("a-b", mark=1)[0].coding == Coding.PLAIN
    assert parts("红色预警", mark=1, is_flash=True)[0].coding == 0x18


def test_an_endless_text_is_refused() -> None:
    with pytest.raises(Malformed):
        parts("汛" * 5_000, mark=1)


@given(st.binary(max_size=160), st.integers(0, 255), st.booleans())
def test_whatever_comes_is_some_text(body: bytes, coding: int, has_header: bool) -> None:
    piece = piece_of(body, coding, has_header=has_header)
    assert 1 <= piece.number <= piece.total <= 255
    assert isinstance(joined([piece]), str)


@pytest.mark.parametrize("text", [
    "13800138000", "+8613800138000", "8613800138000", "0086 138 0013 8000", "138-0013-8000",
])  # fmt: skip
def test_one_number_is_one_however_it_is_written(text: str) -> None:
    assert plain(text) == "13800138000"


@pytest.mark.parametrize("text", ["", "0571-2", "12345", "110", "+861234", "1380013800", "abc",
                                  "+0123456789", "138001380001", "1" * 80])  # fmt: skip
def test_what_is_no_mobile_number_is_none(text: str) -> None:
    assert number_of(text) is None


def test_other_countries_are_written_with_a_plus() -> None:
    found = number_of("+852 9123 4567")
    assert found is not None
    assert (str(found), found.international) == ("+85291234567", "85291234567")
