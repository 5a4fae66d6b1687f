"""The long run (`make soak`): fifty rounds of kill -9 under load, and fuzzing of the readers."""

import itertools
import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.flow.conftest import Live, found_town
from tests.flow.crashes import Source, check, one_round
from tests.flow.test_decode_fuzz import check_lines, objects

pytestmark = pytest.mark.soak
ROUNDS, STORES = 50, 10
FUZZ_S = 60


@pytest.mark.parametrize("number", range(STORES))
def test_killed_again_and_again(tmp_path: Path, number: int) -> None:
    """Several kills on one store: each restart goes on from what the one before left."""
    town = found_town(tmp_path, {"a": 3, "b": 5, "c": 1})
    senders: list[Source] = []
    for kill in range(ROUNDS // STORES):
        live = Live(tmp_path).ready()
        senders += one_round(live, town, 1000 * number + kill, before=senders)
        live.stop()
    check(tmp_path, town, senders)


def test_lines_for_minutes() -> None:
    """Objects that are nearly readings, until the time is over: each time others, from the same
    beginning."""
    end = time.monotonic() + FUZZ_S

    @settings(max_examples=2000, database=None, derandomize=False,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.lists(objects(), min_size=1, max_size=6))
    def once(lines: list[str]) -> None:
        check_lines([line.encode() for line in lines])

    for number in itertools.count():
        seed(number)(once)()
        if time.monotonic() > end:
            break


def test_bent_bytes_for_minutes() -> None:
    """Good lines with some bytes changed, dropped or doubled."""
    chance = random.Random(11)
    end = time.monotonic() + FUZZ_S / 2
    good = '{"sensor":"水位 [1]","time":"2026-07-01T08:00:00.25+08:00","value":-12.75e1}'.encode()
    while time.monotonic() < end:
        check_lines([_bent(good, chance) for _ in range(200)])


def _bent(good: bytes, chance: random.Random) -> bytes:
    line = bytearray(good)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(line))
        one = line[place : place + 1]
        put = chance.choice([b"", bytes([chance.randrange(256)]), one * 2, b'"', b"\\"])
        line[place : place + chance.randint(0, 2)] = put
    return bytes(line)
