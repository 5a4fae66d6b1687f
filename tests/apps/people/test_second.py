"""The second factor, and the codes that replace it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.people.actions.sealing import opened
from anlan.apps.people.actions.second import check_second
from anlan.apps.people.models import User
from tests.apps.conftest import PASSWORD, World

PAGE = {"accept": "text/html"}


def secret_of(key: str = "county") -> str:
    return opened(User.objects.get(key=key).second)


@pytest.fixture
def codes(client_for: Callable[[str], Client]) -> list[str]:
    """The recovery codes of `county`, who has switched the second factor on."""
    client = client_for("county")
    page = client.get("/account/second").content.decode()
    assert 'src="data:image/svg+xml' in page
    found = re.search(r"secret=([A-Z2-7]+)", page)
    assert found
    now = timezone.now()  # a code of the step before: with the next second it may be too old
    code = pyotp.TOTP(found.group(1)).at(now - timedelta(seconds=30))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(timezone, "now", lambda: now)
        shown = client.post("/account/second", {"code": code}).content.decode()
    return re.findall(r"<code>([a-z0-9-]{14})</code>", shown)


def half() -> Client:
    client = Client(headers=PAGE)
    answer = client.post("/login", {"key": "county", "password": PASSWORD, "next": "/account"})
    assert answer.headers["Location"] == "/login/second"
    return client


@pytest.mark.usefixtures("codes")
def test_the_password_alone_opens_nothing() -> None:
    assert half().get("/account").status_code == 302


@pytest.mark.usefixtures("codes")
def test_the_code_of_the_moment_opens_and_leads_on() -> None:
    answer = half().post("/login/second", {"code": pyotp.TOTP(secret_of()).now()})
    assert answer.headers["Location"] == "/account"


@pytest.mark.usefixtures("codes")
def test_a_code_opens_once() -> None:
    code = pyotp.TOTP(secret_of()).now()
    assert half().post("/login/second", {"code": code}).status_code == 302
    assert half().post("/login/second", {"code": code}).status_code == 422


def test_a_recovery_code_opens_once(codes: list[str]) -> None:
    assert len(set(codes)) == 10
    assert half().post("/login/second", {"code": codes[3].upper()}).status_code == 302
    assert half().post("/login/second", {"code": codes[3]}).status_code == 422
    assert half().post("/login/second", {"code": codes[4]}).status_code == 302


@pytest.mark.usefixtures("codes")
@pytest.mark.parametrize("code", ["", "000000", "１２３４５６", "9" * 4000, "' or 1=1", "\x00"])
def test_what_is_no_code_opens_nothing(code: str) -> None:
    assert half().post("/login/second", {"code": code}).status_code == 422


@pytest.mark.usefixtures("codes")
def test_codes_cannot_be_tried_out() -> None:
    user, now = User.objects.get(key="county"), timezone.now()
    for _number in range(5):
        assert not check_second(user, "123456", now)
    assert not check_second(user, pyotp.TOTP(secret_of()).at(now), now)
    assert Client().post("/login", {"key": "county", "password": PASSWORD}).status_code == 422


@pytest.mark.usefixtures("world")
def test_nobody_comes_to_the_code_without_the_password() -> None:
    client = Client(headers=PAGE)
    assert client.get("/login/second").headers["Location"] == "/login"
    assert client.post("/login/second", {"code": "1"}).headers["Location"] == "/login"


def test_the_secret_is_kept_encrypted_and_codes_as_digests(codes: list[str]) -> None:
    user = User.objects.get(key="county")
    kept = f"{user.second} {user.recovery}"
    assert secret_of() not in kept
    assert not any(code.replace("-", "") in kept for code in codes)


@pytest.mark.usefixtures("codes")
def test_switching_it_off_takes_the_password(client_for: Callable[[str], Client]) -> None:
    client = client_for("county")
    assert client.post("/account/second/end", {"password": "wrong"}).status_code == 422
    assert secret_of()
    assert client.post("/account/second/end", {"password": PASSWORD}).status_code == 302
    assert not secret_of()


def test_a_wrong_first_code_switches_nothing_on(
    world: World, client_for: Callable[[str], Any]
) -> None:
    client = client_for("county")
    client.get("/account/second")
    assert client.post("/account/second", {"code": "000000"}).status_code == 422
    assert not User.objects.get(key="county").second
