"""A province under warning: pages stay light, and an edition takes little time from other work."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from anlan.apps.portal import actions
from anlan.apps.portal.actions import Publisher
from anlan.apps.portal.press.folder import MOST_MADE
from anlan.apps.portal.queries import Course, Reader, Sent
from tests.apps.portal.conftest import SITE
from tests.apps.warning.conftest import Office

MANY, LISTED, MOST_BYTES = 150, 60, 100_000


class Copies(Reader):
    """Many warnings that are copies of those that were really sent."""

    def courses(self) -> list[Course]:
        [one] = super().courses()
        found = []
        for number in range(MANY):
            message = replace(one.last.message, identifier=f"copy_{number}")
            found.append(Course((Sent(1000 + number, f"{number:016x}", message),)))
        return found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="its records are one message's")
def test_hundreds_of_warnings_are_written_bit_by_bit_and_fit(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = office.issued().messages.get().xml
    monkeypatch.setattr(actions, "body_of", lambda _sent: body)
    publisher = Publisher(tmp_path / "public", SITE)
    monkeypatch.setattr(publisher, "_reader", Copies())
    folder, times = tmp_path / "public", 0
    while publisher.publish(office.now):
        times += 1
        made = len([*folder.rglob("warning/*.html"), *folder.glob("cap/*.xml"),
                    *folder.rglob("warning/*.pdf")])  # fmt: skip
        assert made <= times * MOST_MADE
        assert f"{MANY}条预警生效中" in (folder / "zh/index.html").read_text()
    assert times == -(-(MANY * 5 + 2) // MOST_MADE)
    assert len([*folder.glob("zh/warning/*.html")]) == MANY
    for path in ("zh/index", "en/index", "zh/place/990101", "zh/banner"):
        assert (folder / f"{path}.html").stat().st_size < MOST_BYTES
    assert f"另有{MANY - LISTED}条" in (folder / "zh/index.html").read_text()
    assert len(json.loads((folder / "warnings.json").read_text())["features"]) == MANY


def test_what_is_in_force_is_written_before_what_is_over(
    office: Office, publish: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.issued()
    assert first.expires is not None
    office.now = first.expires
    second = office.issued()
    monkeypatch.setattr("anlan.apps.portal.press.folder.MOST_MADE", 2)
    folder = publish()
    assert len([*folder.glob("cap/*.xml"), *folder.rglob("warning/*.pdf")])  # fmt: skip == 2
    assert not (folder / f"zh/warning/{first.key}.html").exists()
    for _time in range(10):
        publish()
    for one in (first, second):
        assert (folder / f"en/warning/{one.key}.html").exists()
