"""Earthquakes and disasters of the world as feeds of events tell them: GeoJSON and GeoRSS."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from anlan.apps.warning.actions.incoming import Listener
from anlan.apps.warning.models import Feed, Incoming, IncomingMessage
from anlan.cap.doubts import doubts_of
from anlan.cap.read import alert_of
from anlan.cap.xml.document import parse
from anlan.connectors.feeds import Feed as Setting
from anlan.connectors.feeds import Known, Poll, feeds_of, poll
from anlan.connectors.feeds.events.geojson import records_in
from anlan.connectors.feeds.events.told import told_of
from anlan.connectors.feeds.forms.form import form_named
from anlan.connectors.feeds.forms.record import Record
from anlan.live.ways.tables.page import find
from anlan.terms.errors import Malformed, Refused
from tests.apps.warning.incoming.feeding import NOW, Server

DATA = Path(__file__).resolve().parents[5] / "shared/data"
WEEK = DATA / "02_earthquake/feeds_catalogs/vega_earthquakes_2018-02.json.gz"
GDACS = DATA / "04_standards/gdacs/gdacs-rss.xml"


def quake(name: str = "us1", **told: Any) -> dict[str, Any]:
    """An earthquake of magnitude 5.2; minutes: after NOW it happened, updated: was revised."""
    fields: dict[str, Any] = {
        "mag": 5.2, "place": "12 km N of Anlan", "minutes": 0, "updated": 1, "ids": "",
        "status": "automatic", "alert": None, "type": "earthquake",
    } | told  # fmt: skip
    at = int(NOW.timestamp() * 1000)
    fields["time"] = at + fields.pop("minutes") * 60_000
    fields["updated"] = at + fields["updated"] * 60_000
    point = {"type": "Point", "coordinates": [110.1, 30.2, 10]}
    return {"type": "Feature", "id": name, "properties": fields, "geometry": point}


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


class Seismograph:
    """A feed on a real socket, and somebody who looks at it; each look is two minutes later."""

    def __init__(self, server: Server, **told: Any) -> None:
        self.server, self.now = server, NOW + timedelta(minutes=30)
        given: dict[str, Any] = {
            "form": "usgs", "private": True, "region": "990101", "key": "quakes",
            "name": "地震", "address": server.url("/all_day.geojson"),
        } | told  # fmt: skip
        self.setting = Setting(**given)

    def hear(self, *features: Any) -> Feed:
        path = self.setting.address.removeprefix(self.server.url(""))
        self.server.pages[path] = collection(*features)
        self.now += timedelta(minutes=2)
        Listener([self.setting], in_threads=False).step(self.now)
        return Feed.objects.get(key=self.setting.key)


@pytest.fixture
def quakes(server: Server) -> Seismograph:
    return Seismograph(server)


def shown() -> list[tuple[str, int, bool]]:
    return [(one.headline_zh, one.level, one.is_lifted)
            for one in Incoming.objects.filter(joined=None).order_by("pk")]  # fmt: skip


@pytest.mark.django_db
def test_an_event_is_one_however_often_it_is_revised(quakes: Seismograph) -> None:
    quakes.hear(quake())
    quakes.hear(quake(mag=5.6, updated=9, alert="orange", status="reviewed"))
    quakes.hear(quake(mag=5.5, updated=9, alert="orange", status="reviewed"))  # no newer time
    assert shown() == [("地震 M5.5：12 km N of Anlan", 3, False)]
    one = Incoming.objects.get()
    assert (one.region, one.ends_at, one.missing) == ("990101", NOW + timedelta(hours=24), 0)
    assert one.shape is not None
    assert one.headline_en == "Earthquake M5.5: 12 km N of Anlan"
    messages = list(IncomingMessage.objects.order_by("sent_at"))
    assert [m.kind for m in messages] == ["Alert", "Update", "Update"]
    said = alert_of(parse(messages[-1].xml))
    assert not list(doubts_of(said, now=None))
    assert said.info[0].resource[0].mime_type == "application/geo+json"


@pytest.mark.django_db
def test_what_is_told_again_unchanged_is_kept_once(quakes: Seismograph) -> None:
    quakes.hear(quake())
    quakes.hear(quake())
    assert quakes.server.unchanged == 1  # the page said so
    feed = quakes.hear(quake(updated=7, nst=44))  # nothing that is shown
    assert IncomingMessage.objects.count() == 1
    assert (feed.fails, feed.left_out) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["told", "missing"])
def test_a_withdrawn_event_is_lifted_and_may_come_again(quakes: Seismograph, how: str) -> None:
    older = quake("us0", minutes=-60)
    quakes.hear(older, quake())
    left = [older, quake(status="deleted", updated=8)] if how == "told" else [older]
    quakes.hear(*left)
    assert [lifted for *_, lifted in shown()] == [False, True]
    quakes.hear(*left)
    assert IncomingMessage.objects.count() == 3
    quakes.hear(older, quake(mag=5.0, updated=40, status="reviewed"))
    assert sorted(shown()) == [("地震 M5.0：12 km N of Anlan", 0, False),
                               ("地震 M5.2：12 km N of Anlan", 0, False)]  # fmt: skip


@pytest.mark.django_db
def test_what_the_window_has_left_behind_was_not_withdrawn(quakes: Seismograph) -> None:
    quakes.hear(quake("us0", minutes=-60), quake())
    quakes.hear(quake())
    assert [lifted for *_, lifted in shown()] == [False, False]


@pytest.mark.django_db
def test_an_event_under_another_name_is_the_same(quakes: Seismograph) -> None:
    quakes.hear(quake("ci7", ids=",ci7,"), quake("us0", minutes=-9))
    quakes.hear(quake("us9", ids=",ci7,us9,", mag=5.4, updated=6), quake("us0", minutes=-9))
    assert ("地震 M5.4：12 km N of Anlan", 0, False) in shown()
    assert len(shown()) == 2
    assert Incoming.objects.get(headline_zh__contains="5.4").messages.count() == 2


@pytest.mark.django_db
def test_bad_events_are_left_out_and_told_and_the_others_taken(quakes: Seismograph) -> None:
    nowhere = quake("us4", place=None, mag=None)
    nowhere["geometry"] = None
    feed = quakes.hear(
        quake(), 5, {"type": "Feature"}, quake("us2", minutes=1) | {"id": None}, nowhere,
        quake("us5") | {"geometry": {"type": "Point", "coordinates": ["x", [], 200, 95]}},
    )  # fmt: skip
    assert len(shown()) == 3
    assert ("地震 M未定：地点未定", 0, False) in shown()
    assert (feed.left_out, feed.fails) == (3, 0)


@pytest.mark.django_db
def test_small_ones_and_those_that_are_over_are_left(server: Server) -> None:
    quakes = Seismograph(server, least=5)
    quakes.hear(
        quake(mag=4.9), quake("us2", minutes=-60 * 25), quake("us3", mag=None), quake("us4")
    )
    assert len(shown()) == 1
    quakes.hear(quake("us4", mag=4.8, updated=5))  # it was taken: its revisions are, too
    assert shown() == [("地震 M4.8：12 km N of Anlan", 0, False)]


@pytest.mark.parametrize("body", [
    b"{", b"[1]", b'{"type": "FeatureCollection"}', b"", b"<a/>", b'{"features": [NaN]}',
    b'<!DOCTYPE a [<!ENTITY x "y">]><rss>&x;</rss>',
])  # fmt: skip
def test_what_is_no_feed_is_refused_whole(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(Malformed):
        told(tmp_path, body)


def told(folder: Path, body: bytes, form: str = "usgs", at: datetime = NOW) -> Poll:
    """What a file brings at a moment."""
    (folder / "feed").write_bytes(body)
    setting = Setting(key="a", name="a", address=str(folder / "feed"), form=form)
    return poll(setting, _nowhere, known=Known(), stamps={}, now=at)


def _nowhere(url: str) -> Any:
    raise Refused(url)


def test_the_own_network_is_not_asked(server: Server) -> None:
    setting = Setting(key="a", name="a", address=server.url("/all_day.geojson"), form="usgs")
    with pytest.raises(Refused):
        poll(setting, lambda url: find(url, False), known=Known(), stamps={}, now=NOW)
    assert not server.asked


@pytest.mark.skipif(not WEEK.is_file(), reason="the USGS's week is not here (../shared/data)")
def test_a_week_of_the_usgs(tmp_path: Path) -> None:
    week = gzip.decompress(WEEK.read_bytes())
    begin = datetime(2018, 1, 31, tzinfo=UTC)  # nothing is over by then
    found = [one.said for one in told(tmp_path, week, at=begin).heard]
    assert len(found) == 60  # at a time

    events = [
        told_of(one, form_named("usgs")) for one in records_in(week)[0] if isinstance(one, Record)
    ]
    assert len({one.key for one in events}) == 1707
    sizes = [one.size for one in events if one.size is not None]
    assert (sum(size >= 4.5 for size in sizes), max(sizes)) == (85, 6.4)


@pytest.mark.skipif(not GDACS.is_file(), reason="GDACS's day is not here (../shared/data)")
def test_a_day_of_gdacs(tmp_path: Path) -> None:
    brought = told(tmp_path, GDACS.read_bytes(), "gdacs", datetime(2019, 12, 27, tzinfo=UTC))
    said = {one.key: one.said.info[0] for one in brought.heard}
    assert not brought.faults
    assert len(said) == 16
    storm = said["TC1000641"]
    assert (storm.event, storm.severity, storm.headline) == (
        "热带气旋", "Severe", "热带气旋：Philippines PHANFONE-19")  # fmt: skip
    assert storm.area[0].circle == ("14.60000,112.10000 400",)
    assert said["EQ1199929"].severity == "Unknown"  # green


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:georss="http://www.georss.org/georss"
 xmlns:gml="http://www.opengis.net/gml"><entry><id>r 1</id><title>河堤渗水</title>
<updated>2026-07-01T08:00:00+08:00</updated>{}</entry></feed>"""


@pytest.mark.parametrize(("place", "circle", "polygon"), [
    ("<georss:point>30.2 110.1</georss:point>", "30.20000,110.10000 5", ""),
    ("<georss:circle>30.2 110.1 2500</georss:circle>", "30.20000,110.10000 2.5", ""),
    ("<georss:line>30 110 32 110</georss:line>", "31.00000,110.00000 5", ""),
    ("<georss:polygon>30 110 30 111 31 111 30 110</georss:polygon>", "",
     "30.00000,110.00000 30.00000,111.00000 31.00000,111.00000 30.00000,110.00000"),
    ("<georss:where><gml:Point><gml:pos>30.2 110.1</gml:pos></gml:Point></georss:where>",
     "30.20000,110.10000 5", ""),
])  # fmt: skip
def test_any_other_feed_by_a_form_in_a_file(
    tmp_path: Path, place: str, circle: str, polygon: str
) -> None:
    form = tmp_path / "dikes.toml"
    form.write_text("""sender = "dikes.example"
office_zh = "堤防处"
office_en = "Dikes"
key = ["id"]
begins = ["updated"]
[event]
zh = "渗漏"
en = "Seepage"
[size]
reach_km = [[0, 5]]
[say]
headline_zh = "{event}：{title}"
headline_en = "{event}: {title}"
text_zh = "{title}"
text_en = "{title}"
""", encoding="utf-8")  # fmt: skip
    (heard,) = told(tmp_path, ATOM.format(place).encode(), str(form)).heard
    assert heard.said.identifier == "r_1"
    info = heard.said.info[0]
    assert (info.headline, info.onset) == ("渗漏：河堤渗水", "2026-07-01T00:00:00+00:00")
    assert info.area[0].circle == ((circle,) if circle else ())
    assert info.area[0].polygon == ((polygon,) if polygon else ())


def test_a_wrong_form_or_option_says_what_is_wrong(tmp_path: Path) -> None:
    row = {"key": "a", "name": "a", "address": "https://a.example/"}
    assert feeds_of([row | {"form": "gdacs", "least": 2}])[0].least == 2
    (tmp_path / "f.toml").write_text('sender = "a"\nkey = "id"\n')
    for wrong in ({"form": "other"}, {"least": 4.5}, {"form": str(tmp_path / "f.toml")}):
        with pytest.raises(Malformed):
            feeds_of([row | wrong])
