"""What OGC 18-088 demands of each requirement that the root says is kept: requests, and what must
hold of their answers."""

from collections.abc import Callable
from typing import Any

from tests.apps.things.conftest import OURS, START, Get

REQ = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
TANK, GAS = f"Things('{OURS}-tank')", f"Datastreams('{OURS}-gas')"
FIRST = f"Observations('1-{START}')"
_CONTROL = {"@iot.id", "@iot.selfLink"}
Holds = Callable[[Any], bool]
Row = tuple[str, int, Holds]
"""A path with its query, the status of the answer, and what must hold of its body."""


def _has(properties: str, links: str = "") -> Holds:
    """Every property that is mandatory, and each link."""
    wanted = {*properties.split(), *(f"{one}@iot.navigationLink" for one in links.split())}
    return lambda body: wanted | _CONTROL <= set(body)


def _any(body: Any) -> bool:
    return True


def _ids(*wanted: str) -> Holds:
    return lambda body: (
        [one["@iot.id"] for one in body["value"]] == [f"{OURS}-{one}" for one in wanted]
    )


def _results(*wanted: float) -> Holds:
    return lambda body: [one["result"] for one in body["value"]] == list(wanted)


def _sets(wanted: set[str]) -> Holds:
    return lambda body: {one["name"] for one in body["value"]} == wanted


_ALL_SETS = {"Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors",
             "ObservedProperties", "Observations", "FeaturesOfInterest"}  # fmt: skip
_DATASTREAM = "name description unitOfMeasurement observationType"
_ORDER = "Observations?$filter=result lt 20&$orderby=phenomenonTime desc&$skip=1&$top=2"
_FILTERS: tuple[tuple[str, Holds], ...] = (
    ("name eq '甲水库'", _ids("pond-1")), ("name ne '甲水库'", lambda b: len(b["value"]) == 2),
    ("properties/depth_m gt 10", _ids("pond-2")), ("properties/depth_m ge 20", _ids("pond-2")),
    ("properties/depth_m lt 20", _ids("pond-1")), ("properties/depth_m le 10", _ids("pond-1")),
    ("name eq '甲水库' and properties/depth_m eq 10", _ids("pond-1")),
    ("name eq '甲水库' or name eq '乙水库'", lambda b: len(b["value"]) == 2),
    ("not (properties/kind eq 'reservoir')", _ids("tank")),
    ("properties/depth_m add 1 eq 11", _ids("pond-1")),
    ("properties/depth_m sub 1 eq 9", _ids("pond-1")),
    ("properties/depth_m mul 2 eq 20", _ids("pond-1")),
    ("properties/depth_m div 2 eq 5", _ids("pond-1")),
    ("properties/depth_m mod 20 eq 10", _ids("pond-1")),
    ("(name eq '甲水库' or name eq '乙水库') and properties/depth_m gt 10", _ids("pond-2")),
)  # fmt: skip
_FUNCTIONS: tuple[tuple[str, str, Holds], ...] = (
    ("Things", "substringof('甲', name)", _ids("pond-1")),
    ("Things", "endswith(name, '储罐')", _ids("tank")),
    ("Things", "startswith(name, '乙')", _ids("pond-2")),
    ("Things", "length(name) eq 3 and indexof(name, '甲') eq 0", _ids("pond-1")),
    ("Things", "substring(name, 0, 1) eq '甲'", _ids("pond-1")),
    ("Things", "tolower('A') eq 'a' and toupper('b') eq 'B' and name eq '甲水库'", _ids("pond-1")),
    ("Things", "concat(trim(' 甲'), '水库') eq name", _ids("pond-1")),
    ("Things", "round(2.5) eq 3 and floor(2.5) eq 2 and ceiling(2.1) eq 3 and name eq '甲水库'",
     _ids("pond-1")),
    ("Observations", "year(phenomenonTime) eq 2026 and month(phenomenonTime) eq 1 and "
     "day(phenomenonTime) eq 1 and hour(phenomenonTime) eq 0 and minute(phenomenonTime) eq 5 and "
     "second(phenomenonTime) eq 0 and fractionalseconds(phenomenonTime) eq 0", _results(5)),
    ("Observations", "date(phenomenonTime) eq 2026-01-01 and time(phenomenonTime) eq 00:05:00 and "
     "totaloffsetminutes(phenomenonTime) eq 0", _results(5)),
    ("Observations", "result lt 1 and phenomenonTime lt now() and phenomenonTime gt mindatetime() "
     "and phenomenonTime lt maxdatetime()", _results(0)),
    ("Locations", "geo.distance(location, geography'POINT (160.1 30.3)') lt 0.01", _ids("pond-1")),
    ("Locations", "geo.length(location) eq 0 and name eq '甲水库'", _ids("pond-1")),
    *(
        ("Locations", f"{name}(location, geography'POINT (160.1 30.3)')", _ids("pond-1"))
        for name in ("geo.intersects", "st_equals", "st_within", "st_intersects", "st_contains")
    ),
    *(
        ("Locations", f"{name}(location, geography'POINT (160.1 30.3)')", _ids())
        for name in ("st_touches", "st_overlaps", "st_crosses")
    ),
    ("Locations", "st_disjoint(location, geography'POINT (160.1 30.3)')",
     lambda b: len(b["value"]) == 2),
    ("Locations", "st_relate(location, geography'POINT (160.1 30.3)', 'T********')",
     _ids("pond-1")),
)  # fmt: skip
KEPT: dict[str, tuple[Row, ...]] = {
    "datamodel/thing": (
        (TANK, 200, _has("name description properties",
                         "Locations HistoricalLocations Datastreams")),),
    "datamodel/location": (
        (f"Locations('{OURS}-tank')", 200, _has("name description encodingType location",
                                                "Things HistoricalLocations")),),
    "datamodel/historical-location": (
        (f"{TANK}/HistoricalLocations", 200,
         lambda b: _has("time", "Thing Locations")(b["value"][0])),),
    "datamodel/datastream": (
        (GAS, 200, _has(_DATASTREAM, "Thing Sensor ObservedProperty Observations")),
        (f"{GAS}/unitOfMeasurement", 200,
         lambda b: set(b["unitOfMeasurement"]) == {"name", "symbol", "definition"})),
    "datamodel/sensor": (
        (f"{GAS}/Sensor", 200, _has("name description encodingType metadata", "Datastreams")),),
    "datamodel/observed-property": (
        (f"{GAS}/ObservedProperty", 200, _has("name definition description", "Datastreams")),),
    "datamodel/observation": (
        (FIRST, 200, _has("phenomenonTime result resultTime", "Datastream FeatureOfInterest")),),
    "datamodel/feature-of-interest": (
        (f"{FIRST}/FeatureOfInterest", 200,
         _has("name description encodingType feature", "Observations")),),
    "datamodel/entity-control-information": (
        (TANK, 200, lambda b: b["@iot.selfLink"].endswith(f"/{TANK}")),),
    "resource-path/resource-path-to-entities": (
        ("", 200, _sets(_ALL_SETS)), ("Things", 200, lambda b: len(b["value"]) == 3),
        (TANK, 200, lambda b: b["@iot.id"] == f"{OURS}-tank"),
        (f"{TANK}/name", 200, lambda b: set(b) == {"name"}), (f"{TANK}/name/$value", 200, _any),
        (f"{TANK}/Datastreams", 200, _ids("gas")), (f"{FIRST}/Datastream", 200, _any),
        (f"{TANK}/Datastreams/$ref", 200, lambda b: list(b["value"][0]) == ["@iot.selfLink"]),
        (f"{TANK}/Datastreams('{OURS}-gas')/Observations('1-{START}')/result", 200, _any)),
    "request-data/order": ((_ORDER, 200, _results(18, 17)),),
    "request-data/status-code": (("Things", 200, _any), ("Nothing", 404, _any),
                                 (f"{TANK}/nothing", 404, _any)),
    "request-data/query-status-code": (("Things?$nothing=1", 400, _any),
                                       ("Things?$filter=name eq", 400, _any)),
    "request-data/expand": (
        (f"{TANK}?$expand=Datastreams", 200, lambda b: b["Datastreams"][0]["name"] != ""),
        (f"{TANK}?$expand=Datastreams($expand=Thing,ObservedProperty),Locations", 200,
         lambda b: b["Datastreams"][0]["Thing"]["@iot.id"] == f"{OURS}-tank"),
        (f"{TANK}?$expand=Datastreams/ObservedProperty", 200,
         lambda b: "name" in b["Datastreams"][0]["ObservedProperty"])),
    "request-data/select": ((f"{TANK}?$select=name,description", 200,
                             lambda b: set(b) == {"name", "description"}),),
    "request-data/orderby": (
        ("Things?$orderby=properties/depth_m desc,name&$filter=properties/kind eq 'reservoir'",
         200, _ids("pond-2", "pond-1")),),
    "request-data/top": (("Things?$top=2", 200, lambda b: len(b["value"]) == 2),),
    "request-data/skip": (("Things?$skip=2", 200, lambda b: len(b["value"]) == 1),),
    "request-data/count": (
        ("Things?$count=true&$top=1", 200, lambda b: b["@iot.count"] == 3),
        ("Things?$count=false", 200, lambda b: "@iot.count" not in b)),
    "request-data/filter": (
        ("Things?$filter=Datastreams/ObservedProperty/name eq 'x' or name eq '甲水库'", 200,
         _ids("pond-1")),),
    "request-data/built-in-filter-operations": tuple(
        (f"Things?$filter={text}", 200, holds) for text, holds in _FILTERS),
    "request-data/built-in-query-functions": tuple(
        (f"{name}?$filter={text}", 200, holds) for name, text, holds in _FUNCTIONS),
    "request-data/pagination": (
        ("Things?$top=2", 200, lambda b: "$skip=2" in b["@iot.nextLink"]),
        ("Things?$top=3", 200, lambda b: "@iot.nextLink" not in b)),
    "data-array/data-array": (
        ("Observations?$resultFormat=dataArray&$top=2", 200,
         lambda b: b["value"][0]["dataArray@iot.count"] == len(b["value"][0]["dataArray"]) == 2
         and "components" in b["value"][0]),),
}  # fmt: skip


def test_what_is_said_to_be_kept_is_what_is_tested_here(get: Get) -> None:
    served = get("")["serverSettings"]["conformance"]
    assert sorted(served) == sorted(REQ + one for one in KEPT)


def test_each_requirement_holds(get: Get) -> None:
    broken: dict[str, Any] = {}
    for requirement, rows in KEPT.items():
        for asked, status, holds in rows:
            path, _, query = asked.partition("?")
            options = dict(one.partition("=")[::2] for one in query.split("&") if one)
            found = get(path, status, **{name.lstrip("$"): one for name, one in options.items()})
            if not holds(found):
                broken[f"{requirement}: {asked}"] = str(found)[:300]
    assert not broken
