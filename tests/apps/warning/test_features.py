"""Warnings in force as features of other maps: as they were sent, and to their own county."""

import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.apps.warning.conftest import Office

ITEMS = "/api/features/collections/warnings/items"


def read(client: Client, **asked: str) -> list[Any]:
    answer: Any = client.get(ITEMS, {"f": "geojson", **asked})
    assert answer.status_code == 200, answer.content
    found: list[Any] = json.loads(b"".join(answer.streaming_content))["features"]
    return found


def test_a_warning_in_force_is_a_feature_of_its_county(
    office: Office, client_for: Callable[[str], Client]
) -> None:
    ours, theirs = client_for("county"), client_for("county-b")
    office.drafted()
    assert read(ours) == []  # what is in the making warns nobody
    one = office.issued()
    (found,) = read(ours)
    assert (found["id"], found["properties"]["level"]) == (one.key, "orange")
    assert found["properties"]["headline"] == one.headline_zh
    assert found["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert read(theirs) == []
    assert theirs.get(f"{ITEMS}/{one.key}").status_code == 404
    assert ours.get(f"{ITEMS}/{one.key}?f=geojson").json()["id"] == one.key
    for asked, many in (
        ({"level": "orange"}, 1), ({"level": "red"}, 0), ({"bbox": "118.1,30.1,118.2,30.2"}, 1),
        ({"bbox": "10,10,11,11"}, 0), ({"datetime": "2020-01-01/2020-01-02"}, 0),
        ({"datetime": office.now.isoformat().replace("+00:00", "Z")}, 1),
        ({"filter": "level IN ('orange') AND NOT status = 'Test'"}, 1),
        ({"filter": "ends < TIMESTAMP('2020-01-01T00:00:00Z')"}, 0),
    ):  # fmt: skip
        assert len(read(ours, **asked)) == many, asked


def test_a_long_condition_reads_the_warnings_once(
    office: Office, client_for: Callable[[str], Client]
) -> None:
    one, browser, asked = office.issued(), client_for("county"), []
    leaf = "(begins > TIMESTAMP('2020-01-01T00:00:00Z') AND NOT level = 'red')"
    for many in (1, 1, 12):
        with CaptureQueriesContext(connection) as captured:
            assert [found["id"] for found in read(browser, filter=" AND ".join([leaf] * many))] == [
                one.key
            ]
        asked.append(len(captured))
    assert asked[1] == asked[2]
