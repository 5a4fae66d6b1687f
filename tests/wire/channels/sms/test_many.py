"""Texts to many by CMPP and SMPP: some connections, each told of once, names and words kept."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from anlan.channels import Fault, Receipt, State
from anlan.channels.heard import Heard
from anlan.channels.sms.many import SmsToMany
from tests.wire.channels.conftest import a_message
from tests.wire.channels.many.far import to_all
from tests.wire.channels.sms.conftest import Way, eventually

NUMBERS = [f"1380000{n:04}" for n in range(40)]
LONG = "水" * 150  # three parts


@dataclass
class Records:
    """Keeps, unless it is away."""

    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[str, Heard] = field(default_factory=dict)
    is_away: bool = False

    def name(self, named: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        if self.is_away:
            raise OSError("away")
        self.names.update(named)

    def keep(self, words: Sequence[Heard]) -> None:
        if self.is_away:
            raise OSError("away")
        self.words |= {one.key: one for one in words}


async def sent(way: SmsToMany, numbers: list[str], text: str = LONG) -> list[Receipt]:
    """What became of each, each told of once."""
    found: dict[int, Receipt] = {}

    def tell(place: int, receipt: Receipt) -> None:
        assert place not in found
        found[place] = receipt

    to = to_all(numbers)
    await way.send({"zh-hans": a_message(text=text)}, to, tell)
    return [found[one.place] for one in to]


async def until(is_so: object) -> bool:
    return await asyncio.to_thread(eventually, is_so)  # type: ignore[arg-type]  # a lambda of the test


def test_each_gets_each_part_once_over_some_connections_and_what_comes_is_kept(way: Way) -> None:
    records = Records()

    async def run() -> list[Receipt]:
        many = SmsToMany(way.settings(window=4, rate=10_000), records, lines=2)
        found = await sent(many, [*NUMBERS, "010-1234"])
        assert await until(lambda: len(records.words) == 120 and not way.centre.untold)
        await many.close()
        return found

    *receipts, wrong = asyncio.run(run())
    assert {one.state for one in receipts} == {State.ACCEPTED}
    assert (wrong.state, wrong.fault) == (State.REFUSED, Fault.ADDRESS)
    assert way.centre.logins == 2
    assert len(way.centre.phones.raw()) == 120
    assert way.texts() == {number: [a_message(text=LONG).text] for number in NUMBERS}
    told = {one.reference for one in records.words.values()}
    assert told == {name for names in records.names.values() for name in names}
    assert sorted(records.names) == sorted(f"m1.{n}" for n in range(40))


def test_it_is_no_faster_than_agreed(way: Way) -> None:
    async def run() -> float:
        many = SmsToMany(way.settings(rate=100), Records(), lines=2)
        began = time.monotonic()
        await sent(many, NUMBERS, "水位")
        await many.close()
        return time.monotonic() - began

    assert asyncio.run(run()) > 0.38


def test_of_a_text_that_is_half_there_only_the_rest_goes_again(way: Way) -> None:
    way.has(busy_each=4)

    async def run() -> None:
        many = SmsToMany(way.settings(), Records())
        first = await sent(many, NUMBERS)
        assert {(one.state, one.fault) for one in first if one.state is not State.ACCEPTED} == {
            (State.FAILED, Fault.BUSY)
        }
        way.has()
        left = [number for number, one in zip(NUMBERS, first, strict=True) if one.may_retry]
        keys = [one for one in to_all(NUMBERS) if one.address in left]
        again: list[Receipt] = []
        await many.send({"zh-hans": a_message(text=LONG)}, keys, lambda _, one: again.append(one))
        assert [one.state for one in again] == [State.ACCEPTED] * len(left)
        await many.close()

    asyncio.run(run())
    assert len(way.centre.phones.raw()) == 120


def test_a_connection_that_breaks_costs_only_what_was_on_its_way(way: Way) -> None:
    way.has(cut_each=50)

    async def run() -> list[Receipt]:
        many = SmsToMany(way.settings(window=4), Records(), lines=2)
        found = await sent(many, NUMBERS, "水位")
        await many.close()
        return found

    found = asyncio.run(run())
    assert sum(one.state is State.ACCEPTED for one in found) >= 40 - 2 * 4
    assert {one.fault for one in found if one.state is State.FAILED} <= {Fault.ANSWER}


def test_nobody_there_and_nobody_let_in_is_told_at_once(way: Way) -> None:
    async def run(lock: bool) -> set[Fault | None]:
        way.has(locked=lock)
        many = SmsToMany(way.settings(), Records(), lines=2)
        found = await sent(many, NUMBERS)
        await many.close()
        return {one.fault for one in found}

    began = time.monotonic()
    assert asyncio.run(run(True)) == {Fault.SETTINGS}
    way.centre.__exit__()
    assert asyncio.run(run(False)) == {Fault.UNREACHABLE}
    assert time.monotonic() - began < 30  # not for as long as a message has


def test_a_centre_that_is_slow_to_let_in_has_no_more_connections_than_agreed(way: Way) -> None:
    way.has(login_s=0.5)
    records = Records()

    async def run() -> list[Receipt]:
        many = SmsToMany(way.settings(), records, lines=2)
        found = await sent(many, NUMBERS, "水位")
        assert await until(lambda: len(records.words) == 40 and not way.centre.untold)
        await many.close()
        return found

    assert {one.state for one in asyncio.run(run())} == {State.ACCEPTED}
    assert way.centre.logins == 2


def test_a_login_without_an_answer_costs_nobody_on_a_sound_connection(way: Way) -> None:
    async def run() -> list[Receipt]:
        many = SmsToMany(way.settings(timeout_s=15.0), Records(), lines=2)
        await sent(many, NUMBERS[:1], "水位")
        way.has(dumb=True)
        found = await sent(many, NUMBERS[1:], "水位")
        await many.close()
        return found

    assert {one.state for one in asyncio.run(run())} == {State.ACCEPTED}
    assert len(way.centre.phones.raw()) == 40


def test_a_centre_that_answers_no_login_is_told(way: Way) -> None:
    way.has(dumb=True)

    async def run() -> list[Receipt]:
        many = SmsToMany(way.settings(timeout_s=1.5), Records())
        found = await sent(many, NUMBERS[:2], "水位")
        await many.close()
        return found

    assert {one.fault for one in asyncio.run(run())} == {Fault.TIMEOUT}


def test_what_goes_wrong_with_one_is_told_of_it_and_costs_no_other(way: Way) -> None:
    async def run() -> list[Receipt]:
        many = SmsToMany(way.settings(), Records())
        to, found = to_all(NUMBERS[:2]), dict[int, Receipt]()
        to[0] = to[0]._replace(language="fr")  # in which nothing is said
        await many.send({"zh-hans": a_message(text="水位")}, to, found.__setitem__)
        await many.close()
        return [found[0], found[1]]

    assert [one.state for one in asyncio.run(run())] == [State.FAILED, State.ACCEPTED]


def test_while_the_records_are_away_nothing_is_thanked_for(way: Way) -> None:
    records = Records(is_away=True)

    async def run() -> None:
        many = SmsToMany(way.settings(), records)
        await sent(many, NUMBERS[:3], "水位")
        assert await until(lambda: way.centre.untold == 3)
        await asyncio.sleep(0.5)
        assert way.centre.untold == 3
        records.is_away = False
        assert await until(lambda: not way.centre.untold)
        await many.close()

    asyncio.run(run())
    assert (len(records.names), len(records.words)) == (3, 3)
