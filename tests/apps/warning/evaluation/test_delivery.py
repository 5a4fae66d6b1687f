"""Delivery curves: by channel how many and how quickly, counted as by hand."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from anlan.apps.people.models import Notice
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.models import Message, Parcel
from anlan.apps.warning.models.mass import Outcome
from anlan.apps.warning.queries.evaluation.delivery.curves import Curve, curves
from tests.apps.warning.conftest import WRITER, Office
from tests.apps.warning.reaching import plant_tree, told
from tests.apps.warning.test_pages import browser_of

PAGE = "/warnings/evaluation/delivery"
_STATES = Notice.State


@pytest.fixture
def sent(office: Office) -> Office:
    """A warning to five mailboxes: after 2 s and 30 s handed over, one of them delivered after a
    minute, one refused, two wait; and to 1,000 subscribers in two parcels."""
    plant_tree(office)
    message = office.issued().messages.get()
    hand_over(office.now)
    at, mails = message.issued_at, [one for one in told() if one.kind == "email"]
    _known(mails[0], state=_STATES.SENT, handed_at=_after(at, 2), answered_at=_after(at, 2))
    _known(mails[1], state=_STATES.DELIVERED, handed_at=_after(at, 30), answered_at=_after(at, 60))
    _known(mails[2], state=_STATES.REFUSED, answered_at=_after(at, 3), reason="no such mailbox")
    _parcel(message, 1, {Outcome.HANDED: 300, Outcome.DELIVERED: 100, Outcome.REFUSED | 2: 100},
            after=7.4)  # fmt: skip
    _parcel(message, 2, {Outcome.WAITING: 450, Outcome.STOPPED: 50}, after=None)
    return office


def _known(notice: Notice, **words: Any) -> None:
    Notice.objects.filter(pk=notice.pk).update(**words)


def _after(at: datetime, seconds: float) -> datetime:
    return at + timedelta(seconds=seconds)


def _parcel(message: Message, order: int, counts: dict[int, int], *, after: float | None) -> None:
    size, at = sum(counts.values()), message.issued_at
    Parcel.objects.create(
        message=message, way="push", order=order, course=message.warning_id, step=1, size=size,
        ids=b"", outcomes=b"", counts={str(int(code)): n for code, n in counts.items()},
        is_open=after is None, due_at=at, begun_at=at,
        ended_at=None if after is None else _after(at, after),
    )  # fmt: skip


def seen(office: Office, who: str = WRITER) -> dict[tuple[str, str], Curve]:
    """The curves of all messages."""
    found = curves(office.asker(who), Message.objects.all())
    return {(one.group, one.channel): one for one in found}


def test_mails_are_counted_as_by_hand(sent: Office) -> None:
    mail = seen(sent)["people", "email"]
    assert (mail.handed.sums(), mail.delivered.sums()) == ([(2, 1), (30, 2)], [(60, 1)])
    assert (mail.handed.within(0.5), mail.handed.within(0.9)) == (2, 30)
    # Two of the tree share the mailbox that refused.
    assert (mail.failed, dict(mail.reasons)) == (2, {"no such mailbox": 2})
    assert mail.waiting == mail.many - 4


def test_a_parcel_counts_when_it_has_ended_and_never_sooner(sent: Office) -> None:
    push = seen(sent)["mass", "push"]
    assert (push.many, push.handed.sums(), push.arrived) == (1000, [(8, 400)], 100)
    assert (push.failed, push.waiting, push.other) == (100, 450, 50)
    assert dict(push.reasons) == {"recipient": 100}


def test_a_parcel_that_has_not_ended_is_handed_over_to_nobody_yet(sent: Office) -> None:
    Parcel.objects.update(ended_at=None)
    push = seen(sent)["mass", "push"]
    assert (push.handed.sums(), push.waiting) == ([], 850)


def test_an_older_hand_over_counts_from_the_last_word_of_it(sent: Office) -> None:
    Notice.objects.filter(state=_STATES.DELIVERED).update(handed_at=None)
    assert seen(sent)["people", "email"].handed.sums() == [(2, 1), (60, 2)]


def test_the_page_and_the_file_say_it_and_another_county_nothing(sent: Office) -> None:
    page = browser_of(WRITER).get(PAGE).text
    for said in ("电子邮件", "<svg", "no such mailbox", "1,000", "半数交付", "交付曲线"):
        assert said in page, said
    rows = browser_of(WRITER).get(f"{PAGE}.csv").content.decode()
    assert "1000,400,100,0,100,450,8,8,8,8" in rows
    assert seen(sent, "county-b-chief") == {}
    assert "这段时间没有发出消息" in browser_of("county-b-chief").get(PAGE).text


def test_it_takes_six_queries(
    sent: Office, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asker = sent.asker(WRITER)
    with django_assert_num_queries(6):
        curves(asker, Message.objects.all())


@pytest.mark.parametrize("odd", ["since=x", "region=99x", "kind=none", "warned=7"])
def test_what_makes_no_sense_is_said(office: Office, odd: str) -> None:
    assert browser_of(WRITER).get(f"{PAGE}?{odd}").status_code == 422
