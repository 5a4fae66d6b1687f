"""The duty roster as a table: organisations down, days across."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from anlan.apps.people.models import Duty, Organisation


@dataclass
class Line:
    """One organisation's week; cells: the entries of each day."""

    organisation: Organisation
    cells: list[list[Duty]] = field(default_factory=list)


def week_of(text: str, now: datetime, days: int = 7) -> list[date]:
    """The days from a date as typed, from today where it is none."""
    try:
        first = date.fromisoformat(text)
    except ValueError:
        first = timezone.localtime(now).date()
    if not 1970 <= first.year <= 2200:
        first = timezone.localtime(now).date()
    return [first + timedelta(days=number) for number in range(days)]


def start_of(day: date) -> datetime:
    """Midnight at which a day begins, in the site's zone."""
    return timezone.make_aware(datetime.combine(day, time()))


def lines_of(entries: Iterable[Duty], days: list[date]) -> list[Line]:
    """The entries by organisation, in their order, each under the day on which it begins.

    What began before stands under the first day.
    """
    lines: dict[int, Line] = {}
    for entry in entries:
        line = lines.get(entry.organisation_id)
        if line is None:
            line = Line(entry.organisation, [[] for _day in days])
            lines[entry.organisation_id] = line
        begins = timezone.localtime(entry.starts_at).date()
        line.cells[max(0, (begins - days[0]).days)].append(entry)
    return list(lines.values())
