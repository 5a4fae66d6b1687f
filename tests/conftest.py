"""Compiled kernels live in a folder named by the engine's own text.

Numba looks only at the file of the function it caches, so that a changed table would run under
an old kernel; a folder of its own for each text of the engine makes that impossible.
"""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def engine_digest() -> str:
    """Short digest of the engine's and the words' sources."""
    digest = hashlib.sha256()
    for room in ("engine", "terms"):
        for path in sorted((ROOT / "src" / "anlan" / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / "build" / "kernels" / engine_digest()))
