"""A tank with an alarm, and who answers for it: the plant, the village, the town, the county."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from shapely.geometry import Point

from anlan.apps.atlas.models import ObservedObject, Region
from anlan.apps.people.asker import Person
from anlan.apps.people.models import Post, Responsibility, User
from anlan.apps.people.models.naming import new_key
from anlan.apps.people.queries import person_of
from anlan.apps.warning.actions.risk import Done, ask, keep_risks, open_risk, report, take
from anlan.apps.warning.models import Risk
from anlan.apps.warning.queries.risk import Facts, Plan, Written, plan_for, read_facts
from anlan.apps.watch.models import Alarm
from tests.apps.conftest import COUNTY, TOWN, VILLAGE, World

TREE = (
    (VILLAGE, "tank", "enterprise", "org-plant"),
    (VILLAGE, "", "village", "org-village"),
    (TOWN, "", "town", "org-town"),
    (COUNTY, "", "county-chief", "org-county"),
    ("9901", "", "city", "org-city"),
)


@dataclass
class Yard:
    """The people of a county at a moment that a test moves."""

    now: datetime

    def asker(self, key: str) -> Person:
        """Somebody now."""
        return person_of(User.objects.get(key=key), self.now)

    def later(self, **span: float) -> None:
        """Moves the clock, and lets the worker see to what is due."""
        self.now += timedelta(**span)
        while keep_risks(self.now):
            pass

    def facts(self, who: str = "county", **words: Any) -> Facts:
        """A risk of the tank, orange."""
        asked = {"event": "chemical:chemical", "level": 3, "region": "", "thing": "tank",
                 "text": "法兰渗漏"}  # fmt: skip
        return read_facts(self.asker(who), Written(**{**asked, **words}))

    def plan(self, **words: Any) -> Plan:
        """What would be sent."""
        return plan_for(self.facts(**words), self.now, "county")

    def opened(self, who: str = "county", **words: Any) -> Risk:
        """A risk that was opened and pushed."""
        facts = self.facts(who, **words)
        plan = plan_for(facts, self.now, who)
        return open_risk(self.asker(who), facts, plan=plan.digest, key=new_key())

    def do(self, act: Callable[..., Done], one: Risk, who: str, **words: Any) -> Risk:
        """An act of somebody on the risk as it is now."""
        return self.done(act, one, who, **words).risk

    def done(self, act: Callable[..., Done], one: Risk, who: str, **words: Any) -> Done:
        """The same, with whom it reached."""
        return act(self.asker(who), one.key, version=self.again(one).version, **words)

    def asked(self, who: str = "enterprise") -> Risk:
        """A risk whose keeper asks to close it."""
        one = self.opened()
        self.do(take, one, who)
        self.do(report, one, who, text="已更换垫片")
        return self.do(ask, one, who, text="复测合格")

    def again(self, one: Risk) -> Risk:
        """A risk as it is in the records."""
        return Risk.objects.get(pk=one.pk)

    def leaves(self, who: str) -> None:
        """Somebody loses every post."""
        Post.objects.filter(user__key=who).update(until=self.now)


@pytest.fixture
def yard(world: World) -> Yard:
    """The tank, its alarm, and the tree above it."""
    now = timezone.now().replace(microsecond=0)
    User.objects.filter(key="county").update(email="county@example.org")
    for region, thing, who, office in TREE:
        User.objects.filter(key=who).update(email=f"{who}@example.org", phone="")
        Responsibility.objects.create(region=region, thing=thing, person=who, user_key=who,
                                      organisation=world.organisations[office])  # fmt: skip
    for key, name in ((COUNTY, "安澜县"), (TOWN, "城关镇"), (VILLAGE, "桥头村")):
        Region.objects.create(key=key, name=name, region=key, since=now - timedelta(days=9))
    ObservedObject.objects.create(key="tank", name="储罐 T-1", region=VILLAGE, owner="org-plant",
                                  kind="tank", pack="chemical", shape=Point(118.1, 30.1),
                                  since=now - timedelta(days=9))  # fmt: skip
    Alarm.objects.create(
        key="alarm-1", object_key="tank", object_name="储罐 T-1", kind="tank", pack="chemical",
        rule="chemical.gas.level", region=VILLAGE, owner="org-plant", level=3, peak=3, revision=1,
        raised_at=now, first_at=now, changed_at=now,
    )  # fmt: skip
    return Yard(now)
