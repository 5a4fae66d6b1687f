"""Advice in words, for the page and the command line; each figure with its unit and its source."""

import math

from anlan.engine.anomaly import FEWEST_SEASONS, REFERENCE
from anlan.live.hints.advice import UNUSUAL, Advice
from anlan.live.hints.figures import clock_time, full_time, level_word
from anlan.live.hints.words import Words
from anlan.packs.units import shown, sign_of

_SPANS = ((86_400_000, "{n} d"), (3_600_000, "{n} h"), (60_000, "{n} min"), (1000, "{n} s"))

_NOW_MS = 500
"""What is nearer would round to no time at all."""


def span_words(ms: float, words: Words) -> str:
    """A length of time in its two largest units: 2 h 10 min."""
    grain = 1000 if ms < 600_000 else 60_000
    rest, found = round(ms / grain) * grain, []
    for size, unit in _SPANS:
        if rest >= size:
            found.append((size, words(unit, n=rest // size)))
            rest %= size
    kept = [text for size, text in found[:2] if size >= found[0][0] // 60]
    return " ".join(kept) or words("{n} s", n=0)


def lines(advice: Advice, unit: str, words: Words) -> list[str]:
    """All that is said, a sentence each."""
    said = (heading_words, basis_words, phase_words, shift_words, bound_words)
    return [line for one in said if (line := one(advice, unit, words))]


def heading_words(advice: Advice, unit: str, words: Words) -> str:
    """Where the course leads, in one sentence."""
    window = span_words(advice.window_ms, words)
    limit, course = advice.limit, advice.course
    if limit is None:
        return words(
            "It is at or beyond its highest limit."
            if advice.has_limits
            else "No limit compares its value: nothing to forecast."
        )
    if course is None:
        return words("Too few known readings in the last {window} for a forecast.", window=window)
    given = {
        "window": window,
        "n": course.n,
        "level": level_word(limit.level, words),
        "limit": shown(limit.value, unit),
    }
    left = advice.arrives_in_ms
    if left is not None and left < _NOW_MS:
        return words("By its course of the last {window}, it reaches {level} {limit} now.", **given)
    if left is not None:
        return words(
            "By its course of the last {window}, it reaches {level} {limit} in about {span}.",
            span=span_words(left, words),
            **given,
        )
    if course.is_sure and course.in_ms is not None:
        return words(
            "By its course of the last {window}, it is more than {span} to {level} {limit}.",
            span=span_words(advice.horizon_ms, words),
            **given,
        )
    return words("By its course of the last {window}, not heading for {level} {limit}.", **given)


def basis_words(advice: Advice, unit: str, words: Words) -> str:
    """What the forecast rests on; empty where there is none."""
    course = advice.course
    if course is None or advice.limit is None:
        return ""
    return words(
        "straight line through {n} stored readings up to {at}: "
        "slope {slope} ± {error} {per_hour}, scatter {residual}",
        n=course.n,
        at=clock_time(advice.at),
        slope=_beside(course.slope_per_h, course.error_per_h),
        per_hour=f"{sign_of(unit)}/h",
        error=_plain(course.error_per_h),
        residual=f"{_plain(course.residual)}\u00a0{sign_of(unit)}".strip(),
    )


def phase_words(advice: Advice, unit: str, words: Words) -> str:
    """How unusual the newest reading is for its time of day."""
    phase = advice.phase
    if phase.score is None:
        return words(
            "Beside the same time of earlier days: needs {fewest} days, has {n}.",
            fewest=FEWEST_SEASONS,
            n=phase.seasons,
        )
    message = (
        "Unusual for its time of day: {score} σ from the median {centre} of {n} earlier days."
        if abs(phase.score) >= UNUSUAL
        else "Usual for its time of day: {score} σ from the median {centre} of {n} earlier days."
    )
    score = f"{phase.score:+.1f}".replace("-", "−")
    return words(message, score=score, centre=shown(phase.centre, unit), n=phase.seasons)


def shift_words(advice: Advice, unit: str, words: Words) -> str:
    """Where the mean has shifted."""
    if advice.looked <= REFERENCE:
        return words(
            "Shifts of the mean: needs more than {fewest} readings, has {n}.",
            fewest=REFERENCE,
            n=advice.looked,
        )
    if not advice.shifts:
        return words("No shift of the mean.")
    last = advice.shifts[-1]
    return words(
        "Shifts of the mean: {n}, the last at {at} from {before} to {after}.",
        n=len(advice.shifts),
        at=full_time(last.at, words),
        before=shown(last.before, unit),
        after=shown(last.after, unit),
    )


def bound_words(advice: Advice, unit: str, words: Words) -> str:
    """That shifts were looked for in the newest readings only; empty where in all."""
    if not advice.passed_over:
        return ""
    message = "Shifts were looked for in the newest {n} readings only, not in {more} before them."
    return words(message, n=f"{advice.looked:,}", more=f"{advice.passed_over:,}")


def _beside(value: float, error: float) -> str:
    """A signed number in as many places as its error bears."""
    if error < 1e-4:
        number = _plain(abs(value), 3)
    else:
        number = f"{abs(value):.{max(0, 1 - math.floor(math.log10(error)))}f}"
    return ("−" if value < 0 else "+") + number


def _plain(value: float, digits: int = 2) -> str:
    """A number ≥ 0 in so many digits that count, never as a power of ten."""
    if value >= 10**digits:
        return f"{value:.0f}"
    return f"{value:.{digits}g}" if value >= 1e-4 else "0"
