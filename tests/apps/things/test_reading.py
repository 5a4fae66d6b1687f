"""A client of SensorThings finds what its key may see, by every option of the standard."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.apps.things.conftest import OURS, ROOT, START, THEIRS, Get

TANK, GAS = f"{OURS}-tank", f"{OURS}-gas"


def ids(body: Any) -> list[str]:
    return [one["@iot.id"] for one in body["value"]]


def test_landing_names_every_set_and_what_is_kept(get: Get) -> None:
    body = get("")
    sets = {one["name"]: one["url"] for one in body["value"]}
    assert set(sets) == {"Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors",
                         "ObservedProperties", "Observations", "FeaturesOfInterest"}  # fmt: skip
    assert all(url == f"http://testserver{ROOT}/{name}" for name, url in sets.items())
    kept = body["serverSettings"]["conformance"]
    assert "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/thing" in kept


def test_an_entity_has_its_id_its_address_and_its_links(get: Get) -> None:
    thing = get(f"Things('{TANK}')")
    assert thing["@iot.id"] == TANK
    assert thing["@iot.selfLink"] == f"http://testserver{ROOT}/Things('{TANK}')"
    assert thing["Datastreams@iot.navigationLink"] == f"{thing['@iot.selfLink']}/Datastreams"
    assert thing["name"] == "安澜县化工储罐"
    assert thing["properties"]["kind"] == "tank"
    assert thing["description"]


def test_a_datastream_says_what_in_which_unit_and_from_when_to_when(get: Get) -> None:
    stream = get(f"Datastreams('{GAS}')")
    assert stream["unitOfMeasurement"] == {
        "name": "%LEL", "symbol": "%LEL", "definition": "ucum:%{LEL}"}  # fmt: skip
    assert stream["observationType"].endswith("OM_Measurement")
    assert stream["phenomenonTime"] == "2026-01-01T00:00:00.000Z/2026-01-01T00:39:00.000Z"
    assert stream["observedArea"] == {"type": "Point", "coordinates": [160.2, 30.2]}


_COUNTS = {"Things": 3, "Locations": 3, "HistoricalLocations": 3, "Datastreams": 3,
           "Sensors": 3, "FeaturesOfInterest": 3, "Observations": 40}  # fmt: skip


def test_every_set_is_cut_to_the_jurisdiction(get: Get) -> None:
    for path, count in _COUNTS.items():
        body = get(path, count="true", top=50)
        assert body["@iot.count"] == len(body["value"]) == count
        assert THEIRS not in json.dumps(body)
        for one in body["value"][:3]:
            assert get(f"{path}('{one['@iot.id']}')")["@iot.id"] == one["@iot.id"]


_ELSEWHERE = (
    f"Things('{THEIRS}-tank')", f"Datastreams('{THEIRS}-gas')", f"Sensors('{THEIRS}-gas')",
     f"Locations('{THEIRS}-tank')", f"FeaturesOfInterest('{THEIRS}-gas')",
     f"Observations('2-{START}')", f"Datastreams('{THEIRS}-gas')/Observations",
     f"Things('{THEIRS}-tank')/name", f"Things('{THEIRS}-tank')/Datastreams/$ref",
     "Observations('1-5')", "Observations('x')", "HistoricalLocations('99999')",
     "HistoricalLocations('x')", "Nothing", "Things/name", f"Things('{TANK}')/nothing",
     f"Things('{TANK}')/Datastreams('{OURS}-level-1')", f"Things('{TANK}')/properties/nothing",
     f"Locations('{TANK}~1')", "Locations('~99999999999999999999999')",
)  # fmt: skip


def test_what_lies_elsewhere_or_nowhere_is_not_there(get: Get) -> None:
    for path in _ELSEWHERE:
        body = get(path, 404)
        assert (body["code"], body["type"]) == (404, "error")
        assert THEIRS not in json.dumps(body)


def test_no_filter_tells_of_another_county(get: Get) -> None:
    for query in (f"Thing/id eq '{THEIRS}-tank'", "Thing/properties/region eq '990102001001'",
                  f"id eq '{THEIRS}-gas'"):  # fmt: skip
        assert get("Datastreams", filter=query, count="true")["@iot.count"] == 0
    for query in (f"Datastream/id eq '{THEIRS}-gas'", f"id eq '2-{START}'"):
        assert get("Observations", filter=query, count="true")["@iot.count"] == 0
    prop = "ObservedProperties('chemical.flammable_gas')/Datastreams"
    assert ids(get(prop)) == [GAS]


_PATHS = (
    (f"Things('{TANK}')/Datastreams", [GAS]),
     (f"Things('{TANK}')/Datastreams('{GAS}')/Thing/Datastreams", [GAS]),
     (f"Things('{TANK}')/Locations", [TANK]),
     (f"Locations('{TANK}')/Things", [TANK]),
     (f"Sensors('{GAS}')/Datastreams", [GAS]),
     (f"Datastreams('{OURS}-level-2')/ObservedProperty/Datastreams",
      [f"{OURS}-level-1", f"{OURS}-level-2"]),
     (f"Things('{TANK}')/HistoricalLocations('{{row}}')/Locations", [TANK]),
)  # fmt: skip


def test_links_are_followed_along_a_path(get: Get) -> None:
    row = get(f"Things('{TANK}')/HistoricalLocations")["value"][0]["@iot.id"]
    for path, expected in _PATHS:
        assert ids(get(path.format(row=row))) == expected


def test_links_to_one_thing_give_it(get: Get) -> None:
    first = f"Observations('1-{START}')"
    assert get(first)["result"] == 0
    assert get(f"{first}/Datastream")["@iot.id"] == GAS
    assert get(f"{first}/FeatureOfInterest")["feature"]["coordinates"] == [160.2, 30.2]
    assert get(f"{first}/Datastream/ObservedProperty")["@iot.id"] == "chemical.flammable_gas"
    assert get(f"Datastreams('{GAS}')/Sensor")["encodingType"]


def test_properties_values_and_references(get: Get) -> None:
    assert get(f"Things('{TANK}')/name") == {"name": "安澜县化工储罐"}
    raw = get(f"Things('{TANK}')/name/$value")
    assert (raw.content.decode(), raw.headers["Content-Type"]) == (
        "安澜县化工储罐", "text/plain; charset=utf-8")  # fmt: skip
    assert get(f"Things('{OURS}-pond-1')/properties/depth_m/$value").content == b"10"
    assert get(f"Observations('1-{START}')/result") == {"result": 0.0}
    get(f"Observations('1-{START}')/resultTime", 204)
    references = get("Things/$ref", top=1)
    assert list(references["value"][0]) == ["@iot.selfLink"]
    assert "$skip=1" in references["@iot.nextLink"]


_ENTITIES: tuple[tuple[str, str, list[str]], ...] = (
    ("Things", "name eq '甲水库'", ["pond-1"]),
    ("Things", "name ne '甲水库' and properties/kind eq 'reservoir'", ["pond-2"]),
    ("Things", "properties/depth_m gt 10", ["pond-2"]),
    ("Things", "properties/depth_m add 5 lt 20", ["pond-1"]),
    ("Things", "properties/depth_m sub 5 ge 15 or id eq 'x'", ["pond-2"]),
    ("Things", "properties/depth_m mul 2 le 20", ["pond-1"]),
    ("Things", "properties/depth_m div 4 eq 2.5", ["pond-1"]),
    ("Things", "properties/depth_m mod 20 eq 0", ["pond-2"]),
    ("Things", "not (properties/kind eq 'reservoir')", ["tank"]),
    ("Things", "properties/depth_m ne null and not (name eq '乙水库')", ["pond-1"]),
    ("Things", "substringof('水', name)", ["pond-1", "pond-2"]),
    ("Things", "startswith(name, '甲')", ["pond-1"]),
    ("Things", "endswith(name, '储罐')", ["tank"]),
    ("Things", "length(name) eq 3", ["pond-1", "pond-2"]),
    ("Things", "indexof(name, '水') eq 1 and startswith(name,'乙')", ["pond-2"]),
    ("Things", "substring(name, 1) eq '水库'", ["pond-1", "pond-2"]),
    ("Things", "substring(name, 0, 1) eq '甲'", ["pond-1"]),
    ("Things", "tolower(concat(id, 'X')) eq '990101-tankx'", ["tank"]),
    ("Things", "toupper(trim(' a ')) eq 'A' and id eq '990101-tank'", ["tank"]),
    ("Things", "Datastreams/ObservedProperty/id eq 'flood.water_level'", ["pond-1", "pond-2"]),
    ("Things", "Locations/name eq '甲水库'", ["pond-1"]),
    ("Locations", "geo.distance(location, geography'POINT (160.1 30.3)') lt 0.01", ["pond-1"]),
    ("Locations", "geo.intersects(location, geography'POLYGON ((160 30.25, 160.15 30.25,"
     " 160.15 30.4, 160 30.4, 160 30.25))')", ["pond-1"]),
    ("Locations", "st_within(location, geography'POLYGON ((160.4 30, 161 30, 161 31,"
     " 160.4 31, 160.4 30))')", ["tank"]),
    ("Locations", "st_equals(location, geography'POINT (160.1 30.3)')", ["pond-1"]),
    ("Locations", "st_disjoint(location, geography'POINT (160.1 30.3)')", ["pond-2", "tank"]),
    ("Locations", "st_relate(location, geography'POINT (160.1 30.3)', 'T********')",
     ["pond-1"]),
    ("Locations", "geo.length(location) eq 0", ["pond-1", "pond-2", "tank"]),
    ("Locations", "HistoricalLocations/time lt 2026-01-02T00:00:00Z and Things/id eq"
     " '990101-tank'", ["tank"]),
    ("Datastreams", "unitOfMeasurement/definition eq 'ucum:m'", ["level-1", "level-2"]),
    ("Datastreams", "Thing/name eq '甲水库'", ["level-1"]),
    ("Datastreams", "phenomenonTime le 2026-01-01T00:39:00Z", ["gas"]),
    ("Datastreams", "id eq 990101 or @iot.id eq '990101-gas'", ["gas"]),
)  # fmt: skip


def test_filters_find_entities(get: Get) -> None:
    for path, query, expected in _ENTITIES:
        body = get(path, filter=query, count="true")
        assert sorted(ids(body)) == [f"{OURS}-{one}" for one in expected], query
        assert body["@iot.count"] == len(expected)


_OBSERVATIONS: tuple[tuple[str, list[float]], ...] = (
    ("result gt 37", [38, 39]),
    ("result ge 10 and result lt 12", [10, 11]),
    ("phenomenonTime gt 2026-01-01T00:38:00Z", [39]),
    ("phenomenonTime gt 2026-01-01T08:38:00+08:00", [39]),
    ("phenomenonTime le 2026-01-01T00:01:00Z", [0, 1]),
    ("phenomenonTime eq 2026-01-01T00:05:00Z", [5]),
    ("2026-01-01T00:05:00Z eq phenomenonTime", [5]),
    ("phenomenonTime ge 2026-01-01T00:00:00Z add duration'PT39M'", [39]),
    ("phenomenonTime lt 2026-01-01T00:02:00Z/2026-01-01T00:03:00Z", [0, 1]),
    ("minute(phenomenonTime) eq 7", [7]),
    ("hour(phenomenonTime) eq 0 and second(phenomenonTime) eq 0 and result eq 3", [3]),
    ("year(phenomenonTime) eq 2026 and month(phenomenonTime) eq 1 and"
     " day(phenomenonTime) eq 1 and fractionalseconds(phenomenonTime) eq 0 and result eq 2",
     [2]),
    ("date(phenomenonTime) eq 2026-01-01 and time(phenomenonTime) eq 00:04:00", [4]),
    ("totaloffsetminutes(phenomenonTime) eq 0 and phenomenonTime lt now() and"
     " phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime() and result eq 1",
     [1]),
    ("round(result div 10) eq 4 and floor(result div 10) eq 3 and"
     " ceiling(result div 38) eq 1", [35, 36, 37, 38]),
    (f"id eq '1-{START + 60_000}'", [1]),
    ("Datastream/Thing/name eq '安澜县化工储罐' and result lt 2", [0, 1]),
    ("Datastream/id eq '990101-gas' and resultQuality eq 'good' and result eq 5", [5]),
    ("Datastream/id eq '990101-level-1' or result eq 6", [6]),
    ("FeatureOfInterest/id eq '990101-level-1'", []),
    ("resultTime eq null and result eq 9", [9]),
)  # fmt: skip


def test_filters_find_observations(get: Get) -> None:
    for query, results in _OBSERVATIONS:
        body = get("Observations", filter=query, count="true")
        assert [one["result"] for one in body["value"]] == results, query
        assert body["@iot.count"] == len(results), query


_ORDERS = (
    ("phenomenonTime desc", [39, 38, 37]), ("phenomenonTime asc", [0, 1, 2]),
    ("result desc", [39, 38, 37]), ("result mod 2 desc,id asc", [1, 3, 5]),
)  # fmt: skip


def test_observations_come_in_order_page_by_page(get: Get) -> None:
    for orderby, results in _ORDERS:
        body = get(f"Datastreams('{GAS}')/Observations", orderby=orderby, top=3)
        assert [one["result"] for one in body["value"]] == results
        seen = followed(get, body)
        assert len(seen) == len(set(seen)) == 40


def followed(get: Get, body: Any) -> list[str]:
    """The ids of a page and of all after it."""
    seen = ids(body)
    for _ in range(50):
        link = body.get("@iot.nextLink")
        if link is None:
            return seen
        parts = urlsplit(link)
        query = {name.removeprefix("$"): one for name, one in parse_qsl(parts.query)}
        body = get(parts.path.partition("/v1.1/")[2], **query)
        seen += ids(body)
    raise AssertionError("the pages have no end")


def test_entities_come_page_by_page(get: Get) -> None:
    asked: tuple[dict[str, str], ...] = (
        {}, {"filter": "length(name) gt 0"}, {"orderby": "name desc"}, {"filter": "id ne 'x'"}
    )  # fmt: skip
    for query in asked:
        first = get("Things", top=1, **query)
        assert len(first["value"]) == 1
        assert len(set(followed(get, first))) == 3
    assert "@iot.nextLink" not in get("Things", top=0)
    assert ids(get("Things", skip=2)) == ids(get("Things"))[2:]


def test_expand_follows_links_with_options_of_their_own(get: Get) -> None:
    body = get(
        "Things",
        filter=f"id eq '{TANK}'",
        select="name,Datastreams",
        expand="Datastreams($select=name,unitOfMeasurement;$expand=Observations("
        "$orderby=phenomenonTime desc;$top=2;$count=true;$select=result),"
        "ObservedProperty,Sensor,Thing($select=id)),Locations/HistoricalLocations",
    )
    thing = body["value"][0]
    stream = thing["Datastreams"][0]
    assert stream["Observations"] == [{"result": 39.0}, {"result": 38.0}]
    assert stream["Observations@iot.count"] == 40
    assert stream["ObservedProperty"]["@iot.id"] == "chemical.flammable_gas"
    assert stream["Thing"] == {"@iot.id": TANK}
    assert thing["Locations"][0]["HistoricalLocations"][0]["time"].startswith("2026-01-01")
    link = urlsplit(stream["Observations@iot.nextLink"])
    query = {name.removeprefix("$"): one for name, one in parse_qsl(link.query)}
    then = get(link.path.partition("/v1.1/")[2], **query)
    assert then["value"] == [{"result": 37.0}, {"result": 36.0}]


def test_select_tells_only_what_it_names(get: Get) -> None:
    assert get(f"Things('{TANK}')", select="id,name") == {"@iot.id": TANK,
                                                           "name": "安澜县化工储罐"}  # fmt: skip


def test_observations_come_as_arrays(get: Get) -> None:
    body = get("Observations", resultFormat="dataArray", top=2, count="true",
               select="phenomenonTime,result")  # fmt: skip
    assert body["@iot.count"] == 40
    assert body["@iot.nextLink"]
    assert body["value"] == [{
        "Datastream@iot.navigationLink": f"http://testserver{ROOT}/Datastreams('{GAS}')",
        "components": ["phenomenonTime", "result"],
        "dataArray@iot.count": 2,
        "dataArray": [["2026-01-01T00:00:00.000Z", 0.0], ["2026-01-01T00:01:00.000Z", 1.0]],
    }]  # fmt: skip
