"""A course through a real message centre: who gets an SMS, what it says, what is known of it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anlan.apps.people.actions import send_due
from anlan.apps.people.actions.notices import hearing
from anlan.apps.people.actions.notices.hands import Hands
from anlan.apps.people.actions.notices.hearing import hear
from anlan.apps.people.actions.notices.outbox import settle_rest
from anlan.apps.people.models import Notice, Reply, Responsibility
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.models import Addressee
from anlan.apps.warning.queries.reached import reached
from anlan.cap.read import read
from anlan.channels import Channel
from anlan.channels.sms import Sms
from anlan.sandtable.sinks.sms import Centre, CmppSpeech, Faults, Phones, SmppSpeech
from anlan.sandtable.sinks.sms.speech import Speech
from anlan.site.crew.ways import ways_out
from tests.apps.warning.conftest import Office
from tests.apps.warning.reaching import forget_letters, plant_tree, set_options, told, went_on

pytestmark = pytest.mark.django_db
USER, SECRET, SANDBOX = "900001", "88888888", "13700000009"
VICE, CHIEF, VILLAGE = "13900000002", "13600000001", "13800000001"


@pytest.fixture(params=["cmpp", "smpp"])
def centre(request: pytest.FixtureRequest, office: Office) -> Iterator[tuple[str, Centre]]:
    """A message centre, and a tree some of whose people have a mobile number."""
    plant_tree(office)
    Responsibility.objects.filter(person="村主任").update(phone="138-0000 0001")
    Responsibility.objects.filter(person="县长").update(phone="+86 13600000001")
    speeches: dict[str, Speech] = {
        "cmpp": CmppSpeech(USER, SECRET), "smpp": SmppSpeech(USER, SECRET),
    }  # fmt: skip
    with Centre(speeches[request.param], Phones()) as found:
        yield request.param, found


@pytest.fixture
def site(
    centre: tuple[str, Centre], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator["Site"]:
    """A site whose only way out is by SMS."""
    # The office's clock runs hours ahead of the channel's: no report is old by that.
    monkeypatch.setattr(hearing, "_PATIENCE", timedelta(days=1))
    scheme, far = centre
    options = set_options(
        settings, sms_gateway=f"{scheme}://127.0.0.1:{far.port}", sms_user=USER,
        sms_password=SECRET, sms_sender="10690001", sms_rate=1000, sms_flash=True,
        address="https://anlan.example",
    )  # fmt: skip
    found = Site(far, ways_out(options))
    yield found
    for way in found.ways:
        if isinstance(way, Sms):
            way.close()


class Site:
    """What a worker does, step by step."""

    def __init__(self, centre: Centre, ways: list[Channel]) -> None:
        self.centre, self.ways, self.hands = centre, ways, Hands(each=4)

    def works(self, office: Office, until: Callable[[], bool], most_s: float = 60.0) -> None:
        """Hands over, sends and hears until it is so."""
        until_s = time.monotonic() + most_s
        while not until():
            assert time.monotonic() < until_s, [(n.address, n.state, n.reason) for n in _sms()]
            hand_over(office.now)
            send_due(self.ways, office.now, self.hands)
            hear(self.ways, office.now)
        settle_rest(self.hands, office.now, most_s=10.0)

    def texts(self) -> dict[str, list[str]]:
        """What the phones show, by number."""
        return {to[-11:]: texts for to, texts in self.centre.phones.texts().items()}


def _sms() -> list[Notice]:
    return [notice for notice in told() if notice.kind == "sms"]


def _all(state: str, count: int = 3) -> Callable[[], bool]:
    return lambda: [n.state for n in _sms()] == [state] * count


def _in_time(office: Office) -> Callable[[], bool]:
    """Whether all three have come; what is to be tried again is due at each look."""

    def done() -> bool:
        office.now += timedelta(seconds=5)
        return _all("delivered")()

    return done


def test_who_has_a_mobile_number_gets_a_short_text_and_it_is_known_that_it_came(
    office: Office, site: Site, client_for: Callable[[str], Client]
) -> None:
    one = office.issued()
    site.works(office, _all("delivered"))
    shown = site.texts()
    assert set(shown) == {VICE, CHIEF, VILLAGE}
    chinese, english = read(one.messages.get().xml).info
    (text,) = shown[VILLAGE]
    assert text.startswith(f"【{chinese.sender_name}】{chinese.headline}")
    assert "影响范围：城关镇。" in text
    assert "有效至" in text
    assert text.endswith(f" https://anlan.example/warnings/{one.key}")
    assert len(text) <= 4 * 67
    (text,) = shown[CHIEF]
    assert (english.headline or "-") in text
    assert "Where: Chengguan Town." in text
    (found,) = reached(office.asker("county"), one)
    tally = {t.kind: t for t in found.tallies}["sms"]
    assert (tally.addressed, tally.delivered) == (3, 3)
    assert {row.name for row in found.to_call} == {"赵厂长"}
    page = client_for("county").get(f"/warnings/{one.key}/reached").content.decode()
    assert "短信" in page
    assert "已送达" in page or "delivered" in page


def test_alert_update_and_cancel_come_in_order_and_once(office: Office, site: Site) -> None:
    one = went_on(office, went_on(office, office.issued(), "update"), "cancel")
    forget_letters()
    site.works(office, _all("delivered", 9))
    headlines = [read(m.xml).info[0].headline for m in one.messages.order_by("order")]
    texts = site.texts()[VILLAGE]
    assert [any(str(h) in text for text in texts[n : n + 1]) for n, h in enumerate(headlines)] == [
        True
    ] * 3


def test_a_drill_goes_to_sandbox_numbers_alone_with_its_mark_once(
    office: Office, site: Site, settings: Any
) -> None:
    options = settings.PLACE.options
    settings.PLACE = replace(settings.PLACE, options=replace(options, sandbox_sms=(SANDBOX,)))
    office.issued(status="Exercise")
    site.works(office, _all("delivered", 1))
    assert set(site.texts()) == {SANDBOX}
    (text,) = site.texts()[SANDBOX]
    assert text.startswith("【演练】【")
    assert text.count("演练") == 1


def test_a_drill_without_a_sandbox_number_leaves_by_no_sms(
    office: Office, site: Site, client_for: Callable[[str], Client]
) -> None:
    one = office.issued(status="Test")
    hand_over(office.now)
    assert _sms() == []
    page = client_for("county").get(f"/warnings/{one.key}/reached").content.decode()
    assert "sandbox_sms" in page


def test_a_number_that_is_refused_delays_no_other(office: Office, site: Site) -> None:
    site.centre.faults = Faults(refused=(VICE, "86" + VICE))
    office.issued()
    site.works(office, lambda: sorted(n.state for n in _sms()) == ["delivered"] * 2 + ["refused"])
    assert set(site.texts()) == {CHIEF, VILLAGE}


def test_what_the_network_could_not_deliver_is_told_on_the_page(
    office: Office, site: Site, client_for: Callable[[str], Client]
) -> None:
    site.centre.faults = Faults(failing=(VICE, "86" + VICE))
    one = office.issued()
    site.works(office, lambda: sorted(n.state for n in _sms()) == ["delivered"] * 2 + ["refused"])
    page = client_for("county").get(f"/warnings/{one.key}/reached").content.decode()
    assert "UNDELIV" in page


@pytest.mark.parametrize("faults", [
    {"slow_s": 0.05}, {"doubled": True}, {"busy_each": 3}, {"cut_each": 4},
], ids=str)  # fmt: skip
def test_nobody_is_told_twice_whatever_the_centre_does(
    office: Office, site: Site, faults: dict[str, Any]
) -> None:
    site.centre.faults = Faults(**faults)
    office.issued()

    site.works(office, _in_time(office), 30.0)
    assert {to: len(texts) for to, texts in site.texts().items()} == {VICE: 1, CHIEF: 1, VILLAGE: 1}


def test_reports_that_get_lost_leave_it_as_sent(office: Office, site: Site) -> None:
    site.centre.faults = Faults(lost_each=1)
    one = office.issued()
    site.works(office, _all("sent"))
    (found,) = reached(office.asker("county"), one)
    assert found.is_on_its_way  # it may still come
    Notice.objects.filter(kind="email").update(state="sent")
    office.later(minutes=61)
    (found,) = reached(office.asker("county"), one)
    assert not found.is_on_its_way


def test_a_reply_is_kept_with_the_notice_that_it_answers(office: Office, site: Site) -> None:
    office.issued()
    site.works(office, _all("delivered"))
    site.centre.reply("86" + VILLAGE, "收到")
    site.works(office, Reply.objects.exists)
    reply = Reply.objects.get()
    assert (reply.text, reply.address) == ("收到", VILLAGE)
    assert reply.notice is not None
    assert (reply.notice.address, reply.notice.person) == (VILLAGE, "村主任")


def test_a_centre_that_is_down_is_told_in_words_and_keeps_nobody_else_waiting(
    office: Office, site: Site
) -> None:
    site.centre.__exit__()
    office.issued()
    site.works(office, lambda: all(n.reason for n in _sms()) and len(_sms()) == 3)
    assert all("cannot be reached" in n.reason for n in _sms())
    with site.centre:
        site.works(office, _in_time(office), 30.0)


def test_without_a_centre_those_without_a_mailbox_are_to_be_called(
    office: Office, settings: Any
) -> None:
    plant_tree(office)
    set_options(settings)
    office.issued()
    hand_over(office.now)
    assert not Addressee.objects.filter(kind="sms").exists()
    assert Addressee.objects.filter(kind="phone", name="副镇长").exists()
