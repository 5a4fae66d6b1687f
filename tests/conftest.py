"""Compiled kernels live in a folder named by the engine's own text."""

import os
from pathlib import Path

import pytest

from anlan.live.compiled import kernel_folder

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("NUMBA_CACHE_DIR", str(kernel_folder(ROOT / "build")))

_ONE_AFTER_ANOTHER = ("browser", "flow")
"""Rooms whose tests start whole sites: beside their own kind they would be slow."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each of those rooms is one worker's, when there are several (`--dist loadgroup`)."""
    for item in items:
        room = item.path.relative_to(ROOT / "tests").parts[0]
        if room in _ONE_AFTER_ANOTHER:
            item.add_marker(pytest.mark.xdist_group(room))
