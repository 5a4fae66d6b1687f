"""The records of a site as rows, from SQLite or PostgreSQL, and a PostgreSQL for one test."""

import json
import shutil
import sqlite3
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.house.tree import ROOT


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a database in a PostgreSQL that is gone afterwards; skips without one."""
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or not shutil.which("bash"):
        pytest.skip("PostgreSQL is not installed")
    wait = 'echo "$ANLAN_TEST_DATABASE"; read -r _'
    process = subprocess.Popen([ROOT / "tools/with-postgresql", "bash", "-c", wait], text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert process.stdin
    assert process.stdout
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("postgresql://")
        yield address
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def another(data: Path) -> str:
    """The address of an empty database beside that of a site; empty for SQLite."""
    address = _address(data)
    if not address:
        return ""
    with psycopg.connect(address, autocommit=True) as database:
        database.execute("CREATE DATABASE again")
    return address.replace("/anlan?", "/again?")


def records(data: Path, sql: str) -> list[Any]:
    """Rows of the records; JSON as objects."""
    address = _address(data)
    if address:
        with psycopg.connect(address) as database:
            return database.execute(sql.encode()).fetchall()
    with closing(sqlite3.connect(data / "desk" / "desk.sqlite3")) as database:
        rows = database.execute(sql).fetchall()
    return [tuple(json.loads(x) if str(x).startswith("{") else x for x in row) for row in rows]


def followed(data: Path) -> int:
    """How many changes stand in the alarms' timelines."""
    return int(records(data, "SELECT count(*) FROM watch_step WHERE level IS NOT NULL")[0][0])


def _address(data: Path) -> str:
    settings = data / "anlan.toml"
    return str(tomllib.loads(settings.read_text()).get("database", "")) if settings.exists() else ""
