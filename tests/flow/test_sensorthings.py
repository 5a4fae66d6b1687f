"""Observations of SensorThings go through the real intake, and are there when it has answered."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.history.registry import new_key
from anlan.live.reach import Desk
from tests.apps.api.conftest import places as places
from tests.apps.api.conftest import program as program
from tests.apps.conftest import client_for as client_for
from tests.apps.conftest import world as world
from tests.apps.things.conftest import ROOT
from tests.apps.things.conftest import folder as folder
from tests.apps.things.test_writing import JSON, RIGHTS, THING, Ask, made
from tests.apps.things.test_writing import ask as ask
from tests.apps.things.test_writing import site as site
from tests.conftest import KERNELS
from tests.flow.conftest import Starter

Both = Callable[[str], Client]


@pytest.fixture
def both(program: Callable[..., Client]) -> Both:
    """Makes a client of the key of a program and that of a source, as FROST's clients have it."""
    asking = program("county-admin", *RIGHTS)
    own = str(asking.defaults["HTTP_AUTHORIZATION"]).removeprefix("Bearer ")
    return lambda key: Client(
        headers={"authorization": f"Basic {b64encode(f'{own}:{key}'.encode()).decode()}"}
    )


def _observed(ask: Ask, key: str, body: Any, path: str, **more: Any) -> Any:
    client = Client(headers={"authorization": f"Bearer {key}"})
    answer = client.post(f"{ROOT}/{path}", body, content_type=JSON)
    assert answer.status_code == more.get("status", 201), answer.content.decode()
    return answer


def _arrays(own: str, other: str) -> list[dict[str, Any]]:
    """Two rows that may be stored, one that cannot be read, and one of a sensor of others."""
    ours = [["2026-07-01T00:05:00Z", 5.6, "uncertain"], ["2026-07-01T00:10:00Z", None, None],
            ["x", 1, None]]  # fmt: skip
    rows = {own: ours, other: [["2026-07-01T00:05:00Z", 1, None]]}
    names = ["phenomenonTime", "result", "resultQuality"]
    return [
        {"Datastream": {"@iot.id": key}, "components": names, "dataArray": one}
        for key, one in rows.items()
    ]


def _conflicts(own: str) -> list[dict[str, Any]]:
    """More rows of other results than the intake lists, a new one, and one of no sensor."""
    rows = [["2026-07-01T00:05:00Z", 9 + i] for i in range(150)] + [["2026-07-01T01:00:00Z", 7]]
    names = ["phenomenonTime", "result"]
    return [
        {"Datastream": {"@iot.id": key}, "components": names, "dataArray": one}
        for key, one in ((own, rows), ("nothing", rows[:1]))
    ]


def _go_in_with_their_datastream(ask: Ask, client: Client, thing: str) -> None:
    """Readings within a new datastream are refused one by one, and the answer says which."""
    at = "2026-07-01T00:00:00Z"
    deep = {
        **THING["Datastreams"][0],
        "Thing": {"@iot.id": thing},
        "Observations": [{"phenomenonTime": at, "result": result} for result in (1, 2)],
    }
    ask("post", "Datastreams", deep, status=403)
    answer = client.post(f"{ROOT}/Datastreams", deep, content_type=JSON)
    assert answer.status_code == 201, answer.content.decode()
    key, (refused,) = answer.json()["@iot.id"], answer.json()["refused"]
    assert (refused["Datastream"], refused["phenomenonTime"]) == (key, at)
    told = ask("get", f"Datastreams('{key}')/Observations").json()["value"]
    assert [one["result"] for one in told] == [1]
    assert ask("get", f"Things('{thing}')/Datastreams/$ref?$count=true").json()["@iot.count"] == 3


def test_observations_go_through_the_intake_with_the_key_of_their_source(
    ask: Ask, site: Path, start: Starter, monkeypatch: pytest.MonkeyPatch, both: Both
) -> None:
    thing = made(ask, "Things", THING)
    own = ask("get", f"Things('{thing}')/Datastreams").json()["value"][0]["@iot.id"]
    other = made(ask, "Datastreams", {**THING["Datastreams"][0], "Thing": {"@iot.id": thing}})
    secret, entry = new_key("river", [own], at=0)
    every, wide = new_key("basin", ["*"], at=0)
    with Desk(site) as desk:
        desk.enter([entry, wide])
    # To enter something turned this process to the site's own kernels, which are not compiled.
    monkeypatch.setenv("NUMBA_CACHE_DIR", KERNELS)
    start(site)
    path, at = f"Datastreams('{own}')/Observations", "2026-07-01T08:00:00+08:00"
    first = _observed(ask, secret, {"phenomenonTime": at, "result": 5.5}, path)
    again = _observed(ask, secret, {"phenomenonTime": at, "result": 5.5}, path)
    assert first.headers["Location"] == again.headers["Location"]
    told = ask("get", first.headers["Location"].partition("/v1.1/")[2]).json()
    assert (told["result"], told["phenomenonTime"]) == (5.5, "2026-07-01T00:00:00.000Z")
    _observed(ask, secret, {"phenomenonTime": at, "result": 6}, path, status=409)
    _observed(ask, secret, {"phenomenonTime": at, "result": "high"}, path, status=400)
    _observed(ask, secret, {"phenomenonTime": f"{at}/{at}", "result": 1}, path, status=400)
    _observed(ask, secret, {"phenomenonTime": at, "result": 1, "parameters": {"a": 1}}, path,
              status=400)  # fmt: skip
    for foreign in (other, "nothing"):
        body = {"phenomenonTime": at, "result": 1, "Datastream": {"@iot.id": foreign}}
        _observed(ask, secret, body, "Observations", status=403)
    _observed(ask, "wrong", {"result": 1}, path, status=401)
    ask("post", path, {"phenomenonTime": at, "result": 1}, status=403)
    links = _observed(ask, secret, _arrays(own, other), "CreateObservations").json()
    assert [one.startswith("error") for one in links] == [False, False, True, True]
    found = ask("get", f"{path}?$select=result,resultQuality").json()["value"]
    assert [one["result"] for one in found] == [5.5, 5.6, None]
    assert found[1]["resultQuality"] == "uncertain"
    many = _observed(ask, secret, _conflicts(own), "CreateObservations").json()
    assert [one.startswith("error") for one in many] == [True] * 150 + [False, True]
    _go_in_with_their_datastream(ask, both(every), thing)
