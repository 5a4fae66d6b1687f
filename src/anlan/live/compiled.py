"""Where compiled kernels are kept: a folder named by the text they were compiled from.

Numba looks only at the file of the function that it caches. A changed table of records would
run under a kernel compiled for the old one; a folder for each text makes that impossible.
"""

import hashlib
import os
import tempfile
from pathlib import Path

ROOMS = ("terms", "engine", "live")


def sources_digest() -> str:
    """Short digest of all sources that kernels are compiled from."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parent.parent
    for room in ROOMS:
        for path in sorted((package / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def kernel_folder(below: Path) -> Path:
    """The folder below `below`, or among the temporary ones where that cannot be written."""
    folder = below / "kernels" / sources_digest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_usable = os.access(folder, os.W_OK)
    except OSError:
        is_usable = False
    if not is_usable:
        own = Path(tempfile.gettempdir(), f"anlan-kernels-{os.getuid()}")
        own.mkdir(mode=0o700, exist_ok=True)
        folder = own / sources_digest()
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def user_cache() -> Path:
    """The person's cache folder, for commands that have no data folder."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    return Path(home or Path.home() / ".cache") / "anlan"
