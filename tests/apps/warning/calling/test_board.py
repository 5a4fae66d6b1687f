"""The board of a call-down, its acts, its curve and its certificate; who sees what of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from anlan.apps.people.models import AuditLine
from anlan.apps.warning.actions.calling import keep_calling
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.models import Call, Warning
from tests.apps.warning.conftest import Office
from tests.apps.warning.reaching import plant_tree, set_options

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture
def one(office: Office, settings: Any) -> Warning:
    """An orange warning that has been called down."""
    plant_tree(office)
    set_options(settings, address="https://anlan.example")
    office.alarm.level = office.alarm.peak = 3
    office.alarm.save()
    found = office.issued()
    hand_over(office.now)
    keep_calling(office.now)
    return found


def test_the_board_shows_who_is_silent_and_passes_on_at_one_press(
    one: Warning, client_for: SignIn
) -> None:
    county = client_for("county")
    page = county.get(f"/warnings/{one.key}/calls").text
    assert "镇长" in page
    assert "tel:13900000002" in page
    assert "副镇长" in page
    call = Call.objects.get(person="镇长")
    county.post(f"/warnings/{one.key}/calls/{call.key}/pass")
    call.refresh_from_db()
    assert (call.state, call.by) == ("escalated", "county")
    assert Call.objects.get(person="副镇长", tier=2).is_open
    assert f"/warnings/{one.key}/calls" in county.get("/alarms/rows").text


def test_the_desk_notes_whom_it_reached(one: Warning, client_for: SignIn) -> None:
    county = client_for("county")
    call = Call.objects.get(person="镇长")
    county.post(f"/warnings/{one.key}/calls/{call.key}/hand", {"note": "本人接听，已到岗"})
    page = county.get(f"/warnings/{one.key}/calls?state=by_hand").text
    assert "本人接听，已到岗" in page
    assert "镇长" not in county.get(f"/warnings/{one.key}/calls?state=desk").text


def test_a_neighbour_sees_nothing_of_it(one: Warning, client_for: SignIn) -> None:
    other, call = client_for("county-b"), Call.objects.first()
    assert call is not None
    for path in ("calls", "calls/curve.json", "calls/certificate", "calls/export.csv"):
        assert other.get(f"/warnings/{one.key}/{path}").status_code == 404
    assert other.post(f"/warnings/{one.key}/calls/{call.key}/pass").status_code == 404
    assert Client().get(f"/warnings/{one.key}/calls").status_code in (302, 401)


def test_certificate_and_exports_tell_the_whole_course(one: Warning, client_for: SignIn) -> None:
    county = client_for("county")
    digest = one.messages.get().digest
    page = county.get(f"/warnings/{one.key}/calls/certificate").text
    assert digest in page
    assert "村主任" in page
    table = county.get(f"/warnings/{one.key}/calls/export.csv")
    assert digest in table.content.decode("utf-8-sig")
    assert county.get(f"/warnings/{one.key}/calls/export.xlsx").status_code == 200
    assert AuditLine.objects.filter(act="warning.export", detail__what="calls").count() == 2
    chart = county.get(f"/warnings/{one.key}/calls/curve.json").json()
    assert chart["series"][0]["points"][0][1] == 0
