"""The door of the site."""

from collections.abc import Callable

import pytest
from django.test import Client

PAGE = {"accept": "text/html"}


@pytest.mark.django_db
def test_a_stranger_is_led_to_the_sign_in_page_and_back() -> None:
    answer = Client(headers=PAGE).get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=%2F"


@pytest.mark.django_db
def test_a_strangers_program_is_told_401() -> None:
    assert Client().get("/").status_code == 401


@pytest.mark.usefixtures("world")
def test_signing_in_opens_the_desk() -> None:
    browser = Client(headers=PAGE)
    answer = browser.post("/login", {"key": "county", "password": "anlan-demo", "next": "/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert browser.get("/").status_code == 200


@pytest.mark.usefixtures("world")
def test_no_page_leads_elsewhere_after_signing_in() -> None:
    browser = Client(headers=PAGE)
    words = {"key": "county", "password": "anlan-demo", "next": "//evil.example/"}
    assert browser.post("/login", words).headers["Location"] == "/"


def test_every_page_forbids_what_is_inline(client_for: Callable[[str], Client]) -> None:
    policy = client_for("county").get("/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
