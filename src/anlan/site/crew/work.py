"""The work process: follows the log, keeps deadlines, sends what is due; one step after another.

Every step is small, takes up where it stopped, and may fail without harm to the others: it is
tried again, and told once.
"""

import json
import signal
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import django

from anlan.site.crew.task import Task

_BREAK_S = 0.1


def work() -> None:
    """Works until it is told to stop."""
    django.setup()
    from django.utils import timezone

    from anlan.site.crew.tasks import tasks

    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    queue = tasks()
    queue.append(Task("report", lambda now: _report(queue), every_s=2.0))
    while not ending.wait(max(0.0, min(_BREAK_S, min(t.due for t in queue) - time.monotonic()))):
        step(queue, timezone.now)
    for task in queue:
        task.stop(timezone.now())


def step(queue: Sequence[Task], clock: Callable[[], datetime]) -> None:
    """Runs each task that is due, once."""
    from django.db import close_old_connections

    for task in queue:
        if task.due <= time.monotonic():
            task.run(clock())
            if task.told:
                # A connection that broke, as when the database starts anew, is not used again.
                close_old_connections()


def _report(queue: list[Task]) -> bool:
    """Tells pages and programs how the tasks do."""
    from django.conf import settings

    rows = [
        {"name": t.name, "done_at": t.done_at.isoformat() if t.done_at else None, "fault": t.told}
        for t in queue
    ]
    path = settings.PLACE.work_file
    part = path.with_suffix(".part")
    part.write_text(json.dumps(rows))
    part.replace(path)
    return False
