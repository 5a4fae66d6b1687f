"""A resident subscribes by letter: nothing holds before a press, and one press ends it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from shapely.geometry import Point

from anlan.apps.atlas.models import Target
from anlan.apps.atlas.words import words_for
from anlan.apps.people.models import Notice
from anlan.apps.warning.actions.subscribing import asking
from anlan.apps.warning.models import Knock, Subscription
from anlan.apps.warning.queries.audience.subscribing import stop_page
from anlan.site.options import Options
from tests.apps.conftest import VILLAGE
from tests.apps.warning.conftest import Office

ADDRESS = "resident@demo.invalid"


@pytest.fixture(autouse=True)
def mail(settings: Any) -> None:
    """A site that can write letters that name it."""
    place = django_settings.PLACE
    options = Options(smtp_host="mail.invalid", mail_from="warn@anlan.example",
                      address="https://anlan.county.example")  # fmt: skip
    settings.PLACE = type(place)(place.data, options, place.is_demo)


def ask(address: str = ADDRESS, **more: Any) -> Any:
    form = {"place": VILLAGE, "way": "email", "address": address, "least": "3", **more}
    return Client().post("/public/zh/subscribe", form)


def link() -> str:
    """The link of the newest letter, without the site's own address."""
    text = Notice.objects.order_by("-pk")[0].text
    found = re.search(r"https://anlan\.county\.example(/public/\S+)", text)
    assert found
    return found[1]


def press(path: str, act: str = "confirm", **more: str) -> str:
    return str(Client().post(path, {"act": act, **more}).content.decode())


def test_a_letter_is_answered_by_a_press_and_never_by_opening_it(office: Office) -> None:
    assert "请查收确认消息" in ask(kind=["11A01"]).content.decode()
    letter = Notice.objects.get()
    assert (letter.kind, letter.address, letter.status) == ("email", ADDRESS, "Actual")
    assert "桥头村" in letter.subject
    one = Subscription.objects.get()
    for _ in range(3):
        page = Client().get(link()).content.decode()
        assert "桥头村" in page
        assert ADDRESS not in page
    assert Subscription.objects.get().state == "waiting"
    assert "已确认" in press(link())
    one.refresh_from_db()
    assert (one.state, one.region, one.lon, one.kinds, one.least) == (
        "confirmed", VILLAGE, None, ",11A01,", 3,
    )  # fmt: skip
    assert "桥头村" in Client().get(link()).content.decode()


def test_a_quarter_is_a_point_in_its_district(office: Office) -> None:
    quarter = Target(key="east", name="东环小区", kind="quarter", region="990101",
                     shape=Point(118.35, 30.35), since=office.now)  # fmt: skip
    quarter.words = words_for(quarter)
    quarter.save()
    page = Client().get("/public/zh/subscribe", {"q": "东环小区"}).content.decode()
    thing = re.search(r'name="thing" value="([^"]+)"', page)
    assert thing
    ask(place="", thing=thing[1])
    one = Subscription.objects.get()
    assert (one.lon, one.lat, one.region, one.place) == (118.35, 30.35, "990101", "东环小区")


def test_one_press_stops_by_the_page_and_by_a_mail_program(office: Office) -> None:
    ask()
    press(link())
    path = link().replace("/subscriptions", "/stop")
    assert "要退订" in Client().get(path).content.decode()
    assert Subscription.objects.get().state == "confirmed"
    answer = Client().post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    one = Subscription.objects.get()
    assert (one.state, one.reason, one.address) == ("stopped", "person", "")
    assert "已失效" in press(link())


def test_what_tells_a_subscriber_ends_it_all_by_one_press(office: Office) -> None:
    for place in (VILLAGE, "990102"):
        ask(place=place)
        press(link())
    page = stop_page("zh-hans", Subscription.objects.all()[0].digest)
    assert page == stop_page("zh-hans", Subscription.objects.all()[0].digest)
    Client().post(page.removeprefix("https://anlan.county.example"), {"List-Unsubscribe": "1"})
    assert not Subscription.objects.filter(state="confirmed").exists()


def test_one_of_several_places_is_stopped_by_itself(office: Office) -> None:
    for place in (VILLAGE, "990101", "990102"):
        ask(place=place)
        press(link())
    key = Subscription.objects.get(region="990101").key
    press(link(), "stop", key=key)
    assert set(Subscription.objects.filter(state="confirmed").values_list("region", flat=True)) == {
        VILLAGE, "990102",
    }  # fmt: skip
    press(link(), "stop")
    assert not Subscription.objects.filter(state="confirmed").exists()


def test_nobody_learns_whether_an_address_is_known(office: Office) -> None:
    def shown(address: str) -> str:
        page = ask(address).content.decode()
        return re.sub(r"<time.*?</time>", "", page)

    fresh = shown(ADDRESS)
    press(link())
    assert fresh == shown(ADDRESS) == shown(ADDRESS.upper()) == shown("other@demo.invalid")
    assert Subscription.objects.filter(digest=Subscription.objects.all()[0].digest).count() == 1


def test_what_somebody_else_asks_changes_nothing_that_holds(office: Office) -> None:
    ask()
    press(link())
    ask(least="1", kind=["11A01"])
    one = Subscription.objects.get()
    assert (one.least, one.kinds, one.state) == (3, "", "confirmed")
    press(link())
    one.refresh_from_db()
    assert (one.least, one.kinds) == (1, ",11A01,")


def test_an_address_is_not_flooded_and_a_network_is_turned_away(office: Office) -> None:
    for _ in range(asking.MOST_BY_ADDRESS + 3):
        assert ask().status_code == 200
    assert Notice.objects.count() == asking.MOST_BY_ADDRESS
    for number in range(asking.MOST_BY_NETWORK):
        ask(f"r{number}@demo.invalid")
    answer = ask("one-more@demo.invalid")
    assert answer.status_code == 429
    assert "申请过多" in answer.content.decode()
    assert not any("127.0.0.1" in one or ADDRESS in one
                   for one in Knock.objects.values_list("who", flat=True))  # fmt: skip
    Knock.objects.update(hour=timezone.now() - timedelta(hours=25))
    assert ask("one-more@demo.invalid").status_code == 200


def test_an_address_that_nobody_confirms_is_forgotten(office: Office) -> None:
    ask()
    Subscription.objects.update(asked_at=timezone.now() - timedelta(days=4))
    ask("other@demo.invalid")
    assert [one.address for one in Subscription.objects.all()] == ["other@demo.invalid"]


@pytest.mark.parametrize(("form", "status"), [
    ({"address": "no address"}, 400), ({"address": ""}, 400), ({"way": "sms"}, 400),
    ({"way": "mqtt"}, 400), ({"least": "x"}, 200), ({"kind": ["x", "11A01"]}, 200),
    ({"place": "nowhere"}, 200), ({"address": "a\0@demo.invalid"}, 400),
    ({"address": "a@demo.invalid\r\nBcc: b@demo.invalid"}, 400),
])  # fmt: skip
def test_any_form_is_answered(office: Office, form: dict[str, Any], status: int) -> None:
    assert ask(**form).status_code == status


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "é"])
@pytest.mark.parametrize("page", ["subscriptions", "stop"])
def test_a_link_that_nobody_wrote_opens_nothing(office: Office, page: str, token: str) -> None:
    for method in (Client().get, Client().post):
        answer = method(f"/public/zh/{page}?t={token}")
        assert answer.status_code == 404
        assert "链接无效" in answer.content.decode()


def test_a_site_without_a_mail_server_says_what_there_is_instead(
    office: Office, settings: Any
) -> None:
    place = django_settings.PLACE
    settings.PLACE = type(place)(place.data, Options(), place.is_demo)
    page = Client().get("/public/zh/subscribe").content.decode()
    assert "atom.xml" in page
    assert "<form" not in page


def test_it_is_light_in_english_and_kept_nowhere(office: Office) -> None:
    answer = Client().get("/public/en/subscribe", {"q": "Qiaotou"})
    assert "Lowest level" in answer.content.decode()
    assert len(answer.content) < 20_000
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
