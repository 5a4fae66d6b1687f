"""The unified sign-in against a provider that somebody else wrote."""

import dataclasses
import warnings
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from django.test import Client

from anlan.apps.people.actions.provider import KNOWN
from anlan.apps.people.models import User
from tests.apps.conftest import World

PAGE = {"accept": "text/html"}
BACK = "http://testserver/login/oidc/back"


@pytest.fixture
def issuer(settings: Any, world: World) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what the provider itself is made of
        from oidc_provider_mock import run_server_in_thread
    with run_server_in_thread(require_client_registration=True, require_nonce=True) as server:
        issuer = f"http://localhost:{server.server_port}"
        known = httpx.post(f"{issuer}/oauth2/clients", json={"redirect_uris": [BACK]}).json()
        options = dataclasses.replace(
            settings.PLACE.options, oidc_issuer=issuer,
            oidc_client=known["client_id"], oidc_secret=known["client_secret"],
        )  # fmt: skip
        settings.PLACE = dataclasses.replace(settings.PLACE, options=options)
        KNOWN.forget()
        yield issuer


def signed_in(subject: str, **pressed: str) -> tuple[Client, Any]:
    """A browser that goes to the provider, says there who it is, and comes back."""
    client = Client(headers=PAGE)
    address = client.get("/login/oidc?next=/account").headers["Location"]
    answer = httpx.post(address, data={"sub": subject, **pressed})
    back = answer.headers["Location"]
    assert back.startswith(BACK)
    return client, client.get("/login/oidc/back", dict(parse_qsl(urlsplit(back).query)))


def test_who_signs_in_there_is_in_here(issuer: str) -> None:
    User.objects.filter(key="county").update(subject="zhang.wei")
    client, answer = signed_in("zhang.wei")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    assert "county" in client.get("/account").content.decode()


def test_a_stranger_and_who_changed_their_mind_stay_outside(issuer: str) -> None:
    for subject, pressed in (("nobody", {}), ("zhang.wei", {"action": "deny"})):
        client, answer = signed_in(subject, **pressed)
        assert answer.status_code == 422
        assert client.get("/account").status_code == 302


def test_a_site_that_is_not_known_there_is_refused(issuer: str, settings: Any) -> None:
    User.objects.filter(key="county").update(subject="zhang.wei")
    client = Client(headers=PAGE)
    address = client.get("/login/oidc").headers["Location"]
    back = httpx.post(address, data={"sub": "zhang.wei"}).headers["Location"]
    options = dataclasses.replace(settings.PLACE.options, oidc_secret="another")
    settings.PLACE = dataclasses.replace(settings.PLACE, options=options)
    answer = client.get("/login/oidc/back", dict(parse_qsl(urlsplit(back).query)))
    assert answer.status_code == 422
