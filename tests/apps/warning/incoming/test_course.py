"""What becomes of official warnings that come in: kept once, updated and lifted in place."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from anlan.apps.warning.models import Incoming, IncomingMessage
from tests.apps.warning.incoming.feeding import Ear, alert


def courses() -> list[Incoming]:
    return list(Incoming.objects.filter(joined=None).order_by("pk"))


def test_a_message_is_kept_once_with_its_bytes(ear: Ear) -> None:
    body = alert(1)
    ear.server.offer(body)
    ear.hear()
    ear.server.offer(body, alert(2))
    ear.after(minutes=2)
    assert IncomingMessage.objects.count() == 2
    first = IncomingMessage.objects.get(identifier="met-1")
    assert first.xml == body
    assert first.signature == "absent"
    one = first.first
    assert (one.code, one.level, one.regions) == ("11B03", 3, ["990101"])
    assert one.headline_zh == "岚海省气象台发布暴雨预警1"
    assert one.stands(ear.now)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1), (0, 2, 1)])
def test_updates_and_the_end_find_their_course_in_any_order(ear: Ear, order: Any) -> None:
    said = [
        alert(1),
        alert(2, kind="Update", severity="Extreme", refers=(1,)),
        alert(3, kind="Cancel", refers=(1, 2)),
    ]
    for n, at in enumerate(order):
        ear.server.offer(said[at])
        ear.after(minutes=n + 1)
    (one,) = courses()
    assert one.is_lifted
    assert one.level == 4
    assert one.missing == 0
    assert one.headline_zh.endswith("预警2")


def test_an_update_alone_says_what_is_missing(ear: Ear) -> None:
    ear.server.offer(alert(2, kind="Update", refers=(1,)))
    ear.hear()
    (one,) = courses()
    assert (one.missing, one.stands(ear.now)) == (1, True)
    ear.server.offer(alert(1, severity="Minor"))
    ear.after(minutes=2)
    (one,) = courses()
    assert (one.missing, one.level) == (0, 3)


def test_a_drill_never_lifts_what_is_actual(ear: Ear) -> None:
    ear.server.offer(alert(1), alert(2, kind="Cancel", status="Exercise", refers=(1,)))
    ear.hear()
    actual, drill = courses()
    assert (actual.status, actual.is_lifted) == ("Actual", False)
    assert (drill.status, drill.missing) == ("Exercise", 1)


def test_it_ends_by_time(ear: Ear) -> None:
    ear.server.offer(alert(1, expires=2))
    ear.hear()
    (one,) = courses()
    assert not one.is_assumed
    ear.after(hours=3)
    assert not one.stands(ear.now)


def test_a_shape_that_can_be_trusted_is_drawn(ear: Ear) -> None:
    square = "30.0,118.0 30.0,118.2 30.2,118.2 30.2,118.0 30.0,118.0"
    crossed = "30.0,118.0 30.2,118.2 30.0,118.2 30.2,118.0 30.0,118.0"
    ear.server.offer(alert(1, polygon=square), alert(2, polygon=crossed))
    ear.hear()
    good, bad = courses()
    assert good.shape is not None
    assert good.shape.bounds == (118.0, 30.0, 118.2, 30.2)
    assert bad.shape is None
    assert any("crossing" in told for told in bad.messages.get().told)


def test_a_message_without_a_place_holds_where_the_feed_says(ear: Ear) -> None:
    ear.region = "9901"
    ear.server.offer(alert(1, geocode=""))
    ear.hear()
    (one,) = courses()
    assert one.regions == ["9901"]


def test_the_database_keeps_the_bytes(ear: Ear) -> None:
    ear.server.offer(alert(1))
    ear.hear()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE warning_incomingmessage SET digest = 'x'")


def test_a_text_without_a_language_is_known_by_its_letters(ear: Ear) -> None:
    ear.server.offer(alert(1).replace(b"<language>zh-CN</language>", b""))
    ear.hear()
    (one,) = courses()
    assert one.headline_zh == "岚海省气象台发布暴雨预警1"
    assert one.headline_en == "Rainstorm warning 1"
