"""The people of the fictional city, and that a demo's accounts never open a real site."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from anlan.apps.people.actions import check_demo, found_people
from anlan.apps.people.actions.founding.accounts import ACCOUNTS, DEMO_PASSWORD
from anlan.apps.people.models import Duty, Organisation, Responsibility, User
from anlan.apps.people.queries import on_duty, person_of, responsible_for
from anlan.apps.people.queries.verify import verify
from anlan.sandtable.city import City, city
from anlan.terms.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def place() -> City:
    return city(size="S", seed=99)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def test_a_demo_has_its_accounts_with_posts_where_they_belong(place: City, now: datetime) -> None:
    found_people(place, now, True)
    assert set(User.objects.values_list("key", flat=True)) == {one.key for one in ACCOUNTS}
    scopes = {u.key: person_of(u, now).scope.key for u in User.objects.all()}
    assert (scopes["province"], scopes["city"], scopes["admin"]) == ("99/", "9901/", "99/")
    for key in ("county", "county-chief", "county-admin"):
        assert scopes[key] == "990101/"
    assert scopes["county-b"] == "990102/"
    assert len(scopes["town"]) == 10
    assert len(scopes["village"]) == 13
    assert scopes["town"].startswith("990101")
    for key in ("enterprise", "team"):
        region, _, owner = scopes[key].partition("/")
        assert region == "990101"
        assert Organisation.objects.get(key=owner).kind == key
    assert all(user.check_password(DEMO_PASSWORD) for user in User.objects.all()[:2])


def test_the_enterprise_account_owns_something_that_is_watched(place: City, now: datetime) -> None:
    found_people(place, now, True)
    owner = User.objects.get(key="enterprise").posts.get().organisation.key
    things = [o for o in place.objects if owner in (o.enterprise, o.owner)]
    assert things
    first = responsible_for(things[0].region, things[0].key, 1)
    assert [one.user_key for one in first] == ["enterprise"]
    assert first[0].email


def test_somebody_is_on_duty_now_and_in_a_week(place: City, now: datetime) -> None:
    found_people(place, now, True)
    for moment in (now, now + timedelta(days=6)):
        duty = on_duty("990101", moment)
        assert [d.organisation.region for d in duty] == ["990101", "9901", "99"]
        assert duty[0].user_key == "county"
        assert duty[0].phone.startswith("199-0000-")


def test_every_alarm_has_somebody_up_to_the_province(place: City, now: datetime) -> None:
    found_people(place, now, True)
    thing = place.objects[0]
    regions = [
        {one.region for one in responsible_for(thing.region, thing.key, rank)}
        for rank in range(1, 20)
    ]
    assert {"99"} in regions
    assert regions[0] == {thing.region}


def test_founding_again_changes_nothing(place: City, now: datetime) -> None:
    found_people(place, now, True)
    before = [model.objects.count() for model in (Organisation, User, Duty, Responsibility)]
    User.objects.filter(key="county").update(name="changed")
    found_people(place, now + timedelta(days=1), True)
    after = [model.objects.count() for model in (Organisation, User, Duty, Responsibility)]
    assert after == before
    assert User.objects.get(key="county").name == "changed"
    assert verify() == []


def test_a_real_site_gets_no_accounts(place: City, now: datetime) -> None:
    found_people(place, now, False)
    assert Organisation.objects.exists()
    assert not User.objects.exists()
    check_demo(False)


@pytest.mark.usefixtures("world")
def test_a_real_site_does_not_open_with_the_demos_passwords() -> None:
    check_demo(True)
    with pytest.raises(Refused, match="county-chief"):
        check_demo(False)
    for user in User.objects.all():
        user.set_password("Ganjiang-1998-ferry")
        user.save()
    check_demo(False)
    User.objects.filter(key="town").update(is_active=False)
    User.objects.filter(key="town").update(password=User.objects.get(key="city").password)
    check_demo(False)
