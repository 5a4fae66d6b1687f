"""Texts for social platforms: never longer than they may be, never without what must be in them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from anlan.apps.warning.models import Message
from anlan.apps.warning.queries.paper.posts import posts_of
from anlan.apps.warning.queries.paper.posts.platforms import PLATFORMS, weight
from anlan.site.options import Options
from tests.apps.warning.conftest import Office

pytestmark = pytest.mark.django_db
HERE = "https://anlan.county.example"


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.PLACE = replace(django_settings.PLACE, options=Options(address=HERE))


def message_of(office: Office, status: str = "") -> Message:
    return Message.objects.get(warning=office.issued(status=status))


@pytest.mark.parametrize("status", ["Actual", "Exercise"])
def test_no_text_lacks_what_it_must_say_and_none_is_too_long(office: Office, status: str) -> None:
    message = message_of(office, status)
    told = message.content
    for one in posts_of(message):
        assert {post.platform.key for post in one.posts} == {p.key for p in PLATFORMS}
        assert any(post.text for post in one.posts)
        for post in one.posts:
            assert (post.size <= post.platform.most) == bool(post.text), post.platform.key
            if not post.text:
                continue
            assert post.text.startswith("【演练】") == (status == "Exercise")
            level = {"zh": "色预警", "en": "warning"}[one.language]
            assert level in post.text
            assert told[f"area_{one.language}"] in post.text
            for line in told[f"measures_{one.language}"].split():
                assert line in post.text
            if status == "Exercise":
                assert "http" not in post.text
            elif post.platform.has_link:
                assert post.text.endswith(
                    f"{HERE}/public/{one.language}/warning/{message.warning.key}.html"
                )


def test_a_long_description_is_cut_after_a_sentence_and_long_measures_are_not(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = office.drafted()
    draft.description_zh = "河水上涨很快。" * 60
    draft.measures_zh = "请立即向高处转移，不要涉水过河。" * 12
    draft.save()
    monkeypatch.setattr(office, "drafted", lambda *_a, **_k: draft)
    zh = next(one for one in posts_of(message_of(office)) if one.language == "zh")
    by_key = {post.platform.key: post for post in zh.posts}
    assert by_key["wechat"].text == "" == by_key["x"].text
    assert by_key["sms"].size <= 335
    assert by_key["sms"].is_cut
    assert by_key["sms"].text.count("请立即向高处转移，不要涉水过河。") == 12
    assert not by_key["weibo"].is_cut
    assert "涨很快。 请立即" in by_key["weibo"].text


def test_x_counts_chinese_twice() -> None:
    assert weight("ab水。") == 6


def test_the_page_offers_every_text_to_be_copied_and_only_to_its_own_county(
    office: Office, client_for: Callable[[str], Client]
) -> None:
    message = message_of(office)
    path = f"/warnings/{message.warning.key}/messages/1/posts"
    page = client_for("county").get(path).content.decode()
    assert page.count("<textarea") >= 6
    assert "未经实际验证" in page
    assert "readonly" in page
    assert (
        f"{path}" in client_for("county").get(f"/warnings/{message.warning.key}").content.decode()
    )
    assert client_for("county-b").get(path).status_code == 404
    assert client_for("county").get(path.replace("/1/", "/9/")).status_code == 404
