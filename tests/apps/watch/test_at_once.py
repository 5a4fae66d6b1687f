"""Several workers and several people at the same moment."""

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from anlan.apps.people.models import Notice, Responsibility
from anlan.apps.watch.actions import acknowledge, escalate, follow_changes
from anlan.apps.watch.models import Alarm, Step
from anlan.history.log import Log
from anlan.terms.errors import Refused
from tests.apps.watch.conftest import NONE, RED, Night, change

_FOUND = """
import django
django.setup()
from datetime import UTC, datetime
from anlan.apps.atlas.models import ObservedObject
from anlan.apps.people.models import Organisation, Responsibility
one = Organisation.objects.create(key="o", name="o", kind="government", region="990101")
Responsibility.objects.create(region="990101", organisation=one, person="p", email="p@example.org")
for number in range(40):
    ObservedObject.objects.create(key=f"object-{number}", name="x", region="990101", kind="tank",
                                  pack="chemical", since=datetime(2026, 1, 1, tzinfo=UTC))
"""
_WORKER = """
import sys, django
django.setup()
from datetime import UTC, datetime
from pathlib import Path
from anlan.apps.watch.actions import escalate, follow_changes
from anlan.history.log import Log
now = datetime(2026, 7, 1, 0, 10, tzinfo=UTC)
with Log.open(Path(sys.argv[1])) as log:
    while follow_changes(log, now, limit=7) or escalate(now):
        pass
"""
_READER = """
import django
django.setup()
from anlan.apps.people.models import Notice
from anlan.apps.watch.models import Alarm, Step
print(Alarm.objects.count(), Step.objects.filter(kind="raised").count(),
      Step.objects.filter(kind="called").count(),
      sum(notice.text.count("/alarms/") for notice in Notice.objects.all()))
"""


def _fill(folder: Path) -> None:
    at = datetime(2026, 7, 1, tzinfo=UTC)
    with Log.open(folder, write=True) as log:
        night = Night(log, at)
        for number in range(40):
            night.write(change(NONE, RED, at=at, sensor="s", object_key=f"object-{number}"))


def test_two_workers_tell_every_alarm_once(tmp_path: Path, own_site: dict[str, str]) -> None:
    (tmp_path / "anlan.toml").write_text('address = "https://anlan.county.example"')
    _fill(tmp_path / "history")
    python = [sys.executable, "-c"]
    subprocess.run([*python, _FOUND], env=own_site, check=True)
    work = [*python, _WORKER, str(tmp_path / "history")]
    workers = [subprocess.Popen(work, env=own_site) for _number in range(2)]
    assert [worker.wait(60) for worker in workers] == [0, 0]
    read = subprocess.run([*python, _READER], env=own_site, capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert read.stdout.split() == ["40", "40", "40", "40"]


_ONE_CONNECTION = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="its test database is one connection"
)


def _together(*works: Any) -> list[BaseException]:
    """Does things in threads at once; what went wrong."""
    ready, wrong = threading.Barrier(len(works)), []

    def run(work: Any) -> None:
        try:
            ready.wait(20)
            work()
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


@_ONE_CONNECTION
@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_person_do_not_wait_for_each_other_for_ever(
    tmp_path: Path, world: Any, asker_for: Any, objects: Any
) -> None:
    Responsibility.objects.create(region="990101", organisation=world.organisations["org-county"],
                                  person="p", email="p@example.org")  # fmt: skip
    folder, now, county = (
        tmp_path / "h",
        datetime(2026, 7, 1, 0, 10, tzinfo=UTC),
        asker_for("county"),
    )
    with Log.open(folder, write=True) as log:
        night = Night(log, datetime(2026, 7, 1, tzinfo=UTC))
        first = night.raised(RED)
        for number in range(60):
            night.write(change(NONE, RED, at=night.at(0), sensor=f"s{number}"))

    def work() -> None:
        with Log.open(folder) as mine:
            while follow_changes(mine, now, limit=3) or escalate(now):
                pass

    assert _together(work, work, lambda: acknowledge(county, first.key, version=1)) == []
    first.refresh_from_db()
    assert (first.state, first.repeats) == ("acknowledged", 61)
    assert (Alarm.objects.count(), Step.objects.filter(kind="raised").count()) == (1, 61)
    assert Notice.objects.count() == 1


@_ONE_CONNECTION
@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_acts_and_the_other_is_told(night: Night, asker_for: Any) -> None:
    alarm = night.raised(RED)
    askers = [asker_for("county"), asker_for("county-chief")]
    wrong = _together(*(lambda a=a: acknowledge(a, alarm.key, version=1) for a in askers))
    assert len(wrong) == 1
    assert isinstance(wrong[0], Refused)
    assert alarm.steps.filter(kind="acknowledge").count() == 1
