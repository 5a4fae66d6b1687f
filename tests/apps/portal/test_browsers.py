"""A browser asks to be told: by its own keys, confirmed and stopped by a press, gone when it is."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from anlan.apps.people.models import Notice
from anlan.apps.warning.actions.mass.loading import load, said_of
from anlan.apps.warning.actions.mass.settling import write_down
from anlan.apps.warning.actions.mass.slips import Records
from anlan.apps.warning.models import Parcel, Subscription
from anlan.apps.warning.models.mass import code_of
from anlan.channels.push import Push, Settings, made_key
from anlan.channels.push.browser import text_of
from anlan.channels.push.sealing import point
from anlan.channels.push.sending import text_for
from anlan.live.supervisor import Plan
from anlan.site.cli.doctor import Finding, look
from anlan.site.crew.ways.many import senders_of, ways_to_many
from anlan.site.crew.whole import _founded
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


def test_a_key_as_other_tools_write_it_is_the_same_key() -> None:
    octets = b"\x01" + b"\xfb\xff" * 15 + b"\x01"
    plain = b64encode(octets).decode()
    assert {"+", "/"} <= set(plain)
    contact = SITE["push_contact"]
    public = Settings(key=text_of(octets), contact=contact).public
    assert Settings(key=plain, contact=contact).public == public


@pytest.mark.parametrize("damage", [{"push_key": KEY[:20]}, {"push_key": "\0" * 43},
                                    {"push_contact": "duty desk"}])  # fmt: skip
def test_a_damaged_key_takes_no_other_way_from_anybody(
    office: Office, settings: Any, damage: dict[str, str]
) -> None:
    mail = {"smtp_host": "mail.example", "mail_from": "anlan@county.example"}
    site(settings, **mail, **damage)
    answer = Client().get("/public/zh/subscribe", {"place": VILLAGE})
    assert (answer.status_code, "data-push" in answer.content.decode()) == (200, False)
    assert 'value="email"' in answer.content.decode()
    ways = ways_to_many(settings.PLACE.options, Records())
    assert [way.name for way in ways] == ["email"]


def test_a_site_that_tells_browsers_alone_has_senders_at_its_first_start(tmp_path: Path) -> None:
    (tmp_path / "anlan.toml").write_text(f'address = "{HERE}"\nmass_senders = 3\n')
    assert senders_of(_founded(Plan(data=tmp_path)).options) == 3


def test_an_empty_key_is_named_with_what_to_do(tmp_path: Path) -> None:
    key = tmp_path / "desk" / "push.key"
    key.parent.mkdir()

    def told() -> Finding:
        return next(one for one in look(tmp_path) if "browser notifications" in one.what)

    for damage in ("", KEY[:20], "\0" * 43):
        key.write_text(damage)
        assert made_key(key) == damage  # whoever has it in a backup may bring it back
        assert (str(key) in told().what, told().is_well) == (True, False)
        assert "backup" in told().advice
    key.unlink()
    assert not told().is_well
    made_key(key)
    assert told().is_well
