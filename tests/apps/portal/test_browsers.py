"""A browser asks to be told: by its own keys, confirmed and stopped by a press, gone when it is."""

import json
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from anlan.apps.people.models import Notice
from anlan.apps.warning.actions.mass.loading import load, said_of
from anlan.apps.warning.actions.mass.settling import write_down
from anlan.apps.warning.models import Parcel, Subscription
from anlan.apps.warning.models.mass import code_of
from anlan.channels.push import Push, Settings, made_key
from anlan.channels.push.browser import text_of
from anlan.channels.push.sealing import point
from anlan.channels.push.sending import text_for
from anlan.site.options import Options
from tests.apps.conftest import VILLAGE
from tests.apps.warning.conftest import Office
from tests.apps.warning.mass.subscribed import handed
from tests.wire.channels.many.far import Receiver, sent, to_all
from tests.wire.channels.many.test_push import AUTH, OURS, opened
from tests.wire.channels.peers import Peer

KEY = text_of(b"\x01" * 32)
SITE = {"push_key": KEY, "push_contact": "mailto:duty@anlan.example"}
HERE = "https://anlan.county.example"


def site(settings: Any, **options: Any) -> None:
    place = django_settings.PLACE
    told = {**SITE, "address": HERE, **options}
    settings.PLACE = type(place)(place.data, Options(**told), place.is_demo)


@pytest.fixture(autouse=True)
def _safe(settings: Any) -> None:
    site(settings)


def browser(endpoint: str = "https://push.example/p/1") -> str:
    keys = {"p256dh": text_of(point(OURS)), "auth": AUTH}
    return json.dumps({"endpoint": endpoint, "expirationTime": None, "keys": keys})


def ask(endpoint: str = "https://push.example/p/1", **more: Any) -> Any:
    form = {"place": VILLAGE, "way": ["email", "push"], "browser": browser(endpoint), "least": "3"}
    return Client().post("/public/zh/subscribe", {**form, **more})


def press(path: str, act: str) -> str:
    return str(Client().post(path, {"act": act}).content.decode())


def test_nothing_holds_before_a_press_and_the_same_browser_finds_its_own_again(
    office: Office,
) -> None:
    answer = ask()
    assert answer.status_code == 302
    path = answer.headers["Location"]
    assert "桥头村" in Client().get(path).content.decode()
    assert Subscription.objects.get().state == "waiting"
    assert not Notice.objects.exists()
    assert "已确认" in press(path, "confirm")
    one = Subscription.objects.get()
    assert (one.way, one.state, one.least) == ("push", "confirmed", 3)
    assert set(json.loads(one.address)) == {"endpoint", "keys"}
    again = Client().post("/public/zh/subscriptions", {"browser": browser()})
    own = again.headers["Location"]
    page = Client().get(own).content.decode()
    assert "桥头村" in page
    assert "push.example" not in page
    press(own, "stop")
    one.refresh_from_db()
    assert (one.state, one.address) == ("stopped", "")
    other = Client().post("/public/zh/subscriptions", {"browser": browser("https://b.example/")})
    assert "桥头村" not in Client().get(other.headers["Location"]).content.decode()


@pytest.mark.parametrize("endpoint", [
    "https://127.0.0.1/p", "https://[::1]/p", "https://10.0.0.8/p", "http://push.example/p",
    "https://user:word@push.example/p", "ftp://push.example/p", "x" * 5000,
])  # fmt: skip
def test_a_push_service_in_the_own_network_is_refused(office: Office, endpoint: str) -> None:
    answer = ask(endpoint)
    assert answer.status_code == 400
    assert "无法向这个浏览器发送提醒" in answer.content.decode()
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("told", ["", "{}", "[]", "null", '{"endpoint": 1}', "\0"])
def test_what_is_no_browser_is_answered(office: Office, told: str) -> None:
    assert ask(browser=told).status_code == 400
    assert Client().post("/public/zh/subscriptions", {"browser": told}).status_code == 400


def test_the_offer_stands_where_a_browser_may_take_it(office: Office, settings: Any) -> None:
    def page() -> str:
        return str(Client().get("/public/zh/subscribe", {"place": VILLAGE}).content.decode())

    public = Settings(key=KEY, contact=SITE["push_contact"]).public
    assert f'data-push="{public}"' in page()
    assert "在这台手机上提醒我" in page()
    for options in ({"address": "http://anlan.county.example"}, {"push_key": ""},
                    {"mass_off": ("push",)}):  # fmt: skip
        site(settings, **options)
        assert "data-push" not in page()
        assert ask().status_code in (200, 400)
    assert not Subscription.objects.exists()


def test_a_warning_comes_to_the_browser_with_its_page_and_a_browser_that_is_gone_is_struck_off(
    office: Office,
) -> None:
    press(ask().headers["Location"], "confirm")
    message = handed(office)
    parcel = Parcel.objects.get(way="push")
    to, _stopped = load(parcel)
    assert len(to) == 1
    receiver = Receiver("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")
    said = said_of(message, "push")
    far = Settings(key=KEY, contact=SITE["push_contact"], allows_private=True)
    with Peer(receiver) as peer:
        there = browser(f"http://127.0.0.1:{peer.port}/p/1")
        (receipt,) = sent(Push(far), to_all([there]), said["zh-hans"])
    told = json.loads(opened(receiver.requests[0][2]))
    assert told["page"] == f"{HERE}/public/zh/warning/{message.warning.key}.html"
    assert told["page"] not in told["body"]
    assert "预警" in told["title"]
    write_down({parcel.pk: [(0, code_of(receipt))]}, office.now)
    one = Subscription.objects.get()
    assert (one.state, one.reason, one.address) == ("stopped", "expired", "")


def test_an_exercise_is_called_one_and_leads_to_no_public_page(office: Office) -> None:
    message = handed(office, "Exercise")
    told = json.loads(text_for(said_of(message, "push")["zh-hans"]))
    assert told["title"].startswith("【演练】")
    assert told["body"].startswith("【演练】")
    assert told["page"] == ""


def test_the_key_of_a_site_is_made_once(tmp_path: Any) -> None:
    first = made_key(tmp_path / "push.key")
    assert made_key(tmp_path / "push.key") == first
    assert (tmp_path / "push.key").stat().st_mode & 0o77 == 0
    assert len(Settings(key=first, contact="mailto:a@b.example").public) == 87
    assert [one.name for one in tmp_path.iterdir()] == ["push.key"]
