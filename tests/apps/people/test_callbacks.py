"""What an SMS gateway calls back with: kept once, beside its notice, whatever comes and when."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anlan.apps.people.actions import notify, send_due
from anlan.apps.people.actions.notices.hearing import hear
from anlan.apps.people.actions.notices.inbox import Inbox
from anlan.apps.people.models import Notice, Reply, Word
from anlan.sandtable.sinks.sms.web import WebCentre
from anlan.site.crew.ways import ways_out
from anlan.site.options import read

pytestmark = pytest.mark.django_db
SECRET, PHONE = "a secret of the callback", "13800000001"
REPORTS, REPLIES = "/callbacks/sms/reports", "/callbacks/sms/replies"


class Site:
    """A site whose SMS leave by a gateway over HTTP, which calls back."""

    def __init__(self, far: WebCentre, options: Any) -> None:
        self.far, self.ways, self.client = far, ways_out(options), Client()

    def sent(self) -> Notice:
        """A notice that the gateway has taken over."""
        now = timezone.now()
        one = notify(now=now, kind="sms", address=PHONE, subject="s", text="撤离", cause="c",
                     region="99")  # fmt: skip
        send_due(self.ways, now)
        one.refresh_from_db()
        return one

    def calls(self, path: str, told: Any, **changes: str) -> int:
        """The status of the answer to a call."""
        body, moment = json.dumps(told).encode(), str(int(timezone.now().timestamp()))
        key = changes.get("secret", SECRET).encode()
        proof = hmac.new(key, moment.encode() + body, hashlib.sha256).hexdigest()
        answer = self.client.post(
            path, body, content_type="application/json",
            headers={"X-Time": moment, "X-Signature": proof},
            REMOTE_ADDR=changes.get("caller", "127.0.0.1"),
        )  # fmt: skip
        return answer.status_code

    def hears(self, later_s: float = 0) -> int:
        """One step of the worker."""
        return hear([*self.ways, Inbox("sms")], timezone.now() + timedelta(seconds=later_s))


@pytest.fixture
def site(tmp_path: Path, settings: Any) -> Iterator[Site]:
    with WebCentre(user="duty", password="of the account") as far:
        (tmp_path / "sms.toml").write_text(far.description)
        (tmp_path / "anlan.toml").write_text(
            f'sms_gateway = "file:sms.toml"\nsms_user = "duty"\nsms_password = "of the account"\n'
            f'sms_callback_secret = "{SECRET}"\n'
        )
        options = read(tmp_path / "anlan.toml")
        assert options.sms_gateway == f"file:{tmp_path}/sms.toml"
        settings.PLACE = replace(settings.PLACE, options=options)
        yield Site(far, options)


def report(notice: Notice, state: str = "DELIVRD") -> dict[str, Any]:
    return {"reports": [{"msg": notice.reference, "state": state}]}


def test_a_text_leaves_is_delivered_and_is_answered(site: Site) -> None:
    notice = site.sent()
    assert (notice.state, notice.reference) == ("sent", "G00000001")
    assert site.calls(REPORTS, report(notice)) == 200
    assert site.calls(REPLIES, {"replies": [{"from": PHONE, "content": "1", "id": "7"}]}) == 200
    assert site.hears() == 2
    notice.refresh_from_db()
    assert notice.state == "delivered"
    assert [(r.address, r.text, r.notice_id) for r in Reply.objects.all()] == [
        (PHONE, "1", notice.pk)
    ]
    assert not Word.objects.exists()


def test_twice_and_out_of_order_is_once(site: Site) -> None:
    notice = site.sent()
    for told in (report(notice), report(notice), report(notice, "EXPIRED")):
        assert site.calls(REPORTS, told) == 200
        site.hears()
    assert site.calls(REPORTS, report(notice, "EXPIRED")) == 200
    reply = {"replies": [{"from": PHONE, "content": "1", "id": "7"}] * 2}
    assert [site.calls(REPLIES, reply), site.calls(REPLIES, reply), site.hears()] == [200, 200, 2]
    assert [site.calls(REPLIES, reply), site.hears()] == [200, 1]
    notice.refresh_from_db()
    assert (notice.state, Reply.objects.count(), Word.objects.count()) == ("delivered", 1, 0)


def test_a_report_that_is_quicker_than_the_outbox_waits_for_it(site: Site) -> None:
    notice = site.sent()
    Notice.objects.update(reference="", state="waiting")
    assert site.calls(REPORTS, report(notice)) == 200
    assert site.hears() == 0
    Notice.objects.update(reference=notice.reference, state="sent")
    assert site.hears() == 1
    notice.refresh_from_db()
    assert notice.state == "delivered"


def test_what_belongs_to_nothing_is_not_kept_for_ever(site: Site) -> None:
    assert site.calls(REPORTS, {"reports": [{"msg": "G404", "state": "DELIVRD"}]}) == 200
    assert [site.hears(), site.hears(later_s=11)] == [0, 1]
    assert not Word.objects.exists()


def test_nobody_else_is_believed_and_nothing_is_kept(site: Site) -> None:
    notice = site.sent()
    assert site.calls(REPORTS, report(notice), secret="a guess of some length") == 403
    assert site.calls(REPORTS, report(notice), caller="192.0.2.7") == 403
    assert site.calls(REPLIES, {"replies": 7}) == 422
    assert site.client.get(REPORTS).status_code == 405
    huge = {"reports": [{"msg": "x" * 2_000_000, "state": "DELIVRD"}]}
    assert site.calls(REPORTS, huge) == 413
    assert site.calls(REPORTS, {"reports": [report(notice)["reports"][0]] * 5_001}) == 422
    assert not Word.objects.exists()


def test_without_a_gateway_that_calls_back_there_is_no_door(site: Site, settings: Any) -> None:
    options = replace(settings.PLACE.options, sms_gateway="cmpp://10.1.2.3:7890")
    settings.PLACE = replace(settings.PLACE, options=options)
    assert site.calls(REPORTS, {"reports": []}) == 404


def test_a_gateway_that_calls_by_get_says_all_in_its_address(
    site: Site, tmp_path: Path, settings: Any
) -> None:
    notice = site.sent()
    told = site.far.description.replace('signature = "X-Signature"', 'token = "token"')
    told = told.replace('list = "reports"', 'form = "query"')
    (tmp_path / "get.toml").write_text(told)
    options = replace(settings.PLACE.options, sms_gateway=f"file:{tmp_path}/get.toml")
    settings.PLACE = replace(settings.PLACE, options=options)
    asked = {"token": SECRET, "msg": notice.reference, "state": "DELIVRD"}
    assert site.client.get(REPORTS, {**asked, "token": "a guess of some length"}).status_code == 403
    assert site.client.get(REPLIES, asked).status_code == 405
    assert site.client.post(REPORTS, asked).status_code == 405
    assert site.client.get(REPORTS, asked).status_code == 200
    site.hears()
    notice.refresh_from_db()
    assert notice.state == "delivered"
