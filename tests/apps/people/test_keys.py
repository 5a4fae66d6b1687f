"""Keys for programs: at most what their owner may, for a time, shown once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.people.acts import SEE_AUDIT
from anlan.apps.people.models import ApiKey, AuditLine, User
from anlan.apps.people.queries import person_of_key, renewed
from tests.apps.conftest import PASSWORD

Browser = Callable[[str], Client]


def make(client: Client, **changed: Any) -> str:
    words = {"label": "报表", "days": "30", "password": PASSWORD, **changed}
    page = client.post("/account/keys", words).content.decode()
    found = re.search(r"anp_[\w-]+", page)
    return found.group() if found else ""


def bearer(secret: str, **words: Any) -> Client:
    return Client(headers={"accept": "text/html", "authorization": f"Bearer {secret}"}, **words)


def test_a_key_is_shown_once_and_kept_as_a_digest(client_for: Browser) -> None:
    client = client_for("county-admin")
    secret = make(client)
    assert len(secret) > 40
    assert secret not in client.get("/account").content.decode()
    assert secret not in str(ApiKey.objects.values())


def test_a_key_may_what_it_names_and_no_more(client_for: Browser) -> None:
    secret = make(client_for("county-admin"), acts=[SEE_AUDIT])
    assert bearer(secret).get("/people/audit").status_code == 200
    assert bearer(secret).get("/people/users").status_code == 403
    assert bearer(secret).post("/people/users/new", {}).status_code == 403


def test_a_key_without_acts_only_reads(client_for: Browser) -> None:
    secret = make(client_for("county-admin"))
    assert bearer(secret).get("/people/audit").status_code == 200
    assert bearer(secret).get("/people/users").status_code == 403
    words = {"region": "990101", "rank": "1", "person": "x", "organisation": "org-county"}
    assert bearer(secret).post("/people/responsibility/new", words).status_code == 403
    person = person_of_key(secret, timezone.now())
    assert person is not None
    assert person.scope.covers("990101001")


def test_a_key_is_no_person(client_for: Browser) -> None:
    secret = make(client_for("county-admin"), acts=[SEE_AUDIT])
    for path in ("/account", "/account/password", "/account/second"):
        assert bearer(secret).get(path).status_code == 403
    assert bearer(secret).post("/account/keys", {"label": "x", "days": "9"}).status_code == 403


def test_a_key_needs_no_forms_token_but_a_cookie_beside_it_counts_for_nothing(
    client_for: Browser,
) -> None:
    secret = make(client_for("county"), acts=["people.retry_notice"])
    client = bearer(secret, enforce_csrf_checks=True)
    assert client.post("/people/notices/none/again").status_code == 404
    client.force_login(User.objects.get(key="admin"))
    assert client.get("/people/users").status_code == 403


@pytest.mark.parametrize("secret", ["", "anp_wrong", "x" * 9000, "ä"])
@pytest.mark.usefixtures("world")
def test_a_wrong_key_is_told_401(secret: str) -> None:
    headers = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    assert Client().get("/account", **headers).status_code == 401  # type: ignore[arg-type]  # as a server has it


@pytest.mark.parametrize(
    "change",
    [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"revoked_at": timezone.now()}],
    ids=["over", "taken back"],
)
def test_a_key_that_is_over_opens_nothing(client_for: Browser, change: dict[str, Any]) -> None:
    secret = make(client_for("county-admin"), acts=[SEE_AUDIT])
    before = person_of_key(secret, timezone.now())
    ApiKey.objects.update(**change)
    assert bearer(secret).get("/people/audit").status_code == 401
    assert before is not None
    assert renewed(before, "", timezone.now()) is None


def test_a_key_ends_with_its_owner(client_for: Browser) -> None:
    secret = make(client_for("county-admin"), acts=[SEE_AUDIT])
    User.objects.filter(key="county-admin").update(is_active=False)
    assert bearer(secret).get("/people/audit").status_code == 401


def test_a_lost_post_is_lost_for_the_key_too(client_for: Browser) -> None:
    secret = make(client_for("county-admin"), acts=[SEE_AUDIT])
    User.objects.get(key="county-admin").posts.update(until=timezone.now())
    assert bearer(secret).get("/people/audit").status_code == 403


@pytest.mark.parametrize(
    "changed",
    [{"acts": ["people.manage_users"]}, {"acts": ["no.such"]}, {"days": "0"}, {"days": "367"},
     {"days": "-1"}, {"days": ""}, {"days": "9" * 500}, {"label": " "}, {"password": "wrong"}],
    ids=str,
)  # fmt: skip
def test_no_key_is_more_than_its_owner(client_for: Browser, changed: dict[str, Any]) -> None:
    assert make(client_for("county"), **changed) == ""
    assert not ApiKey.objects.exists()


def test_only_the_owner_takes_a_key_back(client_for: Browser) -> None:
    make(client_for("county"))
    key = ApiKey.objects.get().key
    assert client_for("county-admin").post(f"/account/keys/{key}/revoke").status_code == 404
    assert client_for("county").post(f"/account/keys/{key}/revoke").status_code == 302
    assert ApiKey.objects.get().revoked_at is not None
    assert not AuditLine.objects.filter(target__startswith="anp_").exists()


@pytest.mark.parametrize(
    "path",
    ["/", "/map", "/alarms/", "/objects/x", "/charts/x.json", "/stream", "/map/alarms.json",
     "/atlas/tiles/things/6/60/26.pbf", "/cockpit", "/statistics"],
)  # fmt: skip
def test_a_key_opens_no_page_that_asks_for_no_act(client_for: Browser, path: str) -> None:
    secret = make(client_for("county-admin"), acts=[SEE_AUDIT])
    assert bearer(secret).get(path).status_code == 403
    assert client_for("county-admin").get(path).status_code in (200, 404)
