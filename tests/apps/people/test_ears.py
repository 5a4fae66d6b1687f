"""The demo's telephones are pages of a demo only."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.site.demo.ears.kept import Answer, Heard, Kept
from tests.apps.conftest import World

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
