"""A resident asks for a place: warnings there, the nearest shelters; nobody asks who they are."""

import logging
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from shapely.geometry import box

from anlan.apps.atlas.models import Region
from anlan.apps.atlas.words import words_for
from tests.apps.warning.conftest import Office


def ask(q: str = "", language: str = "zh", **more: str) -> Any:
    return Client().get(f"/public/{language}/here", {"q": q, **more})


def test_a_village_is_told_its_warning_and_its_shelters(office: Office) -> None:
    office.issued()
    page = ask("桥头村").content.decode()
    assert "安澜县应急管理局发布洪水橙色预警" in page
    places = [page.index(name) for name in ("桥头小学避难场所", "河东避难场所", "县体育馆避难场所")]
    assert places == sorted(places)
    assert "邻县避难场所" not in page
    for said in ("100 m", "可容纳300人", "城关镇中街1号", "199-0000-0001", "30.15000, 118.15100"):
        assert said in page
    assert page.count("位于预警范围内") == 2


@pytest.mark.parametrize("q", ["滨河路", "Qiaotou", "桥头", "城关"])
def test_streets_parts_of_names_and_english_are_found(office: Office, q: str) -> None:
    office.issued()
    assert "发布洪水橙色预警" in ask(q).content.decode()


def test_who_lives_elsewhere_has_no_warning_but_shelters(office: Office) -> None:
    office.issued()
    page = ask("邻水县").content.decode()
    assert "这里目前没有生效的预警" in page
    assert "县体育馆避难场所" in page


def test_a_part_of_the_county_that_is_not_in_the_area_is_not_warned(office: Office) -> None:
    office.issued()
    page = ask("", place="990101", at="118.35,30.35").content.decode()
    assert "这里目前没有生效的预警" in page
    for place in ("990101", "990101001"):
        assert "发布洪水橙色预警" in ask("", place=place).content.decode()


def test_no_drill_is_told(office: Office) -> None:
    office.issued(status="Exercise")
    assert "这里目前没有生效的预警" in ask("桥头村").content.decode()


@pytest.mark.parametrize("asked", [
    {"q": "没有这个地方"}, {"q": "%_%"}, {"q": "x" * 500}, {"q": "' OR 1=1 --"}, {"q": "  "}, {},
    {"place": "99;"}, {"place": "990101", "at": "nan,nan"}, {"place": "990101", "at": "1e9,2"},
    {"place": "990101", "at": "a"}, {"q": "桥头村", "at": "inf,1", "place": "990101"},
])  # fmt: skip
def test_any_question_is_answered(office: Office, asked: dict[str, str]) -> None:
    answer = Client().get("/public/zh/here", asked)
    assert answer.status_code == 200
    assert "避难场所" in answer.content.decode()


def test_english_is_told_in_english(office: Office) -> None:
    office.issued()
    page = ask("桥头村", "en").content.decode()
    assert "issues an orange warning: flood" in page
    assert "holds 300 people" in page
    wished = Client().get("/public/here", headers={"accept-language": "en-GB,en;q=0.9"})
    assert wished.headers["Content-Language"] == "en"


def test_nothing_of_who_asks_is_kept(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = ask("桥头村")
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    writes = [one["sql"] for one in asked if not one["sql"].lstrip().upper().startswith("SELECT")]
    assert writes == []
    ours = [one for one in caplog.records if not one.name.startswith("django.db")]
    assert not any("桥头" in one.getMessage() for one in ours)


def test_without_the_records_it_says_so_in_words() -> None:
    with patch("anlan.apps.portal.views.places_named", side_effect=OperationalError("gone")):
        answer = ask("桥头村")
    assert answer.status_code == 503
    assert "数据库暂时连接不上" in answer.content.decode()
    assert "/public/zh/" in answer.content.decode()


def test_of_places_with_one_name_each_is_told_with_its_district(office: Office) -> None:
    office.issued()
    other = Region(key="990102001001", name="桥头村", region="990102001001", since=office.now,
                   shape=box(118.5, 30.1, 118.6, 30.2))  # fmt: skip
    other.words = words_for(other)
    other.save()
    page = ask("桥头村").content.decode()
    assert "同名地方有多个" in page
    assert page.index("同名地方有多个") < page.index("最近的避难场所</h2>")
    assert "无预警" in page or page.count("橙色") > 1
    for q, is_warned in (("安澜县 桥头村", True), ("邻水县 桥头村", False)):
        page = ask(q).content.decode()
        assert "同名地方有多个" not in page
        assert ("发布洪水橙色预警" in page) == is_warned
