"""A city that was kept meets a newer one: what sensors came to is an object, and no facility."""

from dataclasses import replace

import pytest
from django.utils import timezone

from anlan.apps.atlas.actions import found_city
from anlan.apps.atlas.models import Facility, ObservedObject
from anlan.sandtable.city import city

pytestmark = pytest.mark.django_db


def test_a_kept_city_gets_new_hazards_and_loses_their_facilities() -> None:
    here, since = city(), timezone.now()
    kept = next(one for one in here.objects if one.pack == "flood")
    bridge = next(one for one in here.objects if one.pack == "bridge" and one.key in here.watched)
    row = {"region": bridge.region, "since": since}
    ObservedObject.objects.create(key=kept.key, name=kept.zh, pack="flood", kind=kept.kind, **row)
    Facility.objects.create(key=bridge.key, name=bridge.zh, kind="bridge", **row)
    Facility.objects.create(key="990101BR777", name="自家的桥", kind="bridge", **row)
    small = replace(here, objects=(kept, bridge))
    assert not found_city(small, since)
    assert not found_city(small, since)
    assert [one.key for one in Facility.objects.standing()] == ["990101BR777"]
    assert ObservedObject.objects.get(key=bridge.key).pack == "bridge"
    assert ObservedObject.objects.count() == 2
