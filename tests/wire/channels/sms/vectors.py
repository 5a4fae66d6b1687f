"""Frames captured by others; the tests that need them are skipped where they are not."""

import json
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(__file__).parents[5] / "shared" / "data" / "protocols"


def vectors(name: str) -> dict[str, Any]:
    """The file of that name."""
    path = _FOLDER / name
    if not path.exists():
        pytest.skip(f"no captured frames here: {name}")
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
