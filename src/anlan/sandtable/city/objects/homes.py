"""Homes and small shops with a carbon monoxide alarm."""

from collections.abc import Iterator
from typing import Any

import shapely

from anlan.sandtable.city.ground.frame import degrees
from anlan.sandtable.city.model import Observed
from anlan.sandtable.city.regions.divisions import Division
from anlan.sandtable.city.regions.survey import Survey

STORY_HOMES = tuple(
    (59.05 + 0.09 * k, 38.75 + 0.05 * (k % 3), f"990101HM9{k + 1:02d}") for k in range(10)
)
_HEATING = ("燃煤", "燃气", "电", "集中供暖")


def homes(survey: Survey, *, count: int, shops: int) -> Iterator[Observed]:
    """Shops, then homes, `count` in all."""
    for k, (x, y, village) in enumerate(survey.among_people(shops, power=1.1), 1):
        yield _shop(survey, x, y, village=village, number=k)
    for x, y, key in STORY_HOMES:
        yield _home(survey, x, y, village=survey.village(x, y), key=key)
    for x, y, village in survey.among_people(count - shops - len(STORY_HOMES), power=0.9):
        yield _home(survey, x, y, village=village, key=survey.key(village.code, "HM"))


def _home(survey: Survey, x: float, y: float, *, village: Division, key: str) -> Observed:
    number = int(key[8:])
    block, door = number % 37 + 1, 101 + 100 * (number % 6) + number % 4
    address = survey.address(village.code, f"{block}栋{door}")
    words = f"{village.short}{block}栋{door}", f"{village.en} {block}-{door}"
    return _place(
        survey, "home", x, y, village=village,
        key=key, names=words, attributes={
            "address": address, "landlord": "户主(虚构)", "grid_worker": f"{village.short}网格员",
            "heating": _HEATING[number % 4], "device_until": f"{2027 + number % 5}-06-30",
        },
    )  # fmt: skip


def _shop(survey: Survey, x: float, y: float, *, village: Division, number: int) -> Observed:
    words = f"{village.short}小餐馆{number}", f"{village.en} eatery {number}"
    return _place(
        survey, "shop", x, y, village=village, key=survey.key(village.code, "SH"), names=words,
        attributes={"address": survey.address(village.code), "responsible": "店主(虚构)"},
    )  # fmt: skip


def _place(  # house: one row's fields; a million of them are made, so nothing is asked twice
    survey: Survey, kind: str, x: float, y: float, *, village: Division, **rest: object
) -> Observed:
    point = degrees(x, y)
    names: Any = rest["names"]
    return Observed(
        key=str(rest["key"]), kind=kind, pack="co", zh=names[0], en=names[1], region=village.code,
        owner=f"{village.code}-gov", enterprise="", shape=shapely.Point(point), point=point,
        attributes=rest["attributes"],  # type: ignore[arg-type]  # a dict of its schema
        contact=survey.worker(village), address=survey.address(village.code),
    )  # fmt: skip
