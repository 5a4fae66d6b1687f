"""Limits are lowered while an official warning stands: as the pack says, and never for longer."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from anlan.apps.atlas.actions import deciding, lowering
from anlan.apps.atlas.meaning import packs
from anlan.apps.atlas.models import Limit, LimitChange, Lowering, ProjectionCursor
from anlan.apps.people.models import AuditLine
from anlan.apps.warning.actions.incoming.following import keep_lowering
from anlan.apps.warning.models import Incoming
from anlan.apps.warning.queries.incoming import bearing
from anlan.history.log import Log, store_in
from anlan.history.registry import Registry
from tests.apps.limits.conftest import OBJECT, OTHER, OWN
from tests.apps.warning.incoming import feeding
from tests.apps.warning.incoming.feeding import Ear, Server, alert

Clients = Callable[[str], Any]


@pytest.fixture
def ear(live: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Somebody who listens to the weather office's feed; the live service is at work."""
    now = timezone.now().replace(microsecond=0)
    monkeypatch.setattr(lowering, "running", lambda data: vars(deciding)["running"](data))
    monkeypatch.setattr(feeding, "NOW", now - timedelta(minutes=30))
    with Server() as server:
        yield Ear(server, now=now)


def heard(ear: Ear, *said: bytes) -> Incoming:
    """What the office says, and what the platform does by itself."""
    ear.server.offer(*said)
    ear.after(minutes=1)
    keep_lowering(timezone.now())
    return Incoming.objects.filter(joined=None).latest("pk")


def marks(sensor: str = OWN) -> list[tuple[int, float, str]]:
    """The limits that hold now, as the projection has them."""
    now = timezone.now()
    from anlan.apps.atlas.queries import limits_of

    return [(one.level, one.value, one.source) for one in limits_of(sensor, now)]


def mark(client: Any, one: Incoming, verb: str = "lower") -> str:
    """What the form for that says of what its reader sees; empty where there is no such form."""
    page = client.get(f"/warnings/incoming/{one.key}").content.decode()
    found = re.search(
        rf'/limits/{verb}"[^\n]*?value="flood"><input type="hidden" name="seen" value="([^"]*)"',
        page,
    )
    return found[1] if found else ""


def press(client: Any, one: Incoming, verb: str = "lower", **more: str) -> Any:
    told = {"pack": "flood", "seen": mark(client, one, verb), **more}
    return client.post(f"/warnings/incoming/{one.key}/limits/{verb}", told)


def shown(client: Any, one: Incoming) -> str:
    """The page of a warning, with what was answered to the last press."""
    return str(client.get(f"/warnings/incoming/{one.key}").content.decode())


PLAIN = [(2, 3.2, "plan 2020"), (3, 4.0, "plan 2020")]
LOWERED = [(2, 2.9, "lowered:met-1"), (3, 3.7, "lowered:met-1")]


def test_one_press_lowers_and_the_end_of_the_warning_raises(
    ear: Ear, client_for: Clients, live: Path
) -> None:
    one = heard(ear, alert(1))
    assert marks() == PLAIN
    county = client_for("county")
    assert "/limits/lower" in county.get(f"/warnings/incoming/{one.key}").content.decode()
    page = county.get(f"/warnings/incoming/{one.key}").content.decode()
    assert re.search(r"不下调（[^）]+）：[^<]*暴雨[^<]*阈值由规则统一规定", page)
    desk = county.get("/alarms/rows").content.decode()
    assert "待确认的阈值下调" in desk
    assert "建议启动Ⅱ级响应" in desk
    assert "None" not in desk
    assert press(county, one).status_code == 302
    assert marks() == LOWERED
    assert marks(OTHER) == PLAIN
    row = Lowering.objects.get()
    assert (row.sensors, row.until, row.name != "") == (1, one.ends_at, True)
    assert "met-1" in county.get(f"/objects/{OBJECT}").content.decode()
    assert press(county, one).status_code == 302
    assert Lowering.objects.count() == 1
    heard(ear, alert(1), alert(2, kind="Cancel", refers=(1,)))
    assert marks() == PLAIN
    row.refresh_from_db()
    assert (row.state, row.is_over) == ("ended", True)
    with Log.open(store_in(live)) as log:
        over = Registry.from_log(log).limits_of(OWN)
    assert [x.value for x in over if x.source == "lowered:met-1"] == [2.9, 3.7]
    acts = set(AuditLine.objects.values_list("act", flat=True))
    assert {"warning.lower_limits", "warning.end_lowering"} <= acts


def test_who_is_not_in_charge_neither_lowers_nor_learns_of_it(
    ear: Ear, client_for: Clients
) -> None:
    one = heard(ear, alert(1))
    assert press(client_for("county-b"), one).status_code == 404
    assert press(client_for("enterprise"), one).status_code in (403, 404)
    assert not Lowering.objects.exists()
    press(client_for("county"), one, "leave", reason="闸门检修")
    assert Lowering.objects.get().state == "refused"
    assert press(client_for("county"), one).status_code == 302
    assert marks() == PLAIN


def test_drills_lower_nothing(ear: Ear, client_for: Clients) -> None:
    one = heard(ear, alert(1, status="Exercise"))
    press(client_for("county"), one)
    assert (marks(), Lowering.objects.count()) == (PLAIN, 0)


def test_a_worse_level_is_confirmed_anew_and_the_lower_one_ends(
    ear: Ear, client_for: Clients
) -> None:
    one = heard(ear, alert(1))
    press(client_for("county"), one)
    worse = alert(2, kind="Update", severity="Extreme", refers=(1,))
    one = heard(ear, alert(1), worse)
    assert marks() == LOWERED
    press(client_for("county"), one)
    assert marks() == [(2, 2.7, "lowered:met-2"), (3, 3.5, "lowered:met-2")]
    heard(ear, alert(1), worse, alert(3, kind="Update", severity="Minor", refers=(1, 2)))
    assert marks() == PLAIN


def test_a_limit_that_is_approved_meanwhile_is_lowered_too(
    ear: Ear, client_for: Clients, proposed: LimitChange
) -> None:
    one = heard(ear, alert(1))
    press(client_for("county"), one)
    LimitChange.objects.update(since=timezone.now())
    answer = client_for("county-chief").post(
        f"/limits/changes/{proposed.key}/approve", {"version": proposed.version}
    )
    assert answer.status_code == 302
    keep_lowering(timezone.now())
    assert marks()[0] == (2, 3.2, "lowered:met-1")
    assert (2, 3.5) in Limit.objects.values_list("level", "value")


def test_what_the_pack_calls_automatic_waits_for_nobody(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    flood = packs()["flood"]
    said = tuple(replace(one, is_automatic=bool(one.lower)) for one in flood.bearings)
    own = {**packs(), "flood": replace(flood, bearings=said)}
    monkeypatch.setattr(bearing, "packs", lambda: own)
    heard(ear, alert(1))
    assert marks() == LOWERED
    assert Lowering.objects.get().by == ""


def test_nothing_is_lost_while_the_live_service_is_away(
    ear: Ear, client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = heard(ear, alert(1))
    with monkeypatch.context() as away:
        away.setattr(lowering, "running", lambda _data: None)
        press(client_for("county"), one)
        assert marks() == PLAIN
        assert (
            "未写入" in client_for("county").get(f"/warnings/incoming/{one.key}").content.decode()
        )
    assert ProjectionCursor.objects.exists()
    keep_lowering(timezone.now())
    assert marks() == LOWERED
