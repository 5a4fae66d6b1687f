"""A task that fails is tried again ever more seldom, and told once."""

import logging
import time
from datetime import UTC, datetime

import pytest

from anlan.site.crew.task import Task
from anlan.terms.errors import Malformed

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def test_a_failing_task_backs_off_and_goes_on_when_it_is_well(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    wrong: list[Exception] = [Malformed("a record of changes cannot be read")]

    def step(_now: datetime) -> bool:
        if wrong:
            raise wrong[0]
        return False

    task = Task("changes", step, every_s=0.1)
    with caplog.at_level(logging.WARNING, "anlan.work"):
        waits = []
        for _ in range(9):
            task.run(NOW)
            waits.append(round(task.due - 100.0, 3))
    assert waits == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, 5.0]
    assert [one.getMessage() for one in caplog.records] == [
        "changes: a record of changes cannot be read"
    ]
    wrong.clear()
    task.run(NOW)
    assert (round(task.due - 100.0, 3), task.told, task.done_at) == (0.1, "", NOW)


def test_a_task_that_is_seldom_due_does_not_come_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)

    def step(_now: datetime) -> bool:
        raise OSError("gone")

    task = Task("sessions", step, every_s=3600.0)
    task.run(NOW)
    assert task.due == 3700.0
