"""Qualities of a reading and the gate's verdicts on it."""

from enum import IntEnum


class Quality(IntEnum):
    """What the source says of a value, or the gate after it."""

    GOOD = 0
    UNCERTAIN = 1
    BAD = 2
    MISSING = 3

    @property
    def word(self) -> str:
        return self.name.lower()


def quality_named(word: str) -> Quality:
    """The quality called `word`; empty means good; ValueError names the word otherwise."""
    key = word.strip().lower()
    if not key:
        return Quality.GOOD
    for quality in (Quality.GOOD, Quality.UNCERTAIN, Quality.BAD):
        if quality.word == key:
            return quality
    raise ValueError(f"no such quality: {word!r} (good, uncertain, bad)")


class Verdict(IntEnum):
    """What became of one reading at the gate.

    Up to LATE the row is stored; from DUPLICATE on it is refused and not stored.
    """

    APPLIED = 0
    UNKNOWN = 1  # bad or missing: stored, evaluates to unknown
    HELD = 2  # implausible jump, waits for confirmation
    DROPPED = 3  # implausible jump under the `reject` policy: stored, never evaluated
    RANGE = 4  # outside the plausible range: stored, evaluates to unknown
    LATE = 5  # older than its sensor's last: stored, may cause CORRECTED
    DUPLICATE = 6  # same sensor, time and value again
    CONFLICT = 7  # same sensor and time, another value: the first stands
    BAD_TIME = 8  # a device clock that cannot be right
    NOT_FINITE = 9  # infinite

    @property
    def code(self) -> str:
        """The word used in answers and summaries."""
        return self.name.lower()

    @property
    def is_refused(self) -> bool:
        return self >= Verdict.DUPLICATE
