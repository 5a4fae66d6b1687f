"""Other systems read risks and open them; a person's own session answers them; no key does."""

from typing import Any

import pytest
from django.test import Client

from anlan.apps.people.models import ApiKey, AuditLine, User
from anlan.apps.people.queries.asker import digest_of_secret
from anlan.apps.warning.acts import HOLD_RISK, OPEN_RISK, SEE_RISKS, VERIFY_RISK
from anlan.apps.warning.models import Risk
from anlan.apps.watch.models import Alarm
from tests.apps.warning.risk.conftest import Yard

FRESH = {"event": "chemical:chemical", "level": "orange", "thing": "tank", "text": "法兰渗漏"}


def program(yard: Yard, user: str, *acts: str) -> Client:
    """A program of somebody."""
    secret = f"anp_{user}"
    ApiKey.objects.create(key=user, digest=digest_of_secret(secret), label="test", acts=acts,
                          user=User.objects.get(key=user), created_at=yard.now)  # fmt: skip
    return Client(headers={"authorization": f"Bearer {secret}"})


def session(user: str) -> Client:
    """Somebody who has signed in."""
    client = Client()
    client.force_login(User.objects.get(key=user))
    return client


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1/risks{path}", body, content_type="application/json")


def test_a_list_is_cut_by_what_is_asked_and_by_the_jurisdiction(yard: Yard) -> None:
    one = yard.opened()
    client = program(yard, "county")
    for asked in ("", "?level=orange&state=open&event=chemical:chemical&region=990101&text=渗漏"):
        (told,) = client.get(f"/api/v1/risks{asked}").json()["items"]
        assert (told["key"], told["level"], told["state"]) == (one.key, "orange", "pushed")
    for asked in ("level=red", "level=none", "state=closed", "event=flood:x", "region=9902",
                  "mine=1", "late=1", "text=堤"):  # fmt: skip
        assert client.get(f"/api/v1/risks?{asked}").json() == {"items": [], "next": ""}
    for who in ("county-b", "team"):
        other = program(yard, who)
        assert other.get("/api/v1/risks").json()["items"] == []
        assert other.get(f"/api/v1/risks/{one.key}").status_code == 404
        assert post(session(who), f"/{one.key}/take", version=1).status_code == 404


def test_pages_go_on_where_the_last_one_ended(yard: Yard) -> None:
    keys = [yard.opened().key for _ in range(3)]
    client = program(yard, "county")
    first = client.get("/api/v1/risks?limit=2").json()
    second = client.get(f"/api/v1/risks?limit=2&after={first['next']}").json()
    assert [one["key"] for one in first["items"] + second["items"]] == keys[::-1]
    assert second["next"] == ""


def test_one_says_its_course_without_telephones(yard: Yard) -> None:
    one = yard.opened()
    User.objects.filter(key="enterprise").update(phone="13800000077")
    answer = program(yard, "county").get(f"/api/v1/risks/{one.key}")
    told = answer.json()
    assert [step["kind"] for step in told["steps"]] == ["open"]
    assert [push["person"] for push in told["pushes"] if push["is_holder"]] == ["enterprise"]
    assert told["may"] == []
    assert "13800000077" not in answer.text


def test_what_it_came_from_is_told_to_those_who_may_see_it(yard: Yard) -> None:
    yard.opened(origin="alarm:alarm-1")
    Alarm.objects.update(region="990102", owner="")
    found = {who: program(yard, who).get("/api/v1/risks").json()["items"][0] for who in
             ("county", "city")}  # fmt: skip
    assert {who: (one["origin"], one["cause"]) for who, one in found.items()} == {
        "county": ("alarm", ""), "city": ("alarm", "alarm-1"),
    }  # fmt: skip


def test_a_program_opens_one_by_the_plan_that_it_was_shown_and_only_once(yard: Yard) -> None:
    client = program(yard, "county", SEE_RISKS, OPEN_RISK)
    plan = post(client, "/plan", **FRESH).json()
    assert (plan["holder"], Risk.objects.count()) == ("enterprise", 0)
    assert {one["seat"] for one in plan["told"]} == {"enterprise", "grid", "town", "department"}
    sent = FRESH | {"plan": plan["plan"], "key": plan["key"]}
    for _time in range(2):
        answer = post(client, "/push", **sent)
        assert (answer.status_code, answer.json()["key"]) == (200, plan["key"])
    assert Risk.objects.count() == 1
    assert AuditLine.objects.filter(act="warning.open_risk").count() == 1
    stale = post(client, "/push", **FRESH | {"plan": "0" * 32, "key": "1" * 16})
    assert (stale.status_code, Risk.objects.count()) == (422, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"level": "5"}, {"event": "x"}, {"thing": "nothing"}, {"text": ""}, {"region": "9902"},
     {"origin": "x:y"}],
)  # fmt: skip
def test_what_is_wrong_is_told(yard: Yard, wrong: dict[str, str]) -> None:
    body = FRESH | ({"thing": ""} if "region" in wrong else {}) | wrong
    answer = post(program(yard, "county", SEE_RISKS, OPEN_RISK), "/plan", **body)
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_a_session_answers_it_to_its_verified_end(yard: Yard) -> None:
    one = yard.opened()
    keeper, version = session("enterprise"), one.version
    for verb, words in (
        ("take", {}),
        ("report", {"text": "已更换垫片"}),
        ("ask", {"text": "合格"}),
    ):
        answer = post(keeper, f"/{one.key}/{verb}", version=version, **words)
        assert answer.status_code == 200, answer.content
        version = answer.json()["version"]
    assert post(keeper, f"/{one.key}/close", version=version, text="自验").status_code == 403
    closed = post(session("county"), f"/{one.key}/close", version=version, text="现场复核")
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")


def test_who_was_slower_or_may_not_is_told_so(yard: Yard) -> None:
    one = yard.opened()
    keeper = session("enterprise")
    assert post(keeper, f"/{one.key}/report", version=one.version, text="早").status_code == 422
    assert post(keeper, f"/{one.key}/take", version=one.version + 1).status_code == 409
    assert post(session("town"), f"/{one.key}/take", version=one.version).status_code == 403
    sent = {"version": one.version, "to": "town", "text": "改派"}
    assert post(session("county"), f"/{one.key}/assign", **sent).json()["holder"] == "town"


def test_no_key_takes_over_or_verifies_for_a_person(yard: Yard) -> None:
    one = yard.opened()
    key = program(yard, "enterprise", SEE_RISKS, HOLD_RISK)
    assert post(key, f"/{one.key}/take", version=one.version).status_code == 403
    done = yard.asked()
    key = program(yard, "county", SEE_RISKS, VERIFY_RISK)
    sent = {"version": yard.again(done).version, "text": "x"}
    assert post(key, f"/{done.key}/close", **sent).status_code == 403
    assert program(yard, "town", VERIFY_RISK).get("/api/v1/risks").status_code == 403
