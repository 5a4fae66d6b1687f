"""A county, its chiefs, a department beside it, an alarm of a river, and drafts in every state."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from shapely.geometry import box

from anlan.apps.atlas.models import Region
from anlan.apps.people.asker import Person
from anlan.apps.people.models import Organisation, Post, User
from anlan.apps.people.queries import person_of
from anlan.apps.warning.actions import draft_from_alarm, review, sign, submit
from anlan.apps.warning.models import Step, Warning
from anlan.apps.warning.queries import Seat
from anlan.apps.watch.models import Alarm
from tests.apps.conftest import COUNTY, PASSWORD, TOWN, World, hashed

SINCE = timedelta(days=100)
_REGIONS = (
    (COUNTY, "安澜县", "Anlan County", box(118.0, 30.0, 118.4, 30.4)),
    (TOWN, "城关镇", "Chengguan Town", box(118.1, 30.1, 118.2, 30.2)),
)
_MORE = (
    ("chief-2", "chief", "org-county", COUNTY),
    ("water", "chief", "org-water", COUNTY),
    ("water-2", "chief", "org-water", COUNTY),
    ("city-chief", "chief", "org-city", "9901"),
    ("town-chief", "chief", "org-town", TOWN),
    ("county-b-chief", "chief", "org-county-b", "990102"),
    ("twin", "chief", "org-county", COUNTY),
    ("duty-2", "duty", "org-county", COUNTY),
)
CHIEF, DEPUTY, WRITER = "county-chief", "chief-2", "county"
OWN = Seat("org-county", CHIEF, DEPUTY)
WATER = Seat("org-water", "water", "water-2")


@dataclass
class Office:
    """The people of a county at a moment that a test moves."""

    now: datetime
    alarm: Alarm

    def asker(self, key: str, **words: Any) -> Person:
        """Somebody now."""
        return person_of(User.objects.get(key=key), self.now, **words)

    def later(self, **span: float) -> None:
        """Moves the clock."""
        self.now += timedelta(**span)

    def drafted(self, who: str = WRITER, status: str = "") -> Warning:
        """A draft from the alarm."""
        return draft_from_alarm(self.asker(who), self.alarm.key, status=status)

    def submitted(self, *seats: Seat, who: str = WRITER, status: str = "") -> Warning:
        """A draft that was submitted."""
        one = self.drafted(who, status)
        return submit(self.asker(who), one.key, version=one.version, seats=seats or [OWN])

    def reviewed(self, *seats: Seat, who: str = WRITER, status: str = "") -> Warning:
        """A draft that was submitted and reviewed."""
        one = self.submitted(*seats, who=who, status=status)
        return review(self.asker("county-admin"), one.key, version=one.version)

    def issued(self, *, status: str = "") -> Warning:
        """A warning that was issued."""
        return self.signed(self.reviewed(status=status))

    def signed(self, one: Warning, who: str = CHIEF, **proof: str) -> Warning:
        """A warning signed by somebody now, with the password."""
        return sign(self.asker(who), one.key, version=one.version,
                    **(proof or {"password": PASSWORD}))  # fmt: skip

    def last(self, one: Warning) -> Step:
        """What was done last."""
        step: Step = one.steps.order_by("pk").reverse()[0]
        return step

    def again(self, one: Warning) -> Warning:
        """A warning as it is in the records."""
        return Warning.objects.get(pk=one.pk)


def found(world: World) -> Office:
    """The county with its people and an orange alarm of its river."""
    now = timezone.now().replace(microsecond=0)
    Organisation.objects.create(key="org-water", name="安澜县水利局", kind="department",
                                name_en="Anlan County Water Bureau", region=COUNTY)  # fmt: skip
    Organisation.objects.filter(key="org-county").update(name_en="Anlan County Emergency Bureau")
    for key, role, organisation, region in _MORE:
        user = User.objects.create(
            key=key, name=key, created_at=now, email=f"{key}@example.org", password=hashed()
        )
        Post.objects.create(user=user, role=role, region=region, since=now - SINCE,
                            organisation=Organisation.objects.get(key=organisation))  # fmt: skip
    User.objects.filter(key="twin").update(phone="+86 138-0000-0001", email="")
    User.objects.filter(key=WRITER).update(phone="13800000001")
    for key, name, english, shape in _REGIONS:
        Region.objects.create(key=key, name=name, name_en=english, region=key, shape=shape,
                              since=now - SINCE)  # fmt: skip
    alarm = Alarm.objects.create(
        key="alarm-1", object_key="reach", object_name="清河上段", kind="river_section",
        pack="flood", rule="flood.water_level.level", region=TOWN, lon=118.15, lat=30.15, level=3,
        peak=3, raised_at=now - timedelta(minutes=10), first_at=now, changed_at=now, revision=1,
        quantity="flood.water_level", value=31.5, limit=30.0, unit="m", sensor_key="reach-1",
    )  # fmt: skip
    return Office(now, alarm)


@pytest.fixture
def office(world: World) -> Office:
    """The county with its people and an orange alarm of its river."""
    return found(world)
