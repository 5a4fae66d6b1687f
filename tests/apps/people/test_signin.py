"""Signing in: who gets in, who does not, and that nobody can tell why."""

import dataclasses
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.people.actions import forget_sessions
from anlan.apps.people.actions.signin import check_password
from anlan.apps.people.models import AuditLine, Session, User
from anlan.apps.people.queries import renewed, still_valid
from tests.apps.conftest import PASSWORD, World

PAGE = {"accept": "text/html", "user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/126 Safari"}


def enter(key: str = "county", password: str = PASSWORD, client: Client | None = None) -> Any:
    client = client or Client(headers=PAGE)
    return client.post("/login", {"key": key, "password": password})


@pytest.fixture
def quick(settings: Any) -> None:
    options = dataclasses.replace(settings.PLACE.options, lockout_tries=3, lockout_minutes=15)
    settings.PLACE = dataclasses.replace(settings.PLACE, options=options)


@pytest.mark.usefixtures("world", "quick")
def test_after_some_wrong_tries_the_right_password_opens_nothing_for_a_while() -> None:
    for _number in range(3):
        assert enter(password="wrong").status_code == 422
    assert enter().status_code == 422
    later = timezone.now() + timedelta(minutes=16)
    assert check_password(key="county", password=PASSWORD, now=later) is not None


@pytest.mark.usefixtures("world", "quick")
def test_a_good_entry_forgets_the_tries_before_it() -> None:
    for _number in range(4):
        assert enter(password="wrong").status_code == 422
        assert enter(password="wrong").status_code == 422
        assert enter().status_code == 302


@pytest.mark.usefixtures("world", "quick")
def test_others_are_not_locked_with_one() -> None:
    for _number in range(4):
        enter(password="wrong")
    assert enter("city").status_code == 302


@pytest.mark.usefixtures("quick")
def test_unknown_wrong_closed_and_locked_look_the_same(world: World) -> None:
    world.users["town"].is_active = False
    world.users["town"].save()
    for _number in range(3):
        enter("village", password="wrong")
    pages = [
        _bare(enter(key, password).content.decode(), key)
        for key, password in (("nobody", "x"), ("county", "x"), ("town", PASSWORD),
                              ("village", PASSWORD), ("", ""), ("a" * 5000, "b" * 99999))
    ]  # fmt: skip
    assert len(set(pages)) == 1
    assert "⚠" in pages[0]


def _bare(page: str, key: str) -> str:
    """A page without what differs in any two: tokens, clocks, and what was typed."""
    page = re.sub(r'value="[^"]*"|name="anlan-now" content="\d+"|\d\d:\d\d:\d\d', "", page)
    return page.replace(key, "KEY") if key else page


@pytest.mark.usefixtures("world")
def test_an_unknown_account_takes_as_long_as_a_wrong_password(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    user = User.objects.get(key="county")
    user.set_password("something else")
    user.save()
    now, spent = timezone.now(), {}
    for key in ("county", "nobody"):
        began = time.process_time()
        check_password(key=key, password="wrong", now=now)
        spent[key] = time.process_time() - began
    assert 0.5 < spent["county"] / spent["nobody"] < 2


@pytest.mark.usefixtures("world", "quick")
def test_locking_leaves_a_line_of_the_accounts_jurisdiction() -> None:
    for _number in range(3):
        enter(password="wrong")
    line = AuditLine.objects.get(act="people.locked")
    assert (line.who, line.target, line.region) == ("-", "county", "990101")


@pytest.mark.usefixtures("world")
def test_the_session_gets_a_new_key_at_the_door() -> None:
    client = Client(headers=PAGE)
    client.get("/login/oidc")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["anlan"] = session.session_key or ""
    enter(client=client)
    assert client.cookies["anlan"].value != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


@pytest.mark.usefixtures("world")
def test_a_session_shows_its_device_and_address() -> None:
    client = Client(headers=PAGE, REMOTE_ADDR="192.0.2.7")
    enter(client=client)
    text = client.get("/account").content.decode()
    assert "Chrome · Windows" in text
    assert "192.0.2.7" in text


def test_a_closed_account_is_out_at_the_next_request(
    world: World, client_for: Callable[[str], Client]
) -> None:
    client = client_for("county")
    assert client.get("/account").status_code == 200
    User.objects.filter(key="county").update(is_active=False)
    assert client.get("/account").status_code == 302


def test_a_stream_learns_of_the_end_of_session_account_and_post(
    world: World, client_for: Callable[[str], Client], asker_for: Callable[[str], Any]
) -> None:
    key, now = client_for("county").session.session_key or "", timezone.now()
    asker = asker_for("county")
    assert still_valid(key, now)
    again = renewed(asker, key, now)
    assert again is not None
    assert again.scope == asker.scope
    world.users["county"].posts.update(until=now)
    lost = renewed(asker, key, now + timedelta(seconds=1))
    assert lost is not None
    assert lost.scope.grants == ()
    assert not still_valid(key, now + timedelta(hours=13))
    User.objects.filter(key="county").update(is_active=False)
    assert not still_valid(key, now)
    assert not still_valid("", now)
    assert renewed(asker, key, now) is None


def test_another_password_ends_other_sessions_and_not_this(
    client_for: Callable[[str], Client],
) -> None:
    here, there = client_for("county"), client_for("county")
    words = {"old": PASSWORD, "new": "Ganjiang-1998-ferry", "again": "Ganjiang-1998-ferry"}
    assert here.post("/account/password", words).status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("new", "again"),
    [("short", "short"), ("1234567890123", "1234567890123"), ("password123", "password123"),
     ("my-county-rules", "my-county-rules"), (PASSWORD, PASSWORD), ("", ""),
     ("good-enough-42", "good-enough-43"), ("x" * 300, "x" * 300)],
)  # fmt: skip
def test_weak_passwords_are_refused_with_a_reason(
    client_for: Callable[[str], Client], new: str, again: str
) -> None:
    answer = client_for("county").post(
        "/account/password", {"old": PASSWORD, "new": new, "again": again}
    )
    assert answer.status_code == 422
    assert "⚠" in answer.content.decode()


def test_a_password_set_by_another_opens_only_the_page_that_changes_it(
    world: World, client_for: Callable[[str], Client]
) -> None:
    User.objects.filter(key="county").update(must_change=True)
    client = client_for("county")
    assert client.get("/account").headers["Location"] == "/account/password"
    assert client.get("/", headers={"hx-request": "true"}).status_code == 403
    words = {"old": PASSWORD, "new": "Ganjiang-1998-ferry", "again": "Ganjiang-1998-ferry"}
    assert client.post("/account/password", words).status_code == 302
    assert client.get("/account").status_code == 200


@pytest.mark.usefixtures("quick")
def test_the_old_password_cannot_be_guessed_on_the_password_page(
    client_for: Callable[[str], Client],
) -> None:
    client = client_for("county")
    for number in range(3):
        words = {"old": f"guess-{number}", "new": "Ganjiang-1998", "again": "Ganjiang-1998"}
        assert client.post("/account/password", words).status_code == 422
    words = {"old": PASSWORD, "new": "Ganjiang-1998", "again": "Ganjiang-1998"}
    assert client.post("/account/password", words).status_code == 422


def test_one_ends_ones_own_sessions_and_nobody_elses(client_for: Callable[[str], Client]) -> None:
    here, there, other = client_for("county"), client_for("county"), client_for("city")
    page = here.get("/account").content.decode()
    names = [part.split("/end")[0] for part in page.split("/account/sessions/")[1:]]
    assert len(names) == 2
    for name in names:
        assert other.post(f"/account/sessions/{name}/end").status_code == 404
    assert (there.session.session_key or "") not in page
    assert here.post(f"/account/sessions/{names[1]}/end").status_code == 302
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_sessions_that_are_over_are_forgotten(client_for: Callable[[str], Client]) -> None:
    client_for("county")
    assert forget_sessions(timezone.now()) == 0
    assert forget_sessions(timezone.now() + timedelta(hours=13)) == 1


def test_the_language_is_kept_with_the_account(client_for: Callable[[str], Client]) -> None:
    client = client_for("county")
    client.post("/language", {"language": "en", "next": "/account"})
    assert User.objects.get(key="county").language == "en"
    assert "My account" in client.get("/account").content.decode()
    client.post("/language", {"language": "xx"})
    assert User.objects.get(key="county").language == "en"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
@pytest.mark.usefixtures("world")
def test_nobody_is_led_elsewhere(target: str) -> None:
    answer = Client(headers=PAGE).post(
        "/login", {"key": "county", "password": PASSWORD, "next": target}
    )
    assert answer.headers["Location"] == "/"


@pytest.mark.usefixtures("world")
def test_a_form_without_its_token_is_refused() -> None:
    client = Client(headers=PAGE, enforce_csrf_checks=True)
    assert enter(client=client).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["people/users?q=a%00b", "people/users/a%00b", "people/audit?who=%00",
     "people/notices?after=%00", "people/duty/%00"],
)  # fmt: skip
def test_a_nul_sign_in_an_address_is_a_bad_request(
    client_for: Callable[[str], Client], path: str
) -> None:
    assert client_for("county-admin").get(f"/{path}").status_code == 400


def test_a_nul_sign_in_a_form_breaks_nothing(client_for: Callable[[str], Client]) -> None:
    assert enter(key="a\x00b").status_code == 422
    client = client_for("county-admin")
    words = {"label": "a\x00b", "days": "9", "password": PASSWORD, "acts": ["\x00"]}
    assert client.post("/account/keys", words).status_code == 422
    assert client.post("/account/keys", {**words, "acts": []}).status_code == 200
    words = {"act": "end", "post": "\x00"}
    assert client.post("/people/users/county/change", words).status_code == 422
    assert client.post("/login/second", {"code": "\x00"}).status_code == 302
