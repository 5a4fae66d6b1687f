"""How feeds are looked at: sparingly, only where allowed, and told of when they fall silent."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from anlan.apps.warning.models import Incoming, IncomingMessage
from anlan.apps.warning.queries.incoming import silent
from anlan.channels.web import target
from anlan.live.ways.tables import page
from tests.apps.warning.incoming.feeding import Ear, alert

REAL = Path(__file__).parents[5] / "shared/data/04_standards/cap"


def test_what_has_not_changed_is_not_asked_for_again(ear: Ear) -> None:
    ear.server.offer(alert(1))
    ear.hear()
    ear.after(minutes=2)
    assert ear.server.unchanged == 1
    assert len([path for path in ear.server.asked if path.startswith("/cap/")]) == 1
    ear.server.offer(alert(1), alert(2))
    ear.after(minutes=2)
    assert len([path for path in ear.server.asked if path.startswith("/cap/")]) == 2


def test_it_is_not_asked_before_its_time(ear: Ear) -> None:
    ear.server.offer(alert(1))
    feed = ear.hear()
    assert feed.due_at - ear.now == timedelta(seconds=60)


def test_the_own_network_is_not_asked(ear: Ear) -> None:
    ear.private = False
    ear.server.offer(alert(1))
    feed = ear.hear()
    assert "not allowed" in feed.fault
    assert ear.server.asked == []


def test_no_redirect_leads_into_the_own_network(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed stands outside; what it leads to is judged by where it is."""
    ear.server.offer(alert(1))
    inside = ear.server.url("/secret")
    ear.server.pages["/secret"] = alert(9)
    ear.server.pages["/feed"] = (302, inside)
    real = target.places
    judged: list[str] = []

    def outside(to: target.Target, *, allows_private: bool) -> list[str]:
        judged.append(to.host)
        if to.host == "met.example":
            return ["127.0.0.1"]
        return real(to, allows_private=allows_private)

    monkeypatch.setattr(page, "places", outside)
    ear.private, ear.address = False, f"http://met.example:{ear.server.port}/feed"
    feed = ear.hear()
    assert judged == ["met.example"]
    assert ear.server.asked == ["/feed"]
    assert "not allowed" in feed.fault
    assert not IncomingMessage.objects.exists()


def test_a_silent_feed_is_told(ear: Ear) -> None:
    ear.server.offer(alert(1))
    ear.hear()
    assert silent(ear.now) == []
    ear.server.pages["/feed"] = (503, "")
    for _ in range(3):
        feed = ear.after(minutes=20)
    assert (feed.fails, feed.fault) == (3, "it answers 503")
    assert [one.key for one in silent(ear.now)] == ["met"]
    assert feed.due_at - ear.now == timedelta(seconds=240)
    ear.server.offer(alert(1))
    ear.after(minutes=20)
    assert silent(ear.now) == []


def test_a_feed_that_brings_nothing_new_is_told(ear: Ear) -> None:
    ear.quiet_h = 6
    ear.server.offer(alert(1))
    ear.hear()
    ear.after(hours=7)
    assert [one.is_stale(ear.now) for one in silent(ear.now)] == [True]


def test_what_cannot_be_read_keeps_nothing_else_back(ear: Ear) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "y">]><alert>&x;</alert>'
    ear.server.offer(b"<alert", bomb, alert(1), alert(2, status="Draft"))
    feed = ear.hear()
    assert IncomingMessage.objects.count() == 1
    assert feed.left_out == 3
    assert feed.fails == 0


def test_a_single_file_is_a_feed_too(ear: Ear) -> None:
    ear.server.pages["/feed"] = alert(1)
    ear.hear()
    ear.server.pages["/feed"] = alert(2, kind="Update", refers=(1,))
    ear.after(minutes=2)
    assert Incoming.objects.filter(joined=None).count() == 1
    assert IncomingMessage.objects.count() == 2


def test_files_in_a_folder_are_a_feed_too(ear: Ear, tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_bytes(alert(1))
    ear.address = str(tmp_path)
    ear.hear()
    (tmp_path / "2.xml").write_bytes(alert(2))
    ear.after(minutes=2)
    assert IncomingMessage.objects.count() == 2
    ear.address = str(tmp_path / "gone")
    assert ear.after(minutes=2).fails == 1


def test_real_alerts_are_taken_in(ear: Ear, tmp_path: Path) -> None:
    if not REAL.is_dir():
        pytest.skip("the folder of real alerts is not beside this checkout")
    for n, path in enumerate(sorted(REAL.rglob("*.xml")) + sorted(REAL.rglob("*.cap"))):
        shutil.copy(path, tmp_path / f"{n}.xml")
    ear.address = str(tmp_path)
    feed = ear.hear()
    assert IncomingMessage.objects.count() >= 8
    assert feed.fails == 0
