"""Whoever reads Chinese meets no English word: pages are walked and their Latin words told."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.atlas.models import LimitChange
from anlan.apps.people.actions import notify
from anlan.apps.watch.models import Alarm
from tests.apps.limits.conftest import OBJECT, OWN, wanted
from tests.apps.limits.test_devices import knock
from tests.apps.map.places import two_counties

PAGES = (
    "/", "/alarms/", "/map", "/cockpit", "/statistics", "/system", f"/objects/{OBJECT}",
    "/limits/", f"/limits/objects/{OBJECT}", "/limits/changes/{change}", "/devices/",
    "/alarms/{alarm}", "/quiet/", "/account", "/account/password", "/people/users",
    "/people/users/new", "/people/users/county", "/people/duty", "/people/responsibility",
    "/people/responsibility/new", "/people/notices", "/people/audit", "/people/acts",
    *(f"/atlas/{name}" for name in ("objects", "enterprises", "targets", "facilities", "regions",
                                    "sensors", "limit-table")),
    *(f"/atlas/{name}/{page}" for name in ("objects", "sensors") for page in ("new", "import")),
)  # fmt: skip
"""All but the rules, which cite standards in the language in which they were published."""
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Reader(HTMLParser):
    """What a person reads: text, and what is said of pictures and fields; no codes, no scripts,
    and nothing that is marked as English."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._quiet: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.said += [told[name] or "" for name in ("title", "aria-label", "placeholder", "alt")
                      if name in told]  # fmt: skip
        is_code = "code" in (told.get("class") or "").split() or tag in ("script", "style", "kbd")
        is_english = told.get("lang") == "en"
        if tag not in _VOID and (self._quiet or is_code or is_english):
            self._quiet.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._quiet:
            while self._quiet.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.said.append(data)


ALLOWED = {
    "A", "Anlan", "CSV", "Django", "EEMUA", "EN", "English", "Excel", "GeoJSON", "J", "K",
    "MQTT", "PostGIS", "PostgreSQL", "Python", "SQLite", "WGS", "WKT", "Webhook",
    "anlan", "audit", "km", "m", "n", "pH", "postgresql", "verify",
}  # fmt: skip
"""What is the same in Chinese: the other language, forms of files, names of products, units and
signs, keys of the keyboard, and a command."""
OWN_DATA = {
    "admin", "county", "enterprise", "hospital", "plan", "school", "team", "town", "village",
    "zhang",
}  # fmt: skip
"""What these tests have put in themselves, and the example of an account."""
_WORD = re.compile(r"(?<![A-Za-z0-9_·./@-])[A-Za-z]+(?![A-Za-z0-9_./@-])")


def latin(page: str) -> set[str]:
    """The Latin words of a page; keys, codes and addresses are none."""
    reader = Reader()
    reader.feed(page)
    return {word for said in reader.said for word in _WORD.findall(said)} - ALLOWED - OWN_DATA


@pytest.fixture
def walked(data: Path, client_for: Callable[[str], Client]) -> dict[str, str]:
    """What stands for the holes in the addresses, once there is something on every page."""
    two_counties()
    Alarm.objects.update(status="Exercise")
    knock(data, "990101RV1-Z2")
    notify(kind="email", address="a@example.org", subject="演练通知", text="演练", person="值班长",
           region="990101", status="Exercise", now=timezone.now())  # fmt: skip
    client_for("county-admin").post(f"/limits/sensors/{OWN}/propose", wanted())
    change = LimitChange.objects.get()
    alarm = Alarm.objects.filter(region__startswith="990101").first()
    return {"change": change.key, "alarm": alarm.key if alarm else ""}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_in_chinese_has_no_english_word(
    walked: dict[str, str], client_for: Callable[[str], Client], page: str
) -> None:
    browser = client_for("admin" if page == "/system" else "county-admin")
    answer = browser.get(page.format(**walked))
    assert answer.status_code == 200
    assert latin(answer.content.decode()) == set()


@pytest.mark.parametrize(("language", "mark"), [("zh-hans", "【演练】"), ("en", "【exercise】")])
def test_a_drill_is_called_one_wherever_it_stands(
    walked: dict[str, str], client_for: Callable[[str], Client], language: str, mark: str
) -> None:
    browser = client_for("county-admin")
    browser.cookies["anlan_language"] = language
    for page in ("/", "/alarms/", "/alarms/{alarm}", "/people/notices"):
        assert mark in browser.get(page.format(**walked)).content.decode(), page
