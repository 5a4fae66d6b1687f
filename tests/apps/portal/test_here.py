"""A resident asks for a place: warnings there, the nearest shelters; nobody asks who they are."""

import logging
import re
from typing import Any
from unittest.mock import patch

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from shapely.geometry import LineString, Point, box

from anlan.apps.atlas.models import BaseFeature, Region, Target
from anlan.apps.atlas.words import words_for
from tests.apps.warning.conftest import Office


def ask(q: str = "", language: str = "zh", **more: str) -> Any:
    return Client().get(f"/public/{language}/here", {"q": q, **more})


def road(name: str, lon: float, lat: float) -> BaseFeature:
    shape = LineString([(lon, lat), (lon + 0.001, lat + 0.001)])
    return BaseFeature.objects.create(layer="road", name=name, shape=shape)


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
    quarter = Target.objects.create(key="east", name="东环小区", kind="quarter", region="990101",
                                    shape=Point(118.35, 30.35), since=office.now)  # fmt: skip
    page = ask("", thing=f"target.{quarter.pk}").content.decode()
    assert "<h1>东环小区</h1>" in page
    assert "这里目前没有生效的预警" in page
    for place in ("990101", "990101001"):
        assert "发布洪水橙色预警" in ask("", place=place).content.decode()


def test_no_drill_is_told(office: Office) -> None:
    office.issued(status="Exercise")
    assert "这里目前没有生效的预警" in ask("桥头村").content.decode()


@pytest.mark.parametrize("asked", [
    {"q": "没有这个地方"}, {"q": "%_%"}, {"q": "x" * 500}, {"q": "' OR 1=1 --"}, {"q": "  "}, {},
    {"place": "99;"}, {"thing": "road"}, {"thing": "road.-1"}, {"thing": "x.1"},
    {"thing": "road." + "9" * 18}, {"thing": "target.²"}, {"q": "桥头村", "thing": "road.x"},
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
    with patch(
        "anlan.apps.portal.views.framing.places_named", side_effect=OperationalError("gone")
    ):
        answer = ask("桥头村")
    assert answer.status_code == 503
    assert "数据库暂时连接不上" in answer.content.decode()
    assert "/public/zh/" in answer.content.decode()


@pytest.mark.parametrize("where", ["queries.places.region_path", "press.words.level_word"])
def test_records_that_go_while_it_answers_are_said_in_words(office: Office, where: str) -> None:
    office.issued()
    for gone in (OperationalError, InterfaceError):
        with patch(f"anlan.apps.portal.{where}", side_effect=gone("gone")):
            answer = ask("桥头村")
        assert answer.status_code == 503
        assert "数据库暂时连接不上" in answer.content.decode()


def test_streets_of_one_name_are_told_for_each_county_by_few_questions(office: Office) -> None:
    office.issued()
    for number in range(30):
        road("人民路", 118.15 + number / 10_000, 30.15)
    road("人民路", 118.5, 30.15)
    with CaptureQueriesContext(connection) as asked:
        page = ask("人民路").content.decode()
    assert len(asked) < 25
    assert page.count(">人民路</a>") == 1
    assert "发布洪水橙色预警" in page.partition("同名地方有多个")[2]
    for county, is_warned in (("安澜县", True), ("邻水县", False)):
        page = ask(f"{county} 人民路").content.decode()
        assert ("发布洪水橙色预警" in page) == is_warned
        assert f'<p class="muted">{county}' in page


def test_a_link_from_the_list_answers_as_the_list_does(office: Office) -> None:
    office.issued()
    road("人民路", 118.5, 30.15)
    # Its middle lies in no area that is drawn; its end does, and it is in no district at all.
    shape = LineString([(118.15, 30.15), (118.15, 28.0)])
    BaseFeature.objects.create(layer="road", name="人民路", shape=shape)
    page = ask("人民路").content.decode()
    [link] = re.findall(r'<a href="\?([^"]+)">人民路</a> .*?橙色', page)
    answer = Client().get(f"/public/zh/here?{link}&q=陌生人的话").content.decode()
    assert "<h1>人民路</h1>" in answer
    assert "发布洪水橙色预警" in answer


def test_a_heading_is_never_what_a_link_says(office: Office) -> None:
    page = ask("请转账", place="990101").content.decode()
    assert "<h1>安澜县</h1>" in page
    assert ">请转账" not in page


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
