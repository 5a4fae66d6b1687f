"""Compiled kernels live in a folder named by the engine's own text."""

import os
from pathlib import Path

from anlan.live.compiled import kernel_folder

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("NUMBA_CACHE_DIR", str(kernel_folder(ROOT / "build")))
