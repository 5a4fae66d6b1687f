"""What a centre says in a storm: held up to a bound, and what is not held is not acknowledged."""

import pytest

from anlan.channels.sms.said import Answer, Fate, Report, Word
from anlan.channels.sms.session import ears as module
from anlan.channels.sms.session.ears import Ears
from anlan.channels.sms.session.parcel import Parcel, Slot


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Ears:
    """Ears with room for three words, each acknowledged twice at most."""
    monkeypatch.setattr(module, "_MOST_HELD", 3)
    monkeypatch.setattr(module, "_MOST_THANKS", 2)
    return Ears("sms", lambda: 1)


def report(reference: str) -> Word:
    said = Report(reference, Fate.DELIVERED, "DELIVRD")
    return Word(sender="", thanks=reference.encode(), report=said)


def references(ears: Ears) -> list[str]:
    return [one.reference for one in ears.heard(100)]


def test_what_finds_no_room_is_neither_held_nor_acknowledged_until_it_is_said_again(
    ears: Ears,
) -> None:
    assert [ears.hear(report(name), 1) for name in "abcde"] == 5 * [False]
    assert references(ears) == ["a", "b", "c"]
    assert ears.take([one.key for one in ears.heard(2)]) == [(1, b"a"), (1, b"b")]
    ears.hear(report("d"), 2)
    assert references(ears) == ["c", "d"]


def test_the_same_again_and_again_takes_no_more_room(ears: Ears) -> None:
    for _time in range(50):
        ears.hear(report("a"), 1)
    assert references(ears) == ["a"]
    assert len(ears.take([one.key for one in ears.heard(1)])) == 2


def test_a_known_message_without_room_is_told_at_the_next_time(ears: Ears) -> None:
    slot = Slot(Parcel(1), 1)
    slot.parcel.slots[1] = slot
    slot.settle(Answer(1, 0, "mine"))
    ears.answered(slot)
    for name in "abc":
        ears.hear(report(name), 1)
    assert not ears.hear(report("mine"), 1)
    ears.take([one.key for one in ears.heard(3)])
    assert not ears.hear(report("mine"), 1)
    assert references(ears) == ["mine"]
    ears.take([one.key for one in ears.heard(1)])
    assert ears.hear(report("mine"), 1)  # known already: it may be acknowledged at once
