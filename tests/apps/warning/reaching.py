"""A responsibility tree with an area around it, sites' options, and courses that go on."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings as django_settings
from shapely.geometry import Point

from anlan.apps.atlas.models import Enterprise, ObservedObject
from anlan.apps.people.models import Notice, Organisation, Responsibility, User
from anlan.apps.warning import actions
from anlan.apps.warning.models import Warning
from anlan.site.options import Options
from tests.apps.conftest import COUNTY, NEIGHBOUR, TOWN, VILLAGE
from tests.apps.warning.conftest import SINCE, WRITER, Office

_LINES = (
    (VILLAGE, "", 1, "org-village", "村主任", "village@demo.invalid", ""),
    (TOWN, "", 1, "org-town", "镇长", "Town@demo.invalid", ""),
    (TOWN, "", 2, "org-town", "副镇长", "", "13900000002"),
    (COUNTY, "", 1, "org-county", "县长", "", ""),
    ("9901", "", 1, "org-city", "市长", "city@demo.invalid", ""),
    (NEIGHBOUR, "", 1, "org-county-b", "邻县", "neighbour@demo.invalid", ""),
    (TOWN, "reach", 1, "org-town", "河长", "town@demo.invalid", ""),
    (TOWN, "far", 1, "org-town", "远处", "far@demo.invalid", ""),
)
_ENTERPRISES = (
    ("plant", "南岗化工", "org-plant", (118.12, 30.12), "", ""),
    ("mill", "面粉厂", "", (118.14, 30.14), "赵厂长", "0571-2"),
    ("works", "砖厂", "", (118.16, 30.16), "works@demo.invalid", ""),
    ("other", "远厂", "", (118.9, 30.9), "远厂长", "0571-9"),
)
WRITTEN = {
    "village@demo.invalid", "Town@demo.invalid", "chief@demo.invalid", "plant@demo.invalid",
    "works@demo.invalid",
}  # fmt: skip
"""Whom a warning of the town goes to by e-mail; two of the tree share a mailbox."""


def plant_tree(office: Office) -> None:
    """Puts the tree, two observed objects and four enterprises into the records."""
    User.objects.filter(key="county-chief").update(email="chief@demo.invalid", language="en")
    User.objects.filter(key="enterprise").update(email="plant@demo.invalid")
    for region, thing, rank, organisation, person, email, phone in _LINES:
        Responsibility.objects.create(
            region=region, thing=thing, rank=rank, person=person, email=email, phone=phone,
            organisation=Organisation.objects.get(key=organisation),
            user_key="county-chief" if person == "县长" else "",
        )  # fmt: skip
    since = office.now - SINCE
    for key, at in (("reach", (118.15, 30.15)), ("far", (118.3, 30.3))):
        ObservedObject.objects.create(key=key, name=key, region=TOWN, shape=Point(at), since=since,
                                      kind="river_section", pack="flood")  # fmt: skip
    for key, name, owner, at, contact, phone in _ENTERPRISES:
        Enterprise.objects.create(key=key, name=name, owner=owner, region=TOWN, shape=Point(at),
                                  since=since, contact=contact, phone=phone)  # fmt: skip


def set_options(settings: Any, **options: Any) -> Options:
    """A site with these options, until the test ends."""
    settings.PLACE = replace(django_settings.PLACE, options=Options(**options))
    found: Options = settings.PLACE.options
    return found


def went_on(office: Office, one: Warning, what: str) -> Warning:
    """The next message of a course: `update` or `cancel`, signed."""
    office.later(minutes=5)
    two = getattr(actions, what)(office.asker(WRITER), one.key, version=one.version, reason="雨停")
    two = actions.review(office.asker("county-admin"), two.key, version=two.version)
    return office.signed(two)


def told() -> list[Notice]:
    """What was put into the outbox of messages, in order."""
    return list(Notice.objects.filter(cause__startswith="message:").order_by("pk"))


def addresses(notices: Iterable[Notice]) -> set[str]:
    """Where they go."""
    return {notice.address for notice in notices}


def forget_letters() -> None:
    """Drops the letters to those who are to review and sign."""
    Notice.objects.exclude(cause__startswith="message:").delete()
