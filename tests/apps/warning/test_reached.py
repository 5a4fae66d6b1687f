"""Whom a message is for, what leaves by which way, and what a page tells of it."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from anlan.apps.people.models import AuditLine, Notice, Post, Responsibility
from anlan.apps.warning.actions import handing
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.actions.letters import Letters
from anlan.apps.warning.models import Addressee, HandOver, Message, Warning
from anlan.apps.warning.queries import reached as listed
from anlan.apps.warning.queries.audience import Sink, answering, route
from anlan.apps.warning.queries.reached import reached
from anlan.apps.warning.queries.writing.wording import MARKS
from anlan.cap.read import read
from tests.apps.conftest import NEIGHBOUR
from tests.apps.warning.conftest import Office
from tests.apps.warning.reaching import WRITTEN, addresses, plant_tree, set_options, told, went_on

pytestmark = pytest.mark.django_db
HOOK, BOX, DRILL = "https://a.example/in", "drill@demo.invalid", "https://a.example/drill"
SANDBOX = {"sandbox_mail": (BOX,), "sandbox_webhook": (DRILL,)}
Route = Callable[[Message, list[Sink]], list[Sink]]


@pytest.fixture(autouse=True)
def tree(office: Office) -> None:
    """Who answers for what."""
    plant_tree(office)


def test_it_goes_to_who_answers_for_the_places_and_for_what_lies_in_the_area(
    office: Office,
) -> None:
    office.issued()
    assert hand_over(office.now) == 1
    assert addresses(told()) == WRITTEN
    called = Addressee.objects.filter(kind="phone").values_list("name", "phone")
    assert set(called) == {("副镇长", "13900000002"), ("赵厂长", "0571-2")}
    line = AuditLine.objects.get(act="warning.hand_over")
    assert (line.detail["email"], line.detail["phone"]) == (6, 2)


def test_people_read_it_in_their_language_as_it_was_frozen(office: Office, settings: Any) -> None:
    set_options(settings, address="https://anlan.example")
    message = office.issued().messages.get()
    hand_over(office.now)
    chinese, english = read(message.xml).info
    by = {notice.address: notice for notice in told()}
    assert by["village@demo.invalid"].subject == chinese.headline
    assert (chinese.instruction or "-") in by["village@demo.invalid"].text
    assert "影响范围：城关镇" in by["village@demo.invalid"].text
    assert by["chief@demo.invalid"].subject == english.headline
    assert "Area warned: Chengguan Town" in by["chief@demo.invalid"].text
    assert by["chief@demo.invalid"].language == "en"
    link = f"https://anlan.example/warnings/{message.warning.key}"
    assert all(notice.text.endswith(link) for notice in told())


def test_each_message_is_handed_over_once(office: Office) -> None:
    office.issued()
    assert [hand_over(office.now), hand_over(office.now)] == [1, 0]
    assert len(told()) == len(WRITTEN)
    message = Message.objects.get()
    sink = Sink(kind="email", status="Actual", name="x", region="99", address="TOWN@demo.invalid")
    assert Notice.objects.get(key=handing.key_of(message, sink)).address == "Town@demo.invalid"


@pytest.mark.parametrize(("form", "start"), [("json", '{"alert":{'), ("xml", "<?xml")])
def test_a_webhook_gets_the_frozen_message(
    office: Office, settings: Any, form: str, start: str
) -> None:
    set_options(settings, warning_webhooks=(HOOK,), warning_webhook_form=form)
    message = office.issued().messages.get()
    hand_over(office.now)
    (notice,) = [n for n in told() if n.kind == "webhook"]
    assert (notice.address, notice.body[: len(start)]) == (HOOK, start)
    if form == "xml":
        assert notice.body.encode() == message.xml
    else:
        alert = json.loads(notice.body)["alert"]
        assert alert["identifier"] == message.identifier
        assert alert["info"][0]["headline"] == read(message.xml).info[0].headline


@pytest.mark.parametrize("status", ["Exercise", "Test"])
def test_a_drill_goes_to_the_sandbox_alone_with_its_mark_in_every_text(
    office: Office, settings: Any, status: str
) -> None:
    set_options(settings, warning_webhooks=(HOOK,), **SANDBOX)
    office.issued(status=status)
    hand_over(office.now)
    assert addresses(told()) == {BOX, DRILL}
    mark = MARKS[status]["zh"]
    for notice in told():
        assert notice.subject.startswith(mark)
        assert notice.text.startswith(mark)
        assert notice.status == status
    (document,) = [notice.body for notice in told() if notice.kind == "webhook"]
    alert = json.loads(document)["alert"]
    texts = [i[n] for i in alert["info"] for n in ("headline", "description", "instruction")]
    assert all(text.startswith(mark) for text in [alert["note"], *texts])


@pytest.mark.parametrize("status", ["Exercise", "Test"])
def test_without_a_sandbox_nothing_of_a_drill_leaves_and_the_page_says_so(
    office: Office, settings: Any, status: str, client_for: Callable[[str], Client]
) -> None:
    set_options(settings, warning_webhooks=(HOOK,))
    one = office.issued(status=status)
    hand_over(office.now)
    assert told() == []
    assert not Addressee.objects.exists()
    page = client_for("county").get(f"/warnings/{one.key}/reached").content.decode()
    assert "sandbox_mail" in page
    assert "sandbox_webhook" in page


_STATUSES, _KINDS = ("Actual", "Exercise", "Test"), ("email", "webhook", "phone")


def _wrong(office: Office, monkeypatch: pytest.MonkeyPatch, by: Route) -> set[tuple[str, ...]]:
    """Where messages go otherwise than to a sink of their own status, through a router."""
    sinks = [
        Sink(kind=kind, status=status, name=f"{kind}-{status}", region="990101",
             address="" if kind == "phone" else f"{kind}@{status}.invalid")
        for status, kind in product(_STATUSES, _KINDS)
    ]  # fmt: skip
    monkeypatch.setattr(handing, "answering", lambda _message, _now: sinks)
    monkeypatch.setattr(handing, "systems", lambda _message: [])
    monkeypatch.setattr(handing, "route", by)
    for status in _STATUSES:
        office.issued(status=status)
    hand_over(office.now)
    went = set(Addressee.objects.values_list("message__status", "name"))
    went |= {(n.status, n.address.replace("@", "-").removesuffix(".invalid")) for n in told()}
    right = {(s, f"{kind}-{s}") for s, kind in product(_STATUSES, _KINDS)}
    return went ^ right


def test_a_message_and_a_sink_of_the_same_status_and_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _wrong(office, monkeypatch, route) == set()


_MUTANTS: dict[str, Callable[[str, str, str], bool]] = {
    "all": lambda _message, _sink, _kind: True,
    "none": lambda _message, _sink, _kind: False,
    "others": lambda message, sink, _kind: message != sink,
    "drills are one": lambda message, sink, _kind: (message == "Actual") == (sink == "Actual"),
    "live sinks take all": lambda message, sink, _kind: sink in (message, "Actual"),
    "sandboxes take all": lambda message, sink, _kind: sink == message or sink != "Actual",
    "actual goes anywhere": lambda message, sink, _kind: message in (sink, "Actual"),
    "drills go anywhere": lambda message, sink, _kind: message == sink or message != "Actual",
}


def _for_a_kind(kind: str, *, through: bool) -> Callable[[str, str, str], bool]:
    """A rule that lets one kind through always, or never."""
    return lambda message, sink, by: through if by == kind else message == sink


for _kind, _through in product(_KINDS, (True, False)):
    _MUTANTS[f"{_kind} always: {_through}"] = _for_a_kind(_kind, through=_through)


@pytest.mark.parametrize("name", _MUTANTS)
def test_a_router_that_is_otherwise_is_noticed(
    office: Office, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def mutant(message: Message, sinks: list[Sink]) -> list[Sink]:
        passes = _MUTANTS[name]
        return [sink for sink in sinks if passes(message.status, sink.status, sink.kind)]

    assert _wrong(office, monkeypatch, mutant)


def test_what_follows_goes_after_it_and_to_all_who_were_told_before(office: Office) -> None:
    one = office.issued()
    hand_over(office.now)
    Responsibility.objects.filter(person="村主任").delete()
    one = went_on(office, one, "update")
    one = went_on(office, one, "cancel")
    assert hand_over(office.now) == 2
    rows = {(n.address, n.cause): n for n in told()}
    assert len(rows) == 3 * len(WRITTEN)
    first, second, third = one.messages.order_by("order")
    for address in WRITTEN:
        chain = [rows[(address, f"message:{m.identifier}")] for m in (first, second, third)]
        assert [n.after_id for n in chain] == [None, chain[0].pk, chain[1].pk]


def test_a_message_that_cannot_be_handed_over_keeps_back_its_own_course_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = went_on(office, office.issued(), "update")
    good = office.issued()
    real = answering

    def broken(message: Message, now: Any) -> list[Sink]:
        if message.warning_id == bad.pk:
            raise ZeroDivisionError
        return real(message, now)

    monkeypatch.setattr(handing, "answering", broken)
    with pytest.raises(ZeroDivisionError):
        hand_over(office.now)
    assert set(HandOver.objects.values_list("message__warning", flat=True)) == {good.pk}
    monkeypatch.setattr(handing, "answering", real)
    assert hand_over(office.now) == 2


def test_what_ended_before_it_was_handed_over_is_told_to_nobody(office: Office) -> None:
    one = office.issued()
    hand_over(one.messages.get().issued_at + timedelta(days=30))
    assert told() == []
    (found,) = reached(office.asker("county"), one)
    assert found.lacking == ["over"]


@pytest.mark.parametrize(("level", "haste"), [(4, 2), (3, 1), (2, 0), (1, 0)])
def test_red_goes_before_orange_before_the_rest(office: Office, level: int, haste: int) -> None:
    one = office.reviewed()
    message = office.signed(one).messages.get()
    message.content["level"] = level
    fields = handing._fields(message, Sink(kind="email", status="Actual", name="x", region="99"),
                             Letters(message), None)  # fmt: skip
    assert fields["haste"] == haste


def test_the_page_tells_how_many_and_who_and_whom_to_call(
    office: Office, client_for: Callable[[str], Client]
) -> None:
    one = office.issued()
    client = client_for("county")
    assert "every 5s" in client.get(f"/warnings/{one.key}/reached").content.decode()
    hand_over(office.now)
    for state, address, why in (("sent", "village", ""), ("refused", "Town", "550 no such")):
        Notice.objects.filter(address=f"{address}@demo.invalid").update(
            state=state, reason=why, answered_at=office.now, due_at=None
        )
    (found,) = reached(office.asker("county"), one)
    (tally,) = found.tallies
    assert (tally.addressed, tally.waiting, tally.sent, tally.refused) == (6, 3, 1, 2)
    assert [row.name for row in found.rows[:2]] == ["镇长", "河长"]
    page = client.get(f"/warnings/{one.key}/reached").content.decode()
    for words in ("村主任", "城关镇人民政府", "550 no such", "副镇长", "tel:13900000002"):
        assert words in page


def test_who_was_told_is_seen_in_its_jurisdiction_only(
    office: Office, client_for: Callable[[str], Client]
) -> None:
    one = office.issued()
    hand_over(office.now)
    (found,) = reached(office.asker("village"), one)
    assert {row.name for row in found.rows} == {"村主任"}
    assert (found.tallies[0].addressed, found.to_call) == (1, [])
    assert client_for("county-b").get(f"/warnings/{one.key}/reached").status_code == 404
    assert Client().get(f"/warnings/{one.key}/reached").status_code in (302, 401, 403)
    assert client_for("enterprise").get(f"/warnings/{one.key}/reached").status_code == 403
    assert not Post.objects.filter(user__key="county-b", region__startswith="990101").exists()
    assert NEIGHBOUR not in Addressee.objects.values_list("region", flat=True)


def test_a_long_list_is_cut_and_says_so(
    office: Office, client_for: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed, "MOST_CALLS", 1)
    monkeypatch.setattr(listed, "MOST_ROWS", 4)
    one = office.issued()
    hand_over(office.now)
    (found,) = reached(office.asker("county"), one)
    assert (len(found.rows), found.more, len(found.to_call), found.calls) == (4, 2, 1, 2)
    page = client_for("county").get(f"/warnings/{one.key}/reached").content.decode()
    assert "另有 2" in page
    assert "仅显示前 500" in page


@pytest.mark.parametrize("table", ["warning_handover", "warning_addressee"])
def test_whom_it_was_for_cannot_be_changed_even_by_sql(office: Office, table: str) -> None:
    office.issued()
    hand_over(office.now)
    for sql in (f"UPDATE {table} SET id = id + 100", f"DELETE FROM {table}"):  # noqa: S608 # the test's own
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_warning_without_a_message_has_reached_nobody(
    office: Office, client_for: Callable[[str], Client]
) -> None:
    one: Warning = office.drafted()
    assert reached(office.asker("county"), one) == []
    assert client_for("county").get(f"/warnings/{one.key}/reached").status_code == 200
