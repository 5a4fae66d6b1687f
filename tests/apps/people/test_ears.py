"""The demo's telephones are pages of a demo only."""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from shapely import Point

from anlan.apps.atlas.models import Facility
from anlan.channels.screen.order import body_of, signature
from anlan.site.demo.ears.ends import SCREEN_KEY
from anlan.site.demo.ears.kept import Answer, Heard, Kept
from anlan.site.demo.ears.process import Sign
from anlan.site.demo.signs import hang
from tests.apps.conftest import TOWN, World

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]


@pytest.fixture
def demo(settings: Any, tmp_path: Path, world: World) -> Kept:
    settings.PLACE = dataclasses.replace(settings.PLACE, data=tmp_path, is_demo=True)
    settings.PLACE.ready_file.parent.mkdir()
    settings.PLACE.ready_file.touch()
    return Kept(tmp_path)


def test_what_arrived_is_shown_with_whose_it_is(demo: Kept, client_for: Browser) -> None:
    demo.hear(Heard(kind="sms", to="19900009901", at_ms=1, text="请立即转移"))
    demo.hear(Heard(kind="email", to="x@demo.invalid", at_ms=2, text="正文", subject="暴雨预警"))
    client = client_for("county")
    page = client.get("/demo/ears").content.decode()
    assert page.index("暴雨预警") < page.index("请立即转移")
    assert "暴雨预警" not in client.get("/demo/ears?kind=sms").content.decode()
    part = client.get("/demo/ears", headers={"HX-Request": "true"}).content.decode()
    assert "请立即转移" in part
    assert "<html" not in part


def test_a_telephone_answers(demo: Kept, client_for: Browser) -> None:
    answer = client_for("county").post(
        "/demo/ears/answer", {"number": "199 0000 9901", "text": "1"}
    )
    assert answer.status_code == 302
    assert demo.answers() == [Answer(number="19900009901", text="1")]
    client_for("county").post("/demo/ears/answer", {"number": "nobody", "text": "1"})
    assert demo.answers() == []


def test_strangers_and_real_sites_have_no_such_page(
    world: World, client_for: Browser, settings: Any
) -> None:
    assert client_for("county").get("/demo/ears").status_code == 404
    assert client_for("county").post("/demo/ears/answer", {}).status_code == 404
    settings.PLACE = dataclasses.replace(settings.PLACE, is_demo=True)
    assert Client(headers={"accept": "text/html"}).get("/demo/ears").status_code == 302


def test_a_screen_shows_its_text_in_its_colour_until_it_is_cleared(
    demo: Kept, client_for: Browser
) -> None:
    Facility.objects.create(
        key="SC1", kind="screen", name="城关镇广场显示屏", region=TOWN, device="",
        shape=Point(0, 0), since=timezone.now(), size=1,
    )  # fmt: skip
    assert hang("http://127.0.0.1:8097/screens/") == 1
    assert Facility.objects.get(key="SC1").device == "http://127.0.0.1:8097/screens/SC1"
    sign = Sign(demo, "SC1")
    order = {
        "id": "W-1", "kind": "show", "level": "red", "order": 1, "replaces": [],
        "text": {"zh-CN": {"headline": "发布洪水红色预警", "text": "立即转移。"}},
    }  # fmt: skip
    sent(sign, order)
    page = client_for("county").get("/demo/ears?kind=screen").content.decode()
    assert "城关镇广场显示屏" in page
    assert 'class="sign lv-red">发布洪水红色预警' in page
    sent(sign, {**order, "id": "W-2", "kind": "clear", "replaces": ["W-1"]})
    assert sign.shown() == []
    assert [(one.kind, one.level) for one in demo.newest(9)] == [
        ("screen", "none"), ("screen", "red"),
    ]  # fmt: skip


def sent(sign: Sign, order: dict[str, object]) -> None:
    """What the channel sends to a screen."""
    body, at_s = body_of(order), int(time.time())
    mark = signature(SCREEN_KEY.encode(), name="n", at_s=at_s, body=body)
    marks = {"webhook-id": "n", "webhook-timestamp": str(at_s), "webhook-signature": mark}
    answer = sign.answered(marks, body)
    assert answer is not None
    assert answer[0] == 200
