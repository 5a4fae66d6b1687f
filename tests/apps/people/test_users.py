"""Accounts and posts: who may give what to whom, and what a neighbour learns of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.people.models import AuditLine, Organisation, Post, User
from tests.apps.conftest import PASSWORD, World

Browser = Callable[[str], Client]


@pytest.fixture
def neighbour(world: World) -> User:
    """An administrator of the neighbouring county."""
    user = User(key="b-admin", name="b-admin", created_at=timezone.now())
    user.set_password(PASSWORD)
    user.save()
    Post.objects.create(user=user, role="manager", organisation=world.organisations["org-county-b"],
                        region="990102", since=timezone.now())  # fmt: skip
    world.users["b-admin"] = user
    return user


def new(**changed: Any) -> dict[str, Any]:
    return {"word": "zhang", "name": "张三", "phone": "199-0000-0001", "email": "z@demo.invalid",
            "role": "duty", "organisation": "org-county", "region": "", **changed}  # fmt: skip


def test_an_administrator_makes_an_account_that_opens_after_its_password_is_changed(
    client_for: Browser,
) -> None:
    answer = client_for("county-admin").post("/people/users/new", new())
    page = answer.content.decode()
    found = re.search(r"<code>([\w-]{16})</code>", page)
    assert found
    browser = Client(headers={"accept": "text/html"})
    words = {"key": "990101-zhang", "password": found.group(1)}
    assert browser.post("/login", words).status_code == 302
    assert browser.get("/people/duty").headers["Location"] == "/account/password"
    made = User.objects.get(key="990101-zhang")
    assert [(p.role, p.region) for p in made.posts.all()] == [("duty", "990101")]
    line = AuditLine.objects.get(act="people.made_user")
    assert "张三" not in str(line.detail) + line.target
    assert "0001" not in str(line.detail)


@pytest.mark.parametrize(
    "changed",
    [{"organisation": "org-county-b"}, {"region": "990102"}, {"region": "99"}, {"region": "9901"},
     {"region": "*"}, {"role": "administrator"}, {"role": "king"}, {"organisation": "org-city"},
     {"organisation": "none"}, {"region": "99010"}, {"region": "x" * 12}, {"region": "٩٩٠١٠١"},
     {"until": "2020-01-01T00:00"}, {"until": "soon"}, {"word": "A b"}, {"word": "../x"},
     {"word": ""}, {"name": ""}, {"name": "x" * 65}, {"name": "a\x00b"}, {"email": "x"},
     {"phone": "call me"}],
    ids=str,
)  # fmt: skip
def test_nobody_gives_more_than_they_have_nor_what_cannot_be(
    client_for: Browser, changed: dict[str, Any]
) -> None:
    before = User.objects.count()
    answer = client_for("county-admin").post("/people/users/new", new(**changed))
    assert answer.status_code == 422
    assert User.objects.count() == before
    assert not AuditLine.objects.filter(act="people.made_user").exists()


@pytest.mark.parametrize("who", ["county", "county-chief", "town", "village", "enterprise",
                                 "team", "county-b", "province"])  # fmt: skip
def test_others_make_no_accounts(client_for: Browser, who: str) -> None:
    assert client_for(who).get("/people/users").status_code == 403
    assert client_for(who).post("/people/users/new", new()).status_code == 403


def test_a_manager_may_give_within_and_an_administrator_anything(client_for: Browser) -> None:
    client = client_for("county-admin")
    words = new(word="li", organisation="org-town", role="manager")
    assert client.post("/people/users/new", words).status_code == 200
    assert User.objects.filter(key="990101001-li").exists()
    words = new(word="wang", organisation="org-city", role="administrator")
    assert client_for("admin").post("/people/users/new", words).status_code == 200


def test_a_name_that_the_neighbour_has_is_free_here(client_for: Browser, neighbour: User) -> None:
    there = new(organisation="org-county-b")
    assert client_for("b-admin").post("/people/users/new", there).status_code == 200
    assert client_for("county-admin").post("/people/users/new", new()).status_code == 200
    assert client_for("county-admin").post("/people/users/new", new()).status_code == 422


def test_a_neighbour_finds_no_account_by_list_search_page_or_act(
    client_for: Browser, neighbour: User
) -> None:
    client = client_for("b-admin")
    page = client.get("/people/users").content.decode()
    assert "county-b" in page
    for key in ("county", "county-chief", "town", "enterprise", "province", "admin"):
        assert f'/people/users/{key}"' not in page
        assert client.get(f"/people/users/{key}").status_code == 404
        assert client.post(f"/people/users/{key}/change", {"act": "close"}).status_code == 404
        assert client.post(f"/people/users/{key}/posts", new()).status_code == 404
    assert 'org-county"' not in client.get("/people/users/new").content.decode()
    found = client.get("/people/users?q=county-chief").content.decode()
    assert "/people/users/county-chief" not in found
    assert client.get("/people/users/no-such-one").status_code == 404


def test_pages_of_accounts_go_on_by_key(client_for: Browser, world: World) -> None:
    since, post = timezone.now(), {"role": "duty", "region": "990101"}
    for number in range(60):
        user = User.objects.create(key=f"u{number:02}", name="x", created_at=since)
        Post.objects.create(user=user, organisation=world.organisations["org-county"],
                            since=since, **post)  # fmt: skip
    client = client_for("county-admin")
    first = client.get("/people/users").content.decode()
    after = re.search(r"after=([\w-]+)", first)
    assert after
    second = client.get(f"/people/users?after={after.group(1)}").content.decode()
    keys = re.findall(r'href="/people/users/([\w-]+)"', first + second)
    assert len(keys) == len(set(keys)) + 1  # "new" stands on both
    assert "u59" in keys


def test_one_with_a_post_beyond_can_be_seen_but_not_changed(
    client_for: Browser, world: World
) -> None:
    Post.objects.create(user=world.users["province"], role="duty", region="990101",
                        organisation=world.organisations["org-county"],
                        since=timezone.now())  # fmt: skip
    client = client_for("county-admin")
    page = client.get("/people/users/province").content.decode()
    assert "岚海省" not in page
    before = User.objects.get(key="province").password
    for act in ("close", "password"):
        assert client.post("/people/users/province/change", {"act": act}).status_code == 422
    assert client.post("/people/users/province/posts", new()).status_code == 422
    after = User.objects.get(key="province")
    assert (after.password, after.is_active) == (before, True)


def test_nobody_changes_their_own_posts(client_for: Browser) -> None:
    answer = client_for("county-admin").post("/people/users/county-admin/posts", new())
    assert answer.status_code == 422
    assert User.objects.get(key="county-admin").posts.count() == 1


def test_a_manager_does_not_touch_an_administrator(client_for: Browser, world: World) -> None:
    Post.objects.create(user=world.users["town"], role="administrator", region="990101",
                        organisation=world.organisations["org-county"],
                        since=timezone.now())  # fmt: skip
    answer = client_for("county-admin").post("/people/users/town/change", {"act": "password"})
    assert answer.status_code == 422


def test_a_post_that_ends_is_lost_at_the_next_request(client_for: Browser, world: World) -> None:
    county, manager = client_for("county"), client_for("county-admin")
    assert county.get("/people/notices").status_code == 200
    post = world.users["county"].posts.get().key
    words = {"act": "end", "post": post}
    assert manager.post("/people/users/county/change", words).status_code == 302
    assert county.get("/people/notices").status_code == 403
    assert manager.post("/people/users/county/change", words).status_code == 422


def test_closing_ends_sessions_and_opening_brings_none_back(client_for: Browser) -> None:
    county, manager = client_for("county"), client_for("county-admin")
    manager.post("/people/users/county/change", {"act": "close"})
    assert county.get("/account").status_code == 302
    manager.post("/people/users/county/change", {"act": "open"})
    assert county.get("/account").status_code == 302


def test_a_new_password_takes_the_second_factor_and_sessions_along(client_for: Browser) -> None:
    User.objects.filter(key="county").update(second="sealed", failures=9)
    county, manager = client_for("county"), client_for("county-admin")
    page = manager.post("/people/users/county/change", {"act": "password"}).content.decode()
    assert re.search(r"<code>[\w-]{16}</code>", page)
    assert county.get("/account").status_code == 302
    user = User.objects.get(key="county")
    assert (user.second, user.failures, user.must_change) == ("", 0, True)


def test_only_an_administrator_links_a_unified_account(client_for: Browser) -> None:
    words = {"name": "x", "subject": "u-1"}
    client_for("county-admin").post("/people/users/county", words)
    assert User.objects.get(key="county").subject == ""
    client_for("admin").post("/people/users/county", words)
    assert User.objects.get(key="county").subject == "u-1"
    assert client_for("admin").post("/people/users/city", words).status_code == 422


def test_names_are_shown_as_text(client_for: Browser) -> None:
    client = client_for("county-admin")
    client.post("/people/users/county", {"name": "<script>alert(1)</script>"})
    assert "<script>alert" not in client.get("/people/users").content.decode()


def test_an_account_without_post_sees_nothing(client_for: Browser, world: World) -> None:
    world.users["county"].posts.all().delete()
    client = client_for("county")
    assert client.get("/account").status_code == 200
    for path in ("users", "duty", "responsibility", "notices", "audit", "acts"):
        assert client.get(f"/people/{path}").status_code == 403


def test_the_matrix_shows_every_act(client_for: Browser) -> None:
    page = client_for("county-admin").get("/people/acts").content.decode()
    assert "people.manage_users" in page
    assert Organisation.objects.count() == 8
