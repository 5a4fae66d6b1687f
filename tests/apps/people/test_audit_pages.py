"""The audit chain as administrators read it: their jurisdiction, filtered, and as a file."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from anlan.apps.people.actions import deed
from anlan.apps.people.asker import Machine

Browser = Callable[[str], Client]
NOW = datetime(2026, 7, 21, 2, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _lines(world: object) -> None:
    for number, region in enumerate(("990101", "990102", "990101001", "9901", "")):
        with deed(Machine("worker", NOW), "test.do", f"thing-{number}", region=region) as told:
            told["state"] = "=1+1"


def targets(page: str) -> set[str]:
    return {f"thing-{number}" for number in range(5) if f"thing-{number}" in page}


def test_administrators_read_their_jurisdiction_and_others_nothing(client_for: Browser) -> None:
    page = client_for("county-admin").get("/people/audit").content.decode()
    assert targets(page) == {"thing-0", "thing-2"}
    page = client_for("admin").get("/people/audit").content.decode()
    assert targets(page) == {"thing-0", "thing-1", "thing-2", "thing-3"}
    for who in ("county", "county-chief", "county-b", "enterprise", "town", "province"):
        for path in ("audit", "audit.csv"):
            assert client_for(who).get(f"/people/{path}").status_code == 403


def test_no_number_tells_of_lines_elsewhere(client_for: Browser) -> None:
    client = client_for("county-admin")
    rows = list(csv.reader(io.StringIO(client.get("/people/audit.csv").content.decode())))
    assert len(rows[0]) == 7
    assert not any(cell.isdecimal() and len(cell) < 4 for row in rows for cell in row)


@pytest.mark.parametrize(
    ("query", "expected"),
    [("target=thing-2", {"thing-2"}), ("who=nobody", set()), ("act=test", {"thing-0", "thing-2"}),
     ("from=2026-07-22", set()), ("to=2026-07-21", {"thing-0", "thing-2"}),
     ("from=nonsense&to=9999-99-99", {"thing-0", "thing-2"}), ("after=nothing", {"thing-0",
     "thing-2"})],
)  # fmt: skip
def test_lines_are_filtered(client_for: Browser, query: str, expected: set[str]) -> None:
    client = client_for("county-admin")
    page = client.get(f"/people/audit?{query}").content.decode()
    shown = page[page.find("<tbody>") :] if "<tbody>" in page else ""
    assert targets(shown) == expected
    if "after" not in query:
        assert targets(client.get(f"/people/audit.csv?{query}").content.decode()) == expected


def test_the_file_is_read_as_text_by_a_spreadsheet(client_for: Browser) -> None:
    with deed(Machine("=cmd()", NOW), "+1", "@x", region="990101"):
        pass
    text = client_for("county-admin").get("/people/audit.csv").content.decode()
    assert text.startswith("\ufeff")
    row = list(csv.reader(io.StringIO(text)))[1]
    assert row[1:4] == ["'=cmd()", "'+1", "'@x"]
