"""Other systems read warnings: of their own jurisdiction, and the very bytes that were sent."""

import hashlib
from typing import Any

from django.test import Client

from anlan.apps.people.models import ApiKey, User
from anlan.apps.people.queries.asker import digest_of_secret
from anlan.cap.read import read
from tests.apps.warning.conftest import WRITER, Office


def program(office: Office, user: str, *acts: str) -> Client:
    """A program of somebody."""
    secret = f"anp_{user}"
    ApiKey.objects.create(key=user, digest=digest_of_secret(secret), label="test", acts=acts,
                          user=User.objects.get(key=user), created_at=office.now)  # fmt: skip
    return Client(headers={"authorization": f"Bearer {secret}"})


def got(client: Client, path: str = "") -> Any:
    """The answer to a question that is understood."""
    answer = client.get(f"/api/v1/warnings{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_list_is_cut_by_what_is_asked(office: Office) -> None:
    one = office.issued()
    client = program(office, WRITER)
    (shown,) = got(client, "?level=orange&in_force=1&status=Actual&region=9901&text=洪水")["items"]
    assert (shown["key"], shown["level"], shown["standing"]) == (one.key, "orange", "issued")
    assert shown["shape"]["type"] == "Polygon"
    for asked in ("level=red", "level=none", "in_force=0", "status=Test", "region=9902", "text=霾"):
        assert got(client, f"?{asked}") == {"items": [], "next": ""}


def test_pages_go_on_where_the_last_one_ended(office: Office) -> None:
    keys = [office.drafted().key for _ in range(3)]
    client = program(office, WRITER)
    first = got(client, "?limit=2")
    second = got(client, f"?limit=2&after={first['next']}")
    assert [one["key"] for one in first["items"] + second["items"]] == keys[::-1]
    assert second["next"] == ""


def test_one_carries_what_was_sent(office: Office) -> None:
    one = office.issued()
    told = got(program(office, WRITER), f"/{one.key}")
    (message,) = told["messages"]
    assert hashlib.sha256(message["cap"].encode()).hexdigest() == message["digest"]
    assert read(message["cap"].encode()).identifier == message["identifier"]
    assert [step["kind"] for step in told["steps"]] == [
        "draft",
        "submit",
        "review",
        "sign",
        "issue",
    ]


def test_another_county_learns_of_none(office: Office) -> None:
    one = office.issued()
    client = program(office, "county-b-chief")
    assert got(client) == {"items": [], "next": ""}
    assert client.get(f"/api/v1/warnings/{one.key}").status_code == 404


def test_a_key_without_the_act_reads_none(office: Office) -> None:
    one = office.issued()
    client = program(office, WRITER, "watch.see_alarms")
    assert client.get("/api/v1/warnings").status_code == 403
    assert client.get(f"/api/v1/warnings/{one.key}").status_code == 403
