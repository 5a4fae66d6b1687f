"""A limit is proposed by one person, approved by another, and then holds from its date."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from anlan.apps.atlas.actions import follow_to
from anlan.apps.atlas.actions.limits import put_in
from anlan.apps.atlas.models import Limit, LimitChange, ObservedObject
from anlan.apps.atlas.queries import limits_of
from anlan.apps.people.models import AuditLine, Organisation, Post
from anlan.live import reach
from anlan.terms.levels import Level
from anlan.terms.sensors import Limit as Entry
from anlan.terms.times import FOREVER
from tests.apps.limits.conftest import OBJECT, OTHER, OWN, Standing, wanted

ClientFor = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def decide(browser: Client, change: LimitChange, verb: str, **given: str) -> int:
    """What the site answers to a decision."""
    page = f"/limits/changes/{change.key}/{verb}"
    return int(browser.post(page, {"version": str(change.version), **given}).status_code)


def told(browser: Client, change: LimitChange, verb: str, **given: str) -> str:
    """The reason that a refused decision gives."""
    page = f"/limits/changes/{change.key}/{verb}"
    answer = browser.post(page, {"version": str(change.version), **given})
    assert answer.status_code == 422
    return str(answer.context["told"])


def test_two_people_change_a_limit(
    proposed: LimitChange, client_for: ClientFor, previews: list[dict[str, object]]
) -> None:
    """The proposer sees it wait, the chief approves it on the first page, it holds from its day."""
    assert previews[0]["object"] == OBJECT
    waits = client_for("county-admin").get("/limits/")
    assert "/approve" not in waits.content.decode()
    page = client_for("county-chief").get("/limits/").content.decode()
    assert f"/limits/changes/{proposed.key}/approve" in page
    assert "石桥断面" in page
    assert decide(client_for("county-chief"), proposed, "approve") == 302
    now = timezone.now()
    assert [(one.level, one.value) for one in limits_of(OWN, now)] == [(2, 3.2), (3, 4.0)]
    later = limits_of(OWN, now + timedelta(days=2))
    assert [(one.level, one.value) for one in later] == [(2, 3.5), (3, 4.0)]
    assert later[0].source == "汛〔2026〕12号"
    proposed.refresh_from_db()
    assert (proposed.state, proposed.decided_by, proposed.before) == (
        "entered", "county-chief", 3.2
    )  # fmt: skip
    acts = list(AuditLine.objects.order_by("number").values_list("act", "who"))
    assert acts[-2:] == [("atlas.propose_limits", "county-admin"),
                         ("atlas.approve_limits", "county-chief")]  # fmt: skip


def test_the_table_shows_what_was_what_is_and_what_comes(
    proposed: LimitChange, client_for: ClientFor
) -> None:
    decide(client_for("county-chief"), proposed, "approve")
    page = client_for("county").get(f"/limits/objects/{OBJECT}")
    lines = page.context["points"][0]["lines"]
    assert [(one["value"].split("\u2009")[0], one["holds"]) for one in lines] == [
        ("4.00", "present"), ("3.20", "present"), ("3.50", "coming"),
    ]  # fmt: skip
    assert "propose" not in page.content.decode()


def test_nobody_approves_their_own(proposed: LimitChange, client_for: ClientFor) -> None:
    """Not even who is both manager and chief."""
    Post.objects.create(
        user_id=Post.objects.get(user__key="county-admin").user_id, role="chief",
        organisation=Organisation.objects.get(key="org-county"), region="990101",
        own_only=False, since=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    reason = told(client_for("county-admin"), proposed, "approve")
    assert reason == "本人提出的申请须由他人审批。"
    assert Limit.objects.filter(sensor_key=OWN).count() == 2


@pytest.mark.parametrize("who", ["county", "town", "city", "admin"])
def test_other_roles_do_not_approve(proposed: LimitChange, client_for: ClientFor, who: str) -> None:
    answer = decide(client_for(who), proposed, "approve")
    assert answer in (403, 404, 422)
    proposed.refresh_from_db()
    assert proposed.state == "proposed"


def test_only_managers_propose(live: Path, client_for: ClientFor) -> None:
    for who in ("county", "county-chief", "admin"):
        answer = client_for(who).post(f"/limits/sensors/{OWN}/propose", wanted())
        assert answer.status_code == 403
    assert not LimitChange.objects.exists()
    for who in ("enterprise", "team"):
        assert client_for(who).get("/limits/").status_code == 403
    assert Client(headers={"accept": "text/html"}).get("/limits/").status_code == 302


def test_the_other_county_sees_nothing_of_it(proposed: LimitChange, client_for: ClientFor) -> None:
    neighbour = client_for("county-b")
    page = neighbour.get("/limits/").content.decode()
    assert proposed.key not in page
    assert OBJECT not in page
    assert neighbour.get(f"/limits/changes/{proposed.key}").status_code == 404
    assert neighbour.get(f"/limits/objects/{OBJECT}").status_code == 404
    assert decide(neighbour, proposed, "approve") == 404
    manager = client_for("county-admin")
    assert manager.post(f"/limits/sensors/{OTHER}/propose", wanted()).status_code == 404


def test_the_second_is_told_who_was_quicker(proposed: LimitChange, client_for: ClientFor) -> None:
    chief = client_for("county-chief")
    assert decide(chief, proposed, "refuse", reason="缺少附件") == 302
    reason = told(chief, proposed, "approve")
    assert "county-chief" in reason
    assert "已驳回" in reason
    assert Limit.objects.filter(sensor_key=OWN).count() == 2
    page = client_for("county-admin").get(f"/limits/changes/{proposed.key}").content.decode()
    assert "缺少附件" in page


def test_a_page_that_shows_an_older_state_decides_nothing(
    proposed: LimitChange, client_for: ClientFor
) -> None:
    LimitChange.objects.update(version=2)
    told(client_for("county-chief"), proposed, "approve")
    answer = client_for("county-chief").post(f"/limits/changes/{proposed.key}/approve", {})
    assert answer.status_code == 422
    assert not LimitChange.objects.filter(state="entered").exists()


def test_limits_that_changed_meanwhile_are_not_overwritten(
    proposed: LimitChange, client_for: ClientFor, live: Path
) -> None:
    with reach.Desk(live) as desk:
        desk.enter([{"type": "limit", "sensor": OWN, "level": "yellow", "value": 3.0,
                     "valid_from": 1_000}])  # fmt: skip
    assert "已被改动" in told(client_for("county-chief"), proposed, "approve")
    follow_to(live, timezone.now())
    assert Limit.objects.filter(sensor_key=OWN, level=2).count() == 2


def test_without_live_nothing_is_half_done(data: Path, client_for: ClientFor) -> None:
    client_for("county-admin").post(f"/limits/sensors/{OWN}/propose", wanted())
    change = LimitChange.objects.get()
    assert "实时服务未运行" in told(client_for("county-chief"), change, "approve")
    change.refresh_from_db()
    assert (change.state, change.version, change.decided_by) == ("proposed", 1, "")
    assert not AuditLine.objects.filter(act="atlas.approve_limits").exists()
    assert Limit.objects.filter(sensor_key=OWN).count() == 2


def test_a_door_that_fails_leaves_the_proposal(
    proposed: LimitChange, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service stops between the question and the entry."""

    def broken(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr("tests.apps.limits.conftest.Standing.ask", broken)
    told(client_for("county-chief"), proposed, "approve")
    proposed.refresh_from_db()
    assert (proposed.state, proposed.version, proposed.decided_by) == ("proposed", 1, "")
    line = AuditLine.objects.order_by("number").last()
    assert line is not None
    assert (line.act, line.target) == ("atlas.not_entered", proposed.target)
    assert line.detail == {"error": "Unavailable"}


@pytest.mark.django_db(transaction=True)
def test_nobody_who_writes_waits_for_a_slow_log(
    proposed: LimitChange, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the live service is asked no transaction is open; the audit line stands before."""
    seen: list[tuple[bool, bool]] = []
    really = Standing.ask

    def slow(self: Standing, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        told = AuditLine.objects.filter(act="atlas.approve_limits").exists()
        seen.append((connection.in_atomic_block, told))
        return really(self, method, path, body)

    monkeypatch.setattr(Standing, "ask", slow)
    assert decide(client_for("county-chief"), proposed, "approve") == 302
    assert seen == [(False, True)]


def test_only_who_proposed_withdraws(proposed: LimitChange, client_for: ClientFor) -> None:
    told(client_for("county-chief"), proposed, "withdraw")
    assert decide(client_for("county-admin"), proposed, "withdraw") == 302
    proposed.refresh_from_db()
    assert proposed.state == "withdrawn"


def test_a_refusal_gives_its_reason(proposed: LimitChange, client_for: ClientFor) -> None:
    told(client_for("county-chief"), proposed, "refuse", reason="  ")
    proposed.refresh_from_db()
    assert proposed.state == "proposed"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"value": "4.5"}, "不协调"),
        ({"value": "99999"}, "取值范围"),
        ({"since": "2020-01-01"}, "不能追溯"),
        ({"source": ""}, ""),
        ({"value": "nan"}, ""),
        ({"level": "9"}, ""),
    ],
)
def test_nonsense_is_named(
    live: Path, client_for: ClientFor, given: dict[str, str], reason: str
) -> None:
    browser = client_for("county-admin")
    answer = browser.post(f"/limits/sensors/{OWN}/propose", wanted(**given))
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert "field-error" in answer.content.decode()
    assert not LimitChange.objects.exists()


def test_what_comes_later_still_comes() -> None:
    """A new limit ends what holds, ends with it, and leaves what is set for later."""
    held = Entry(sensor="s", level=Level.YELLOW, value=1.0, valid_to=100)
    next_one = Entry(sensor="s", level=Level.YELLOW, value=2.0, valid_from=100)
    other = Entry(sensor="s", level=Level.RED, value=9.0)
    new = Entry(sensor="s", level=Level.YELLOW, value=1.5, valid_from=50)
    found = put_in([held, next_one, other], new)
    spans = [(one.value, one.valid_from, one.valid_to) for one in found if one.level == 2]
    assert sorted(spans)[0][2] == 50
    assert (1.5, 50, 100) in spans
    assert (2.0, 100, FOREVER) in spans
    assert other in found


def test_both_languages(proposed: LimitChange, client_for: ClientFor) -> None:
    browser = client_for("county-admin")
    assert "规则与阈值" in browser.get("/limits/").content.decode()
    browser.post("/language", {"language": "en", "next": "/"})
    for page in ("/limits/", f"/limits/objects/{OBJECT}", f"/limits/changes/{proposed.key}"):
        assert "Rules and limits" in browser.get(page).content.decode()


def test_the_page_of_an_object_leads_to_its_limits(data: Path, client_for: ClientFor) -> None:
    """For those who may see them."""
    link = f'href="/limits/objects/{OBJECT}"'
    browser = client_for("county")
    assert link in browser.get(f"/objects/{OBJECT}").content.decode()
    assert browser.get(f"/limits/objects/{OBJECT}").status_code == 200
    ObservedObject.objects.filter(key=OBJECT).update(owner="org-team")
    answer = client_for("team").get(f"/objects/{OBJECT}")
    assert answer.status_code == 200
    assert link not in answer.content.decode()
