"""What keeps quiet now: maintenance windows and shelves in force."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from anlan.apps.people.queries import within
from anlan.apps.watch.models import Maintenance, Shelf
from anlan.desk.asker import Asker


@dataclass(frozen=True)
class Quiets:
    """What is in force at a moment, by target: windows to their keys, shelves to their ends."""

    windows: dict[str, str] = field(default_factory=dict)
    shelves: dict[str, datetime] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.windows or self.shelves)

    def over(self, object_key: str, sensors: Collection[str]) -> tuple[str, datetime | None]:
        """The window and the end of the shelf that keep an alarm quiet; empty where it may call.

        sensors: those that stand; the alarm is quiet where its object is, or every one of them.
        """
        window, shelf = self.windows.get(object_key, ""), self.shelves.get(object_key)
        if window or shelf or not sensors:
            return window, shelf
        if not all(s in self.windows or s in self.shelves for s in sensors):
            return "", None
        keys = sorted(self.windows[s] for s in sensors if s in self.windows)
        ends = [self.shelves[s] for s in sensors if s in self.shelves]
        return (keys[0] if keys else ""), min(ends, default=None)


def windows_at(moment: datetime) -> QuerySet[Maintenance]:
    """The maintenance windows in force at a moment."""
    return Maintenance.objects.filter(starts_at__lte=moment, ends_at__gt=moment, ended_at=None)


def shelves_at(moment: datetime) -> QuerySet[Shelf]:
    """The shelves in force at a moment."""
    return Shelf.objects.filter(starts_at__lte=moment, until__gt=moment, lifted_at=None)


def quiets_at(moment: datetime) -> Quiets:
    """What is in force at a moment; two queries."""
    windows = windows_at(moment).values_list("target", "key")
    shelves = shelves_at(moment).order_by("until").values_list("target", "until")
    return Quiets(dict(windows), dict(shelves))


def windows(asker: Asker) -> QuerySet[Maintenance]:
    """The maintenance windows in the asker's jurisdiction, the newest first."""
    return Maintenance.objects.filter(within(asker.scope))


def shelves(asker: Asker) -> QuerySet[Shelf]:
    """The shelves in the asker's jurisdiction, the newest first."""
    return Shelf.objects.filter(within(asker.scope))
