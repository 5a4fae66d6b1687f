"""What is a mobile number: eleven digits of China, or + and the digits of any other country."""

import re
from dataclasses import dataclass

KIND = "this channel writes to mobile numbers only"
SHAPE = "this is not a mobile number: write 13800138000, or +85291234567 for other countries"

REASONS = (KIND, SHAPE)
"""Every sentence that the check of a number can give."""

_CHINESE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9][0-9]{9})")
_FOREIGN = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
_BETWEEN = re.compile(r"[ \u00a0().-]")


@dataclass(frozen=True, slots=True)
class Number:
    """A mobile number. digits: as its own country writes it; country: 86, empty for others."""

    digits: str
    country: str = ""

    @property
    def international(self) -> str:
        """The country's digits, then its own; without +."""
        return self.country + self.digits

    def __str__(self) -> str:
        return self.digits if self.country else f"+{self.digits}"


def number_of(value: str) -> Number | None:
    """The number that somebody wrote, with or without spaces and country, or None."""
    bare = _BETWEEN.sub("", value.strip()) if len(value) < 64 else ""
    if found := _CHINESE.fullmatch(bare):
        return Number(found[1], "86")
    found = _FOREIGN.fullmatch(bare)
    return Number(found[1]) if found and not found[1].startswith("86") else None


def plain(value: str) -> str:
    """The one way to write a mobile number, so that two of the same are one; empty for none."""
    found = number_of(value)
    return str(found) if found else ""
