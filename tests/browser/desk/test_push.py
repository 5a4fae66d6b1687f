"""A resident's browser is offered to be told, and shows what is pushed to it as it was meant."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect

from anlan.channels import Message, Status
from anlan.channels.push.sending import text_for
from tests.browser.desk.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
_SHOWN = """() => navigator.serviceWorker.getRegistration('/public/')
    .then((one) => one.getNotifications())
    .then((every) => every.map((one) => [one.title, one.body, one.data]))"""


def pushed(url: str) -> str:
    """What a push service would hand to the browser of an exercise, opened."""
    page = f"{url}/public/zh/warning/a.html"
    told = Message(key="k1", kind="warning", subject="安澜县发布洪水橙色预警", cause="message:1",
                   text=f"河水上涨。\n\n{page}", status=Status.EXERCISE,
                   created_at=int(datetime(2026, 7, 1, tzinfo=UTC).timestamp() * 1000))  # fmt: skip
    return text_for(told).decode()


def test_a_phone_is_offered_to_be_told_and_shows_an_exercise_as_one(
    browser: Browser, demo: str
) -> None:
    context = browser.new_context(**PHONE, locale="zh-CN", permissions=["notifications"])
    page = context.new_page()
    session = context.new_cdp_session(page)
    known: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda e: known.extend(one["registrationId"] for one in e["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.goto(f"{demo}/public/zh/subscribe?place=990101")
    page.get_by_role("button", name="在这台手机上提醒我").click()
    # There is no push service here, and a private window has none at all: the page says so.
    expect(page.get_by_role("alert")).to_contain_text("暂时连不上浏览器的通知服务")
    assert page.evaluate(_SHOWN) == []
    session.send("ServiceWorker.deliverPushMessage",
                 {"origin": demo, "registrationId": known[-1], "data": pushed(demo)})  # fmt: skip
    page.wait_for_function(f"async () => (await ({_SHOWN})()).length === 1")
    assert page.evaluate(_SHOWN) == [[
        "【演练】安澜县发布洪水橙色预警", "【演练】河水上涨。", f"{demo}/public/zh/warning/a.html",
    ]]  # fmt: skip
    context.close()


def test_without_scripts_the_page_subscribes_by_letter_and_offers_nothing_else(
    browser: Browser, demo: str
) -> None:
    context = browser.new_context(**PHONE, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo}/public/zh/subscribe?place=990101")
    expect(page.get_by_role("button", name="发送确认消息")).to_be_visible()
    expect(page.get_by_role("button", name="在这台手机上提醒我")).to_be_hidden()
    context.close()
