"""What the far end says later is kept once, beside the notice that it is of."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from anlan.apps.people.actions import notify
from anlan.apps.people.actions.notices.hearing import Late, hear
from anlan.apps.people.models import Notice, Reply
from anlan.channels import Fault, Receipt, State
from anlan.channels.heard import Heard

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 21, 2, 14, tzinfo=UTC)
AT = round(NOW.timestamp() * 1000)


class Way:
    """A channel whose far end has said something; what is taken is not said again."""

    name = "sms"

    def __init__(self, *words: Heard) -> None:
        self.words = list(words)

    def heard(self, most: int) -> Sequence[Heard]:
        return self.words[:most]

    def take(self, keys: Sequence[str]) -> None:
        taken = set(keys)
        self.words = [one for one in self.words if one.key not in taken]


def sent(reference: str, address: str = "13800000001") -> Notice:
    notice = notify(
        now=NOW, kind="sms", address=address, subject="s", text="t", cause="c", region="99"
    )
    Notice.objects.filter(pk=notice.pk).update(state="sent", reference=reference)
    return notice


def arrived(reference: str, at: int = AT) -> Heard:
    receipt = Receipt(state=State.DELIVERED, at=at)
    return Heard(key=f"r{reference}", kind="sms", at=at, reference=reference, receipt=receipt)


def said(key: str, text: str, reference: str = "") -> Heard:
    return Heard(key=key, kind="sms", at=AT, address="13800000001", text=text, reference=reference)


def test_a_receipt_stands_beside_its_notice() -> None:
    notice, other = sent("7"), sent("8")
    assert hear([Way(arrived("7"))], NOW) == 1
    notice.refresh_from_db()
    other.refresh_from_db()
    assert (notice.state, other.state) == ("delivered", "sent")


def test_what_arrived_stays_so_and_what_failed_later_is_not_sent_again() -> None:
    notice, lost = sent("7"), sent("8")
    never = Receipt.refused(AT, Fault.RECIPIENT, "absent subscriber")
    failed = [Heard(key=f"f{n}", kind="sms", at=AT, reference=n, receipt=never) for n in "78"]
    hear([Way(arrived("7"), *failed)], NOW)
    notice.refresh_from_db()
    lost.refresh_from_db()
    assert notice.state == "delivered"
    assert (lost.state, lost.reason, lost.due_at) == ("refused", "absent subscriber", None)


def test_a_receipt_that_is_early_waits_for_its_notice() -> None:
    way = Way(arrived("9"))
    assert hear([way], NOW) == 0
    notice = sent("9")
    assert hear([way], NOW + timedelta(seconds=1)) == 1
    notice.refresh_from_db()
    assert notice.state == "delivered"


def test_one_that_belongs_to_nothing_keeps_nobody_back() -> None:
    way = Way(arrived("lie"))
    assert hear([way], NOW + timedelta(minutes=1)) == 1
    assert not way.words


def test_others_are_asked_for_what_belongs_to_no_notice() -> None:
    sent("7")
    way, asked = Way(arrived("7"), arrived("55")), list[str]()

    def others(words: Sequence[Heard]) -> list[str]:
        asked.extend(one.reference for one in words)
        return [one.key for one in words]

    assert hear([way], NOW, others=others) == 2
    assert asked == ["55"]


def test_a_reply_is_kept_once_and_knows_what_it_answers() -> None:
    older, newer = sent("7"), sent("8")
    hear([Way(said("m1", "1"))], NOW)
    hear([Way(said("m1", "1"), said("m2", "收到", reference="7"))], NOW)
    kept = list(Reply.objects.values_list("text", "notice"))
    assert kept == [("1", newer.pk), ("收到", older.pk)]


def test_a_reply_of_a_stranger_is_kept_too() -> None:
    hear([Way(said("m9", "who is this?"))], NOW)
    assert Reply.objects.get().notice is None


@pytest.mark.parametrize("step", [1, -1])
def test_what_belongs_to_nothing_yet_is_looked_for_again_soon_whatever_the_clock_does(
    step: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    way, late = Way(arrived("9")), Late()
    assert hear([way], NOW, late=late) == 0
    notice = sent("9")
    with django_assert_num_queries(0):
        assert hear([way], NOW + step * timedelta(seconds=0.1), late=late) == 0
    assert hear([way], NOW + step * timedelta(seconds=1), late=late) == 1
    notice.refresh_from_db()
    assert (notice.state, late) == ("delivered", {})


def test_a_storm_of_receipts_is_accounted_for_to_the_last() -> None:
    """20,000 words: each again and again, in no order, of messages that nobody sent, too early."""
    chance, count = random.Random(7), 200
    notices = [sent(f"{n}") for n in range(count)]
    never = Receipt.refused(AT, Fault.RECIPIENT, "absent subscriber")
    lost = [Heard(key=f"f{n}", kind="sms", at=AT, reference=f"{n}", receipt=never)
            for n in range(0, count, 4)]  # fmt: skip
    there = [arrived(f"{n}") for n in range(count) if n % 4 != 1]
    strange = [arrived(f"lie-{n}") for n in range(9_000)]
    words = 30 * (lost + there) + strange
    words += chance.choices([*lost, *there], k=20_000 - len(words) - 3)
    chance.shuffle(words)
    way = Way(*strange[:6_000], *words, *(said(f"m{n}", "1") for n in range(3)))
    asked = Late()
    assert hear([way], NOW, late=asked) > 0  # what belongs to nothing yet keeps back nothing else
    while hear([way], NOW, late=asked):
        continue
    assert {one.reference for one in way.words} == {one.reference for one in strange}
    late = sent("lie-7")
    while hear([way], NOW + timedelta(minutes=1), late=asked):
        continue
    assert not way.words
    assert not asked
    states = list(Notice.objects.exclude(pk=late.pk).order_by("pk").values_list("state", flat=True))
    assert states == ["sent" if n % 4 == 1 else "delivered" for n in range(count)]
    assert Notice.objects.get(pk=late.pk).state == "delivered"
    assert (Reply.objects.count(), len(notices)) == (3, count)
