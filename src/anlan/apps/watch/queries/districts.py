"""The four colours of the districts: which is worst, by one stated formula, and why."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Window
from django.db.models.functions import Left, RowNumber
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
_REASONS, _WORST = 5, ("-level", "raised_at", "pk")


def formula() -> str:
    """How a district gets its colour, in the reader's language."""
    return _(
        "Each standing alarm counts 1 (blue), 3 (yellow), 9 (orange) or 27 (red); alarms marked "
        "as false, shelved, in a maintenance window, of exercises or tests do not count. The "
        "district is red from 27, orange from 9, yellow from 3, blue from 1: three of one level "
        "weigh as one of the next."
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
    length = district_length(asker)
    if at >= asker.now:
        found = _standing(asker, length)
    else:
        stood = (s for s in stood_at(asker, at)
                 if not (s.is_false or s.is_quiet or s.alarm.status != "Actual"))  # fmt: skip
        found = _stood([(one.alarm, Level(one.level)) for one in stood], length)
    return sorted(found.values(), key=lambda d: (-d.points, d.code))


def _standing(asker: Asker, length: int) -> dict[str, District]:
    """As the database counts them; of the alarms only the worst of each district are read."""
    rows = alarms(asker).filter(
        closed_at=None, level__gt=0, is_false=False, suppressed_by="", shelved_until=None,
        status="Actual",
    )  # fmt: skip
    rows = rows.order_by().annotate(district=Left("region", length))
    found: dict[str, District] = {}
    counted = rows.values_list("district", "level").annotate(n=Count("pk"))
    for code, level, n in counted:
        _add(found, code, Level(level), n)
    worst = Window(RowNumber(), partition_by="district", order_by=_WORST)
    for alarm in rows.annotate(rank=worst).filter(rank__lte=_REASONS).order_by(*_WORST):
        if alarm.district in found:  # else it was raised between the two queries
            found[alarm.district].reasons.append(alarm)
    return found


def _stood(pairs: list[tuple[Alarm, Level]], length: int) -> dict[str, District]:
    found: dict[str, District] = {}
    for alarm, level in sorted(pairs, key=lambda p: (-p[1], p[0].raised_at, p[0].pk)):
        district = _add(found, alarm.region[:length], level, 1)
        if len(district.reasons) < _REASONS:
            district.reasons.append(alarm)
    return found


def _add(found: dict[str, District], code: str, level: Level, n: int) -> District:
    """Counts so many alarms of a level in a district."""
    district = found.get(code)
    if district is None:
        district = found[code] = District(code, region_name(code))
    district.points += WEIGHTS[level] * n
    district.by_level[level] = district.by_level.get(level, 0) + n
    return district


def worst_district(asker: Asker, at: datetime) -> District | None:
    """The district with the most points, with its reasons; None where nothing stands."""
    return next(iter(four_colours(asker, at)), None)
