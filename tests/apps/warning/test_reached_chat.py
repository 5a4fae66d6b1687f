"""A course into chat groups whose robots check who signs: actual ones, and drills apart."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from anlan.apps.people.actions import send_due
from anlan.apps.people.actions.notices.hands import Hands
from anlan.apps.people.actions.notices.outbox import settle_rest
from anlan.apps.people.models import AuditLine, Notice
from anlan.apps.warning.actions.handing import hand_over
from anlan.cap.read import read
from anlan.channels import Channel
from anlan.channels.chat.room import label_of
from anlan.sandtable.sinks.chat import Robots
from anlan.site.crew.ways import ways_out
from tests.apps.warning.conftest import Office
from tests.apps.warning.reaching import forget_letters, set_options, told, went_on

pytestmark = pytest.mark.django_db
KEY, SECRET = "robot-key-1", "SECsecret-1"


@pytest.fixture
def robots() -> Iterator[Robots]:
    with Robots(key=KEY, secret=SECRET) as found:
        yield found


def _work(ways: list[Channel], office: Office) -> None:
    hands, until_s = Hands(each=4), time.monotonic() + 10
    while hand_over(office.now) + send_due(ways, office.now, hands):
        assert time.monotonic() < until_s
    settle_rest(hands, office.now, most_s=10.0)


def _chats() -> list[Notice]:
    return [notice for notice in told() if notice.kind == "chat"]


def test_each_message_stands_in_each_group_once_and_in_order(
    office: Office, settings: Any, robots: Robots, client_for: Any
) -> None:
    rooms = tuple(robots.address(vendor) for vendor in ("wecom", "dingtalk", "feishu"))
    ways = ways_out(set_options(settings, warning_chats=rooms, webhook_private=True))
    one = went_on(office, office.issued(), "cancel")
    forget_letters()
    for _again in range(3):
        _work(ways, office)
    headlines = [read(m.xml).info[0].headline for m in one.messages.order_by("order")]
    for vendor in ("wecom", "dingtalk", "feishu"):
        texts = [said.text for said in robots.said if said.vendor == vendor]
        assert [text.split("\n")[0] for text in texts] == headlines
    assert {notice.state for notice in _chats()} == {"sent"}
    client: Client = client_for("county")
    page = client.get(f"/warnings/{one.key}/reached").content.decode()
    assert "群聊" in page
    kept = [*Notice.objects.values_list("address", "reason"), page]
    kept += [str(line.detail) for line in AuditLine.objects.all()]
    assert not [text for text in kept if KEY in str(text) or SECRET in str(text)]


@pytest.mark.parametrize("status", ["Exercise", "Test"])
def test_a_drill_stands_in_sandbox_groups_alone(
    office: Office, settings: Any, robots: Robots, status: str
) -> None:
    live, sandbox = robots.address("wecom"), robots.address("feishu")
    options = set_options(
        settings, warning_chats=(live,), sandbox_chat=(sandbox,), webhook_private=True
    )
    office.issued(status=status)
    _work(ways_out(options), office)
    assert [notice.address for notice in _chats()] == [label_of(sandbox)]
    (said,) = robots.said
    assert said.vendor == "feishu"
    assert said.text.startswith("【演练】" if status == "Exercise" else "【测试】")


def test_without_a_sandbox_group_a_drill_stands_in_none_and_the_page_says_so(
    office: Office, settings: Any, robots: Robots, client_for: Any
) -> None:
    set_options(settings, warning_chats=(robots.address("wecom"),), webhook_private=True)
    one = office.issued(status="Exercise")
    hand_over(office.now)
    assert _chats() == []
    client: Client = client_for("county")
    assert "sandbox_chat" in client.get(f"/warnings/{one.key}/reached").content.decode()


def test_a_robot_that_says_no_delays_no_other(
    office: Office, settings: Any, robots: Robots
) -> None:
    wrong = robots.address("dingtalk") + "x"
    rooms = (wrong, robots.address("feishu"))
    ways = ways_out(set_options(settings, warning_chats=rooms, webhook_private=True))
    office.issued()
    _work(ways, office)
    assert [said.vendor for said in robots.said] == ["feishu"]
    states = {notice.address: notice.state for notice in _chats()}
    assert states == {label_of(wrong): "waiting", label_of(rooms[1]): "sent"}
