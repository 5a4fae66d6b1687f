"""What a message centre does wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """All of them may change while the centre runs.

    slow_s: before each answer · mute: never answers a part · cut_each: breaks off after so many
    parts, the last one taken but not answered · busy_each: refuses one part in so many for now ·
    refused: numbers that begin so are refused for good · nonsense: answers that are no answers ·
    lost_each: one report in so many never comes · doubled: every report comes twice · failing:
    numbers that begin so are taken, and reported as not delivered · locked: no login succeeds ·
    login_s: before the answer to a login · dumb: no login has an answer.
    """

    slow_s: float = 0.0
    mute: bool = False
    cut_each: int = 0
    busy_each: int = 0
    refused: tuple[str, ...] = ()
    nonsense: bool = False
    lost_each: int = 0
    doubled: bool = False
    failing: tuple[str, ...] = ()
    locked: bool = False
    login_s: float = 0.0
    dumb: bool = False


def comes_up(count: int, each: int) -> bool:
    """Whether the fault that comes once in so many comes now; 0: never."""
    return each > 0 and count % each == 0
