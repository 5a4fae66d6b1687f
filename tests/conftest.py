"""What all tests share: compiled kernels, patience with a busy machine, and its time spared."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

from anlan.live.compiled import kernel_folder, user_cache

# Kernels live in a folder named by the engine's own text: the one that tools/setup has filled.
KERNELS = os.environ.setdefault("NUMBA_CACHE_DIR", str(kernel_folder(user_cache())))

# How long one example takes says how busy the machine is; and examples that nobody has seen before
# would refuse a change for what it has not done. New ones are looked for in `make soak`.
_PATIENT = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("anlan", deadline=None, derandomize=True, suppress_health_check=_PATIENT)
settings.load_profile("anlan")

# To look for what nobody holds goes through every module and every collected test, so it is done
# seldom; what leaks is found at the end all the same.
gc.set_threshold(50_000, 20, 50)


def pytest_collection_finish() -> None:
    """What stands from now on is not looked through again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Who acted for a site turned this process to that site's kernels; the next test finds ours."""
    os.environ["NUMBA_CACHE_DIR"] = KERNELS
