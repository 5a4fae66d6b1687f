"""What a broadcast platform does wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """All of them may change while the platform runs.

    slow_s: before each answer · down: breaks every connection off · busy: 503 · nonsense: answers
    that are no packages · strange: speaks of another broadcast than was asked for · doubled: names
    every terminal twice · silent, failing: terminals whose code begins so never play, or fail ·
    cut_each: takes one package in so many, and breaks off before it answers.
    """

    slow_s: float = 0.0
    down: bool = False
    busy: bool = False
    nonsense: bool = False
    strange: bool = False
    doubled: bool = False
    silent: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    cut_each: int = 0
