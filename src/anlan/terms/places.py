"""Region codes 行政区划代码 and jurisdiction 辖区: who is in charge of what.

A code is cut to its level: province 2, city 4, county 6 (GB/T 2260), town 9, village 12 digits
(the statistical codes). Whose code is a prefix of a thing's code has jurisdiction over it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

LENGTHS = {"province": 2, "city": 4, "county": 6, "town": 9, "village": 12}
_LEVELS = {length: level for level, length in LENGTHS.items()}
COUNTRY = "*"
"""The whole country: an explicit grant, never the default."""


def is_region(code: str) -> bool:
    """Whether it is a code cut to one of the five levels."""
    return len(code) in _LEVELS and code.isascii() and code.isdigit()


def cut_region(code: str) -> str:
    """A 6-, 9- or 12-digit code as written on paper, cut to its level: 990100 → 9901.

    Raises ValueError naming the code where it is none.
    """
    text = code.strip()
    if not is_region(text):
        raise ValueError(f"not a region code: {code!r} (2, 4, 6, 9 or 12 digits)")
    for length in (9, 6, 4, 2):
        if len(text) > length and not text[length:].strip("0"):
            text = text[:length]
    return text


def level_of(code: str) -> str:
    """province, city, county, town or village; ValueError for another length."""
    if not is_region(code):
        raise ValueError(f"not a region code: {code!r} (2, 4, 6, 9 or 12 digits)")
    return _LEVELS[len(code)]


def parents_of(code: str) -> tuple[str, ...]:
    """The codes above it, the nearest first: 990101001 → 990101, 9901, 99."""
    return tuple(code[:length] for length in (9, 6, 4, 2) if length < len(code))


def above_all(codes: Iterable[str]) -> str:
    """The nearest code that is all of them or over them; empty where there is none."""
    ordered = sorted(codes)
    low, high = ordered[0], ordered[-1]
    own = (low, *parents_of(low))
    return next((code for code in own if is_region(code) and high.startswith(code)), "")


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A right over a region: all of it, or only what one organisation owns there.

    region: a code, or COUNTRY; an empty or unknown one is over nothing.
    """

    region: str
    owner: str = ""

    def covers(self, region: str, owner: str = "") -> bool:
        """Whether a thing in that region and of that owner lies within."""
        if self.owner and self.owner != owner:
            return False
        if self.region == COUNTRY:
            return True
        return is_region(self.region) and is_region(region) and region.startswith(self.region)

    @property
    def span(self) -> tuple[str, str]:
        """The lowest and the highest code within, both included; needs a region of digits."""
        return self.region, self.region + "9" * (12 - len(self.region))


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that somebody is in charge of; without grants, nothing."""

    grants: tuple[Grant, ...] = ()

    @classmethod
    def of(cls, grants: Iterable[Grant]) -> "Scope":
        """A scope without grants that others contain, in a fixed order."""
        kept = {g for g in grants if g.region == COUNTRY or is_region(g.region)}
        narrow = {g for g in kept for o in kept if o != g and o.covers(g.region, g.owner)}
        return cls(tuple(sorted(kept - narrow)))

    def covers(self, region: str, owner: str = "") -> bool:
        """Whether a thing in that region and of that owner lies within."""
        return any(grant.covers(region, owner) for grant in self.grants)

    @property
    def key(self) -> str:
        """A name that equal scopes share, for caches."""
        return ";".join(f"{g.region}/{g.owner}" for g in self.grants) or "-"
