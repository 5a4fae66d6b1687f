"""kill -9 at a random moment under load: nothing acknowledged is lost, no change is doubled."""

from pathlib import Path

import pytest

from tests.flow.conftest import Starter, found_town
from tests.flow.crashes import check, one_round


@pytest.mark.parametrize("seed", range(5))
def test_killed_under_load(tmp_path: Path, start: Starter, seed: int) -> None:
    town = found_town(tmp_path, {"a": 3, "b": 5, "c": 1})
    live = start(tmp_path)
    senders = one_round(live, town, seed)
    live.stop()
    assert live.status == [0]
    assert any("starting it again" in sentence for sentence in live.said)
    check(tmp_path, town, senders)
