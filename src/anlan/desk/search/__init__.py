"""Search in Chinese and in Latin words: pairs of characters, by the database's own word index."""

from anlan.desk.search.field import WordsField
from anlan.desk.search.index import build_word_indexes
from anlan.desk.search.match import MOST_IDS, matching
from anlan.desk.search.words import Match, facet, place_word, terms_of, words_of

__all__ = [
    "MOST_IDS",
    "Match",
    "WordsField",
    "build_word_indexes",
    "facet",
    "matching",
    "place_word",
    "terms_of",
    "words_of",
]
