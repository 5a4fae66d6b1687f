"""What is counted of verdicts: the table of hits and misses, its scores, and how sure they are."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from anlan.apps.warning.queries.evaluation.judging import Event, Verdict

FEW = 30
"""Of fewer cases a page says that they are few."""
_Z = 1.959964
"""Of the normal distribution, for 95 %."""
Interval = tuple[float, float]
Found = Literal["hit", "late", "missed"]


@dataclass(frozen=True, slots=True)
class Case:
    """An event, once, and what became of it; lead_s: of a hit, by the warning that came first."""

    event: Event
    found: Found
    lead_s: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The counts and what is made of them; None where there is nothing to divide by.

    misses: None where the warnings are some of those there are: a missed event is nobody's, so
    there is no POD and no CSI of some issuer or of some level of warnings.
    """

    warnings: int
    hits: int
    late: int
    misses: int | None
    false: int
    leads_s: tuple[float, ...] = ()

    @property
    def events(self) -> int:
        """All events: hit, late and missed, as far as these are counted."""
        return self.hits + self.late + (self.misses or 0)

    @property
    def pod(self) -> float | None:
        """Probability of detection: the share of events that were warned of in time."""
        return None if self.misses is None else _share(self.hits, self.events)

    @property
    def far(self) -> float | None:
        """False alarm ratio: the share of warnings under which nothing happened."""
        return _share(self.false, self.warnings)

    @property
    def csi(self) -> float | None:
        """Critical success index: hits among all hits, late ones, misses and false alarms."""
        if self.misses is None:
            return None
        return _share(self.hits, self.events + self.false)

    @property
    def pod_within(self) -> Interval | None:
        """Where POD lies with 95 %."""
        return None if self.misses is None else interval(self.hits, self.events)

    @property
    def far_within(self) -> Interval | None:
        """Where FAR lies with 95 %."""
        return interval(self.false, self.warnings)

    @property
    def is_few(self) -> bool:
        """Whether the cases are too few to conclude much from."""
        return max(self.warnings, self.events) < FEW

    @property
    def lead_s(self) -> float | None:
        """The median lead time."""
        return median(self.leads_s) if self.leads_s else None


def cases(verdicts: Iterable[Verdict], missed: Iterable[Event] = ()) -> list[Case]:
    """Each event once: hit where any warning was in time, else late, else missed."""
    hits, late = dict[str, Case](), dict[str, Case]()
    for one in verdicts:
        for event in one.hits:
            lead_s, known = one.warned.lead_s(event), hits.get(event.key)
            if known is None or lead_s > (known.lead_s or 0.0):
                hits[event.key] = Case(event, "hit", lead_s)
        late |= {event.key: Case(event, "late") for event in one.late}
    late = {key: one for key, one in late.items() if key not in hits}
    return [*hits.values(), *late.values(), *(Case(event, "missed") for event in missed)]


def score(
    verdicts: Sequence[Verdict], happened: Iterable[Case], *, with_missed: bool = True
) -> Score:
    """The counts of some warnings and some events; which belong together is the caller's.

    with_missed: whether the events are all that the warnings should have been for.
    """
    own = list(happened)
    count = {name: sum(one.found == name for one in own) for name in ("hit", "late", "missed")}
    return Score(len(verdicts), count["hit"], count["late"],
                 count["missed"] if with_missed else None,
                 sum(one.is_false for one in verdicts),
                 tuple(one.lead_s for one in own if one.lead_s is not None))  # fmt: skip


def grouped(
    verdicts: Iterable[Verdict],
    happened: Iterable[Case],
    *,
    of_warning: Callable[[Verdict], str],
    of_event: Callable[[Case], str],
    with_missed: bool = True,
) -> list[tuple[str, Score]]:
    """The scores by name, the most cases first: warnings by theirs, events by theirs."""
    warned: dict[str, list[Verdict]] = {}
    known: dict[str, list[Case]] = {}
    for verdict in verdicts:
        warned.setdefault(of_warning(verdict), []).append(verdict)
    for one in happened:
        known.setdefault(of_event(one), []).append(one)
    names = {*warned, *known}
    found = [(name, score(warned.get(name, []), known.get(name, []), with_missed=with_missed))
             for name in names]  # fmt: skip
    return sorted(found, key=lambda pair: (-pair[1].events - pair[1].warnings, pair[0]))


def interval(part: int, whole: int) -> Interval | None:
    """The score interval of a share with 95 %, after Wilson (1927); None of nothing."""
    if not whole:
        return None
    share, square = part / whole, _Z * _Z
    middle = share + square / (2 * whole)
    reach = _Z * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    scale = 1 + square / whole
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
