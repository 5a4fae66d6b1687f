"""Whoever asks, and whatever is asked: refused with a reason, and never broken."""

from collections.abc import Callable
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.apps.atlas.models import Sensor
from anlan.site.api.things import door
from anlan.site.api.things.ask import evaluate, functions
from anlan.site.api.things.ask.parse import expression
from anlan.site.api.things.reading import reader
from anlan.terms.errors import Malformed
from tests.apps.things.conftest import OURS, ROOT, Get

_DEEP = "(" * 200 + "1" + ")" * 200


_WRONG: tuple[tuple[dict[str, str], str, str], ...] = (
    ({"filter": "name eq"}, "$filter", "Sign 8"),
    ({"filter": "nothing eq 1"}, "$filter", "has no nothing"),
    ({"filter": "Datastreams/nothing eq 1"}, "$filter", "has no nothing"),
    ({"filter": "Datastreams eq 1"}, "$filter", "is a link"),
    ({"filter": "Datastreams/Observations/result gt 1"}, "$filter", "Ask for Observations"),
    ({"filter": "matches(name, '(a+)+$')"}, "$filter", "no function matches"),
    ({"filter": "length(name, name) eq 1"}, "$filter", "takes 1"),
    ({"filter": f"{_DEEP} eq 1"}, "$filter", "levels deep"),
    ({"filter": "not " * 200 + "true"}, "$filter", "levels deep"),
    ({"filter": "1 add " * 200 + "1 eq 1"}, "$filter", "joined at once"),
    ({"filter": "name eq '" + "x" * 9000 + "'"}, "$filter", "signs long"),
    ({"filter": "id eq 1 or " * 200 + "id eq 1"}, "$filter", "words"),
    ({"filter": "geo.length(geography'POINT (x)') eq 1"}, "$filter", "no shape"),
    ({"filter": "name eq 'a"}, "$filter", "begins no word"),
    ({"filter": "time eq 2026-99-01T00:00:00Z"}, "$filter", "no moment"),
    ({"orderby": "name up"}, "$orderby", "Sign 6"),
    ({"select": "nothing"}, "$select", "has no nothing"),
    ({"expand": "Nothing"}, "$expand", "no link Nothing"),
    ({"expand": "Datastreams($top=x)"}, "$top", "whole number"),
    ({"expand": "Datastreams($top=1"}, "$expand", "not closed"),
    ({"expand": "Datastreams(" + "$expand=Thing($expand=Datastreams(" * 5 + ")" * 11},
     "$expand", "levels deep"),
    ({"top": "-1"}, "$top", "whole number"),
    ({"skip": "1e3"}, "$skip", "whole number"),
    ({"count": "maybe"}, "$count", "true or false"),
    ({"resultFormat": "CSV"}, "$resultFormat", "dataArray"),
    ({"resultFormat": "dataArray"}, "$resultFormat", "Only Observations"),
    ({"nothing": "1"}, "$nothing", "no option"),
)  # fmt: skip


def test_what_is_wrong_is_named(get: Get) -> None:
    for query, where, said in _WRONG:
        body = get("Things", 400, **query)
        assert (body["code"], body["type"], body["where"]) == (400, "error", where), query
        assert said in body["message"]


def test_a_question_that_costs_too_much_is_ended(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "_MOST_STEPS", 50)
    wide = " or ".join(["length(name) eq 1"] * 20)
    assert "too much at once" in get("Things", 400, filter=wide)["message"]
    monkeypatch.setattr(functions, "LONGEST_TEXT", 20)
    long = "concat(concat(concat(name, name), concat(name, name)), name) eq 'x'"
    assert "concat" in get("Things", 400, filter=long)["message"]


def test_links_are_followed_to_so_many_entities_and_no_more(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = ({"expand": "Datastreams"}, {"filter": "length(Datastreams/name) gt 0"})
    for query in queries:
        get("Things", **query)
    monkeypatch.setattr(reader, "_MOST_FOLLOWED", 2)
    for query in queries:
        assert "More than 2 entities" in get("Things", 400, **query)["message"]
    monkeypatch.setattr(reader, "_MOST", 2)
    body = get("Observations", 400, filter="length(Datastream/name) gt 0")
    assert "More than 2 would have to be looked at" in body["message"]


def test_one_request_has_one_measure_of_readings_however_many_it_expands(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {"expand": "Observations($top=1;$orderby=phenomenonTime desc)"}
    for number in range(10):
        Sensor.objects.create(key=f"{OURS}-more-{number}", handle=100 + number,
                              quantity="flood.rain", object_key=f"{OURS}-tank",
                              region=f"{OURS}001001")  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        value = get("Datastreams", **many)["value"]
    assert [one["result"] for row in value for one in row["Observations"]] == [39.0]
    of_sensors = [one for one in asked if 'FROM "atlas_sensor"' in one["sql"]]
    assert len(value) == 13
    assert len(of_sensors) == 2
    monkeypatch.setattr(reader, "_MOST_STRETCHES", 3)
    assert "More than 3 stretches" in get("Datastreams", 400, **many)["message"]
    monkeypatch.setattr(reader, "_MOST_STRETCHES", 5000)
    get("Datastreams", filter=f"id eq '{OURS}-gas'", **many)
    monkeypatch.setattr(reader, "_MOST_READINGS", 30)
    assert "More than 30 readings" in get("Datastreams", 400, **many)["message"]


def test_strangers_learn_nothing(heard: None) -> None:
    strangers = (Client(), Client(headers={"authorization": "Bearer wrong"}),
                 Client(headers={"authorization": "Basic d3Jvbmc6d3Jvbmc="}))  # fmt: skip
    asked = ("", "Things", f"Things('{OURS}-tank')", "Nothing")
    for client, path in product(strangers, asked):
        answer = client.get(f"{ROOT}/{path}")
        assert answer.status_code == 401
        assert "WWW-Authenticate" in answer.headers
        assert answer.json()


def test_a_key_sees_only_what_it_names(heard: None, program: Callable[..., Client]) -> None:
    answer = program("county", "watch.see").get(f"{ROOT}/Things")
    assert answer.status_code == 403
    assert "atlas.see" in answer.json()["message"]


def test_whoever_has_signed_in_may_look(heard: None, client_for: Callable[[str], Client]) -> None:
    assert client_for("county").get(f"{ROOT}/Things").status_code == 200


def test_more_requests_than_the_rate_are_sent_away_for_a_while(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_BURST", 2.0)
    monkeypatch.setattr(door, "_RATE", 0.001)
    get("")
    get("")
    assert "Too many" in get("", 503)["message"]


_WORDS = st.sampled_from((
    "name", "id", "eq", "ne", "and", "or", "not", "(", ")", ",", "/", "-", "1", "2.5", "'x'",
    "null", "true", "Datastreams", "Thing", "length", "concat", "geo.distance", "now", "()",
    "geography'POINT(0 0)'", "2026-01-01", "2026-01-01T00:00:00Z", "duration'PT1H'", "add", "div",
    "mod", "$it", "@iot.id", "9e999", "水",
))  # fmt: skip


@settings(max_examples=300, deadline=None, derandomize=True)
@given(text=st.lists(_WORDS, max_size=25).map(" ".join) | st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Malformed):
        expression(text)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    path=st.sampled_from(("Things", "Locations", "Datastreams", "Observations",
                          "ObservedProperties", f"Things('{OURS}-tank')")) | st.text(max_size=20),
    option=st.sampled_from(("filter", "orderby", "expand", "select", "top", "skiptoken")),
    text=st.lists(_WORDS, max_size=8).map(" ".join) | st.text(max_size=20),
)  # fmt: skip
def test_no_request_breaks_it(
    heard: None, program: Callable[..., Client], path: str, option: str, text: str
) -> None:
    client = program("county", raise_request_exception=False)
    answer: Any = client.get(f"{ROOT}/{path}", {f"${option}": text})
    assert answer.status_code < 500, (path, option, text, answer.content)
