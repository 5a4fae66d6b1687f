"""Two counties with an alarm each, and programs with keys."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.atlas.models import Sensor
from anlan.apps.people.models import ApiKey, Duty
from anlan.apps.people.queries.asker import digest_of_secret
from anlan.apps.watch.models import Alarm, Source
from tests.apps.atlas.places import point, two_counties
from tests.apps.conftest import World

OURS, THEIRS = "990101", "990102"
Program = Callable[..., Client]


@pytest.fixture
def places(world: World) -> None:
    """A tank, a sensor, an alarm and somebody on duty in each county."""
    two_counties()
    now = timezone.now()
    for number, (county, office) in enumerate(((OURS, "org-county"), (THEIRS, "org-county-b")), 1):
        place: dict[str, Any] = {"region": county + "001001", "object_key": f"{county}-tank"}
        Sensor.objects.create(key=f"{county}-gas", handle=number, quantity="flammable_gas",
                              shape=point(160.2, 30.2), **place)  # fmt: skip
        Alarm.objects.create(
            key=f"a-{county}", object_name="tank", rule="chemical.flammable_gas.level", level=3,
            peak=3, raised_at=now, first_at=now, changed_at=now, revision=number, **place,
        )  # fmt: skip
        Duty.objects.create(
            organisation=world.organisations[office], person=f"{county}-officer", phone="1",
            starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1),
        )  # fmt: skip
    Source.objects.update_or_create(pk=1, defaults={"revision": 2})


@pytest.fixture
def program(world: World) -> Program:
    """Makes a program of a user, with a key limited to some acts; none: it only reads."""

    def make(user: str, *acts: str, **words: Any) -> Client:
        secret = f"anp_{user}_{ApiKey.objects.count()}"
        ApiKey.objects.create(
            key=secret[:32], digest=digest_of_secret(secret), user=world.users[user],
            label="test", acts=list(acts), created_at=timezone.now(),
        )  # fmt: skip
        return Client(headers={"authorization": f"Bearer {secret}"}, **words)

    return make
