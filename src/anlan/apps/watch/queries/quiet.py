"""What keeps quiet now: maintenance windows and shelves in force."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from anlan.apps.atlas.meaning import quantity_title
from anlan.apps.atlas.models import ObservedObject
from anlan.apps.atlas.queries import objects, sensors
from anlan.apps.people.queries import names_of, within
from anlan.apps.watch.acts import LIFT, MAINTAIN
from anlan.apps.watch.models import Maintenance, Shelf
from anlan.desk.asker import Asker
from anlan.desk.templatetags.desk import named


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
    """The maintenance windows in force at a moment, those of exercises and tests left out."""
    rows = Maintenance.objects.filter(starts_at__lte=moment, ends_at__gt=moment, ended_at=None)
    return rows.filter(status="")


def shelves_at(moment: datetime) -> QuerySet[Shelf]:
    """The shelves in force at a moment."""
    return Shelf.objects.filter(starts_at__lte=moment, until__gt=moment, lifted_at=None)


@dataclass(frozen=True)
class Trials:
    """The windows of exercises and tests over a time: (target, status, from, to)."""

    windows: list[tuple[str, str, datetime, datetime]] = field(default_factory=list)
    parents: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.windows)

    def status(self, at: datetime, object_key: str, sensor_key: str = "") -> str:
        """What is raised there at a moment is: Exercise, Test, or Actual.

        A window over a thing covers what belongs to it: its sensors, and the objects below it.
        What stands above it is not covered: a promotion is real unless its own object is marked.
        """
        targets = {sensor_key or object_key, object_key}
        while (parent := self.parents.get(object_key, "")) and parent not in targets:
            targets.add(parent)
            object_key = parent
        found = {
            s for target, s, low, high in self.windows if target in targets and low <= at < high
        }
        return min(found, default="Actual")


def trials_between(low: datetime, high: datetime) -> Trials:
    """The exercises and tests in force at some moment from low to high; one query where there
    are none."""
    ended = Coalesce("ended_at", "ends_at")
    rows = Maintenance.objects.exclude(status="").alias(over=ended)
    rows = rows.filter(starts_at__lte=high, over__gt=low)
    windows = list(rows.values_list("target", "status", "starts_at", ended))
    if not windows:
        return Trials()
    nested = ObservedObject.objects.standing().exclude(parent="")
    return Trials(windows, dict(nested.values_list("key", "parent")))


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


@dataclass(frozen=True, slots=True)
class Kept:
    """A shelf or a window as a list shows it.

    title: of the target · object_key: its page, empty where the asker has none · state: "now",
    "coming" or "over" · may_end: whether the asker may end it.
    """

    row: Maintenance | Shelf
    title: str
    object_key: str
    maker: str
    state: str
    may_end: bool

    @property
    def is_window(self) -> bool:
        return isinstance(self.row, Maintenance)


def kept(asker: Asker, *, over: bool = False, most: int = 200) -> tuple[list[Kept], bool]:
    """What keeps quiet now or will, the next to end first; or what did, the last to end first.

    And whether there are more than so many.
    """
    found = [
        *_some(windows(asker), "ended_at", "ends_at", now=asker.now, over=over)[: most + 1],
        *_some(shelves(asker), "lifted_at", "until", now=asker.now, over=over)[: most + 1],
    ]
    found.sort(key=lambda one: one.over_at, reverse=over)
    rows = found[:most]
    titles = _titles(asker, {one.target for one in rows})
    makers = names_of({one.made_by for one in rows})
    return [_kept(asker, one, titles, makers) for one in rows], len(found) > most


def _some(
    rows: QuerySet[Any], ended: str, ends: str, *, now: datetime, over: bool
) -> QuerySet[Any]:
    """Those that are over or not, in the order in which they end."""
    pending = Q(**{ended: None, f"{ends}__gt": now})
    end = Coalesce(ended, ends)
    return rows.filter(~pending if over else pending).order_by(end.desc() if over else end.asc())


def _kept(
    asker: Asker, row: Maintenance | Shelf, titles: dict[str, tuple[str, str]],
    makers: dict[str, str],
) -> Kept:  # fmt: skip
    title, object_key = titles.get(row.target, (row.target, ""))
    act = MAINTAIN if isinstance(row, Maintenance) else LIFT
    pending = row.is_pending(asker.now)
    state = "over" if not pending else "now" if row.starts_at <= asker.now else "coming"
    return Kept(
        row=row, title=title, object_key=object_key, maker=makers.get(row.made_by, row.made_by),
        state=state,
        may_end=pending and asker.may(act, row.region, row.owner),
    )  # fmt: skip


def _titles(asker: Asker, targets: Collection[str]) -> dict[str, tuple[str, str]]:
    """What targets are called, and the object whose page shows them."""
    found = {one.key: (named(one), one.key) for one in objects(asker).filter(key__in=targets)}
    for one in sensors(asker).filter(key__in=set(targets) - found.keys()):
        found[one.key] = (one.name or quantity_title(one.quantity), one.object_key)
    return found
