"""The devices of the gateway on pages: whose they are, what is asked of them, what came of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.apps.atlas.actions.gateway.asking import ask_device
from anlan.apps.atlas.acts import ADMIT_UNPLACED, ASK_DEVICES, CHANGE_DEVICES, SEE_DEVICES
from anlan.apps.people.asker import Person
from anlan.apps.people.models import AuditLine
from anlan.live.gateway import asks
from anlan.terms.errors import Refused
from tests.apps.conftest import COUNTY, NEIGHBOUR
from tests.apps.gateway.conftest import BUS, GAUGE, THEIR_BUS, key, spoke, waits
from tests.apps.limits.conftest import OBJECT

ClientFor = Callable[[str], Client]
pytestmark = pytest.mark.django_db
PATH = f"/gateway/jt808/{BUS}"
TEXT = {"ask": "text", "text": "前方塌方", "status": "Actual"}
CLOCK = {"ask": "set_time", "status": "Actual"}
LIMIT = {"ask": "set_threshold", "setting": "most_kmh", "value": "80", "status": "Actual"}


def open_asks(data: Path) -> list[dict[str, Any]]:
    return [json.loads(one.read_text()) for one in sorted(asks.folder_of(data).glob("*.ask"))]


def names(answer: Any) -> set[str]:
    return {row["known"].device for row in answer.context["rows"]}


def test_each_sees_the_devices_of_the_own_county(fleet: Path, client_for: ClientFor) -> None:
    """Before they are registered by their keys, afterwards by where their sensors lie."""
    spoke(fleet, "hj212", "stray")
    spoke(fleet, "gb32960", "LTEST000000000001", "soc", county="bus")
    own = client_for("county")
    page = own.get("/gateway/")
    assert names(page) == {BUS, GAUGE}
    assert "设备时钟超前" in page.text
    assert names(client_for("county-b").get("/gateway/")) == {THEIR_BUS}
    everything = {BUS, GAUGE, THEIR_BUS, "stray", "LTEST000000000001"}
    assert names(client_for("admin").get("/gateway/")) == everything
    assert names(client_for("town").get("/gateway/")) == set()
    given = {"object_key": OBJECT}
    assert client_for("county-admin").post(f"{PATH}/admit", given).status_code == 302
    assert names(client_for("town").get("/gateway/")) == {BUS}
    spoke(fleet, "jt808", BUS)  # online is who spoke a moment ago
    assert names(own.get("/gateway/", {"text": BUS[-4:], "state": "online"})) == {BUS}
    assert names(own.get("/gateway/", {"protocol": "hj212"})) == set()
    for who, path in (("county-b", PATH), ("county", f"/gateway/jt808/{THEIR_BUS}"),
                      ("county", "/gateway/hj212/stray"), ("county", "/gateway/jt808/none"),
                      ("county", f"/gateway/nothing/{BUS}")):  # fmt: skip
        assert client_for(who).get(path).status_code == 404, path
    assert client_for("enterprise").get("/gateway/").status_code == 403


def test_a_device_that_is_registered_elsewhere_is_theirs(
    fleet: Path, client_for: ClientFor
) -> None:
    """A bus whose keys begin with our code, registered by those above at an object of theirs."""
    given = {"object_key": "990102RV1"}
    assert client_for("admin").post(f"{PATH}/admit", given).status_code == 302
    assert names(client_for("county").get("/gateway/")) == {GAUGE}
    assert client_for("county").get(PATH).status_code == 404
    assert names(client_for("county-b").get("/gateway/")) == {BUS, THEIR_BUS}
    assert client_for("county-b").get(PATH).status_code == 200


def test_a_question_goes_out_once_and_its_answer_is_shown(
    fleet: Path, client_for: ClientFor
) -> None:
    browser = client_for("county")
    assert browser.post(f"{PATH}/ask", TEXT).status_code == 302
    (asked,) = open_asks(fleet)
    assert (asked["protocol"], asked["device"], asked["ask"]) == ("jt808", BUS, "text")
    assert asked["words"] == {"text": "前方塌方"}
    line = AuditLine.objects.get(act="site.ask_device")
    assert (line.who, line.target, line.region) == ("county", f"devices/jt808/{BUS}", COUNTY)
    assert line.detail["status"] == "Actual"
    assert "等待应答" in browser.get(PATH, headers={"HX-Request": "true"}).text
    done = asks.folder_of(fleet) / f"{asked['id']}.done"
    answer = {"header": {}, "fields": {"result": 0, "note": "<b>收到</b>"}}
    done.write_text(json.dumps(asked | {"result": "answered", "answers": [answer]}))
    (asks.folder_of(fleet) / f"{asked['id']}.ask").unlink()
    page = browser.get(PATH).text
    assert "已应答" in page
    assert "&lt;b&gt;收到" in page
    assert "hx-trigger" not in browser.get(PATH, headers={"HX-Request": "true"}).text


def test_a_change_needs_the_right_and_a_confirmation(fleet: Path, client_for: ClientFor) -> None:
    manager, path = client_for("county-admin"), f"{PATH}/ask"
    assert manager.post(path, LIMIT).status_code == 422
    assert client_for("county").post(path, LIMIT | {"confirmed": "1"}).status_code == 422
    assert client_for("county-b").post(path, TEXT).status_code == 404
    assert client_for("enterprise").post(path, TEXT).status_code == 403
    assert not open_asks(fleet)
    assert manager.post(path, LIMIT | {"confirmed": "1"}).status_code == 302
    (asked,) = open_asks(fleet)
    assert (asked["ask"], asked["words"]) == ("set_parameters", {"values": {"most_kmh": 80}})
    assert AuditLine.objects.get(act="site.ask_device").detail["words"] == asked["words"]


def test_a_program_does_what_its_key_names_also_where_no_county_is(
    fleet: Path, asker_for: Callable[[str], Person]
) -> None:
    spoke(fleet, "jt808", "stray", "speed", county="bus")
    reads = frozenset({SEE_DEVICES, ADMIT_UNPLACED, ASK_DEVICES})
    program = replace(asker_for("admin"), limits=reads, program="reader")
    with pytest.raises(Refused):
        ask_device(program, "jt808", "stray", LIMIT | {"confirmed": "1"})
    assert not open_asks(fleet)
    allowed = replace(program, limits=reads | {CHANGE_DEVICES})
    ask_device(allowed, "jt808", "stray", LIMIT | {"confirmed": "1"})
    assert len(open_asks(fleet)) == 1


@pytest.mark.parametrize(
    "given",
    [
        TEXT | {"text": "  "}, TEXT | {"status": ""}, TEXT | {"ask": "reset"}, {},
        LIMIT | {"value": "fast", "confirmed": "1"}, LIMIT | {"value": "nan", "confirmed": "1"},
        LIMIT | {"setting": "apn_password", "confirmed": "1"},
    ],
)  # fmt: skip
def test_nonsense_is_not_sent(fleet: Path, client_for: ClientFor, given: dict[str, str]) -> None:
    answer = client_for("county-admin").post(f"{PATH}/ask", given)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert not open_asks(fleet)
    assert not AuditLine.objects.filter(act="site.ask_device").exists()


def test_an_exercise_is_noted_and_not_sent(fleet: Path, client_for: ClientFor) -> None:
    browser = client_for("county")
    for status in ("Exercise", "Test"):
        assert browser.post(f"{PATH}/ask", TEXT | {"status": status}).status_code == 302
    assert not open_asks(fleet)
    page = browser.get(PATH).text
    assert page.count("未下发：演练或测试") == 2
    assert AuditLine.objects.filter(act="site.ask_device").count() == 2


def test_no_more_than_a_few_wait_at_once(fleet: Path, client_for: ClientFor) -> None:
    browser = client_for("county")
    answers = [browser.post(f"{PATH}/ask", TEXT).status_code for _ in range(6)]
    assert answers == [302] * 5 + [422]


def test_a_device_of_the_same_name_by_another_protocol_is_another(
    fleet: Path, client_for: ClientFor
) -> None:
    spoke(fleet, "gb32960", BUS, "soc", county=NEIGHBOUR)
    client_for("county").post(f"{PATH}/ask", TEXT)
    theirs = client_for("county-b").get(f"/gateway/gb32960/{BUS}").text
    assert "前方塌方" not in theirs
    waits(fleet, "gb32960", key(BUS, "soc", NEIGHBOUR))
    assert "soc" not in client_for("county-admin").get("/devices/").text


def test_without_a_gateway_the_page_says_so(live: Path, client_for: ClientFor) -> None:
    assert "未启用设备接入网关" in client_for("county").get("/gateway/").text
