"""Two neighbouring counties and the people in them, for every test of the apps."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.utils import timezone

from anlan.apps.people.asker import Person
from anlan.apps.people.models import Organisation, Post, User
from anlan.apps.people.queries import person_of

CITY, COUNTY, NEIGHBOUR = "9901", "990101", "990102"
TOWN, VILLAGE = "990101001", "990101001001"
PASSWORD = "anlan-demo"

_ORGANISATIONS = (
    ("org-province", "岚海省应急管理厅", "government", "99"),
    ("org-city", "安澜市应急管理局", "government", CITY),
    ("org-county", "安澜县应急管理局", "government", COUNTY),
    ("org-town", "城关镇人民政府", "government", TOWN),
    ("org-village", "桥头村村民委员会", "government", VILLAGE),
    ("org-plant", "南岗化工有限公司", "enterprise", TOWN),
    ("org-team", "安澜县消防救援大队", "team", COUNTY),
    ("org-county-b", "邻水县应急管理局", "government", NEIGHBOUR),
)
_PEOPLE = (
    ("province", "duty", "org-province", "99", False),
    ("city", "duty", "org-city", CITY, False),
    ("county", "duty", "org-county", COUNTY, False),
    ("county-chief", "chief", "org-county", COUNTY, False),
    ("county-admin", "manager", "org-county", COUNTY, False),
    ("town", "duty", "org-town", TOWN, False),
    ("village", "duty", "org-village", VILLAGE, False),
    ("enterprise", "enterprise", "org-plant", COUNTY, True),
    ("team", "team", "org-team", COUNTY, True),
    ("admin", "administrator", "org-province", "99", False),
    ("county-b", "duty", "org-county-b", NEIGHBOUR, False),
)


@dataclass(frozen=True)
class World:
    """Who there is, by key."""

    organisations: dict[str, Organisation]
    users: dict[str, User]


@pytest.fixture
def world(db: None) -> World:
    """The organisations and users of the demo, all with the password `anlan-demo`."""
    return make_world()


def make_world() -> World:
    """Puts them into the records."""
    since = timezone.now() - timedelta(days=100)
    organisations = {
        key: Organisation(key=key, name=name, kind=kind, region=region)
        for key, name, kind, region in _ORGANISATIONS
    }
    known = hashed()
    users = {key: User(key=key, name=key, created_at=since, password=known) for key, *_ in _PEOPLE}
    Organisation.objects.bulk_create(organisations.values())
    User.objects.bulk_create(users.values())
    Post.objects.bulk_create(
        Post(user=users[key], role=role, organisation=organisations[organisation],
             region=region, own_only=own_only, since=since)
        for key, role, organisation, region, own_only in _PEOPLE
    )  # fmt: skip
    return World(organisations, users)


@cache
def hashed() -> str:
    """The password as records keep it, made once: to hash costs on purpose."""
    return make_password(PASSWORD)


@pytest.fixture
def client_for(world: World) -> Callable[[str], Client]:
    """Makes a browser in which a user has signed in; it accepts pages."""

    def make(key: str) -> Client:
        client = Client(headers={"accept": "text/html"})
        client.force_login(world.users[key])
        return client

    return make


@pytest.fixture
def asker_for(world: World) -> Callable[[str], Person]:
    """Makes the asker that a user is now."""
    return lambda key: person_of(world.users[key], timezone.now())


@pytest.fixture(scope="session")
def tables(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data folder whose SQLite has the tables of this version, and nothing in them."""
    folder = tmp_path_factory.mktemp("tables")
    (folder / "desk").mkdir()
    if connection.vendor != "sqlite":
        command = [sys.executable, "-m", "django", "migrate", "-v0"]
        subprocess.run(command, env=around(folder), check=True)
        return folder
    with closing(sqlite3.connect(folder / "desk" / "desk.sqlite3")) as copy:
        with django_db_blocker.unblock():
            connection.ensure_connection()
            connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")  # as every program of a site asks for
    return folder


def around(data: Path) -> dict[str, str]:
    """The environment of programs of a site."""
    return {**os.environ, "ANLAN_DATA": str(data), "PYTHONPATH": ".",
            "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}  # fmt: skip


@pytest.fixture
def own_site(tables: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of programs of a site of their own in `tmp_path`, on SQLite."""
    shutil.copytree(tables / "desk", tmp_path / "desk")
    return around(tmp_path)
