"""Rain stations, river sections, reservoirs, low spots."""

from collections.abc import Iterator

import numpy as np

from anlan.sandtable.city.ground.water import RESERVOIRS, RIVERS
from anlan.sandtable.city.model import Observed
from anlan.sandtable.city.regions.survey import Survey
from anlan.sandtable.city.sizes import Amounts

# Of the stories: river, place along it (0–1), name.
STORY_SECTIONS = (
    ("liu", 0.66, "柳川·柳树沟站", "Liu at Liushugou", "990101RV901"),
    ("liu", 0.93, "柳川·川口站", "Liu at Chuankou", "990101RV902"),
    ("lan", 0.48, "澜水·石桥站", "Lan at Shiqiao", "990101RV903"),
    ("lan", 0.565, "澜水·城关站", "Lan at Chengguan", "990101RV904"),
    ("lan", 0.66, "澜水·渡口站", "Lan at Dukou", "990101RV905"),
)
STORY_RAIN = (
    (52.0, 28.6, "柳树沟雨量站", "Liushugou rain", "990101RS901"),
    (47.6, 29.6, "鹰嘴岩雨量站", "Yingzuiyan rain", "990101RS902"),
    (59.8, 38.6, "城关雨量站", "Chengguan rain", "990101RS903"),
    (53.0, 41.9, "石桥雨量站", "Shiqiao rain", "990101RS904"),
    (63.4, 33.0, "化工园雨量站", "Chemical park rain", "990101RS905"),
    (56.6, 50.6, "铜鼓岭雨量站", "Tongguling rain", "990101RS906"),
)
STORY_SPOTS = (
    (60.35, 38.55, "城关铁路桥下穿", "Chengguan railway underpass", "下凹式立交桥", "990101LP901"),
    (59.2, 37.3, "人民路涵洞", "Renmin Road culvert", "低洼路段", "990101LP902"),
    (58.5, 37.7, "滨河小区地下车库", "Binhe garage entrance", "地下空间出入口", "990101LP903"),
    (60.9, 38.0, "城东隧道", "Chengdong tunnel", "隧道", "990101LP904"),
    (66.4, 32.6, "渡口老街", "Dukou old street", "低洼路段", "990101LP905"),
    (59.9, 39.0, "向阳小区", "Xiangyang quarter", "小区", "990101LP906"),
)
_SPOT_KINDS = ("下凹式立交桥", "隧道", "地下空间出入口", "低洼路段", "小区")
_WATER, _WEATHER, _HOUSING = "-sw", "-qx", "-zj"


def flood(survey: Survey, amounts: Amounts) -> Iterator[Observed]:
    """Every observed object of the flood pack."""
    yield from _rain(survey, amounts.rain_stations)
    yield from _sections(survey, amounts.river_sections)
    yield from _reservoirs(survey, amounts.small_reservoirs)
    yield from _spots(survey, amounts.low_spots)


def _rain(survey: Survey, count: int) -> Iterator[Observed]:
    named = [(x, y, zh, en, key) for x, y, zh, en, key in STORY_RAIN]
    steps = np.linspace(0, len(survey.villages) - 1, count, dtype=int)
    for k in steps:
        one = survey.villages[k]
        named.append((one.x, one.y, f"{one.short}雨量站", f"{one.en} rain station", ""))
    for x, y, zh, en, key in named:
        region = survey.village(x, y).code
        yield survey.observe(
            "rain_station", at=(x, y), region=region, pack="flood", zh=zh, en=en,
            key=key or survey.key(region, "RS"), owner=region[:6] + _WEATHER,
            attributes={"elevation": survey.height(x, y)}, contact=survey.contact("测报员"),
        )  # fmt: skip


def _sections(survey: Survey, count: int) -> Iterator[Observed]:
    rows = list(STORY_SECTIONS)
    names = {one.key: one for one in RIVERS}
    for k in range(count):
        river = RIVERS[k % len(RIVERS)]
        along = 0.12 + 0.84 * ((k // len(RIVERS)) * 0.618 % 1.0)
        rows.append((river.key, along, "", "", ""))
    for river_key, along, zh, en, key in rows:
        place = survey.land.rivers[river_key].interpolate(along, normalized=True)
        village, river = survey.village(place.x, place.y), names[river_key]
        bank = survey.height(place.x, place.y) + 4.5
        yield survey.observe(
            "river_section", at=(place.x, place.y), region=village.code, pack="flood",
            zh=zh or f"{river.zh}·{village.short}站", en=en or f"{river.en} at {village.en}",
            key=key or survey.key(village.code, "RV"), owner=village.code[:6] + _WATER,
            attributes={"river": river.zh, "bank_top_left": bank, "bank_top_right": bank + 0.3,
                        "datum": "假定基面", "highest_recorded": bank - 0.7},
            contact=survey.contact("测报员"),
        )  # fmt: skip


def _reservoirs(survey: Survey, small: int) -> Iterator[Observed]:
    for k, (zh, en, river, dam, _, _) in enumerate(RESERVOIRS):
        place = survey.land.rivers[river].interpolate(dam, normalized=True)
        capacity = 24600.0 if k == 0 else 3200.0 - 310 * k
        yield _reservoir(survey, zh, en, at=(place.x, place.y), capacity=capacity,
                         shape=survey.land.pools[k][2])  # fmt: skip
    for x, y, _, village in survey.slopes(small, reach_km=0.25):
        yield _reservoir(survey, f"{village.short}山塘", f"{village.en} pond", at=(x, y),
                         capacity=round(12 + 40 * float(survey.chance.random()), 1))  # fmt: skip


def _reservoir(
    survey: Survey, zh: str, en: str, *, at: tuple[float, float], capacity: float,
    shape: object = None,
) -> Observed:  # fmt: skip
    region, level = survey.village(*at).code, survey.height(*at) + 12
    return survey.observe(
        "reservoir", at=at, region=region, pack="flood", zh=zh, en=en, short="RR", shape=shape,
        owner=region[:6] + _WATER, contact=survey.contact("所长"),
        attributes={"capacity": capacity, "normal_level": level, "design_level": level + 3.0,
                    "check_level": level + 4.6, "dam_top": level + 6.0, "dam_type": "土石坝"},
    )  # fmt: skip


def _spots(survey: Survey, count: int) -> Iterator[Observed]:
    for x, y, zh, en, kind, key in STORY_SPOTS:
        yield _spot(survey, zh, en, at=(x, y), kind=kind, key=key)
    for k, (x, y, village) in enumerate(survey.among_people(count, power=1.3)):
        kind = _SPOT_KINDS[k % len(_SPOT_KINDS)]
        yield _spot(survey, f"{village.short}{kind}{k + 1}", f"{village.en} low spot {k + 1}",
                    at=(x, y), kind=kind)  # fmt: skip


def _spot(
    survey: Survey, zh: str, en: str, *, at: tuple[float, float], kind: str, key: str = ""
) -> Observed:
    region = survey.village(*at).code
    return survey.observe(
        "low_spot", at=at, region=region, pack="flood", zh=zh, en=en,
        key=key or survey.key(region, "LP"), owner=region[:6] + _HOUSING,
        attributes={"kind": kind, "pump_capacity": 1.2, "close_at": 0.27},
        contact=survey.contact("巡查员"),
    )  # fmt: skip
