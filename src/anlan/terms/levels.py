"""Alarm levels, lowest first: none < blue Ⅳ < yellow Ⅲ < orange Ⅱ < red Ⅰ."""

from enum import IntEnum


class Level(IntEnum):
    """How bad it is; NONE means no alarm stands."""

    NONE = 0
    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4

    @property
    def word(self) -> str | None:
        """`blue` … `red`, or None for no alarm: the only words on the wire."""
        return None if self is Level.NONE else self.name.lower()

    @property
    def chinese(self) -> str:
        """The Chinese word for a page."""
        return ("无", "蓝色", "黄色", "橙色", "红色")[self]

    @property
    def roman(self) -> str:
        """The roman grade, Ⅳ (blue) to Ⅰ (red), empty for none."""
        return ("", "Ⅳ", "Ⅲ", "Ⅱ", "Ⅰ")[self]


RAISED_LEVELS = (Level.BLUE, Level.YELLOW, Level.ORANGE, Level.RED)


def level_named(word: str | None) -> Level:
    """The level called `word`; raises ValueError naming the word when there is none."""
    if word is None:
        return Level.NONE
    for level in RAISED_LEVELS:
        if level.word == word:
            return level
    raise ValueError(f"no such level: {word!r} (blue, yellow, orange, red)")
