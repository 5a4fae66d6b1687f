"""kill -9 of a sender amid texts by CMPP: nobody is lost; only what had no answer goes again."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench import sms

COUNT, KILLS = 600, 1
MOST_S = 240.0
"""For each step, on a machine that has other things to do; alone it is a few seconds."""


@pytest.mark.soak
@pytest.mark.timeout(3 * MOST_S)
def test_nobody_is_lost_and_only_what_had_no_answer_goes_again(tmp_path: Path) -> None:
    open_parts = 0
    with ExitStack() as stack:
        centre = sms.Far("cmpp", stack)
        site = sms.Site(tmp_path, "cmpp", centre.port, stack, count=COUNT)
        sender = site.sender(0)
        site.started("work", "{}")
        site.sign()
        for killed in range(KILLS):
            until_s = time.monotonic() + MOST_S
            done = (killed + 1) * COUNT // (KILLS + 2)
            while sum(v for k, v in site.counts().items() if k) < done:
                assert time.monotonic() < until_s, site.counts()
                time.sleep(0.02)
            sender.kill()
            sender.wait()
            open_parts += _arrived(centre) - sms.PARTS * site.noted()
            sender = site.sender(0)
        site.awaited(lambda counts: not counts.get(0), MOST_S)
        counts, far = site.counts(), centre.told()
    assert not counts.get(0), counts
    told = counts.get(sms.DELIVERED, 0)
    # Names that were not written yet are lost with their sender: those stay handed.
    assert told + counts.get(sms.HANDED, 0) == COUNT, counts
    assert far["recipients"] == COUNT
    # A connection that breaks by itself, as on a machine that stands still, has its window too.
    broken = far["logins"] - sms.LINES * (KILLS + 1)
    assert far["twice"] <= open_parts + max(0, broken) * sms.WINDOW, (open_parts, far)


def _arrived(centre: sms.Far) -> int:
    """How many parts the centre has, once all is read that a dead sender's lines brought: they
    are closed, but for the one of the people's letters, and nothing has come for a second."""
    until_s, seen = time.monotonic() + MOST_S, -1
    while (now := centre.so_far())["lines"] > 1 or now["parts"] != seen:
        assert time.monotonic() < until_s, now
        seen = now["parts"]
        time.sleep(1)
    return seen
