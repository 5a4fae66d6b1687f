"""A library that others wrote reads the features over a socket; a server sends them in pieces."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from owslib.ogcapi.features import Features

from anlan.apps.atlas.models import ObservedObject
from tests.apps.api.conftest import OURS, Program
from tests.apps.atlas.places import point, put
from tests.apps.conftest import World

ROOT = "/api/features"


def test_owslib_finds_its_way(program: Program, places: None, live_server: Any) -> None:
    for number in range(3):
        put(ObservedObject, f"more-{number}", OURS + "001", "x", shape=point(160.1, 30.1))
    sent = program("county").defaults["HTTP_AUTHORIZATION"]
    site = Features(f"{live_server.url}{ROOT}/", headers={"Authorization": sent})
    assert any(one.endswith("/conf/core") for one in site.conformance()["conformsTo"])
    assert {"objects", "alarms", "warnings", "chemical.tank"} <= set(site.feature_collections())
    assert site.collection("objects")["itemType"] == "feature"
    assert "kind" in site.collection_queryables("objects")["properties"]
    page = site.collection_items("objects", limit=2, bbox=[160, 30, 160.3, 30.3])
    assert [one["id"] for one in page["features"]] == ["more-0", "more-1"]
    following = site.collection_items("objects", limit=2, kind="tank")
    assert [one["id"] for one in following["features"]] == [f"{OURS}-tank"]
    alarm = site.collection_item("alarms", f"a-{OURS}")
    assert alarm["properties"]["level"] == "orange"
    assert alarm["properties"]["raised_at"].endswith("Z")
    assert site.api()["openapi"].startswith("3.0")


@pytest.mark.django_db(transaction=True)
def test_a_server_sends_features_in_pieces(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("anlan.site.api.features.flow.MOST", 2)
    for number in range(5):
        put(ObservedObject, f"more-{number}", OURS + "001", "x", shape=point(160.1, 30.1))

    async def look() -> None:
        browser = AsyncClient()
        await browser.aforce_login(world.users["county"])
        answer: Any = await browser.get(f"{ROOT}/collections/objects/items")
        assert (answer.status_code, answer.is_async) == (200, True)
        pieces = [piece async for piece in answer]
        assert len([one for one in pieces if b'"Feature"' in one]) == 3
        assert b'"numberReturned":5' in pieces[-1]

    async_to_sync(look)()
