"""Compiled kernels live in a folder named by the engine's own text."""

import os
from pathlib import Path

from hypothesis import settings

from anlan.live.compiled import kernel_folder

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("NUMBA_CACHE_DIR", str(kernel_folder(ROOT / "build")))

# How long one example takes says how busy the machine is.
settings.register_profile("anlan", deadline=None)
settings.load_profile("anlan")
