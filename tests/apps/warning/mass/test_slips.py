"""Reports by the names that a message centre gives: each recipient's fate, exactly, and once."""

import tomllib
from collections.abc import Sequence
from datetime import timedelta

import pytest

from anlan.apps.people.actions.notices.hearing import hear
from anlan.apps.people.actions.notices.inbox import Inbox
from anlan.apps.people.models import Word
from anlan.apps.warning.actions.mass.naming import reference_of
from anlan.apps.warning.actions.mass.settling import settle, write_down
from anlan.apps.warning.actions.mass.slips import KEPT, Records, forget_slips
from anlan.apps.warning.models import Parcel
from anlan.apps.warning.models.mass import Outcome, Slip, code_of
from anlan.channels import Address, Fault, Receipt, State
from anlan.channels.heard import Heard
from anlan.channels.sms.many import Noted
from anlan.channels.sms.web import Settings, WebSms
from anlan.channels.sms.web.gateway import gateway_of
from anlan.sandtable.sinks.sms.web import WebCentre
from tests.apps.warning.conftest import Office
from tests.apps.warning.mass.subscribed import handed, outcomes, subscribe
from tests.wire.channels.conftest import a_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel(office: Office) -> Parcel:
    """Three recipients whose texts of two parts a message centre has taken over."""
    subscribe("sms", *(f"1380000{n:04}" for n in range(3)))
    handed(office)
    one = Parcel.objects.get(way="sms")
    write_down({one.pk: [(place, int(Outcome.HANDED)) for place in range(3)]}, office.now)
    Records().name([
        (reference_of(one.pk, place), (f"c{place}.1", f"c{place}.2")) for place in range(3)
    ])  # fmt: skip
    return one


def said(name: str, state: State = State.DELIVERED, at: int = 1_782_880_800_000) -> Heard:
    receipt = Receipt(state=State.DELIVERED, at=at)
    if state is not State.DELIVERED:
        receipt = Receipt.refused(at, Fault.RECIPIENT, "UNDELIV")
    return Heard(key=f"{name}:{state}", kind="sms", at=at, reference=name, receipt=receipt)


def heard(words: Sequence[Heard], office: Office) -> int:
    """They come by any process, and the worker settles them."""
    Records().keep(words)
    return hear([Inbox("sms")], office.now, others=settle)


def test_who_has_all_parts_has_it_and_who_lacks_one_has_not(parcel: Parcel, office: Office) -> None:
    lost = said("c2.1", State.REFUSED)
    assert heard([said("c0.2"), said("c1.1"), said("c0.1"), lost], office) == 4
    assert outcomes("sms") == ["DELIVERED", "HANDED", "REFUSED"]
    assert not Word.objects.exists()
    assert heard([said("c1.2"), said("c0.1"), said("c2.2")], office) == 3
    assert outcomes("sms") == ["DELIVERED", "DELIVERED", "REFUSED"]


def test_a_part_that_went_twice_is_there_when_one_of_the_two_is(
    parcel: Parcel, office: Office
) -> None:
    Records().name([(reference_of(parcel.pk, 0), ("d0.1", "d0.2"))])
    heard([said("c0.1", State.REFUSED), said("c0.2")], office)
    assert outcomes("sms")[0] == "HANDED"
    heard([said("d0.1")], office)
    assert outcomes("sms")[0] == "DELIVERED"


def test_a_report_that_is_quicker_than_its_name_waits_for_it(
    parcel: Parcel, office: Office
) -> None:
    at = round(office.now.timestamp() * 1000)
    assert heard([said("e0", at=at)], office) == 0
    Slip.objects.filter(name="c0.2").delete()
    Slip.objects.filter(name="c0.1").update(name="e0", total=1)
    assert hear([Inbox("sms")], office.now, others=settle) == 1
    assert outcomes("sms")[0] == "DELIVERED"


def test_of_what_left_days_ago_nothing_is_remembered(parcel: Parcel, office: Office) -> None:
    assert not forget_slips(office.now)
    assert Slip.objects.count() == 6
    Slip.objects.update(made_at=office.now - KEPT - timedelta(hours=1))
    forget_slips(office.now)
    assert not Slip.objects.exists()


def test_a_gateway_over_http_reports_by_its_own_names(office: Office) -> None:
    subscribe("sms", "13800000000", "13800000001")
    handed(office)
    one = Parcel.objects.get(way="sms")
    with WebCentre(user="duty", password="of the account") as far:
        gateway = gateway_of(tomllib.loads(far.description))
        web = WebSms(Settings(gateway=gateway, user="duty", password="of the account"))
        noted = Noted(web, Records())
        for place in range(2):
            message = a_message(key=reference_of(one.pk, place))
            receipt = noted.send(message, Address("sms", f"1380000000{place}"), now_ms=1)
            write_down({one.pk: [(place, code_of(receipt))]}, office.now)
    assert heard([said("G00000002")], office) == 1
    assert outcomes("sms") == ["HANDED", "DELIVERED"]
