"""A writer killed at any moment loses nothing it acknowledged and leaves nothing half-written."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from anlan.history.log import Log
from tests.pure.history.streams import notes_in

ROUNDS = 8
WRITER = """
import sys
from pathlib import Path
from anlan.history.log import Log, Record, RecordKind, Sizes
log = Log.open(Path(sys.argv[1]), write=True, sizes=Sizes(segment_bytes=200_000))
number = log.last()
while True:
    group = [Record(RecordKind.NOTE, 0, b"%d " % (number + i) + bytes(700 * i)) for i in range(5)]
    log.append(group)
    number += 5
    print(number, flush=True)
"""


def _killed_writer(folder: Path, wait_s: float) -> int:
    """Runs a writer, kills it after a while; the last number it said was durable."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        said = writer.stdout.readline()
        time.sleep(wait_s)
        os.kill(writer.pid, signal.SIGKILL)
        return int((said + writer.stdout.read()).strip().splitlines()[-1])


def test_killed_at_random_moments(tmp_path: Path) -> None:
    chance = random.Random(4)
    for _ in range(ROUNDS):
        acknowledged = _killed_writer(tmp_path, chance.uniform(0, 0.15))
        numbers = [int(text.split()[0]) for text in notes_in(tmp_path)]
        assert numbers == list(range(len(numbers)))
        assert acknowledged <= len(numbers) <= acknowledged + 5
        assert len(numbers) % 5 == 0  # a group is there whole or not at all
    with Log.open(tmp_path) as log:
        assert list(log.records())[-1].seq == len(numbers)
        assert log.damage() == []
