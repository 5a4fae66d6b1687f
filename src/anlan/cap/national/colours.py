"""Colours of warnings and the severity of CAP, one to one.

Blue as Minor is seen in alerts that the China Meteorological Administration gives to the WMO; the
others follow by their order and are unverified.
"""

from anlan.terms.errors import Malformed
from anlan.terms.levels import Level

source = "alerts of the China Meteorological Administration on the WMO's hub (blue)"
unverified = "red, orange and yellow follow by their order"

SEVERITIES = {
    Level.RED: "Extreme",
    Level.ORANGE: "Severe",
    Level.YELLOW: "Moderate",
    Level.BLUE: "Minor",
    Level.NONE: "Unknown",
}
COLOURS = {level: level.name.capitalize() for level in SEVERITIES if level} | {
    Level.NONE: "Unknown"
}


def level_of_colour(colour: str) -> Level:
    """The level of Red, Orange, Yellow, Blue; NONE for Unknown; Malformed for another word."""
    return _key_of(COLOURS, colour)


def level_of_severity(severity: str) -> Level:
    """The level of a CAP severity; NONE for Unknown; Malformed for another word."""
    return _key_of(SEVERITIES, severity)


def _key_of(words: dict[Level, str], text: str) -> Level:
    for level, word in words.items():
        if word.casefold() == text.strip().casefold():
            return level
    raise Malformed(f"neither of {', '.join(words.values())}: {text[:40]!r}")
