"""The one map as people of two counties see it."""

import importlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from anlan.apps.atlas.meaning import pack_title, packs
from anlan.apps.atlas.models import ObservedObject, Region
from anlan.apps.atlas.pages import TARGETS
from anlan.apps.atlas.queries.tiles import (
    INDEX,
    Wanted,
    forget,
    layer_counts,
    thing_tile,
    tile_named,
)
from anlan.apps.atlas.queries.tiles.ground import INDEX as BASE
from anlan.apps.people.asker import Person
from anlan.apps.watch.views.map_asked import coordinate_of
from anlan.desk.search import words_of
from anlan.desk.sheet.dated import DatedWriter
from anlan.desk.sheet.writer import Change
from anlan.terms.places import Grant, Scope
from tests.apps.map.decode import Feature, decode
from tests.apps.map.places import OURS, SECRET, THEIRS, put, tiles_over, two_counties
from tests.apps.map.test_archive import archive_in

Clients = Callable[[str], Client]
Askers = Callable[[str], Person]


@pytest.fixture
def counties(world: object) -> Iterator[None]:
    two_counties()
    forget()
    BASE.forget()
    yield
    forget()
    BASE.forget()


def _tile(scope: Scope, name: tuple[int, int, int], **wanted: object) -> dict[str, list[Feature]]:
    now = int(timezone.now().timestamp())
    asked = Wanted(**{"at": now, **wanted})  # type: ignore[arg-type]  # by name
    return decode(thing_tile(scope, tile_named(*name), asked))


def _count(features: list[Feature]) -> int:
    return sum(one.properties.get("c", 1) for one in features)


@pytest.mark.usefixtures("counties")
def test_every_zoom_counts_just_the_rows_of_the_scope() -> None:
    """Counted one by one over all tiles of a zoom, for a county, both, an owner and nobody."""
    for scope, expected in (
        (Scope.of([Grant(OURS)]), 61),
        (Scope.of([Grant("9901")]), 122),
        (Scope.of([Grant(OURS, f"{OURS}-plant")]), 12),
        (Scope(), 0),
    ):
        sums: dict[int, int] = {}
        for name in tiles_over():
            sums[name[0]] = sums.get(name[0], 0) + _count(_tile(scope, name).get("object", []))
        assert set(sums.values()) == {expected}, (scope.key, sums)


@pytest.mark.usefixtures("counties")
def test_symbols_stand_where_their_rows_do() -> None:
    rows = {one.key: one for one in ObservedObject.objects.filter(region__startswith=OURS)}
    found: dict[str, Feature] = {}
    for name in (one for one in tiles_over() if one[0] == 9):
        for tile in (_tile(Scope.of([Grant(OURS)]), name),):
            for one in tile.get("object", []):
                if "k" in one.properties:
                    found[one.properties["k"]] = one
                    exact = tile_named(*name).units(shapely.get_coordinates(
                        rows[one.properties["k"]].shape))[0]  # fmt: skip
                    assert max(abs(exact - one.paths[0][0])) <= 1
                    assert one.properties["n"] == rows[one.properties["k"]].name
    assert found


@pytest.mark.usefixtures("counties")
def test_no_tile_tells_of_the_other_county(client_for: Clients) -> None:
    ours = client_for("county")
    for z, x, y in tiles_over():
        answer = ours.get(f"/atlas/tiles/things/{z}/{x}/{y}.pbf")
        assert answer.status_code == 200
        assert SECRET.encode() not in answer.content
        assert THEIRS.encode() not in answer.content


@pytest.mark.usefixtures("counties")
def test_the_same_tile_is_kept_for_each_scope_apart(client_for: Clients) -> None:
    address = "/atlas/tiles/things/6/60/26.pbf"
    ours, theirs = client_for("county").get(address), client_for("county-b").get(address)
    again = client_for("county").get(address)
    assert ours.content == again.content != theirs.content
    assert ours["ETag"] != theirs["ETag"]
    assert ours["Cache-Control"] == "private, no-cache"
    held = client_for("county").get(address, headers={"if-none-match": ours["ETag"]})
    assert (held.status_code, held.content) == (304, b"")
    crossed = client_for("county-b").get(address, headers={"if-none-match": ours["ETag"]})
    assert crossed.content == theirs.content


@pytest.mark.usefixtures("counties")
def test_a_new_thing_and_an_ended_one_change_the_tile() -> None:
    scope, low = Scope.of([Grant(OURS)]), (5, 30, 13)
    before = _count(_tile(scope, low)["object"])
    one = ObservedObject.objects.get(key=f"{OURS}-o3")
    one.until = timezone.now()
    one.save()
    put(ObservedObject, f"{OURS}-new", OURS, "新储罐", kind="tank", pack="chemical",
        shape=shapely.Point(160.2, 30.2), since=timezone.now())  # fmt: skip
    put(ObservedObject, f"{OURS}-new2", OURS, "新储罐", kind="tank", pack="chemical",
        shape=shapely.Point(160.2, 30.2), since=timezone.now())  # fmt: skip
    INDEX._looked = float("-inf")
    assert _count(_tile(scope, low, at=int(timezone.now().timestamp()) + 1)["object"]) == before + 1
    then = int((timezone.now() - timedelta(days=30)).timestamp())
    assert _count(_tile(scope, low, at=then)["object"]) == before


@pytest.mark.usefixtures("counties")
def test_an_end_that_is_written_after_a_later_one_is_seen() -> None:
    scope, low, now = Scope.of([Grant(OURS)]), (5, 30, 13), timezone.now()
    seen = [_count(_tile(scope, low)["object"])]
    for number, age_s in ((3, 10), (4, 60)):
        rows = ObservedObject.objects.filter(key=f"{OURS}-o{number}")
        rows.update(until=now - timedelta(seconds=age_s))
        INDEX._looked = float("-inf")
        seen.append(_count(_tile(scope, low)["object"]))
    assert seen == [61, 60, 59]


def _school(key: str) -> list[Change]:
    values = {"key": key, "name": key, "kind": "school", "region": OURS + "001001",
              "shape": shapely.Point(160.2, 30.2)}  # fmt: skip
    return [Change(None, values)]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("counties")
def test_who_began_first_and_is_done_last_is_seen(asker_for: Askers) -> None:
    """An id is given before the commit: of two at once the lower may become visible later."""
    manager, scope, low = asker_for("county-admin"), Scope.of([Grant(OURS)]), (5, 30, 13)
    writer, begun, go_on = TARGETS.writer, threading.Event(), threading.Event()
    assert isinstance(writer, DatedWriter)
    before = _count(_tile(scope, low)["target"])

    def slow() -> None:
        with transaction.atomic():
            writer._write(manager.now, TARGETS, _school(f"{OURS}-slow"))
            begun.set()
            go_on.wait(30)
        connection.close()

    def quick() -> None:
        writer.write(manager, TARGETS, _school(f"{OURS}-quick"))
        connection.close()

    threads = [threading.Thread(target=slow), threading.Thread(target=quick)]
    threads[0].start()
    assert begun.wait(30)
    threads[1].start()
    threads[1].join(1.0)
    INDEX._looked = float("-inf")
    _tile(scope, low)
    go_on.set()
    for thread in threads:
        thread.join(30)
    INDEX._looked = float("-inf")
    later = int(timezone.now().timestamp()) + 1
    assert _count(_tile(scope, low, at=later)["target"]) == before + 2


@pytest.mark.usefixtures("counties")
def test_only_the_layers_asked_for_are_drawn(client_for: Clients) -> None:
    answer = client_for("county").get(
        "/atlas/tiles/things/6/60/26.pbf?layers=target/school,nothing"
    )
    assert {name: _count(found) for name, found in decode(answer.content).items()} == {"target": 1}
    counts = layer_counts(Scope.of([Grant(OURS)]), timezone.now())
    assert counts["object/chemical"] == 61
    assert counts["target/school"] == counts["facility/team"] == counts["enterprise"] == 1


@pytest.mark.usefixtures("counties")
def test_strangers_get_no_tile(client: Client) -> None:
    for address in ("/atlas/tiles/base/6/60/26.pbf", "/atlas/tiles/things/6/60/26.pbf",
                    "/map/alarms.json", "/map/search?q=a", "/map/teams?lon=1&lat=1"):  # fmt: skip
        assert client.get(address).status_code == 401, address


@pytest.mark.usefixtures("counties")
def test_the_base_is_one_for_all_and_read_from_disk_again(client_for: Clients) -> None:
    import gzip

    address = "/atlas/tiles/base/8/242/105.pbf"
    one, other = client_for("county").get(address), client_for("county-b").get(address)
    assert one["Content-Encoding"] == "gzip"
    assert one.content == other.content
    found = decode(gzip.decompress(one.content))
    assert found["road"][0].properties["n"] == "国道"
    assert "border" in found


@pytest.mark.usefixtures("counties")
def test_a_file_of_pictures_is_the_base_where_the_options_say_so(
    client_for: Clients, settings: Any, tmp_path: Path
) -> None:
    path, ours = archive_in(tmp_path / "base.pmtiles"), client_for("county")
    assert ours.get("/atlas/tiles/file/0/0/0").status_code == 404
    options = replace(settings.PLACE.options, basemap=str(path))
    settings.PLACE = replace(settings.PLACE, options=options)
    base = json.loads(ours.get("/map/alarms.json").content)["base"]
    answer = ours.get(base["url"].format(z=0, x=0, y=0))
    assert (answer.content, answer["Content-Type"]) == (b"world", "image/png")
    assert ours.get("/atlas/tiles/file/3/0/0").status_code == 404
    assert ours.get("/atlas/tiles/file/3/9/0").status_code == 400


@pytest.mark.usefixtures("counties")
def test_marks_are_the_askers_now_and_at_any_moment(client_for: Clients) -> None:
    def asked(who: str, at: str = "") -> list[tuple[str, int]]:
        found = json.loads(client_for(who).get("/map/alarms.json", {"at": at}).content)
        marks = [one["properties"] for one in found["features"]]
        return [(one["o"], one["level"]) for one in marks]

    assert asked("county") == [(f"{OURS}-tank", 4)]
    assert asked("county-b") == [(f"{THEIRS}-tank", 4)]
    assert sorted(asked("city")) == [(f"{OURS}-tank", 4), (f"{THEIRS}-tank", 4)]
    assert asked("county", "2026-07-20T01:00:00Z") == []
    assert asked("county", "2026-07-20T01:40:00Z") == [(f"{OURS}-tank", 2)]
    assert asked("county", "2026-07-20T10:00") == [(f"{OURS}-tank", 4)]  # Beijing time
    assert client_for("county").get("/map/alarms.json?at=yesterday").status_code == 422


@pytest.mark.usefixtures("counties")
def test_the_box_of_the_view_is_the_jurisdiction(client_for: Clients) -> None:
    found = json.loads(client_for("county").get("/map/alarms.json").content)
    assert found["bbox"] == [160.0, 30.0, 160.5, 30.5]


@pytest.mark.usefixtures("counties")
def test_within_a_kilometre_of_the_border_only_ones_own_is_counted(client_for: Clients) -> None:
    answer = (
        client_for("county")
        .post("/map/inside", {"object": f"{OURS}-tank", "metres": "1000"})
        .content.decode()
    )
    assert 'data-inside="school"><strong>1</strong>' in answer
    assert 'data-inside="hospital"><strong>1</strong>' in answer
    assert SECRET not in answer
    assert "<strong>100</strong>" in answer
    assert "<strong>300</strong>" in answer
    other = client_for("county").post("/map/inside", {"object": f"{THEIRS}-tank", "metres": "9"})
    absent = client_for("county").post("/map/inside", {"object": "none", "metres": "9"})
    assert other.status_code == absent.status_code == 404


@pytest.mark.usefixtures("counties")
def test_a_drawn_area_is_answered_and_a_wrong_one_is_named(client_for: Clients) -> None:
    ours = client_for("county")
    shape = shapely.to_geojson(shapely.box(160.0, 30.0, 160.5, 30.5))
    answer = ours.post("/map/inside", {"shape": shape})
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()
    bow = (
        '{"type":"Polygon","coordinates":[[[160,30],[160.5,30.5],[160.5,30],[160,30.5],[160,30]]]}'
    )
    assert ours.post("/map/inside", {"shape": bow}).status_code == 200
    for wrong in ("", "{}", "[", '{"type":"Point","coordinates":[500,2]}',
                  '{"type":"Polygon","coordinates":[]}'):  # fmt: skip
        assert ours.post("/map/inside", {"shape": wrong}).status_code == 422, wrong
    assert ours.post("/map/inside", {"object": f"{OURS}-tank", "metres": "-5"}).status_code == 422


@pytest.mark.usefixtures("counties")
def test_an_area_that_holds_too_much_is_refused_before_it_is_read(
    client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("anlan.apps.atlas.queries.around")
    monkeypatch.setattr(module, "MOST_READ", 20)
    ours = client_for("county")
    answer = ours.post("/map/inside", {"object": f"{OURS}-tank", "metres": "100000"})
    assert answer.status_code == 422
    assert "缩小范围" in answer.content.decode()
    assert ours.post("/map/inside", {"object": f"{OURS}-tank", "metres": "1"}).status_code == 200
    monkeypatch.setattr(module, "MOST_READ", 0)
    page = ours.get(f"/objects/{OURS}-tank")
    assert page.status_code == 200
    assert "缩小范围" in page.text


@pytest.mark.usefixtures("counties")
def test_search_finds_ones_own_by_name_and_code(client_for: Clients) -> None:
    def hits(who: str, text: str) -> str:
        return client_for(who).get("/map/search", {"q": text}).content.decode()

    assert f'data-object="{OURS}-tank"' in hits("county", "边界储罐")
    assert SECRET not in hits("county", "边界储罐") + hits("county", SECRET) + hits(
        "county", "储罐"
    )
    assert THEIRS not in hits("county", f"{THEIRS}-tank")
    assert f'data-object="{THEIRS}-tank"' in hits("county-b", "边界储罐")
    assert "160.62" in hits("county", "160.62, 30.33")
    assert "<script>" not in hits("county", "<script>")


@pytest.mark.usefixtures("counties")
def test_a_village_is_found_behind_many_that_are_called_alike(client_for: Clients) -> None:
    """Its name ends the names of five hundred things, all of which stand in the table before it."""
    rows = [
        ObservedObject(key=f"{OURS}-v{n}", name=f"第{n}东村", region=OURS + "001001", kind="tank",
                       pack="chemical", since=timezone.now(), shape=shapely.Point(160.1, 30.1),
                       words=words_of(f"第{n}东村", places=[OURS]))
        for n in range(500)
    ]  # fmt: skip
    ObservedObject.objects.bulk_create(rows)
    put(ObservedObject, f"{OURS}-east", OURS, "东村", kind="tank", pack="chemical",
        shape=shapely.Point(160.1, 30.1))  # fmt: skip
    put(Region, f"{OURS}009", f"{OURS}009", "东村", shape=shapely.box(160.1, 30.1, 160.2, 30.2))
    page = client_for("county").get("/map/search", {"q": "东村"}).content.decode()
    assert f'data-object="{OURS}-east"' in page
    assert page.count('data-name="东村"') == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("160.62, 30.33", (160.62, 30.33)),
        ("30.33，160.62", (160.62, 30.33)),
        ("30.33N 160.62E", (160.62, 30.33)),
        ("东160.62 北30.33", (160.62, 30.33)),
        ("W 73.5, S 12", (-73.5, -12.0)),
        ("200, 30", None),
        ("30", None),
        ("石桥 水库", None),
    ],
)
def test_a_coordinate_is_read_either_way(text: str, place: tuple[float, float] | None) -> None:
    assert coordinate_of(text) == place


@pytest.mark.usefixtures("counties")
def test_the_nearest_teams_are_ones_own(client_for: Clients) -> None:
    answer = client_for("county").get("/map/teams?lon=160.499&lat=30.2").content.decode()
    assert "安澜救援队" in answer
    assert "199-0000-0001" in answer
    assert SECRET not in answer


@pytest.mark.usefixtures("counties")
def test_what_stood_then_is_told_with_the_level_of_then(client_for: Clients) -> None:
    answer = client_for("county").get("/map/then?at=2026-07-20T01:40:00Z").content.decode()
    assert "安澜边界储罐" in answer
    assert "lv-yellow" in answer
    assert "lv-red" not in answer
    assert SECRET not in answer
    gone = client_for("county").get(f"/map/then?at=2026-07-20T01:40:00Z&object={THEIRS}-tank")
    assert gone.status_code == 404


@pytest.mark.usefixtures("counties")
def test_the_page_says_its_layers_and_counts_in_both_languages(client_for: Clients) -> None:
    client = client_for("county")
    page = client.get("/map").content.decode()
    assert 'data-map-layer="target/school"' in page
    assert "防护目标" in page
    chemical = packs()["chemical"]
    drawn = f'<path d="{chemical.icons[chemical.icon]}"/></svg>{pack_title("chemical")}'
    assert drawn in page  # the hazard whose objects the layer shows, beside its name
    assert SECRET not in page
    client.post("/language", {"language": "en", "next": "/map"})
    assert "Protected targets" in client.get("/map").content.decode()


@pytest.mark.usefixtures("counties")
def test_place_is_told_of_ones_own_only(client_for: Clients) -> None:
    ours = client_for("county")
    assert json.loads(ours.get(f"/map/place?object={OURS}-tank").content) == {"at": [160.498, 30.2]}
    assert ours.get(f"/map/place?object={THEIRS}-tank").status_code == 404


def test_a_moment_in_the_future_is_now(asker_for: Askers) -> None:
    from anlan.apps.atlas.queries.tiles import moment_of

    now = datetime(2026, 7, 20, tzinfo=UTC)
    assert moment_of("2030-01-01T00:00:00Z", now) == now
    assert moment_of("", now) == now
