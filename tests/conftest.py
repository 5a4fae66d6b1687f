"""Compiled kernels live in a folder named by the engine's own text."""

import os
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # it tells none

from anlan.live.compiled import kernel_folder

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("NUMBA_CACHE_DIR", str(kernel_folder(ROOT / "build")))

_ONE_AFTER_ANOTHER = ("tests/browser/", "tests/flow/")
"""Rooms whose tests start whole sites: beside their own kind they would be slow."""


class ByRoom(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """Each of those rooms is one worker's, as a whole; any other test is whoever's is free."""

    def _split_scope(self, nodeid: str) -> str:
        room = next((one for one in _ONE_AFTER_ANOTHER if nodeid.startswith(one)), None)
        return room or nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByRoom | None:
    """Asked for by `--dist loadscope`."""
    return ByRoom(config, log) if config.getvalue("dist") == "loadscope" else None
