"""The pages of people speak both languages, whole."""

from collections.abc import Callable

import pytest
from django.test import Client

PAGES = ("account", "account/password", "account/second", "people/users", "people/users/new",
         "people/users/county", "people/duty", "people/responsibility", "people/responsibility/new",
         "people/notices", "people/audit", "people/acts")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("language", "html"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_every_page_opens_in_both_languages(
    client_for: Callable[[str], Client], path: str, language: str, html: str
) -> None:
    client = client_for("county-admin")
    client.cookies["anlan_language"] = language
    answer = client.get(f"/{path}")
    assert answer.status_code == 200
    assert f'<html lang="{html}"' in answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_sends_a_stranger_to_the_door(db: None, path: str) -> None:
    answer = Client(headers={"accept": "text/html"}).get(f"/{path}")
    assert answer.headers["Location"].startswith("/login?next=")


@pytest.mark.parametrize(
    ("path", "most"),
    [("people/users", 7), ("people/duty", 7), ("people/responsibility", 6), ("people/notices", 6),
     ("people/audit", 6), ("people/acts", 4), ("account", 6)],
)  # fmt: skip
def test_a_page_asks_the_database_a_bounded_number_of_times(
    client_for: Callable[[str], Client],
    django_assert_max_num_queries: Callable[[int], object],
    path: str,
    most: int,
) -> None:
    client = client_for("county-admin")
    client.get(f"/{path}")
    with django_assert_max_num_queries(most):  # type: ignore[attr-defined]  # a context manager
        client.get(f"/{path}")
