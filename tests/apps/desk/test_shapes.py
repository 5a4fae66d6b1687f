"""Shapes in the database: the same answers as by looking at each, on both databases."""

import contextlib
import random

import pytest
import shapely
from django.db import DatabaseError, connection, models

from anlan.apps.atlas.models import BaseFeature, Target
from anlan.desk.geometry import build_indexes, count_indexed
from anlan.desk.geometry.index import shape_fields
from anlan.desk.geometry.lookups import distance_m
from anlan.desk.search import build_word_indexes
from tests.apps.atlas.places import OURS, point, put

pytestmark = pytest.mark.django_db
CHANCE = random.Random(7)


def scattered(count: int) -> list[BaseFeature]:
    rows = []
    for _ in range(count):
        x, y = 160 + CHANCE.random(), 30 + CHANCE.random()
        side = CHANCE.choice([0.0, 0.01, 0.1])
        shape = shapely.box(x, y, x + side, y + side) if side else shapely.Point(x, y)
        rows.append(BaseFeature(layer="x", shape=shape))
    return BaseFeature.objects.bulk_create(rows)


def test_a_box_finds_what_it_meets() -> None:
    rows = scattered(200)
    for _ in range(20):
        x, y = 160 + CHANCE.random(), 30 + CHANCE.random()
        box = (x, y, x + 0.2, y + 0.1)
        found = set(BaseFeature.objects.filter(shape__box=box).values_list("pk", flat=True))
        assert found == {
            r.pk for r in rows if shapely.box(*r.shape.bounds).intersects(shapely.box(*box))
        }


def test_intersects_is_exact() -> None:
    rows = scattered(200)
    for _ in range(20):
        x, y = 160 + CHANCE.random(), 30 + CHANCE.random()
        area = shapely.Point(x, y).buffer(0.15)
        found = set(BaseFeature.objects.filter(shape__intersects=area).values_list("pk", flat=True))
        assert found == {row.pk for row in rows if row.shape.intersects(area)}


def test_near_is_by_distance_on_the_ground() -> None:
    rows = scattered(200)
    for _ in range(20):
        x, y = 160 + CHANCE.random(), 30 + CHANCE.random()
        found = set(
            BaseFeature.objects.filter(shape__near=(x, y, 9000)).values_list("pk", flat=True)
        )
        far = {row.pk: distance_m(row.shape, x, y) for row in rows}
        assert {pk for pk, m in far.items() if m < 8950} <= found
        assert found <= {pk for pk, m in far.items() if m < 9050}


def test_a_moved_and_a_removed_shape_leave_the_index() -> None:
    row = put(Target, "a", OURS, "a", kind="school", shape=point(160.1, 30.1))
    row.shape = point(160.9, 30.9)
    row.save()
    assert not Target.objects.filter(shape__near=(160.1, 30.1, 1000)).exists()
    assert Target.objects.filter(shape__near=(160.9, 30.9, 1000)).exists()
    Target.objects.filter(pk=row.pk).update(shape=None, shape_w=None, shape_s=None, shape_e=None,
                                            shape_n=None)  # fmt: skip
    assert not Target.objects.filter(shape__box=(160, 30, 161, 31)).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("field", list(shape_fields()), ids=lambda f: f.model.__name__)
def test_the_index_survives_a_change_of_the_table(field: models.Field) -> None:  # type: ignore[type-arg]  # of any kind
    """Django copies the table on SQLite, and the triggers go with the old one."""
    model = field.model
    if model is not BaseFeature:
        scattered(1)
    more = models.IntegerField(null=True)
    more.set_attributes_from_name("more_for_the_test")
    more.model = model
    with connection.schema_editor() as editor:
        editor.add_field(model, more)
    try:
        changed = models.CharField(max_length=7, null=True)
        changed.set_attributes_from_name("more_for_the_test")
        changed.model = model
        with connection.schema_editor() as editor:
            editor.alter_field(model, more, changed)
        mend(model)
        assert_indexed(model, field)
    finally:
        with connection.schema_editor() as editor:
            editor.remove_field(model, changed)
        mend(model)
        assert_indexed(model, field)


def mend(model: type[models.Model]) -> None:
    """What happens after every migration."""
    build_indexes([model])
    build_word_indexes([model])


def assert_indexed(model: type[models.Model], field: models.Field) -> None:  # type: ignore[type-arg]  # of any kind
    """A new row of the table is in its index."""
    from tests.apps.desk.rows import any_row

    row = any_row(model)
    try:
        rows, indexed = count_indexed(field)
        assert rows == indexed > 0
        found = model._default_manager.filter(**{f"{field.name}__near": (160.5, 30.5, 500)})
        assert found.filter(pk=row.pk).exists()
    finally:
        with contextlib.suppress(DatabaseError):  # some tables keep what was written
            model._default_manager.filter(pk=row.pk).delete()
