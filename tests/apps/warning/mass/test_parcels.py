"""The mass of a message: packed once, each address once, in order, and accounted for."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection

from anlan.apps.people.models import Notice
from anlan.apps.warning.actions.handing import hand_over
from anlan.apps.warning.actions.mass import packing
from anlan.apps.warning.actions.mass.loading import load, said_of
from anlan.apps.warning.actions.mass.naming import place_of, reference_of
from anlan.apps.warning.actions.mass.packing import Packer, pack, pack_next
from anlan.apps.warning.actions.mass.settling import settle, write_down
from anlan.apps.warning.actions.mass.taking import LEASE, MOST_TRIES, let_go, put_down, take
from anlan.apps.warning.models import Mass, Parcel, Subscription
from anlan.apps.warning.models.mass import Outcome, code_of
from anlan.apps.warning.queries.writing.wording import MARKS
from anlan.channels import Fault, Receipt, State
from anlan.channels.heard import Heard
from tests.apps.conftest import TOWN
from tests.apps.warning.conftest import Office
from tests.apps.warning.mass.subscribed import NOW_AND_LATER, handed, outcomes, subscribe
from tests.apps.warning.reaching import plant_tree, went_on
from tests.apps.warning.test_at_once import together

HANDED, BUSY = int(Outcome.HANDED), code_of(Receipt.failed(0, Fault.BUSY, "later"))
GONE = code_of(Receipt.refused(0, Fault.RECIPIENT, "gone"))
pytestmark = pytest.mark.django_db


def tell(parcel: Parcel | None, office: Office, *codes: int) -> Parcel:
    """What a sender does with a parcel: writes down, and lets go."""
    assert parcel is not None
    write_down({parcel.pk: list(enumerate(codes))}, office.now)
    let_go(parcel.pk, "a", office.now)
    parcel.refresh_from_db()
    return parcel


def test_each_subscriber_is_packed_once_by_his_way(office: Office) -> None:
    subscribe("sms", *(f"1380000{n:04}" for n in range(5)))
    subscribe("push", "{}")
    message = handed(office)
    assert pack_next(office.now) == 0
    rows = Parcel.objects.filter(message=message).order_by("way")
    assert [(one.way, one.size) for one in rows] == [("push", 1), ("sms", 5)]
    hand_over(office.now)
    assert (Mass.objects.count(), Parcel.objects.count()) == (1, 2)


@pytest.mark.parametrize("moment", ["_replace", "_parcels", "close"])
def test_a_sender_killed_while_it_packs_leaves_nothing_half_packed(
    office: Office, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def killed(*_words: object) -> None:
        raise KeyboardInterrupt

    subscribe("sms", "13800000000", "13800000001")
    message = handed(office)
    went_on(office, message.warning, "update")
    hand_over(office.now)
    office.later(seconds=NOW_AND_LATER)
    with monkeypatch.context() as broken:
        broken.setattr(packing, moment, killed)
        with pytest.raises(KeyboardInterrupt):
            pack_next(office.now)
    assert (Parcel.objects.count(), outcomes("sms")) == (1, 2 * ["WAITING"])
    while pack_next(office.now):
        continue
    assert (outcomes("sms"), outcomes("sms", step=2)) == (2 * ["REPLACED"], 2 * ["WAITING"])


def test_large_masses_are_cut_and_nobody_is_lost(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "SIZE", 2)
    rows = subscribe("webhook", *(f"https://a.example/{n}" for n in range(5)))
    handed(office)
    parcels = list(Parcel.objects.order_by("order"))
    assert [one.size for one in parcels] == [2, 2, 1]
    assert [pk for one in parcels for pk in one.recipients] == [one.pk for one in rows]


def test_an_address_with_two_places_is_told_once(office: Office) -> None:
    subscribe("sms", "13800000000")
    subscribe("sms", "13800000000", region=TOWN)
    handed(office)
    assert Parcel.objects.get().size == 1


def test_a_drill_goes_to_those_who_take_drills_and_says_so(office: Office) -> None:
    subscribe("sms", "13800000000")
    subscribe("sms", "13900000000", status="Exercise")
    message = handed(office, status="Exercise")
    to, _stopped = load(Parcel.objects.get())
    assert [one.address for one in to] == ["13900000000"]
    for way in Subscription.Way.values:
        for said in said_of(message, way).values():
            assert said.text.startswith(MARKS["Exercise"]["zh"])
            assert said.body is None or MARKS["Exercise"]["zh"].encode() in said.body


def test_those_who_take_drills_only_are_not_told_what_is_meant(office: Office) -> None:
    """Whatever stands in a parcel: whether a subscriber takes a message is asked again at last."""
    (one,) = subscribe("sms", "13900000000")
    handed(office)
    Subscription.objects.filter(pk=one.pk).update(status="Exercise")
    assert load(Parcel.objects.get()) == ([], [(0, Outcome.STOPPED)])


def test_responsible_people_go_first_but_not_for_ever(office: Office) -> None:
    plant_tree(office)
    subscribe("sms", "13800000000")
    office.issued()
    hand_over(office.now)
    assert pack_next(office.now) == 0
    Notice.objects.filter(cause__startswith="message:").update(tries=1)
    assert pack_next(office.now) == 1


def test_it_is_counted_while_responsible_people_go_first_and_who_stops_then_is_not_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant_tree(office)
    _stays, goes = subscribe("sms", "13800000000", "13800000001")
    office.issued()
    hand_over(office.now)
    packer = Packer()
    assert packer.next(office.now) == 0
    assert not Parcel.objects.exists()
    Subscription.objects.filter(pk=goes.pk).update(state="stopped")
    Notice.objects.filter(cause__startswith="message:").update(tries=1)
    monkeypatch.delattr(packing, "audience")  # nothing is left to count
    assert packer.next(office.now) == 2
    to, stopped = load(Parcel.objects.get())
    assert ([one.address for one in to], stopped) == (["13800000000"], [(1, Outcome.STOPPED)])


def test_a_mail_server_that_hangs_keeps_the_mass_two_seconds(office: Office) -> None:
    plant_tree(office)
    subscribe("sms", "13800000000")
    office.issued()
    hand_over(office.now)
    office.later(seconds=NOW_AND_LATER)
    assert pack_next(office.now) == 1


def test_what_is_in_hand_is_taken_by_nobody_else_before_the_lease_ends(office: Office) -> None:
    subscribe("sms", "13800000000")
    handed(office)
    assert take("sms", "a", office.now) is not None
    assert take("sms", "b", office.now) is None
    assert take("sms", "b", office.now + LEASE + timedelta(seconds=1)) is not None


def test_a_clock_that_steps_ahead_puts_nothing_twice_into_the_same_hands(office: Office) -> None:
    subscribe("sms", "13800000000")
    handed(office)
    one = take("sms", "a", office.now)
    assert one is not None
    later = office.now + LEASE + timedelta(seconds=1)
    assert take("sms", "a", later, has=[one.pk]) is None
    assert take("sms", "a", later) is not None


def test_what_a_sender_had_in_hand_when_it_ended_is_taken_at_once(office: Office) -> None:
    subscribe("sms", "13800000000")
    handed(office)
    take("sms", "a", office.now)
    assert put_down("a") == 1
    assert take("sms", "b", office.now) is not None


def test_outcomes_stay_and_only_those_who_wait_are_told_again(office: Office) -> None:
    subscribe("sms", *(f"1380000000{n}" for n in range(3)))
    handed(office)
    one = tell(take("sms", "a", office.now), office, HANDED, BUSY, GONE)
    assert one.is_open
    assert one.due_at > office.now
    write_down({one.pk: [(0, BUSY), (2, HANDED)]}, office.now)  # the same again, and nonsense
    office.later(minutes=1)
    to, _ = load(Parcel.objects.get())
    assert [(to_one.place, to_one.key) for to_one in to] == [(1, reference_of(one.pk, 1))]
    one = tell(take("sms", "a", office.now), office, *[BUSY] * 2)
    assert outcomes("sms") == ["HANDED", "WAITING", "REFUSED"]
    assert sum(one.counts.values()) == one.size


def test_what_never_succeeds_is_given_up_with_its_reason(office: Office) -> None:
    subscribe("sms", "13800000000")
    handed(office)
    Parcel.objects.update(tries=MOST_TRIES - 1)
    one = tell(take("sms", "a", office.now), office, BUSY)
    assert (one.is_open, one.codes.tolist()) == (False, [Outcome.GIVEN_UP | BUSY])


def test_who_stops_meanwhile_is_not_told(office: Office) -> None:
    subscribe("sms", "13800000000", "13800000001")
    handed(office)
    Subscription.objects.filter(address__endswith="1").update(state="stopped")
    to, stopped = load(Parcel.objects.get())
    assert [one.address for one in to] == ["13800000000"]
    assert stopped == [(1, Outcome.STOPPED)]


def test_a_browser_that_is_gone_is_never_asked_for_again(office: Office) -> None:
    one, two = subscribe("push", "{}", "{ }")
    handed(office)
    tell(take("push", "a", office.now), office, GONE, HANDED)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, one.reason, two.state) == ("stopped", "expired", "confirmed")


def test_an_update_waits_for_what_is_in_hand_and_replaces_the_rest(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "SIZE", 1)
    subscribe("sms", "13800000000", "13800000001")
    message = handed(office)
    first = take("sms", "a", office.now)
    assert first is not None
    office.later(minutes=-5)  # went_on goes five minutes on: the lease still holds
    went_on(office, message.warning, "update")
    hand_over(office.now)
    pack(Mass.objects.get(message__order=2), "sms", office.now)
    assert take("sms", "b", office.now) is None, "it would overtake what is on its way"
    tell(first, office, HANDED)
    assert outcomes("sms") == ["HANDED", "REPLACED"]
    after = take("sms", "b", office.now)
    assert after is not None
    assert after.step == 2


def test_a_graver_message_is_never_packed_before_what_it_follows(office: Office) -> None:
    """Two messages of a course wait while no sender runs; the later is red."""
    subscribe("sms", "13800000000")
    one = office.issued()
    went_on(office, one, "update")
    hand_over(office.now)
    Mass.objects.filter(message__order=2).update(haste=2)
    office.later(seconds=NOW_AND_LATER)
    order = []
    while pack_next(office.now, turn=1):
        order.append(Parcel.objects.latest("pk").step)
    assert order == [1, 2]
    first = take("sms", "a", office.now)
    assert first is not None
    assert (first.step, outcomes("sms", step=1)) == (2, ["REPLACED"])


def test_a_cancellation_goes_to_all_who_were_told_before(office: Office) -> None:
    subscribe("sms", "13800000000")
    message = handed(office)
    tell(take("sms", "a", office.now), office, HANDED)
    Subscription.objects.update(kinds=",99Z99,")  # wants other things now
    went_on(office, message.warning, "cancel")
    hand_over(office.now)
    office.later(seconds=NOW_AND_LATER)
    assert pack_next(office.now) == 1


def test_what_has_ended_is_told_to_nobody_more(office: Office) -> None:
    subscribe("sms", "13800000000")
    handed(office)
    office.later(days=30)
    take("sms", "a", office.now)
    assert outcomes("sms") == ["OVER"]


def test_red_leaves_first(office: Office) -> None:
    subscribe("sms", "13800000000")
    handed(office)
    Parcel.objects.update(haste=0)
    later = handed_again(office)
    Parcel.objects.filter(message=later).update(haste=2)
    first = take("sms", "a", office.now)
    assert first is not None
    assert first.message_id == later


def handed_again(office: Office) -> int:
    """A second warning of the same alarm, packed."""
    one = office.issued()
    hand_over(office.now)
    office.later(seconds=NOW_AND_LATER)
    while pack_next(office.now):
        pass
    return int(one.messages.get().pk)


def test_receipts_that_come_later_find_their_recipient(office: Office) -> None:
    subscribe("sms", "13800000000", "13800000001")
    handed(office)
    one = tell(take("sms", "a", office.now), office, HANDED, HANDED)
    there = Receipt(state=State.DELIVERED, at=0)
    lost = Receipt.refused(0, Fault.RECIPIENT, "power off")
    words = [
        Heard(key="1", kind="sms", at=0, reference=reference_of(one.pk, 0), receipt=there),
        Heard(key="2", kind="sms", at=0, reference=reference_of(one.pk, 1), receipt=lost),
        Heard(key="3", kind="sms", at=0, reference=reference_of(one.pk, 0), receipt=lost),
        Heard(key="4", kind="sms", at=0, reference="4711", receipt=there),
    ]
    assert settle(words) == {"1", "2", "3"}
    assert outcomes("sms") == ["DELIVERED", "REFUSED"]


@pytest.mark.parametrize("name", ["", "m", "m1", "m.1", "m1.x", "x1.1", "m" + "1" * 40 + ".1"])
def test_what_names_nobody_is_nobody(name: str) -> None:
    assert place_of(name) is None


@pytest.mark.skipif(connection.vendor == "sqlite", reason="its test database is one connection")
@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_pack_once_and_never_hold_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "SIZE", 1)
    subscribe("sms", *(f"1380000{n:04}" for n in range(12)))
    office.issued()
    hand_over(office.now)
    office.later(seconds=NOW_AND_LATER)
    held = list[int]()

    def work(name: str) -> None:
        while pack_next(office.now):
            pass
        while (one := take("sms", name, office.now)) is not None:
            held.append(one.pk)

    assert together(*(partial(work, f"s{n}") for n in range(4))) == []
    assert Parcel.objects.count() == 12
    assert len(held) == len(set(held))
    # Who looked before another had packed went home early; nothing is lost by it.
    assert len(held) + Parcel.objects.filter(holder="").count() == 12
