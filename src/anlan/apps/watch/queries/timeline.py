"""The timeline of an alarm: what the engine said and what was done, told shortly."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from anlan.apps.watch.models import Alarm, Deadline, Part, Step

_SHOWN_ONE_BY_ONE = 6


@dataclass(slots=True)
class Entry:
    """One line: a step, or a run of changes of the engine gathered in one.

    first: the step, or the first of the run · last: the last of the run · many: how many ·
    highest: the highest level in the run · sensors: how many spoke in it.
    """

    first: Step
    last: Step
    many: int = 1
    highest: int = 0
    sensors: int = 1

    @property
    def is_run(self) -> bool:
        """Whether several changes are gathered here."""
        return self.many > 1

    @property
    def at(self) -> datetime:
        return self.first.at


def timeline(alarm: Alarm) -> list[Entry]:
    """The alarm's steps in order of time; long runs of changes become one line each."""
    steps = alarm.steps.prefetch_related("pictures").order_by("at", "id")
    entries: list[Entry] = []
    run: list[Step] = []
    for step in steps:
        if step.is_change:
            run.append(step)
        else:
            entries += [*_told(run), Entry(step, step)]
            run = []
    return entries + _told(run)


def _told(run: list[Step]) -> list[Entry]:
    """A short run as it is; of a long one the first, the middle as one line, and the last."""
    if len(run) <= _SHOWN_ONE_BY_ONE:
        return [_entry([step]) for step in run]
    return [_entry(run[:1]), _entry(run[1:-1]), _entry(run[-1:])]


def _entry(steps: list[Step]) -> Entry:
    return Entry(steps[0], steps[-1], len(steps), max(s.level or 0 for s in steps),
                 len({s.sensor_key for s in steps}))  # fmt: skip


def parts_of(alarm: Alarm) -> Iterable[Part]:
    """What each sensor says now, the worst first."""
    return alarm.parts.order_by("-level", "-at", "sensor_key")


def deadlines_of(alarm: Alarm) -> Iterable[Deadline]:
    """What is still due, the next first."""
    return alarm.deadlines.filter(done_at=None).exclude(due_at=None).order_by("due_at")
