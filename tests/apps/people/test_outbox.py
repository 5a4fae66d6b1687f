"""The outbox: what is put in goes out once, is tried again, and says so when it is given up."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from anlan.apps.people.actions import notify, send_due
from anlan.apps.people.actions.notices import outbox
from anlan.apps.people.actions.notices.hands import Hands
from anlan.apps.people.actions.notices.outbox import LEASE, MOST_TRIES, hasten, retry, settle_rest
from anlan.apps.people.asker import Person
from anlan.apps.people.models import Notice
from anlan.channels import Address, Fault, Message, Receipt
from anlan.channels.voice.settings import MOST_S
from anlan.terms.errors import Refused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 21, 2, 14, tzinfo=UTC)
Browser = Callable[[str], Client]


class Way:
    """A way out that answers what the test says, and remembers what it was given."""

    name: str = "email"

    def __init__(self, *answers: Any) -> None:
        self.answers, self.sent = list(answers), list[Message]()

    def check(self, address: Address) -> str | None:
        return None if "@" in address.value else "this is no mailbox"

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        self.sent.append(message)
        answer = self.answers.pop(0) if self.answers else Receipt.accepted(now_ms, "queued as 7")
        if isinstance(answer, BaseException):
            raise answer
        return answer


def put(**changed: Any) -> Notice:
    words: dict[str, Any] = {
        "kind": "email", "address": "a@demo.invalid", "person": "甲", "subject": "水位超警戒",
        "text": "石桥水库 102.31 m", "cause": "alarm-1", "region": "990101", "owner": "",
        "status": "Actual",
    }  # fmt: skip
    return notify(now=NOW, **{**words, **changed})


def failed(**words: Any) -> Receipt:
    return Receipt.failed(0, Fault.BUSY, "come again", **words)


def seen(notice: Notice) -> Notice:
    notice.refresh_from_db()
    return notice


def test_what_is_put_in_goes_out_once() -> None:
    notice, way = put(), Way()
    assert send_due([way], NOW) == 1
    assert send_due([way], NOW + timedelta(days=1)) == 0
    assert [m.key for m in way.sent] == [notice.key]
    assert (seen(notice).state, notice.reference, notice.tries) == ("sent", "queued as 7", 1)


def test_a_drill_wears_its_mark() -> None:
    put(status="Exercise")
    way = Way()
    send_due([way], NOW)
    assert way.sent[0].subject == "【演练】水位超警戒"


def test_nothing_goes_out_when_its_cause_is_undone() -> None:
    from django.db import transaction

    def undone() -> None:
        with transaction.atomic():
            put()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert not Notice.objects.exists()


def test_a_failure_is_tried_again_later_with_the_same_key() -> None:
    notice, way = put(), Way(failed())
    send_due([way], NOW)
    assert (seen(notice).state, notice.reason) == ("waiting", "come again")
    assert send_due([way], NOW + timedelta(seconds=5)) == 0
    assert send_due([way], NOW + timedelta(seconds=16)) == 1
    assert seen(notice).state == "sent"
    assert way.sent[0].key == way.sent[1].key


def test_the_far_end_is_given_the_time_it_asks_for() -> None:
    put()
    way = Way(failed(wait_s=600))
    send_due([way], NOW)
    assert send_due([way], NOW + timedelta(seconds=599)) == 0
    assert send_due([way], NOW + timedelta(seconds=602)) == 1


def accepted() -> Receipt:
    return Receipt.accepted(0, "7", wait_s=300)


def test_what_was_taken_over_and_nothing_is_said_of_is_tried_again() -> None:
    notice, way = put(), Way(*(accepted() for _number in range(99)))
    send_due([way], NOW)
    assert send_due([way], NOW + timedelta(seconds=299)) == 0
    assert seen(notice).state == "sent"
    for number in range(1, 2 * MOST_TRIES):
        send_due([way], NOW + timedelta(seconds=301 * number))
    assert (seen(notice).state, notice.due_at, len(way.sent)) == ("sent", None, MOST_TRIES)


def test_what_is_known_to_have_arrived_or_was_followed_is_not_tried_again() -> None:
    known, earlier, way = put(), put(), Way(accepted(), accepted())
    send_due([way], NOW)
    Notice.objects.filter(pk=known.pk).update(state="delivered")
    put(after=earlier)
    assert send_due([way], NOW + timedelta(seconds=1)) == 1
    assert send_due([way], NOW + timedelta(seconds=301)) == 0


def test_it_is_given_up_after_a_bounded_number_and_says_why() -> None:
    notice, way = put(), Way(*(failed() for _number in range(99)))
    moment = NOW
    for _number in range(30):
        send_due([way], moment)
        moment += timedelta(hours=2)
    assert len(way.sent) == MOST_TRIES
    assert (seen(notice).state, notice.due_at) == ("given_up", None)
    assert "come again" in notice.reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"address": "nobody"}, "this is no mailbox"), ({"status": "Wrong"}, "Wrong"),
     ({"subject": ""}, "subject")],
)  # fmt: skip
def test_what_can_never_go_out_is_refused_with_its_reason(
    changed: dict[str, Any], reason: str
) -> None:
    notice, way = put(**changed), Way()
    put()
    send_due([way], NOW)
    assert seen(notice).state == "refused"
    assert reason in notice.reason
    assert len(way.sent) == 1


def test_without_a_channel_it_waits_and_says_what_is_missing() -> None:
    notice = put(kind="webhook")
    send_due({"email": Way()}, NOW)
    assert (seen(notice).state, notice.reason) == ("waiting", "no webhook is set up")


def test_a_worker_that_breaks_down_while_sending_is_made_up_for_after_the_lease() -> None:
    notice, way = put(), Way(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        send_due([way], NOW)
    assert send_due([way], NOW + LEASE / 2) == 0
    assert send_due([way], NOW + LEASE + timedelta(seconds=1)) == 1
    assert [m.key for m in way.sent] == [notice.key, notice.key]
    assert seen(notice).state == "sent"


def test_what_breaks_every_worker_is_given_up_too() -> None:
    notice, way = put(), Way(*(KeyboardInterrupt() for _number in range(99)))
    moment = NOW
    for _number in range(MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            send_due([way], moment)
        moment += 2 * LEASE
    send_due([way], moment)
    assert (seen(notice).state, len(way.sent)) == ("given_up", MOST_TRIES)


def test_a_receipt_that_comes_after_the_lease_changes_nothing() -> None:
    notice = put()

    class Slow(Way):
        def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
            send_due([other], NOW + LEASE + timedelta(seconds=1))
            return Receipt.refused(now_ms, Fault.CONTENT, "too late")

    other = Way()
    send_due([Slow()], NOW)
    assert (seen(notice).state, notice.tries) == ("sent", 2)


def test_the_longest_due_goes_first() -> None:
    late = put()
    Notice.objects.filter(pk=late.pk).update(due_at=NOW - timedelta(hours=1))
    first, way = put(), Way()
    Notice.objects.filter(pk=first.pk).update(due_at=NOW - timedelta(hours=2))
    send_due([way], NOW)
    assert [m.key for m in way.sent] == [first.key, late.key]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="its test database is one connection")
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_once(in_threads: Callable[..., None]) -> None:
    for _number in range(40):
        put()
    guard, way = threading.Lock(), Way()

    class Shared(Way):
        def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
            with guard:
                return way.send(message, address, now_ms=now_ms)

    in_threads(lambda: send_due([Shared()], NOW) and None, 4)
    assert sorted(m.key for m in way.sent) == sorted(Notice.objects.values_list("key", flat=True))


def test_the_page_shows_what_became_of_it_and_tries_again(client_for: Browser) -> None:
    notice = put(address="nobody")
    send_due([Way()], NOW)
    client = client_for("county")
    page = client.get("/people/notices").content.decode()
    assert "this is no mailbox" in page
    assert client.post(f"/people/notices/{notice.key}/again").status_code == 302
    assert (seen(notice).state, notice.tries) == ("waiting", 0)
    assert client.post(f"/people/notices/{notice.key}/again", follow=True).status_code == 200
    assert seen(notice).tries == 0


def test_a_neighbour_sees_no_notice_and_tries_none_again(client_for: Browser) -> None:
    notice = put(address="nobody", subject="县里的事")
    send_due([Way()], NOW)
    client = client_for("county-b")
    for query in ("", "?state=refused", f"?after={notice.key}", "?state=x", "?after=" + "x" * 999):
        assert "县里的事" not in client.get(f"/people/notices{query}").content.decode()
    assert client.post(f"/people/notices/{notice.key}/again").status_code == 404
    assert client.post("/people/notices/none/again").status_code == 404
    assert seen(notice).state == "refused"
    assert client_for("enterprise").get("/people/notices").status_code == 403


def test_pages_of_notices_go_on(client_for: Browser) -> None:
    keys = [put(subject=f"第{number:03}号").key for number in range(70)]
    client = client_for("county")
    first = client.get("/people/notices").content.decode()
    assert "第069号" in first
    assert "第000号" not in first
    assert "第000号" in client.get(f"/people/notices?after={keys[20]}").content.decode()


class Gate(Way):
    """A way out on which one address hangs until the test lets it go."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs, self.opened = threading.Event(), threading.Event()

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        if address.value == "hang@demo.invalid":
            self.hangs.set()
            assert self.opened.wait(20)
        return super().send(message, address, now_ms=now_ms)


def test_what_hangs_at_one_address_delays_no_other() -> None:
    stuck = [put(address="hang@demo.invalid") for _number in range(12)]
    others = [put(address=f"p{number}@demo.invalid") for number in range(30)]
    way, hands = Gate(), Hands(each=4)
    while Notice.objects.filter(state="waiting").count() > len(stuck):
        send_due([way], NOW, hands)
    assert way.hangs.is_set()
    assert {m.key for m in way.sent} == {notice.key for notice in others}
    assert [seen(notice).tries for notice in stuck] == [1] + 11 * [0]
    way.opened.set()
    settle_rest(hands, NOW, most_s=20.0)
    assert (seen(stuck[0]).state, hands.addresses()) == ("sent", [])


class Line(Gate):
    """Calls by telephone that last until the test lets them go."""

    name = "voice"


def test_a_call_that_lasts_holds_a_line_and_keeps_no_text_to_the_same_number() -> None:
    calls = [put(kind="voice", address="hang@demo.invalid"), put(kind="voice")]
    text, line, way, hands = put(address="hang@demo.invalid"), Line(), Way(), Hands(4, {"voice": 1})
    while seen(text).state == "waiting":
        send_due([line, way], NOW, hands)
    assert line.hangs.wait(20)
    assert [seen(call).tries for call in calls] == [1, 0]
    line.opened.set()
    settle_rest(hands, NOW, most_s=20.0)


def test_a_worker_that_stops_writes_down_what_comes_back_in_time() -> None:
    put(address="hang@demo.invalid")
    way, hands = Gate(), Hands(each=4)
    send_due([way], NOW, hands)
    settle_rest(hands, NOW, most_s=0.05)
    assert hands.addresses() == ["hang@demo.invalid"]
    way.opened.set()
    settle_rest(hands, NOW, most_s=20.0)
    assert Notice.objects.get().state == "sent"


def _until_told(way: Way, hands: Hands) -> None:
    while True:
        send_due([way], NOW, hands)


def test_what_breaks_down_on_a_thread_is_told_and_tried_again_after_the_lease() -> None:
    notice, way, hands = put(), Way(ZeroDivisionError()), Hands(each=2)
    with pytest.raises(ZeroDivisionError):
        _until_told(way, hands)
    assert (seen(notice).state, hands.addresses()) == ("waiting", [])
    send_due([way], NOW + LEASE + timedelta(seconds=1), hands)
    settle_rest(hands, NOW + LEASE, most_s=20.0)
    assert seen(notice).state == "sent"


def test_a_call_is_over_before_its_lease_is() -> None:
    assert LEASE.total_seconds() > MOST_S + 10


def test_records_that_are_gone_for_longer_than_the_lease_tell_nobody_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notice, way, hands = put(), Way(), Hands(each=2)
    settle, gone = outbox._settle, [DatabaseError("the records are gone")]

    def settled(*told: Any) -> None:
        if gone:
            raise gone.pop()
        settle(*told)

    monkeypatch.setattr(outbox, "_settle", settled)
    with pytest.raises(DatabaseError):
        _until_told(way, hands)
    assert hands.addresses() == [notice.address]
    send_due([way], NOW + LEASE + timedelta(minutes=1), hands)
    assert [m.key for m in way.sent] == [notice.key]
    assert (seen(notice).state, notice.tries, hands.addresses()) == ("sent", 1, [])


def test_a_channel_that_breaks_down_each_time_delays_no_other() -> None:
    broken = [put(kind="sms", address=f"p{number}@demo.invalid") for number in range(9)]
    many = [put(address=f"p{number}@demo.invalid") for number in range(9)]
    sms, mail, hands = Way(*9 * [ZeroDivisionError()]), Way(), Hands(each=2)
    sms.name = "sms"
    with pytest.raises(ZeroDivisionError):
        send_due([sms, mail], NOW, hands)
    settle_rest(hands, NOW, most_s=20.0)
    assert [seen(notice).state for notice in many] == 9 * ["sent"]
    assert [(seen(notice).state, notice.tries) for notice in broken] == 9 * [("waiting", 1)]


_KINDS = ("email", "sms", "webhook", "chat", "speaker", "screen")


class Bad(Way):
    """A way out whose far end is as the test says: it refuses, answers nonsense, or hangs."""

    def __init__(self, name: str, how: str, opened: threading.Event) -> None:
        super().__init__()
        self.name, self.how, self.opened = name, how, opened

    def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
        self.sent.append(message)
        if self.how == "hangs":
            assert self.opened.wait(20)
        if self.how == "nonsense":
            return Receipt.failed(now_ms, Fault.ANSWER, "no answer of any protocol")
        return Receipt.refused(now_ms, Fault.RECIPIENT, "no")


@pytest.mark.parametrize("how", ["refuses", "nonsense", "hangs"])
def test_each_subset_of_channels_that_fail_keeps_back_no_other(how: str) -> None:
    for number in range(1, 2 ** len(_KINDS)):
        bad = {kind for place, kind in enumerate(_KINDS) if number >> place & 1}
        for kind in _KINDS:
            put(key=f"{kind}-{number}", kind=kind)
        opened, hands = threading.Event(), Hands(each=1)
        ways = [Bad(kind, how, opened) if kind in bad else Way() for kind in _KINDS]
        for way, kind in zip(ways, _KINDS, strict=True):
            way.name = kind
        states = Notice.objects.filter(key__endswith=f"-{number}")
        send_due(ways, NOW, hands)
        while states.filter(state="sent").count() < len(_KINDS) - len(bad):
            send_due(ways, NOW, hands)
        opened.set()
        settle_rest(hands, NOW, most_s=20.0)
        left = states.exclude(state="sent")
        assert set(left.values_list("kind", flat=True)) == bad
        assert set(left.values_list("state", "tries")) == {
            ("waiting" if how == "nonsense" else "refused", 1)
        }
        Notice.objects.update(due_at=None, state="given_up")


def test_what_has_more_haste_goes_first() -> None:
    late, orange, red = put(), put(haste=1), put(haste=2)
    way = Way()
    send_due([way], NOW)
    assert [m.key for m in way.sent] == [red.key, orange.key, late.key]


def test_what_has_more_haste_and_comes_meanwhile_waits_for_one_try() -> None:
    came = list[Notice]()

    class Slow(Way):
        def send(self, message: Message, address: Address, *, now_ms: int) -> Receipt:
            if not came:
                came.append(put(haste=2))
                time.sleep(0.4)
            return super().send(message, address, now_ms=now_ms)

    usual = [put() for _number in range(3)]
    way = Slow()
    send_due([way], NOW)
    assert [m.key for m in way.sent][:3] == [usual[0].key, came[0].key, usual[1].key]


def test_what_is_graver_does_not_wait_as_long_as_what_it_follows() -> None:
    """Yellow was refused for an hour; red comes, and neither waits for the rest of that hour."""
    yellow, busy = put(), put()
    late = NOW + timedelta(minutes=50)
    Notice.objects.filter(pk=yellow.pk).update(tries=8, due_at=late)
    Notice.objects.filter(pk=busy.pk).update(tries=1, due_at=NOW + LEASE)
    red, other = put(after=yellow, haste=3), put(after=busy, haste=3)
    hasten([red, other], NOW)
    assert seen(yellow).due_at == NOW
    assert seen(busy).due_at == NOW + LEASE  # it may be on its way
    way = Way()
    send_due([way], NOW)
    assert [m.key for m in way.sent] == [yellow.key, red.key]


@pytest.mark.parametrize(("tries", "ahead"), [(0, timedelta(days=1)), (3, timedelta(days=1))])
def test_a_clock_that_ran_ahead_holds_nothing_back(tries: int, ahead: timedelta) -> None:
    notice = put()
    Notice.objects.filter(pk=notice.pk).update(tries=tries, due_at=NOW + ahead)
    way = Way()
    send_due([way], NOW)
    assert [m.key for m in way.sent] == [notice.key]


@pytest.mark.parametrize("end", ["sent", "refused", "given_up"])
def test_what_follows_waits_until_what_it_follows_has_left_or_is_given_up(end: str) -> None:
    first = put()
    second = put(after=first, haste=2)
    third = put(after=second)
    way = Way(failed())
    assert send_due([way], NOW) == 1
    assert (seen(second).tries, seen(third).tries) == (0, 0)
    Notice.objects.filter(pk=first.pk).update(state=end, due_at=None)
    send_due([way], NOW)
    assert [m.key for m in way.sent] == [first.key, second.key, third.key]


def test_what_is_older_is_not_tried_again_after_what_follows_it(
    asker_for: Callable[[str], Person],
) -> None:
    first = put()
    second = put(after=first)
    way = Way(Receipt.refused(0, Fault.RECIPIENT, "no"), Receipt.refused(0, Fault.RECIPIENT, "no"))
    send_due([way], NOW)
    with pytest.raises(Refused):
        retry(asker_for("county"), first)
    assert seen(first).state == "refused"
    retry(asker_for("county"), second)
    assert seen(second).state == "waiting"


def test_the_same_key_is_put_in_once() -> None:
    one, other = put(key="k-1"), put(key="k-1", subject="again")
    assert (one.pk, Notice.objects.count()) == (other.pk, 1)


def test_a_document_goes_as_it_is() -> None:
    put(body="<alert>【演练】</alert>", media_type="application/cap+xml", status="Exercise")
    lacking = put(body="<alert/>", media_type="application/cap+xml", status="Exercise")
    way = Way()
    send_due([way], NOW)
    assert [(m.body, m.media_type) for m in way.sent] == [
        ("<alert>【演练】</alert>".encode(), "application/cap+xml")
    ]
    assert seen(lacking).state == "refused"
