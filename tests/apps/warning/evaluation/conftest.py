"""A night that is counted by hand."""

from datetime import timedelta

import pytest

from anlan.apps.watch.models import Alarm
from tests.apps.warning.conftest import Office
from tests.apps.warning.evaluation.nights import OUTSIDE, happen, lifted


@pytest.fixture
def night(office: Office) -> Office:
    """One warning with a hit after 30 min, one late, one near; a miss before; then a false one."""
    Alarm.objects.filter(key="alarm-1").update(
        first_at=office.now - timedelta(minutes=10),
        recovered_at=office.now + timedelta(minutes=5), level=0)  # fmt: skip
    one = office.issued()
    start = one.messages.get().issued_at
    happen("hit", start + timedelta(minutes=30))
    happen("near", start + timedelta(minutes=40), peak=2)
    happen("blue", start + timedelta(minutes=41), peak=1)
    happen("unlike", start + timedelta(minutes=42), pack="chemical")
    happen("elsewhere", start + timedelta(minutes=43), region="990101002", at=OUTSIDE)
    happen("before", start - timedelta(hours=5))
    happen("false", start + timedelta(minutes=44), is_false=True)
    happen("drill", start + timedelta(minutes=45), status="Exercise")
    lifted(office, one, timedelta(hours=3))
    Alarm.objects.filter(key="alarm-1").update(recovered_at=None, level=3)
    two = office.issued()
    Alarm.objects.filter(key="alarm-1").update(recovered_at=start + timedelta(minutes=5), level=0)
    lifted(office, two, timedelta(hours=1))
    office.now += timedelta(hours=1)
    return office
