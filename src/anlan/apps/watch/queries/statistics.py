"""Statistics of the handling over a time: how many, how quickly, how many of them false."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from anlan.apps.watch.queries.reach import alarms
from anlan.desk.asker import Asker
from anlan.terms.places import LENGTHS

_LENGTHS = sorted(LENGTHS.values())
_COLUMNS = ("region", "pack", "kind", "peak", "is_false", "raised_at", "acknowledged_at",
            "closed_at")  # fmt: skip


class _Row(NamedTuple):
    region: str
    pack: str
    kind: str
    peak: int
    is_false: bool
    raised_at: datetime
    acknowledged_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Spans:
    """How long something took, in seconds: of how many, the middle one, and nine of ten.

    median_s, p90_s: None where there was none.
    """

    n: int
    median_s: float | None
    p90_s: float | None

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Spans":
        """By the nearest rank: a span that really occurred."""
        rows = sorted(max(0.0, s) for s in seconds)
        return cls(len(rows), _rank(rows, 0.5), _rank(rows, 0.9))


def _rank(rows: Sequence[float], share: float) -> float | None:
    return rows[max(0, math.ceil(share * len(rows)) - 1)] if rows else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of some alarms; false_share: of all of them, None where there are none."""

    name: str
    total: int
    by_level: dict[int, int]
    false: int
    acknowledged: Spans
    closed: Spans

    @property
    def false_share(self) -> float | None:
        return self.false / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What was raised with since ≤ raised_at < until, in all and by district, pack, kind, level.

    Names are codes and keys, for the page to put into words; levels are the highest reached.
    """

    since: datetime
    until: datetime
    total: Figures
    by_district: list[Figures]
    by_pack: list[Figures]
    by_kind: list[Figures]
    by_level: list[Figures]
    by_day: dict[str, int]


def statistics(
    asker: Asker, since: datetime, until: datetime, *, trials: bool = False
) -> Statistics:
    """The statistics of the alarms that the asker sees; one query.

    trials: those of exercises and tests too.
    """
    found = alarms(asker).filter(raised_at__gte=since, raised_at__lt=until).order_by()
    found = found if trials else found.filter(status="Actual")
    rows = [_Row(*row) for row in found.values_list(*_COLUMNS).iterator(chunk_size=5000)]
    length = district_length(asker)
    return Statistics(
        since, until, _figures("", rows),
        _grouped(rows, [row.region[:length] for row in rows]),
        _grouped(rows, [row.pack for row in rows]),
        _grouped(rows, [row.kind for row in rows]),
        _grouped(rows, [str(row.peak) for row in rows]),
        dict(sorted(Counter(f"{timezone.localtime(row.raised_at):%F}" for row in rows).items())),
    )  # fmt: skip


def _grouped(rows: list[_Row], names: list[str]) -> list[Figures]:
    """The figures by name, the most alarms first."""
    groups: defaultdict[str, list[_Row]] = defaultdict(list)
    for row, name in zip(rows, names, strict=True):
        groups[name].append(row)
    figures = [_figures(name, some) for name, some in groups.items()]
    return sorted(figures, key=lambda f: (-f.total, f.name))


def _figures(name: str, rows: list[_Row]) -> Figures:
    levels = Counter(row.peak for row in rows)
    acknowledged = [(r.acknowledged_at - r.raised_at).total_seconds()
                    for r in rows if r.acknowledged_at]  # fmt: skip
    closed = [(r.closed_at - r.raised_at).total_seconds() for r in rows if r.closed_at]
    return Figures(
        name, len(rows), {level: levels.get(level, 0) for level in (4, 3, 2, 1)},
        sum(row.is_false for row in rows), Spans.of(acknowledged), Spans.of(closed),
    )  # fmt: skip


def district_length(asker: Asker) -> int:
    """How many digits the districts of an asker have: one level below its widest region."""
    widths = [len(grant.region) if grant.region.isdigit() else 0 for grant in asker.scope.grants]
    return next((n for n in _LENGTHS if n > min(widths, default=0)), _LENGTHS[-1])
