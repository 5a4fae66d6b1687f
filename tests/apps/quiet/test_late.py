"""What is past a deadline: the list holds exactly what the figures count."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.test import Client
from django.utils import timezone

from anlan.apps.people.asker import Person
from anlan.apps.watch.models import Alarm, Deadline
from anlan.apps.watch.queries import Wanted, counts, selected
from tests.apps.watch.conftest import BLUE, RED, Night

_LATE = "/alarms/?late=1&open=1"


def due(alarm: Alarm, what: str, at: datetime) -> None:
    """Something is due for an alarm at a moment."""
    Deadline.objects.create(alarm=alarm, what=what, due_at=at)


def test_the_figure_opens_a_list_of_exactly_so_many(
    night: Night, client_for: Callable[[str], Client]
) -> None:
    late = night.raised(RED)
    due(late, "acknowledge", timezone.now() - timedelta(seconds=5))
    due(night.raised(BLUE, object_key="reach"), "acknowledge", timezone.now() + timedelta(hours=1))
    county = client_for("county")
    assert re.search(
        rf'href="{re.escape(_LATE.replace("&", "&amp;"))}".*?>1<', county.get("/cockpit/part").text
    )
    listed = county.get(_LATE).text
    assert listed.count('<tr data-id="') == 1
    assert late.key in listed
    assert county.get("/alarms/?late=0&open=1").text.count('<tr data-id="') == 1


def test_what_was_done_in_time_is_not_late(
    night: Night, asker_for: Callable[[str], Person]
) -> None:
    county = asker_for("county")
    alarm = night.raised(RED)
    due(alarm, "acknowledge", county.now - timedelta(minutes=1))
    Deadline.objects.filter(alarm=alarm).update(done_at=county.now)
    assert counts(county).late == selected(county, Wanted(late=True)).count() == 0
    due(alarm, "close", county.now - timedelta(seconds=1))
    assert counts(county).late == selected(county, Wanted(late=True)).count() == 1
