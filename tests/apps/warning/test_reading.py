"""A text is read before it goes on: what is missing, what contradicts, where it holds."""

from datetime import timedelta
from typing import Any

import pytest
import shapely

from anlan.apps.atlas.meaning import guidance
from anlan.apps.atlas.models import Region
from anlan.apps.warning import actions
from anlan.apps.warning.models import Warning
from anlan.apps.warning.queries import Seat, event_for, remarks
from anlan.apps.warning.queries.reading.agreement import _figures
from anlan.apps.watch.models import Alarm
from anlan.packs import load_packs
from anlan.terms.errors import Refused
from tests.apps.warning.conftest import OWN, WRITER, Office

ZH, EN = (
    "预计未来3小时雨量可达50毫米，16时30分前后最强。",
    "50 mm of rain are likely in 3 hours, most at 16:30.",
)
STOPS: list[tuple[dict[str, Any], str]] = [
    ({"event": ""}, "event"),
    ({"headline_zh": ""}, "headline_zh"),
    ({"description_zh": "  "}, "description_zh"),
    ({"caution_zh": ""}, "caution_zh"),
    ({"measures_zh": ""}, "measures_zh"),
    ({"area_zh": ""}, "area_zh"),
    ({"onset": None}, "onset"),
    ({"expires": None}, "expires"),
    ({"owner": "org-gone"}, "owner"),
    ({"headline_zh": "安澜县应急管理局发布洪水预警"}, "headline_zh"),
    ({"headline_zh": "安澜县应急管理局发布洪水红色预警"}, "headline_zh"),
    ({"headline_zh": "洪水橙色、红色预警"}, "headline_zh"),
    ({"headline_zh": "安澜县应急管理局发布台风橙色预警"}, "headline_zh"),
    ({"headline_en": "Anlan County issues a red warning: flood"}, "headline_en"),
    ({"headline_en": "Anlan County issues an orange warning: typhoon"}, "headline_en"),
    ({"description_zh": "将达到红色标准。", "description_en": "It is grave."}, "description_zh"),
    ({"level": 4}, "headline_zh"),
    ({"description_zh": ZH, "description_en": EN.replace("50", "80")}, "description_en"),
    ({"description_zh": ZH, "description_en": EN.replace("16:30", "15:30")}, "description_en"),
    ({"measures_en": ""}, "measures_en"),
    ({"headline_zh": "【演练】安澜县应急管理局发布洪水橙色预警"}, "headline_zh"),
    ({"headline_zh": "测试：安澜县应急管理局发布洪水橙色预警"}, "headline_zh"),
    ({"description_zh": "这是一次演练。"}, "description_zh"),
    ({"measures_en": "TEST: move."}, "measures_en"),
    ({"headline_en": "Exercise: Anlan County issues an orange warning: flood"}, "headline_en"),
    ({"measures_zh": "请与{person}联系。"}, "measures_zh"),
    ({"measures_zh": "请于XX时前转移。"}, "measures_zh"),
    ({"description_zh": "水位待定。"}, "description_zh"),
    ({"headline_zh": "洪水橙色预警" + "长" * 100}, "headline_zh"),
    ({"regions": [], "shape": None}, "regions"),
    ({"regions": []}, "regions"),
    ({"regions": ["990102"]}, "regions"),
    ({"regions": ["99"]}, "regions"),
    ({"regions": ["X"]}, "regions"),
    ({"shape": shapely.LineString([(118.1, 30.1), (118.2, 30.2)])}, "shape"),
    ({"shape": shapely.box(118.3, 30.1, 118.6, 30.2)}, "shape"),
    ({"shape": shapely.Point(118.2, 30.2).buffer(0.05, quad_segs=2000)}, "shape"),
]  # fmt: skip


def _fields(one: Warning, office: Office) -> set[str]:
    return {remark.field for remark in remarks(one, office.now) if remark.stops}


@pytest.mark.parametrize(("changes", "field"), STOPS)
def test_what_is_wrong_is_told_with_its_field(
    office: Office, changes: dict[str, Any], field: str
) -> None:
    one = office.drafted()
    for name, value in changes.items():
        setattr(one, name, value)
    assert field in _fields(one, office)


def test_what_is_wrong_keeps_a_draft_from_being_submitted(office: Office) -> None:
    one = office.drafted()
    one = actions.edit(office.asker(WRITER), one.key, version=1, fields={"measures_zh": ""})
    with pytest.raises(Refused):
        actions.submit(office.asker(WRITER), one.key, version=one.version, seats=[OWN])


@pytest.mark.parametrize(("changes", "field"), [
    ({"expires": timedelta(minutes=-20)}, "expires"),
    ({"expires": timedelta(0)}, "expires"),
    ({"expires": timedelta(hours=1), "effective": timedelta(hours=2)}, "expires"),
    ({"expires": timedelta(hours=1), "onset": timedelta(hours=2)}, "expires"),
])  # fmt: skip
def test_times_are_in_order(office: Office, changes: dict[str, timedelta], field: str) -> None:
    one = office.drafted()
    for name, span in changes.items():
        setattr(one, name, office.now + span)
    assert _fields(one, office) == {field}


def test_what_may_be_meant_is_only_remarked(office: Office) -> None:
    one = office.drafted()
    one.expires = office.now + timedelta(days=9)
    for text in ("headline", "description", "caution", "measures"):
        setattr(one, f"{text}_en", "")
    found = remarks(one, office.now)
    assert {remark.field for remark in found} == {"expires", "headline_en"}
    assert not any(remark.stops for remark in found)
    one.description_zh, one.description_en = ZH, EN.replace("3 hours", "three hours")
    one.headline_en, one.caution_en, one.measures_en = "Orange warning: flood", "Beware.", "Go."
    found = remarks(one, office.now)
    assert {remark.field for remark in found} == {"expires", "description_en"}
    assert not any(remark.stops for remark in found)


@pytest.mark.parametrize("status", ["Exercise", "Test"])
def test_the_mark_of_a_drill_is_not_written_by_hand(office: Office, status: str) -> None:
    one = office.drafted(status=status)
    assert _fields(one, office) == set()
    one.description_zh = f"【演练】{one.description_zh}"
    assert _fields(one, office) == {"description_zh"}


@pytest.mark.parametrize(("zh", "en"), [
    (ZH, EN),
    ("7月1日08:00水位31.5 m", "At 08:00 on 1 July the level was 31.5 m"),
    ("2026年7月1日8时起", "from 8:00 on July 1, 2026"),
    ("影响人口1.5万，转移12,000人", "1.5 (10,000s) affected; 12000 people moved"),
])  # fmt: skip
def test_figures_are_found_in_both_languages(zh: str, en: str) -> None:
    if "10,000s" in en:
        assert _figures(zh)[1] == {"1.5", "12000"}
    else:
        assert _figures(zh) == _figures(en)


def test_a_joint_warning_reaches_as_far_as_all_who_sign(office: Office) -> None:
    Region.objects.create(key="990102", name="邻水县", region="990102", since=office.now,
                          shape=shapely.box(118.4, 30.0, 118.8, 30.4))  # fmt: skip
    one = office.drafted()
    fields = {"regions": ["990101001", "990102"], "shape": shapely.box(118.3, 30.1, 118.5, 30.2)}
    one = actions.edit(office.asker(WRITER), one.key, version=1, fields=fields)
    assert _fields(one, office) == {"regions", "shape"}
    seats = [OWN, Seat("org-county-b", "county-b-chief")]
    one = actions.submit(office.asker(WRITER), one.key, version=2, seats=seats)
    one = actions.review(office.asker("county-admin"), one.key, version=3)
    one = office.signed(office.signed(one), "county-b-chief")
    assert one.state == "issued"


def test_what_packs_suggest_can_be_submitted_where_they_say_what_to_do(office: Office) -> None:
    tried = 0
    for pack in load_packs().values():
        for rule in pack.rule_set.rules:
            for level in (1, 2, 3, 4):
                if event_for(pack.name, rule.key) is None or not guidance(rule.key, level):
                    continue
                Alarm.objects.filter(pk=office.alarm.pk).update(
                    pack=pack.name, rule=rule.key, level=level, quantity=rule.quantity
                )
                one = office.drafted()
                assert [r for r in remarks(one, office.now) if r.stops] == [], (rule.key, level)
                tried += 1
    assert tried > 50
