"""Whatever is sent, the API answers; it never breaks."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.apps.watch import acts
from anlan.site.api.urls import API
from tests.apps.api.conftest import OURS, Program

pytestmark = pytest.mark.usefixtures("places")
_ODD = ("", "-1", "9" * 30, "nan", "\x01", "0001-01-01T00:00+14:00", "9999-12-31T23:59:59-14:00",
        "WyJcdWQ4MDAiLCJhIl0", "1,2,3,4", "1e999,0,0,0", "'\";--", "水")  # fmt: skip
_TEXT = st.one_of(st.sampled_from(_ODD), st.text(max_size=12), st.integers().map(str))
_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
                     lambda inner: st.lists(inner, max_size=3))  # fmt: skip
_DO = ("ACKNOWLEDGE", "ASSIGN", "START", "EXPLAIN", "COMMENT", "MARK_FALSE", "CLOSE")
DOCUMENT = API.get_openapi_schema()


def operations() -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Method, path, and the names of query and body of everything in the OpenAPI document."""
    found = []
    for path, methods in DOCUMENT["paths"].items():
        for method, told in methods.items():
            query = [p["name"] for p in told.get("parameters", []) if p["in"] == "query"]
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            name = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
            fields = DOCUMENT["components"]["schemas"].get(name, {}).get("properties", {})
            found.append((method, path, tuple(query), tuple(fields)))
    return found


@pytest.mark.parametrize("operation", operations(), ids=lambda one: f"{one[0]} {one[1]}")
@settings(max_examples=25, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_input_breaks_it(program: Program, operation: Any, data: st.DataObject) -> None:
    method, path, query, body = operation
    client = _client(program)
    key = data.draw(st.sampled_from((f"a-{OURS}", f"{OURS}-tank", f"{OURS}-gas")) | _TEXT)
    address = path.replace("{key}", quote(key or "-", safe="", errors="replace"))
    asked = {n: v for n, v in data.draw(_some(query, _TEXT)).items() if "\0" not in v}
    if method == "get":
        answer = client.get(address, asked)
    else:
        sent = data.draw(_some(body, _JSON | st.just(1)))
        answer = client.post(address, sent, content_type="application/json")
    is_closed_store = path.endswith("/readings") and answer.status_code == 503
    assert answer.status_code < 500 or is_closed_store, answer.content
    if answer.status_code >= 400:
        assert set(answer.json()) == {"error", "where"}
    given = {answer.status_code, f"{answer.status_code // 100}XX", str(answer.status_code)}
    told = DOCUMENT["paths"][path][method]["responses"]
    named = [told[one]["content"] for one in given & set(told)]
    assert answer.headers["Content-Type"].partition(";")[0] in named[0]


def _client(program: Program) -> Client:
    allowed = [getattr(acts, name) for name in _DO]
    client = program("county", acts.SEE, "atlas.see", "people.see_duty", *allowed)
    client.raise_request_exception = False
    return client


def _some(names: tuple[str, ...], values: Any) -> Any:
    """Values for some of the names."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[1]", b'{"version": "\\ud800"}',
                                  b'{"text": "\\ud800\\u0000"}', b"[" * 5000])  # fmt: skip
def test_a_body_that_cannot_be_read_is_told_so(program: Program, body: bytes) -> None:
    path = f"/api/v1/alarms/a-{OURS}/comment"
    answer = _client(program).post(path, body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]
