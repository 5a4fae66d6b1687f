"""The fictional city: nested codes, places within their districts, attributes as packs ask."""

import datetime
from collections import Counter
from functools import cache
from typing import Any

import numpy as np
import pytest
import shapely

from anlan.engine.plan import compile_plan
from anlan.packs import Attribute, load_packs
from anlan.sandtable.city import City, Observed, city
from anlan.terms.errors import Malformed
from anlan.terms.places import is_region

KINDS = {"government", "department", "enterprise", "team", "public"}


@pytest.fixture(scope="module")
def here() -> City:
    return city()


@cache
def attributes() -> dict[tuple[str, str], dict[str, Attribute]]:
    return {
        (pack.name, kind): {a.name: a for a in one.attributes}
        for pack in load_packs().values()
        for kind, one in pack.object_types.items()
    }


def test_the_city_says_that_it_is_fictional(here: City) -> None:
    assert "虚构" in here.zh
    assert "fictional" in here.en
    assert "虚构" in here.notice_zh
    west, south, east, north = here.regions[0].polygon.bounds
    assert west > 159.9
    assert east < 161.2
    assert south > 29.9
    assert north < 30.8


def test_codes_are_nested_and_begin_with_99(here: City) -> None:
    codes = {one.code for one in here.regions}
    assert len(codes) == len(here.regions)
    for one in here.regions:
        assert is_region(one.code)
        assert one.code.startswith("99")
        assert one.parent == "" or (one.parent in codes and one.code.startswith(one.parent))
    assert Counter(len(code) for code in codes).keys() == {2, 4, 6, 9, 12}


def test_parts_fill_their_district(here: City) -> None:
    for one in here.regions:
        parts = [p for p in here.regions if p.parent == one.code]
        if parts:
            area = sum(p.polygon.area for p in parts)
            assert area == pytest.approx(one.polygon.area, rel=1e-4), one.zh
            people = sum(p.population for p in parts)
            assert people == pytest.approx(one.population, abs=len(parts))


def test_every_object_lies_in_its_village(here: City) -> None:
    polygon = {one.code: one.polygon for one in here.regions}
    things: list[Any] = [*here.objects, *here.targets, *here.facilities]
    outside = [
        one.key
        for one in things
        if not polygon[one.region].buffer(2e-5).covers(shapely.Point(one.point))
    ]
    assert not outside
    assert all(len(one.region) == 12 for one in things)
    assert all(one.key.startswith(one.region[:6]) for one in here.objects if not one.parent)


def test_attributes_are_valid_by_the_packs(here: City) -> None:
    assert not [problem for one in here.objects for problem in problems(one)]


def problems(one: Observed) -> list[str]:
    """What a pack would say against the attributes of an object."""
    schema = attributes()[one.pack, one.kind]
    said = [f"{one.key}: no {name}" for name in one.attributes if name not in schema]
    for name, rule in schema.items():
        value = one.attributes.get(name)
        if value is None:
            said += [f"{one.key}: {name} is missing"] if rule.required else []
        elif not fits(rule, one.pack, value):
            said.append(f"{one.key}: {name} = {value!r}")
    return said


def fits(rule: Attribute, pack: str, value: object) -> bool:
    match rule.type:
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "flag":
            return isinstance(value, bool)
        case "choice":
            return value in rule.choices
        case "date":
            return datetime.date.fromisoformat(str(value)).year > 2000
        case "table":
            return value in names_of(pack, rule.table)
        case _:
            return isinstance(value, str) and value != ""


@cache
def names_of(pack: str, table: str) -> set[object]:
    return {cell for row in load_packs()[pack].sheets[table].rows for cell in row}


def test_every_pack_and_every_type_of_object_is_there(here: City) -> None:
    assert {(one.pack, one.kind) for one in here.objects} == set(attributes())


def test_everything_that_is_referred_to_exists(here: City) -> None:
    bodies = {one.key for one in here.organisations}
    objects = {one.key for one in here.objects}
    firms = {one.key for one in here.enterprises}
    assert all(one.owner in bodies for one in here.objects)
    assert all(one.owner in bodies for one in here.facilities)
    assert all(one.enterprise in firms | {""} for one in here.objects)
    assert all(one.parent in objects | {""} for one in here.objects)
    assert all(one.organisation in bodies for one in here.enterprises)
    assert all(one.parent in bodies | {""} for one in here.organisations)
    assert {one.kind for one in here.organisations} == KINDS
    assert all(one.object in objects for one in here.sensors)


def test_keys_are_unique_and_phones_belong_to_nobody(here: City) -> None:
    for rows in (here.objects, here.targets, here.facilities, here.enterprises, here.sensors):
        keys = [one.key for one in rows]
        assert len(set(keys)) == len(keys)
        assert all(key.startswith("99") for key in keys)
    people: list[Any] = [*here.objects, *here.targets, *here.facilities, *here.organisations]
    assert all(one.contact.phone.startswith("199-0000-") for one in people)


def test_a_small_city_has_two_thousand_sensors_that_the_engine_takes(here: City) -> None:
    assert len(here.sensors) == len(here.fleet.recipe) == 2_000
    rule_sets = [pack.rule_set for pack in load_packs().values()]
    plan = compile_plan(here.sensors, here.limits, rule_sets, here.groups)
    assert not plan.warnings


def test_the_base_map_has_every_layer(here: City) -> None:
    expected = {"sea", "land", "contour", "green", "water", "river", "road", "building", "label"}
    assert set(here.layers) == expected
    assert all(rows and all(one.shape.is_valid for one in rows) for rows in here.layers.values())
    assert {"motorway", "national", "provincial", "county", "street", "rail"} == {
        one.kind for one in here.layers["road"]
    }


def test_people_live_in_cells_that_add_up(here: City) -> None:
    night = sum(cell.people_night for cell in here.population)
    assert night == pytest.approx(here.regions[0].population, rel=1e-6)
    assert sum(cell.people_day for cell in here.population) == pytest.approx(night, rel=0.01)


def test_the_same_seed_gives_the_same_city() -> None:
    again = city.__wrapped__("S", 99)
    first = city()
    assert again.objects == first.objects
    assert again.sensors == first.sensors
    assert all(np.array_equal(a, b) for a, b in zip(again.fleet, first.fleet, strict=True))


def test_another_size_is_refused() -> None:
    with pytest.raises(Malformed):
        city("XL")
