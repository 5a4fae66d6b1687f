"""The words of the hints: the source is English, a catalogue holds the Chinese."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

LANGUAGES = ("zh-hans", "en")
_ENTRY = re.compile(r'^msgid "(.*)"\nmsgstr "(.*)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Words:
    """One language; called with a text, it gives the text in it."""

    language: str
    catalogue: Mapping[str, str]

    def __call__(self, message: str, **given: object) -> str:
        found = self.catalogue.get(message, message)
        return found.format(**given) if given else found

    @property
    def is_chinese(self) -> bool:
        return self.language == "zh-hans"

    def pick(self, zh: str, en: str) -> str:
        """Whichever is of this language; the other where it is empty."""
        return (zh or en) if self.is_chinese else (en or zh)


@cache
def words_of(language: str) -> Words:
    """The words of a language; Chinese for one that is not known."""
    if language == "en":
        return Words("en", {})
    source = resources.files(__package__).joinpath("zh-hans.po").read_text("utf-8")
    return Words("zh-hans", {_plain(m[1]): _plain(m[2]) for m in _ENTRY.finditer(source) if m[1]})


def _plain(quoted: str) -> str:
    return quoted.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")
