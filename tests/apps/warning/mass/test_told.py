"""What a warning's page tells of its mass: by way and outcome, to those it concerns."""

from collections.abc import Callable

import pytest
from django.test import Client

from anlan.apps.warning.actions.mass.settling import write_down
from anlan.apps.warning.actions.mass.taking import let_go, take
from anlan.apps.warning.models import Parcel
from anlan.apps.warning.models.mass import Outcome, code_of
from anlan.apps.warning.queries.audience.masses import masses
from anlan.channels import Fault, Receipt
from tests.apps.conftest import COUNTY
from tests.apps.warning.conftest import Office
from tests.apps.warning.mass.subscribed import handed, subscribe

pytestmark = pytest.mark.django_db
GONE = code_of(Receipt.refused(0, Fault.RECIPIENT, "gone"))


def test_the_page_counts_the_mass_by_way_and_outcome(
    office: Office, client_for: Callable[[str], Client]
) -> None:
    subscribe("sms", "13800000000", "13800000001", "13800000002")
    subscribe("push", "{}")
    message = handed(office)
    assert take("sms", "a", office.now)
    one = Parcel.objects.get(way="sms")
    write_down({one.pk: [(0, Outcome.HANDED), (1, GONE)]}, office.now)
    (told,) = masses(office.asker("county"), message.warning)
    assert (told.size, told.decided, told.is_on_its_way) == (4, 2, True)
    page = client_for("county").get(f"/warnings/{message.warning.key}/reached").content.decode()
    assert "面向订阅公众" in page
    assert 'max="4" value="2"' in page
    assert "every 5s" in page
    write_down({one.pk: [(2, Outcome.HANDED)]}, office.now)
    let_go(one.pk, "a", office.now)
    (told,) = masses(office.asker("county"), message.warning)
    assert [(x.size, x.waiting, x.handed, x.refused) for x in told.tallies] == [
        (1, 1, 0, 0),
        (3, 0, 2, 1),
    ]


def test_the_neighbour_is_told_nothing(office: Office) -> None:
    subscribe("sms", "13800000000")
    message = handed(office)
    assert message.warning.region.startswith(COUNTY)
    assert masses(office.asker("county-b-chief"), message.warning) == []
