"""What the atlas answers, and to whom."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import Http404

from anlan.apps.atlas.models import ObservedObject
from anlan.apps.atlas.queries import (
    around,
    object_for,
    objects,
    objects_at,
    region_name,
    region_path,
)
from anlan.apps.people.asker import Person
from tests.apps.atlas.places import SINCE, point, two_counties

AskerFor = Callable[[str], Person]


@pytest.fixture(autouse=True)
def _world(world: object) -> None:
    two_counties()


def test_an_object_of_another_county_is_not_there(asker_for: AskerFor) -> None:
    assert [one.key for one in objects(asker_for("county"))] == ["990101-tank"]
    assert object_for(asker_for("county"), "990101-tank").kind == "tank"
    for key in ("990102-tank", "nothing"):
        with pytest.raises(Http404):
            object_for(asker_for("county"), key)


def test_around_counts_people_schools_and_tanks_of_the_own_side_only(asker_for: AskerFor) -> None:
    tank = object_for(asker_for("county"), "990101-tank")
    own = around(asker_for("county"), tank.shape, metres=2000)
    assert (own.objects.total, own.targets.kinds, own.people_night) == (1, {"school": 1}, 300)
    assert own.is_cut
    both = around(asker_for("city"), tank.shape, metres=2000)
    assert (both.objects.total, both.targets.kinds, both.people_night) == (2, {"school": 2}, 600)


def test_a_cell_that_the_border_of_the_area_cuts_counts_in_proportion(
    asker_for: AskerFor,
) -> None:
    import shapely

    half = shapely.box(160.495, 30.19, 160.6, 30.21)
    assert around(asker_for("county"), half).people_day == 50


def test_around_a_place_without_anything_is_nothing(asker_for: AskerFor) -> None:
    found = around(asker_for("county"), point(160.1, 30.1), metres=1000)
    assert (found.objects.total, found.targets.rows, found.people_day) == (0, [], 0)
    assert not found.is_cut or found.area.is_valid


def test_the_past_is_as_it_was(asker_for: AskerFor) -> None:
    moved = SINCE + timedelta(days=10)
    ObservedObject.objects.filter(key="990101-tank").update(until=moved)
    ObservedObject.objects.create(
        key="990101-tank", region="990101001001", name="new", since=moved, kind="tank"
    )
    asker = asker_for("county")
    names = [objects_at(asker, moved + timedelta(days=d)).get().name for d in (-1, 0, 1)]
    assert names == ["安澜县化工储罐", "new", "new"]
    assert not objects_at(asker, SINCE - timedelta(days=1)).exists()


def test_regions_have_their_names() -> None:
    assert region_name("990101") == "安澜县"
    assert region_name("990199") == "990199"
    assert region_path("990101001") == "安澜县 安澜镇"
