"""An event that cannot be read costs itself alone, whatever is wrong with it."""

from pathlib import Path
from typing import Any

import pytest

from anlan.apps.warning.models import Incoming, IncomingMessage
from anlan.connectors.feeds.forms.form import form_of
from anlan.terms.errors import Malformed
from tests.apps.warning.incoming.feeding import Server
from tests.apps.warning.incoming.test_events import Seismograph, collection, quake, shown, told

RSS = """<rss xmlns:georss="http://www.georss.org/georss"><channel>{}</channel></rss>"""
ITEM = """<item><guid>{0}</guid><eventtype>EQ</eventtype><eventid>{0}</eventid><title>t</title>
<fromdate>Wed, 01 Jul 2026 00:00:00 GMT</fromdate><georss:circle>{1}</georss:circle></item>"""
POINT = {"type": "Point", "coordinates": [110, 30]}


def at(geometry: Any) -> dict[str, Any]:
    return quake("odd") | {"geometry": geometry}


@pytest.mark.parametrize(("odd", "is_taken"), [
    (quake("odd", depth_of=1e999), False),
    (quake("odd") | {"properties": {"time": "9999-12-31T23:30:00Z"}}, False),
    (at({"type": "Point", "coordinates": [10**399, 30]}), True),
    (at({"type": "Point", "coordinates": [10**4299, 30]}), False),
    (at({"type": ["Polygon"], "coordinates": [110, 30]}), True),
    (at(POINT | {"reach_km": "far"}), True),
    (at(POINT | {"reach_km": -5}), True),
])  # fmt: skip
def test_the_others_are_taken(tmp_path: Path, odd: dict[str, Any], is_taken: bool) -> None:
    body = collection(quake(), odd).replace(b"Infinity", b"1e999")
    brought = told(tmp_path, body)
    assert {one.key for one in brought.heard} == ({"us1", "odd"} if is_taken else {"us1"})
    assert list(brought.faults) == ([] if is_taken else ["odd"])
    for one in brought.heard:
        for area in one.said.info[0].area:
            assert area.circle[0].endswith(" 100")  # the form's, for that magnitude


@pytest.mark.parametrize("circle", ["30 110 nan", "30 110 inf", "30 110 -5000", "30 110 0"])
def test_a_circle_without_a_radius_is_none(tmp_path: Path, circle: str) -> None:
    body = RSS.format(ITEM.format(1, "30 110 2500") + ITEM.format(2, circle)).encode()
    brought = told(tmp_path, body, "gdacs")
    assert [one.key for one in brought.heard] == ["EQ1"]
    assert list(brought.faults) == ["EQ2"]


def test_a_number_with_more_digits_than_any_costs_its_event(tmp_path: Path) -> None:
    body = collection(quake(), quake("odd", felt=-1)).replace(b"-1", b"9" * 9_000)
    brought = told(tmp_path, body)
    assert [one.key for one in brought.heard] == ["us1"]
    assert list(brought.faults) == ["odd"]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "others"), [("us1", 0), ("us2", 0), ("us1", 12)])
def test_an_event_that_cannot_be_read_for_a_while_goes_on(
    server: Server, name: str, others: int
) -> None:
    quakes = Seismograph(server)
    older, broken = quake("us0", minutes=-60), quake(name, ids=",us1,us2,")
    broken["properties"]["time"] = None
    noise = [quake(f"n{n}") | {"properties": {}} for n in range(others)]
    quakes.hear(older, quake())
    for updated in (3, 4):
        broken["properties"]["updated"] += updated
        feed = quakes.hear(*noise, older, broken)
        assert feed.left_out == (8 if others else 1)
    assert len(shown()) == IncomingMessage.objects.count() == 2
    feed = quakes.hear(older, quake())
    assert (feed.left_out, IncomingMessage.objects.count()) == (0, 2)
    quakes.hear(*noise, older, broken)
    quakes.hear(older, quake(mag=5.6, updated=9))
    one = Incoming.objects.get(headline_zh__contains="5.6")
    assert [m.kind for m in one.messages.order_by("sent_at")] == ["Alert", "Update"]
    quakes.hear(*noise, older, broken)
    quakes.hear(*noise, older)
    assert [lifted for *_, lifted in shown()] == [False, True]


@pytest.mark.django_db
def test_what_a_list_by_size_does_not_hold_any_more_was_not_withdrawn(server: Server) -> None:
    quakes = Seismograph(server, address=server.url("/4.5_day.geojson"))
    quakes.hear(quake("us0", minutes=-60), quake(mag=4.6))
    quakes.hear(quake("us0", minutes=-60))  # it has become 4.4
    assert [lifted for *_, lifted in shown()] == [False, False]


@pytest.mark.parametrize("key", [5, "id", [], [""], [1], {"a": "b"}])
def test_a_form_without_names_for_its_events_is_refused(key: Any) -> None:
    told = {"sender": "a", "office_zh": "a", "office_en": "a", "event": {"zh": "a", "en": "a"}}
    with pytest.raises(Malformed, match="key must"):
        form_of(told | {"key": key}, "f.toml")
