"""The site's clock: jumps are noted, believed when they last, and never make wrong alarms."""

from pathlib import Path

import numpy as np

from anlan.history.codec import decode_changes
from anlan.history.log import Log, RecordKind, store_in
from anlan.live.loop.beat import Beat, Done, Offer
from anlan.live.loop.clock import CONFIRM_MS, Clock
from anlan.live.loop.heart import Heart
from anlan.terms.readings import Batch
from anlan.terms.times import NEVER
from tests.flow.conftest import found_town, own_rules, wait_until

HOUR = 3_600_000
NOON = 1_782_000_000_000


class Hands:
    """A machine clock that is set by hand; both times in ms."""

    def __init__(self, wall: int = NOON) -> None:
        self.wall_ms, self.steady_ms = wall, 5_000

    def clock(self, floor: int = 0) -> Clock:
        return Clock(wall=lambda: self.wall_ms, steady=lambda: self.steady_ms, floor=floor)

    def pass_(self, ms: int) -> None:
        self.wall_ms += ms
        self.steady_ms += ms


def test_it_follows_the_machine() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.pass_(1500)
    assert clock.now() == NOON + 1500
    hands.wall_ms += 900  # a small correction
    assert clock.now() == NOON + 2400
    hands.wall_ms -= 900
    assert clock.now() == NOON + 2400  # never back in small steps
    hands.pass_(1000)
    assert clock.now() == NOON + 2500
    assert clock.take_notes() == []


def test_a_jump_that_does_not_last_is_only_noted() -> None:
    hands = Hands()
    clock = hands.clock()
    for ms in (HOUR, -HOUR, 90 * HOUR):
        hands.wall_ms += ms
        hands.pass_(1000)
        before = clock.now()
        hands.wall_ms -= ms
        hands.pass_(1000)
        assert clock.now() == before + 1000
        assert len(clock.take_notes()) == 2
    assert clock.now() == NOON + 6000


def test_a_jump_that_lasts_is_followed() -> None:
    for ms in (HOUR, -HOUR):
        hands = Hands()
        clock = hands.clock()
        hands.wall_ms += ms
        clock.now()
        hands.pass_(CONFIRM_MS - 1)
        assert clock.now() == NOON + CONFIRM_MS - 1
        hands.pass_(1)
        assert clock.now() == NOON + CONFIRM_MS + ms
        assert "followed from now" in clock.take_notes()[-1]


def test_a_machine_that_starts_in_1970_goes_on_from_the_log() -> None:
    hands = Hands(wall=1000)
    clock = hands.clock(floor=NOON)
    hands.pass_(10 * CONFIRM_MS)
    assert clock.now() == NOON + 10 * CONFIRM_MS
    hands.wall_ms = NOON + HOUR  # the network sets it
    clock.now()
    hands.pass_(CONFIRM_MS)
    assert clock.now() == NOON + HOUR + CONFIRM_MS


def test_a_jumping_clock_makes_no_alarm(tmp_path: Path) -> None:
    """An hour forth, back and forth under the loop: no sensor is told silent, nothing refused."""
    found_town(tmp_path, {"a": 3}, own_rules(stale_ms=5000, skew_ms=10_000))
    hands = Hands()
    heart = Heart(tmp_path)
    beat = Beat(heart, hands.clock(), ring=lambda told: None, entered=lambda: None)
    beat.start()
    for step in range(40):
        hands.pass_(1000)
        if step in (10, 25):
            hands.wall_ms += HOUR * (1 if step == 10 else -2)
        if step in (15, 30):
            hands.wall_ms -= HOUR * (1 if step == 15 else -2)
        true_time = NOON + (step + 1) * 1000
        done = offer(beat, [0, 1, 2], true_time, 5.0, received=beat.clock.now())
        assert done.error is None
        assert done.verdicts.max() == 0
    beat.end(10)
    assert not beat.is_alive()
    with Log.open(store_in(tmp_path)) as log:
        records = list(log.records())
    assert not [c for r in records for c in decode_changes(r.changes)]
    notes = [r.body.decode() for r in records if r.kind is RecordKind.NOTE]
    assert len([note for note in notes if "off; going on as before" in note]) == 2
    ticks = [r.at for r in records if r.kind is RecordKind.TICK and r.at > NOON]
    assert ticks == sorted(ticks)
    assert max(ticks) <= NOON + 41_000


def offer(
    beat: Beat, handles: list[int], time: int, value: float, *, received: int = NEVER
) -> Done:
    """Offers one reading of each sensor and waits for the answer."""
    n = len(handles)
    batch = Batch(
        np.array(handles, np.int32),
        np.full(n, time, np.int64),
        np.full(n, value),
        np.zeros(n, np.uint8),
        np.full(n, received, np.int64),
    )
    answers: list[Done] = []
    beat.offer(Offer(batch, answers.append))
    wait_until(lambda: bool(answers))
    return answers[0]
