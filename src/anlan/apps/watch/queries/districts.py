"""The four colours of the districts: which is worst, by one stated formula, and why."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from anlan.apps.atlas.queries import region_name
from anlan.apps.watch.models import Alarm
from anlan.apps.watch.queries.past import stood_at
from anlan.apps.watch.queries.reach import alarms
from anlan.apps.watch.queries.statistics import district_length
from anlan.desk.asker import Asker
from anlan.terms.levels import Level

WEIGHTS = {Level.BLUE: 1, Level.YELLOW: 3, Level.ORANGE: 9, Level.RED: 27}
"""What a standing alarm counts; a district has the highest level whose weight its sum reaches."""
_REASONS = 5


def formula() -> str:
    """How a district gets its colour, in the reader's language."""
    return _(
        "Each standing alarm counts 1 (blue), 3 (yellow), 9 (orange) or 27 (red); alarms marked "
        "as false, shelved or in a maintenance window do not count. The district is red from 27, "
        "orange from 9, yellow from 3, blue from 1: three of one level weigh as one of the next."
    )


def level_of(points: int) -> Level:
    """The level that a sum of points gives."""
    reached = [level for level, weight in WEIGHTS.items() if points >= weight]
    return max(reached, default=Level.NONE)


@dataclass(slots=True)
class District:
    """A district, its colour, and what it rests on: how many alarms stand at which level.

    reasons: the worst of them, the worst first.
    """

    code: str
    name: str
    points: int = 0
    by_level: dict[int, int] = field(default_factory=dict)
    reasons: list[Alarm] = field(default_factory=list)

    @property
    def level(self) -> Level:
        return level_of(self.points)


def four_colours(asker: Asker, at: datetime) -> list[District]:
    """The districts in which an alarm stands or stood, the worst first; see `formula`.

    District: one level below the asker's own region; what concerns a wider region as a whole
    stands under that region's code. A past moment is answered from the steps.
    """
    if at >= asker.now:
        rows = alarms(asker).filter(closed_at=None, level__gt=0, is_false=False)
        pairs = [(alarm, Level(alarm.level)) for alarm in rows if not alarm.is_quiet]
    else:
        stood = (s for s in stood_at(asker, at) if not (s.is_false or s.is_quiet))
        pairs = [(one.alarm, Level(one.level)) for one in stood]
    return _coloured(pairs, district_length(asker))


def _coloured(pairs: Iterable[tuple[Alarm, Level]], length: int) -> list[District]:
    found: dict[str, District] = {}
    standing: defaultdict[str, list[tuple[Alarm, Level]]] = defaultdict(list)
    for alarm, level in pairs:
        code = alarm.region[:length]
        district = found.setdefault(code, District(code, region_name(code)))
        district.points += WEIGHTS[level]
        district.by_level[level] = district.by_level.get(level, 0) + 1
        standing[code].append((alarm, level))
    for code, district in found.items():
        worst = sorted(standing[code], key=lambda p: (-p[1], p[0].raised_at, p[0].pk))
        district.reasons = [alarm for alarm, _level in worst[:_REASONS]]
    return sorted(found.values(), key=lambda d: (-d.points, d.code))


def worst_district(asker: Asker, at: datetime) -> District | None:
    """The district with the most points, with its reasons; None where nothing stands."""
    return next(iter(four_colours(asker, at)), None)
