"""OGC API – Features: other maps read what stands where, in their jurisdiction and no more."""

import json
from typing import Any

import pytest
import shapely
from django.test import Client

from anlan.apps.atlas.models import ObservedObject
from anlan.apps.watch.acts import SEE
from anlan.site.api.features.asking.crs import crs_named
from tests.apps.api.conftest import OURS, THEIRS, Program
from tests.apps.atlas.places import point, put

pytestmark = pytest.mark.usefixtures("places")
ROOT = "/api/features"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
LISTS = ("regions", "enterprises", "targets", "sensors", "alarms", "objects", "chemical.tank")


def read(answer: Any) -> Any:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return json.loads(body)


def items(client: Client, collection: str = "objects", **asked: Any) -> Any:
    answer = client.get(f"{ROOT}/collections/{collection}/items", asked)
    assert answer.status_code == 200, answer.content
    return read(answer)


def keys(found: Any) -> list[str]:
    return [one["id"] for one in found["features"]]


@pytest.mark.parametrize("name", LISTS)
def test_a_collection_holds_the_jurisdiction_and_asks_little(
    program: Program, name: str, django_assert_max_num_queries: Any
) -> None:
    client = program("county")
    with django_assert_max_num_queries(8):
        found = items(client, name)
    assert found["features"]
    assert found["numberReturned"] == len(found["features"])
    assert THEIRS not in json.dumps(found)
    for one in found["features"]:
        again = client.get(f"{ROOT}/collections/{name}/items/{one['id']}")
        assert again.headers["Content-Type"] == "application/geo+json"
        assert read(again)["properties"] == one["properties"]


@pytest.mark.parametrize(
    "path", ["objects/items/{0}-tank", "sensors/items/{0}-gas", "alarms/items/a-{0}",
             "regions/items/{0}", "enterprises/items/{0}-plant", "targets/items/{0}-school"],
)  # fmt: skip
def test_another_county_is_not_there(program: Program, path: str) -> None:
    client = program("county")
    assert client.get(f"{ROOT}/collections/{path.format(OURS)}").status_code == 200
    answers = [client.get(f"{ROOT}/collections/{path.format(one)}") for one in (THEIRS, "nowhere")]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_strangers_read_what_it_is_and_nothing_that_is_there() -> None:
    for path in ("/", "/conformance", "/api"):
        assert Client().get(ROOT + path).status_code == 200
    for path in ("/collections", "/collections/objects", "/collections/objects/items"):
        answer = Client().get(ROOT + path)
        assert (answer.status_code, set(answer.json())) == (401, {"error", "where"})
        page = Client(headers={"accept": "text/html"}).get(ROOT + path)
        assert page.headers["Location"].startswith("/login?next=")


def test_a_key_sees_only_what_it_names(program: Program) -> None:
    client = program("county", SEE)
    listed = client.get(f"{ROOT}/collections").json()["collections"]
    assert [one["id"] for one in listed] == ["alarms"]
    assert client.get(f"{ROOT}/collections/objects/items").status_code == 403


def test_every_link_leads_to_what_it_says(program: Program) -> None:
    """Abstract tests of Part 1, A.2.2 to A.2.8: links, relations and media types."""
    client, seen, waiting = program("county"), set(), [f"http://testserver{ROOT}/"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        if "f=html" in address:
            assert answer.headers["Content-Type"].startswith("text/html")
            continue
        told = read(answer)
        links = [*told.get("links", []), *_inner(told)]
        for link in links:
            assert link["rel"], link
            assert link["type"], link
        # One collection of a kind stands for all of them.
        hrefs = (one["href"] for one in links)
        waiting += [one for one in hrefs if "." not in one.split("/collections/")[-1]]
    assert any("/items" in one for one in seen)


def _inner(told: Any) -> list[Any]:
    return [link for one in told.get("collections", []) for link in one["links"]]


def test_pages_follow_next_in_a_stable_order(program: Program) -> None:
    for number in range(5):
        put(ObservedObject, f"more-{number}", OURS + "001", "x", shape=point(160.1, 30.1))
    client, found, address = program("county"), [], f"{ROOT}/collections/objects/items?limit=2"
    while address:
        told = read(client.get(address))
        found += keys(told)
        address = next((one["href"] for one in told["links"] if one["rel"] == "next"), "")
    assert found == keys(items(client)) == sorted(found, key=lambda key: ("tank" in key, key))
    assert len(set(found)) == 6
    assert items(client, limit=10**9)["numberReturned"] == 6


def test_what_changes_between_two_pages_shifts_nothing(program: Program) -> None:
    for key in ("b", "d", "f"):
        put(ObservedObject, key, OURS + "001", "x", shape=point(160.1, 30.1))
    client = program("county")
    page = items(client, limit=2)
    assert (keys(page), page["numberMatched"]) == (["b", "d"], 4)
    ObservedObject.objects.filter(key="d").delete()
    for key in ("a", "e"):
        put(ObservedObject, key, OURS + "001", "x", shape=point(160.1, 30.1))
    following = next(one["href"] for one in page["links"] if one["rel"] == "next")
    assert keys(read(client.get(following)))[:2] == ["e", "f"]


def test_how_many_there_are_is_told_where_it_is_cheap(program: Program, monkeypatch: Any) -> None:
    for number in range(3):
        put(ObservedObject, f"more-{number}", OURS + "001", "x", shape=point(160.1, 30.1))
    client = program("county")
    expected: tuple[tuple[dict[str, Any], int | None], ...] = (
        ({"limit": 1}, 4), ({"bbox": "160,30,160.2,31", "limit": 1}, 3), ({"kind": "tank"}, 1),
        ({"filter": "name = 'x'", "limit": 1}, None),
    )  # fmt: skip
    for asked, matched in expected:
        assert items(client, **asked).get("numberMatched") == matched, asked
    monkeypatch.setattr("anlan.site.api.features.flow.MOST_COUNTED", 3)
    assert "numberMatched" not in items(client, limit=1)
    assert items(client)["numberMatched"] == 4


def test_more_than_a_piece_goes_out_whole(program: Program, monkeypatch: Any) -> None:
    monkeypatch.setattr("anlan.site.api.features.flow.MOST", 2)
    for number in range(5):
        put(ObservedObject, f"more-{number}", OURS + "001", "x", shape=point(160.1, 30.1))
    found = items(program("county"))
    assert len(set(keys(found))) == found["numberReturned"] == 6


@pytest.mark.parametrize(
    ("box", "crs", "is_in"),
    [("160.4,30.1,160.6,30.3", "", True), ("160.4,30.1,0,160.6,30.3,9", "", True),
     ("160.496,30.1,160.6,30.3", "", False), ("30.1,160.4,30.3,160.6", EPSG + "4326", True),
     ("30.1,160.4,30.3,160.6", EPSG + "4490", True), ("170,-10,-170,10", "", False),
     ("17855676,3517000,17877940,3540000", EPSG + "3857", True),
     ("160.495000001,30.1,160.6,30.3", "", False)],
)  # fmt: skip
def test_a_box_in_every_system(program: Program, box: str, crs: str, is_in: bool) -> None:
    asked = {"bbox": box} | ({"bbox-crs": crs} if crs else {})
    assert keys(items(program("county"), **asked)) == [f"{OURS}-tank"] * is_in


def test_a_shape_is_in_a_box_only_where_it_is(program: Program) -> None:
    hook = shapely.Polygon([(160, 30), (160.4, 30), (160.4, 30.4), (160.39, 30.01), (160, 30.01)])
    put(ObservedObject, "hook", OURS + "001", "x", shape=hook)
    client = program("county")
    assert keys(items(client, bbox="160.1,30.2,160.2,30.3")) == []
    assert keys(items(client, bbox="160.1,30.0,160.2,30.3")) == ["hook"]


def test_answers_in_another_system(program: Program) -> None:
    client = program("county")
    for code, place in (("4326", [30.2, 160.495]), ("3857", [17866221.675, 3529283.971])):
        answer = client.get(f"{ROOT}/collections/objects/items", {"crs": EPSG + code})
        assert answer.headers["Content-Crs"] == f"<{EPSG}{code}>"
        assert read(answer)["features"][0]["geometry"]["coordinates"] == pytest.approx(place)
    plain = client.get(f"{ROOT}/collections/objects/items/{OURS}-tank")
    assert plain.headers["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    assert read(plain)["geometry"] == {"type": "Point", "coordinates": [160.495, 30.2]}


def test_web_mercator_is_that_of_the_guidance_note() -> None:
    """IOGP Guidance Note 7-2, Popular Visualisation Pseudo-Mercator: the example."""
    place = point(-(100 + 20 / 60), 24 + 22 / 60 + 54.433 / 3600)
    system = crs_named(EPSG + "3857", "crs")
    assert system.told(place).coords[0] == pytest.approx((-11169055.58, 2800000.00), abs=0.02)
    assert system.stored(system.told(place)).distance(place) < 1e-8


@pytest.mark.parametrize(
    ("when", "is_in"),
    [("2025-12-31T23:59:59Z", False), ("2026-01-01T00:00:00Z", True), ("../2025-12-31", False),
     ("2025-01-01/..", True), ("../..", True), ("2020-01-01/2026-06-01T00:00:00+08:00", True)],
)  # fmt: skip
def test_times_and_stretches(program: Program, when: str, is_in: bool) -> None:
    assert bool(keys(items(program("county"), datetime=when))) is is_in


def test_properties_cut_a_collection(program: Program) -> None:
    client = program("county")
    put(ObservedObject, "vat", OURS, "x", pack="chemical", kind="tank", shape=point(160.1, 30.1),
        attributes={"substance": "氯", "volume": 50})  # fmt: skip
    assert keys(items(client, kind="tank", name="x")) == ["vat"]
    assert keys(items(client, "chemical.tank", volume="50.0")) == ["vat"]
    assert keys(items(client, "chemical.tank", substance="氯")) == ["vat"]
    assert items(client, "chemical.tank", volume="51")["features"] == []
    assert keys(items(client, "alarms", level="orange")) == [f"a-{OURS}"]
    assert items(client, "alarms", level="red")["features"] == []


@pytest.mark.parametrize(
    ("query", "where"),
    [("nothing=1", "nothing"), ("bbox=1,2,3", "bbox"), ("bbox=1,2,nan,4", "bbox"),
     ("bbox=0,9,1,1", "bbox"), ("bbox=1e999,0,0,0", "bbox"), ("limit=0", "limit"),
     ("limit=-1", "limit"), ("limit=x", "limit"), ("limit=1&limit=2", "limit"),
     ("datetime=x", "datetime"), ("datetime=2/1/3", "datetime"),
     ("datetime=2026-02-01/2026-01-01", "datetime"), ("datetime=", "datetime"),
     ("datetime=0001-01-01", "datetime"), ("crs=EPSG:1", "crs"), ("bbox-crs=x", "bbox-crs"),
     ("f=xml", "f"), ("after=x", "after"), ("after=" + "A" * 2_001, "after"),
     ("filter=volume=" + "9" * 5_000, "filter"), ("after=WyJcdWQ4MDAiLCJhIl0", "")],
)  # fmt: skip
def test_what_is_wrong_is_named(program: Program, query: str, where: str) -> None:
    answer = program("county").get(f"{ROOT}/collections/objects/items?{query}")
    assert (answer.status_code, answer.json()["where"]) == (400, where), answer.content


@pytest.mark.parametrize("value", [[1], [], None, 1])
def test_a_word_of_a_list_is_a_text(program: Program, value: Any) -> None:
    asked = {"filter-lang": "cql2-json",
             "filter": json.dumps({"op": "=", "args": [{"property": "level"}, value]})}  # fmt: skip
    answer = program("county").get(f"{ROOT}/collections/alarms/items", asked)
    assert (answer.status_code, answer.json()["where"]) == (400, "level")


def test_other_methods_and_addresses(program: Program) -> None:
    client = program("county")
    assert client.post(f"{ROOT}/collections").status_code == 405
    assert client.options(f"{ROOT}/collections").headers["Allow"] == "GET, HEAD, OPTIONS"
    for path in ("/x", "/collections/x", "/collections/x/items", "/collections/x/queryables"):
        assert client.get(ROOT + path).status_code == 404
    assert client.get(f"{ROOT}/collections/sensors/items?volume=%00").status_code == 400


def test_pages_for_people_in_both_languages(client_for: Any) -> None:
    for language, word in (("zh-hans", "下一页"), ("en", "Next page")):
        browser = client_for("county")
        browser.cookies["anlan_language"] = language
        for path in ("/", "/conformance", "/api", "/collections", "/collections/objects",
                     "/collections/objects/queryables",
                     f"/collections/objects/items/{OURS}-tank",
                     "/collections/regions/items?limit=1"):  # fmt: skip
            page = browser.get(ROOT + path)
            assert page.status_code == 200, path
            assert page.headers["Content-Type"].startswith("text/html")
            assert THEIRS not in page.content.decode()
        assert word in page.content.decode()
