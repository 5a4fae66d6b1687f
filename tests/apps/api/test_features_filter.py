"""Conditions in CQL2, as text and as JSON: what they select, and that none breaks anything."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.apps.atlas.models import ObservedObject
from tests.apps.api.conftest import OURS, Program
from tests.apps.api.test_features import ROOT, items, keys
from tests.apps.atlas.places import point, put

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def client(program: Program) -> Client:
    """A program of a county with four objects."""
    village = OURS + "001001"
    for key, name, x, more in (
        ("a", "A%1", 160.1, {"volume": 50, "substance": "氯"}),
        ("b", "a21", 160.2, {"volume": 5.5}), ("c", "c\\", 160.3, {}),
    ):  # fmt: skip
        put(ObservedObject, key, village, name, kind="tank", pack="chemical", attributes=more,
            shape=point(x, 30.2))  # fmt: skip
    return program("county")


@pytest.mark.parametrize(
    ("text", "found"),
    [("name = 'a21'", "b"), ("name <> 'a21' AND key < 'z' AND NOT (key LIKE '99%')", "ac"),
     ("volume > 5.5", "a"), ("volume >= 5.5", "ab"), ("5.5 < volume", "a"),
     ("volume BETWEEN 5 AND 6", "b"), ("volume NOT BETWEEN 5 AND 6", "a"),
     ("NOT volume > 10", "b"), ("volume IS NULL AND key IN ('a','c')", "c"),
     ("key IN ('a','b','zz') AND NOT (name = 'x' OR volume = 50)", "b"),
     ("name LIKE 'a%'", "b"), (r"name LIKE 'A\%_'", "a"), ("name LIKE '%2%1'", "b"),
     (r"name LIKE 'c\\'", "c"), ("substance = '氯'", "a"), ("\"substance\" IS NOT NULL", "a"),
     ("S_INTERSECTS(geometry, POINT(160.1 30.2))", "a"),
     ("S_INTERSECTS(geometry, BBOX(160.05,30,160.25,31))", "ab"),
     ("S_INTERSECTS(geometry, POLYGON((160.25 30, 160.35 30, 160.35 31, 160.25 30)))", "c"),
     ("NOT S_INTERSECTS(geometry, BBOX(160.05,30,160.25,31)) AND key < 'z' AND key > '9z'", "c"),
     ("since = TIMESTAMP('2026-01-01T00:00:00Z') AND key > '9z'", "abc"),
     ("T_AFTER(since, DATE('2026-01-02'))", ""),
     ("T_DURING(since, INTERVAL('2025-01-01','..')) AND key = 'a'", "a")],
)  # fmt: skip
def test_a_condition_selects(client: Client, text: str, found: str) -> None:
    assert keys(items(client, "chemical.tank", filter=text, **{"filter-lang": "cql2-text"})) == [
        *found
    ]


def test_the_same_in_json(client: Client) -> None:
    spoken = {"filter-lang": "cql2-json"}
    tree: Any = {"op": "and", "args": [
        {"op": ">", "args": [{"property": "volume"}, 1]},
        {"op": "not", "args": [{"op": "in", "args": [{"property": "key"}, ["b"]]}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {
            "type": "Polygon", "coordinates": [[[160, 30], [161, 30], [161, 31], [160, 30]]]}]},
    ]}  # fmt: skip
    assert keys(items(client, "chemical.tank", filter=json.dumps(tree), **spoken)) == []
    tree["args"][2]["args"][1] = {"bbox": [30, 160, 31, 161]}
    crs = {"filter-crs": "http://www.opengis.net/def/crs/EPSG/0/4326"}
    assert keys(items(client, "chemical.tank", filter=json.dumps(tree), **spoken, **crs)) == ["a"]


def test_words_and_collections_that_are_read_by_hand(client: Client) -> None:
    alarms = f"{ROOT}/collections/alarms/items"
    for text, many in (("level = 'orange'", 1), ("level IN ('red','blue')", 0),
                       ("raised_at > TIMESTAMP('2020-01-01T00:00:00Z')", 1),
                       ("S_INTERSECTS(geometry, POINT(0 0))", 0),
                       ("NOT level = 'red'", 1)):  # fmt: skip
        assert len(items(client, "alarms", filter=text)["features"]) == many, text
    for text, many in (("level > 'yellow'", 1), ("level > 'orange'", 0), ("level <> 'foo'", 1),
                       ("level = 'foo' OR level < 'foo'", 0), ("level LIKE 'or%'", 1),
                       ("level BETWEEN 'blue' AND 'orange'", 1)):  # fmt: skip
        assert len(items(client, "alarms", filter=text)["features"]) == many, text
    assert client.get(alarms, {"filter": "level > 4"}).json()["where"] == "level"
    assert items(client, "warnings", filter="level = 'red' OR key LIKE '%a%a%'")["features"] == []


@pytest.mark.parametrize(
    "text",
    ["", "name", "name =", "= 'a'", "name = 'a", "name = 'a' OR", "(name = 'a'", "nothing = 1",
     "name = 1", "volume = 'x'", "name == 'a'", "name = 'a' 'b'", "name LIKE 5", "volume LIKE '5'",
     "name IN ()", "volume = 1e999", "name = other", "owner = key", "geometry = 1", "1 = 1",
     "S_INTERSECTS(name, POINT(1 1))", "S_INTERSECTS(geometry, POINT(1))",
     "S_INTERSECTS(geometry, POINT(500 1))", "S_INTERSECTS(geometry,POINT(1e400 1))",
     "S_INTERSECTS(geometry, LINESTRING(1 1, 1 -1e999))", "S_INTERSECTS(geometry, POINT(nan 1))",
     "S_INTERSECTS(geometry, POINT(1e308 1))", f"volume = {'9' * 400}.0",
     "S_INTERSECTS(geometry, BBOX(1,2))",
     "T_AFTER(name, DATE('2026-01-01'))", "since > TIMESTAMP('x')", "casei(name) = 'a'",
     "name = 'a' AND " * 300 + "name = 'a' AND (", "NOT " * 900 + "name = 'a'",
     "(" * 500 + "name = 'a'" + ")" * 500, "name = 'a'; DROP TABLE x", "name = '\x01' --"],
)  # fmt: skip
def test_what_is_no_condition_is_named(client: Client, text: str) -> None:
    answer = client.get(f"{ROOT}/collections/chemical.tank/items", {"filter": text})
    assert answer.status_code == 400, answer.content
    assert answer.json()["where"]


def test_a_pattern_takes_no_more_time_than_a_text_is_long(client: Client) -> None:
    put(ObservedObject, "long", OURS, "a" * 128, kind="tank", pack="chemical")
    assert items(client, "chemical.tank", filter=f"name LIKE '{'%a' * 60}b'")["features"] == []
    assert keys(items(client, "chemical.tank", filter=f"name LIKE '{'%a' * 60}'")) == ["long"]


_LEAVES = st.sampled_from(["name", "volume", "'a'", "1", "=", "<>", "(", ")", "AND", "NOT", "IN",
                           "LIKE", "IS", "NULL", "BETWEEN", ",", "geometry", "S_INTERSECTS(",
                           "POINT(1 2)", "BBOX(", "DATE('2026-01-01')", "水", "\\",
                           '"'])  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.fixed_dictionaries({}, optional={
        "op": st.sampled_from(["and", "not", "=", "in", "like", "s_intersects", "t_after"]),
        "args": st.lists(inner, max_size=3), "property": st.sampled_from(["name", "geometry"]),
        "bbox": inner, "interval": inner, "type": st.just("Polygon"), "coordinates": inner,
    }),
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(_LEAVES, max_size=9).map(" ".join) | st.text(max_size=20) | _JSON)
def test_no_condition_breaks_it(client: Client, asked: Any) -> None:
    client.raise_request_exception = False
    spoken = "cql2-text" if isinstance(asked, str) else "cql2-json"
    text = asked if isinstance(asked, str) else json.dumps(asked)
    query: dict[str, Any] = {
        "filter": text.replace("\0", "").encode(errors="replace"),
        "filter-lang": spoken,
    }
    answer: Any = client.get(f"{ROOT}/collections/chemical.tank/items", query)
    assert answer.status_code in (200, 400), answer.content
    if answer.streaming:
        assert json.loads(b"".join(answer.streaming_content))["type"] == "FeatureCollection"
