"""What the standards demand of each class that is served, by the number of the requirement: a
request, and what must hold of its answer. Sources: OGC 17-069r4, 18-058r1, 19-079r2, 21-065r2."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.test import Client

from anlan.apps.atlas.models import ObservedObject
from tests.apps.api.conftest import OURS, Program
from tests.apps.atlas.places import point, put

pytestmark = pytest.mark.usefixtures("places")
ROOT, EPSG = "/api/features", "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
OBJECTS, TANK = "/collections/objects", f"{OURS}-tank"
ITEMS = f"{OBJECTS}/items"


class Answer(NamedTuple):
    status: int
    headers: Any
    body: Any


class Row(NamedTuple):
    """number: of the requirement · asked: the address · holds: what must be true of its answer."""

    number: str
    asked: str
    holds: Callable[[Answer], bool]


def _is(status: int) -> Callable[[Answer], bool]:
    return lambda a: a.status == status


def _rels(*wanted: str) -> Callable[[Answer], bool]:
    return lambda a: set(wanted) <= {one["rel"] for one in a.body["links"]}


def _keys(*wanted: str) -> Callable[[Answer], bool]:
    return lambda a: [one["id"] for one in a.body["features"]] == list(wanted)


def _both(a: Answer) -> list[Any]:
    return [a.body, *a.body["collections"]]


def _is_box(a: Answer) -> bool:
    (west, south, east, north), *_ = a.body["extent"]["spatial"]["bbox"]
    return bool(west <= 160.495 <= east and south <= 30.2 <= north)


def _names(a: Answer) -> set[str]:
    return {one["name"] for one in a.body["components"]["parameters"].values()}


def _is_number_of_all(a: Answer) -> bool:
    return bool(a.body["numberMatched"] == 3 and a.body["numberReturned"] == 1)


CORE = (
    Row("core/root-op", "/", _is(200)),
    Row("core/root-success", "/", _rels("service-desc", "service-doc", "conformance", "data")),
    Row("core/api-definition-op", "/api", _is(200)),
    Row("core/api-definition-success", "/api", lambda a: a.body["openapi"].startswith("3.0")),
    Row("core/conformance-op", "/conformance", _is(200)),
    Row("core/conformance-success", "/conformance", lambda a: len(a.body["conformsTo"]) > 3),
    Row("core/http", "/nowhere", _is(404)),
    Row("core/query-param-unknown", f"{ITEMS}?unknown=1", _is(400)),
    Row("core/query-param-invalid", f"{ITEMS}?limit=x", _is(400)),
    Row("core/crs84", f"{ITEMS}?limit=1", lambda a: a.headers["Content-Crs"] == f"<{CRS84}>"),
    Row("core/fc-md-op", "/collections", _is(200)),
    Row("core/fc-md-success", "/collections", lambda a: "collections" in a.body),
    Row("core/fc-md-links", "/collections", _rels("self", "alternate")),
    Row("core/fc-md-items", "/collections",
        lambda a: {"id", "links"} <= set.intersection(*map(set, a.body["collections"]))),
    Row("core/fc-md-items-links", "/collections",
        lambda a: all("items" in str(one["links"]) for one in a.body["collections"])),
    Row("core/fc-md-extent", OBJECTS, _is_box),
    Row("core/sfc-md-op", OBJECTS, _is(200)),
    Row("core/sfc-md-success", OBJECTS, lambda a: a.body["id"] == "objects"),
    Row("core/fc-op", ITEMS, _is(200)),
    Row("core/fc-limit-definition", "/api", lambda a: "limit" in _names(a)),
    Row("core/fc-limit-response-1", f"{ITEMS}?limit=2", lambda a: len(a.body["features"]) == 2),
    Row("core/fc-bbox-definition", "/api", lambda a: "bbox" in _names(a)),
    Row("core/fc-bbox-response", f"{ITEMS}?bbox=160.4,30.1,160.6,30.3", _keys(TANK)),
    Row("core/fc-time-definition", "/api", lambda a: "datetime" in _names(a)),
    Row("core/fc-time-response", f"{ITEMS}?datetime=../2025-12-31", _keys()),
    Row("core/fc-response", ITEMS, lambda a: a.body["type"] == "FeatureCollection"),
    Row("core/fc-links", f"{ITEMS}?limit=1", _rels("self", "alternate", "next")),
    Row("core/fc-rel-type", ITEMS, lambda a: all(x["type"] for x in a.body["links"])),
    Row("core/fc-timeStamp", ITEMS, lambda a: a.body["timeStamp"].endswith("Z")),
    Row("core/fc-numberMatched", f"{ITEMS}?limit=1", _is_number_of_all),
    Row("core/fc-numberReturned", ITEMS,
        lambda a: a.body["numberReturned"] == len(a.body["features"])),
    Row("core/f-op", f"{ITEMS}/{TANK}", _is(200)),
    Row("core/f-success", f"{ITEMS}/{TANK}", lambda a: a.body["type"] == "Feature"),
    Row("core/f-links", f"{ITEMS}/{TANK}", _rels("self", "alternate", "collection")),
)  # fmt: skip
OPENAPI = (
    Row("oas30/oas-definition-1", "/api",
        lambda a: a.headers["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"),
    Row("oas30/oas-definition-2", "/api", lambda a: {"openapi", "info", "paths"} <= set(a.body)),
    Row("oas30/oas-impl", "/api", lambda a: f"{ITEMS}" in a.body["paths"]),
    Row("oas30/completeness", "/api",
        lambda a: all("200" in one["get"]["responses"] for one in a.body["paths"].values())),
    Row("oas30/exceptions-codes", "/api",
        lambda a: {"400", "404"} <= set(a.body["paths"][ITEMS]["get"]["responses"])),
    Row("oas30/security", "/api", lambda a: bool(a.body["components"]["securitySchemes"])),
)  # fmt: skip
FORMS = (
    Row("html/definition", f"{ITEMS}?f=html", lambda a: "text/html" in a.headers["Content-Type"]),
    Row("html/content", f"{ITEMS}/{TANK}?f=html", lambda a: TANK in a.body),
)
GEOJSON = (
    Row("geojson/definition", ITEMS,
        lambda a: a.headers["Content-Type"] == "application/geo+json"),
    Row("geojson/content", f"{ITEMS}/{TANK}",
        lambda a: a.body["geometry"] == {"type": "Point", "coordinates": [160.495, 30.2]}),
)  # fmt: skip
SYSTEMS = (
    Row("crs/fc-md-crs-list", "/collections",
        lambda a: all({CRS84, EPSG + "4326"} <= set(one["crs"]) for one in _both(a))),
    Row("crs/fc-md-storageCrs", OBJECTS, lambda a: a.body["storageCrs"] == CRS84),
    Row("crs/fc-md-storageCrs-valid-value", OBJECTS,
        lambda a: a.body["storageCrs"] in a.body["crs"]),
    Row("crs/fc-bbox-crs-definition", "/api", lambda a: "bbox-crs" in _names(a)),
    Row("crs/fc-bbox-crs-valid-value", f"{ITEMS}?bbox=1,1,2,2&bbox-crs=x", _is(400)),
    Row("crs/fc-bbox-crs-action", f"{ITEMS}?bbox=30.1,160.4,30.3,160.6&bbox-crs={EPSG}4326",
        _keys(TANK)),
    Row("crs/fc-crs-definition", "/api", lambda a: "crs" in _names(a)),
    Row("crs/fc-crs-valid-value", f"{ITEMS}?crs=x", _is(400)),
    Row("crs/fc-crs-default-value", f"{ITEMS}/{TANK}",
        lambda a: a.body["geometry"]["coordinates"] == [160.495, 30.2]),
    Row("crs/fc-crs-action", f"{ITEMS}/{TANK}?crs={EPSG}4326",
        lambda a: a.body["geometry"]["coordinates"] == [30.2, 160.495]),
    Row("crs/ogc-crs-header", ITEMS, lambda a: "Content-Crs" in a.headers),
    Row("crs/ogc-crs-header-value", f"{ITEMS}?crs={EPSG}4490",
        lambda a: a.headers["Content-Crs"] == f"<{EPSG}4490>"),
)  # fmt: skip
QUERYABLES = (
    Row("queryables/queryables-link", OBJECTS,
        _rels("http://www.opengis.net/def/rel/ogc/1.0/queryables")),
    Row("queryables/get-queryables-op", f"{OBJECTS}/queryables", _is(200)),
    Row("queryables/get-queryables-response", f"{OBJECTS}/queryables",
        lambda a: a.body["type"] == "object" and "$id" in a.body and "$schema" in a.body),
)  # fmt: skip
PARAMETERS = (Row("queryables-query-parameters/parameters", f"{ITEMS}?kind=vat", _keys("b")),)
FILTER = (
    Row("filter/filter-param", "/api", lambda a: "filter" in _names(a)),
    Row("filter/filter-lang-param", f"{ITEMS}?filter=true&filter-lang=x", _is(400)),
    Row("filter/filter-crs-param", f"{ITEMS}?filter=true&filter-crs=x", _is(400)),
    Row("filter/filter-crs-wgs84", f"{ITEMS}?filter=S_INTERSECTS(geometry,POINT(160.495 30.2))",
        _keys(TANK)),
    Row("filter/mixing-expressions", f"{ITEMS}?kind=vat&filter=key='b'", _keys("b")),
    Row("filter/filter-response", f"{ITEMS}?filter=nothing=1", _is(400)),
)  # fmt: skip
FEATURES_FILTER = (
    Row("features-filter/filter-param", f"{ITEMS}?filter=key='a'", _keys("a")),
    Row("features-filter/filter-response", f"{ITEMS}?filter=key='a' AND key='b'", _keys()),
)  # fmt: skip
_JSON = json.dumps({"op": "=", "args": [{"property": "key"}, "a"]})
TEXT = (Row("cql2-text/validate", f"{ITEMS}?filter=key='a'&filter-lang=cql2-text", _keys("a")),)
AS_JSON = (Row("cql2-json/validate", f"{ITEMS}?filter={_JSON}&filter-lang=cql2-json", _keys("a")),)
SPATIAL = (
    Row("basic-spatial-functions/spatial-predicate",
        f"{ITEMS}?filter=S_INTERSECTS(geometry,BBOX(160.05,30,160.15,31))", _keys("a")),
    Row("basic-spatial-functions/spatial-data-types",
        f"{ITEMS}?filter=S_INTERSECTS(geometry,POINT(160.1 30.1))", _keys("a")),
)  # fmt: skip
SHAPES = ("LINESTRING(160 30.1,160.15 30.1)", "MULTIPOINT((160.1 30.1),(1 1))",
          "POLYGON((160 30,160.15 30,160.15 31,160 31,160 30))",
          "MULTILINESTRING((160 30.1,160.15 30.1),(1 1,2 2))",
          "MULTIPOLYGON(((160 30,160.15 30,160.15 31,160 31,160 30)))",
          "GEOMETRYCOLLECTION(POINT(160.1 30.1),POINT(1 1))")  # fmt: skip
PLUS = tuple(
    Row(f"basic-spatial-functions-plus/{one.split('(')[0].lower()}",
        f"{ITEMS}?filter=S_INTERSECTS(geometry,{one})", _keys("a"))
    for one in SHAPES
)  # fmt: skip
_VALUES = {"string": "'foo'", "boolean": "true", "number": "3.14", "integer": "1",
           "date-time": "TIMESTAMP('2022-04-14T14:48:46Z')"}  # fmt: skip
_OPPOSITE = (("= {0}", "<> {0}"), ("> {0}", "<= {0}"), ("< {0}", ">= {0}"))
_BEYOND = (("LIKE 'foo%'", "NOT LIKE 'foo%'"), ("IN ({0})", "NOT IN ({0})"),
           ("BETWEEN {0} AND {0}", "NOT BETWEEN {0} AND {0}"))  # fmt: skip
_NULL = (("IS NULL", "is not null"),)
"""Abstract tests 5 and 6, and those of the advanced operators: of each queryable by its type, two
conditions that have no feature in common."""
CLASSES: dict[str, tuple[Row, ...]] = {
    "features-1/1.0/conf/core": CORE,
    "features-1/1.0/conf/oas30": OPENAPI,
    "features-1/1.0/conf/html": FORMS,
    "features-1/1.0/conf/geojson": GEOJSON,
    "features-2/1.0/conf/crs": SYSTEMS,
    "features-3/1.0/conf/queryables": QUERYABLES,
    "features-3/1.0/conf/queryables-query-parameters": PARAMETERS,
    "features-3/1.0/conf/filter": FILTER,
    "features-3/1.0/conf/features-filter": FEATURES_FILTER,
    "cql2/1.0/conf/cql2-text": TEXT,
    "cql2/1.0/conf/cql2-json": AS_JSON,
    "cql2/1.0/conf/basic-spatial-functions": SPATIAL,
    "cql2/1.0/conf/basic-spatial-functions-plus": PLUS,
}
PAIRS = {
    "cql2/1.0/conf/basic-cql2": (*_OPPOSITE, *_NULL),
    "cql2/1.0/conf/advanced-comparison-operators": _BEYOND,
}


@pytest.fixture
def client(program: Program) -> Client:
    """A program of a county with three objects."""
    for key, kind, x in (("a", "tank", 160.1), ("b", "vat", 160.2)):
        put(ObservedObject, key, OURS, key, kind=kind, pack="chemical", shape=point(x, 30.1),
            attributes={"volume": 3.14})  # fmt: skip
    return program("county")


def _answer(client: Client, path: str) -> Answer:
    found: Any = client.get(ROOT + path.replace(" ", "%20").replace("%'", "%25'"))
    body = b"".join(found.streaming_content) if found.streaming else found.content
    is_page = "html" in found.headers["Content-Type"]
    return Answer(found.status_code, found.headers, body.decode() if is_page else json.loads(body))


def test_what_is_said_to_be_kept_is_what_is_tested_here(client: Client) -> None:
    served = _answer(client, "/conformance").body["conformsTo"]
    tested = {
        f"http://www.opengis.net/spec/{'' if one[:4] == 'cql2' else 'ogcapi-'}{one}"
        for one in (*CLASSES, *PAIRS)
    }
    assert set(served) == tested
    assert len(served) == len(tested)


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_keeps_each_requirement(client: Client, name: str) -> None:
    broken = {}
    for row in CLASSES[name]:
        found = _answer(client, row.asked)
        if not row.holds(found):
            broken[row.number] = (row.asked, found.status, str(found.body)[:300])
    assert not broken


def _ids(client: Client, collection: str, text: str) -> set[str]:
    found = _answer(client, f"/collections/{collection}/items?filter={text}")
    assert found.status == 200, (collection, text, found.body)
    return {one["id"] for one in found.body["features"]}


@pytest.mark.parametrize("name", PAIRS)
def test_a_condition_and_its_opposite_have_nothing_in_common(client: Client, name: str) -> None:
    for collection in ("chemical.tank", "alarms", "sensors", "warnings"):
        schema = _answer(client, f"/collections/{collection}/queryables").body["properties"]
        for field, told in schema.items():
            kind = told.get("format") or told.get("type")
            for one, other in PAIRS[name] if kind in _VALUES else ():
                if ("LIKE" in one and kind != "string") or ("BETWEEN" in one and kind not in (
                        "number", "integer")):  # fmt: skip
                    continue
                both = [f'"{field}" {text.format(_VALUES[kind])}' for text in (one, other)]
                assert not _ids(client, collection, both[0]) & _ids(client, collection, both[1])


_LOGICAL = (("true", "ab"), ("false", ""), ("true AND key='a'", "a"), ("false OR key='b'", "b"),
            ("NOT false AND NOT (true AND key='a')", "b"), ("key='a' OR NOT key='a'", "ab"),
            ("(NOT (key='b') AND true) OR (false AND key='b')", "a"))  # fmt: skip


def test_truth_and_its_combinations(client: Client) -> None:
    """Abstract tests 7 and 9 of basic CQL2."""
    for text, expected in _LOGICAL:
        assert _ids(client, "objects", text) - {TANK} == set(expected), text
    spoken = f"/collections/objects/items?filter-lang=cql2-json&filter={json.dumps(True)}"
    assert len(_answer(client, spoken).body["features"]) == 3
