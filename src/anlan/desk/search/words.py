"""The words of a text as the index holds them.

Chinese has no spaces, and an index of three characters finds nothing for a word of two: so pairs
of neighbouring characters are words. Other scripts and numbers are words as written.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
_LONGEST, _MOST_TERMS = 64, 32
BEGINNINGS = (1, 2, 3, 4, 5, 6, 8)
"""Lengths of beginnings with an index of their own: most codes begin alike, and without it a search
for the beginning of one would join the lists of all."""


class Term(NamedTuple):
    """A word that must be there; is_prefix: or one that begins with it."""

    word: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """All of these terms; and of the alternatives, each a set of words, at least one whole."""

    terms: tuple[Term, ...]
    alternatives: tuple[tuple[str, ...], ...] = ()


def words_of(*texts: str, places: Iterable[str] = (), facets: Iterable[str] = ()) -> str:
    """The words of some texts, each once, with those of its places and facets."""
    found = dict.fromkeys(word for text in texts for word in _words(text))
    return " ".join((*found, *map(place_word, places), *facets))


def terms_of(text: str) -> list[Term]:
    """What must be there for a text that somebody typed; empty where it holds no word."""
    terms: dict[Term, None] = {}
    for run in _runs(text[:200]):
        if _IS_HAN.match(run) and len(run) > 1:
            terms |= dict.fromkeys(Term(run[i : i + 2]) for i in range(len(run) - 1))
        else:
            terms[Term(run, is_prefix=True)] = None
    return list(terms)[:_MOST_TERMS]


def place_word(code: str) -> str:
    """The word of a region code; a thing carries those of its region and of all above."""
    return f"r{code}"


def facet(name: str, value: str) -> str:
    """The word of a field's exact value, for filters that go with a search."""
    return "q" + hashlib.blake2s(f"{name}={value}".encode(), digest_size=7).hexdigest()


def _runs(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return (run[:_LONGEST] for run in _RUNS.findall(plain))


def _words(text: str) -> Iterator[str]:
    for run in _runs(text):
        if not _IS_HAN.match(run):
            yield run
            continue
        yield from (run[i : i + 2] for i in range(len(run) - 1))
        # The last one alone, so that each single character begins a word.
        yield run[-1]
