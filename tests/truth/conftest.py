"""Real data lies beside the checkout, in ../shared; without it these tests are skipped."""

from collections.abc import Callable
from pathlib import Path

import pytest

SERIES = Path(__file__).resolve().parents[3] / "shared/data/01_timeseries"


@pytest.fixture(scope="session")
def real_data() -> Callable[[str], Path]:
    """The folder of a real data set; skips the test where it is missing."""

    def folder(name: str) -> Path:
        if not (SERIES / name).is_dir():
            pytest.skip(f"real data set {name} is not here (../shared/data/01_timeseries)")
        return SERIES / name

    return folder
