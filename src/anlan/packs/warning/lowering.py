"""Limits that are lowered while an official warning stands: rows over those that hold otherwise.

The rows under them are left as they are, and hold again by themselves when the lowered ones end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from anlan.packs.model import Lower
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit

LOWERED = "lowered:"
"""How the source of a lowered limit begins; then comes the identifier of the warning."""
_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A quantity is lowered from since to before until, ms UTC; source: of the rows."""

    lower: Lower
    since: int
    until: int
    source: str


def is_lowered(source: str) -> bool:
    """Whether that is the source of a lowered limit."""
    return source.startswith(LOWERED)


def lay(base: Sequence[Limit], spans: Sequence[Span]) -> list[Limit]:
    """The lowered rows over the limits of one sensor, none where nothing is lowered.

    Each begins no earlier than the row that it lies over, so that the later one holds. Where
    several spans lower the same limit, the one that is reached first holds.
    """
    marks = {m for s in spans for m in (s.since, s.until)}
    marks |= {m for one in base for m in (one.valid_from, one.valid_to)}
    pieces: list[tuple[Limit, Limit]] = []
    for start, end in pairwise(sorted(marks)):
        here = [s for s in spans if s.since <= start and end <= s.until]
        if here:
            pieces += _pieces(_holding(base, start), here, start, end=end)
    return list(_joined(pieces))


def _holding(base: Sequence[Limit], at: int) -> dict[Level, Limit]:
    """The limit of each level at a moment: of rows that overlap, the one that began later."""
    found: dict[Level, Limit] = {}
    for one in base:
        if one.valid_from <= at < one.valid_to:
            known = found.get(one.level)
            if known is None or known.valid_from <= one.valid_from:
                found[one.level] = one
    return found


def _pieces(
    held: Mapping[Level, Limit], spans: Iterable[Span], start: int, *, end: int
) -> Iterator[tuple[Limit, Limit]]:
    """For each level the limit that holds, and the lowered one over it."""
    for level, one in sorted(held.items()):
        lows = [(value, span.source) for span in spans
                if (value := lowered(span.lower, held, level)) is not None]  # fmt: skip
        if lows:
            value, source = (max if one.direction == "low" else min)(lows)
            yield one, replace(one, value=value, valid_from=start, valid_to=end, source=source)


def lowered(lower: Lower, held: Mapping[Level, Limit], level: Level) -> float | None:
    """What the limit of a level becomes; None where it stays."""
    one = held[level]
    if lower.levels and level not in lower.levels:
        return None
    if lower.grade is not None:
        below = sorted(x for x in held if x < level and held[x].direction == one.direction)
        return held[below[-min(lower.grade, len(below))]].value if below else None
    step = lower.by if lower.by is not None else abs(one.value) * (1 - (lower.factor or 1))
    value = round(one.value + (step if one.direction == "low" else -step), _DECIMALS)
    return None if value == one.value else value


def _joined(pieces: Iterable[tuple[Limit, Limit]]) -> Iterator[Limit]:
    """Pieces over one row that follow each other and say the same, as one."""
    open_: dict[Level, tuple[Limit, Limit]] = {}
    for under, piece in pieces:
        before = open_.get(piece.level)
        if before and before[0] is under and _follows(before[1], piece):
            piece = replace(before[1], valid_to=piece.valid_to)
        elif before:
            yield before[1]
        open_[piece.level] = under, piece
    yield from (piece for _under, piece in open_.values())


def _follows(before: Limit, after: Limit) -> bool:
    same = before.value == after.value and before.source == after.source
    return same and before.valid_to == after.valid_from
