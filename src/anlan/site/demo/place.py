"""A data folder of one's own: two demos at a time do not meet in one."""

import fcntl
import os
import shutil
from pathlib import Path

from anlan.terms.errors import Refused, Unavailable

_FOLDERS_TRIED = 100
_OWN = {
    "cache", "demo.lock", "desk", "files", "gateway", "gateway.toml", "history", "live", "ways",
    "sandtable",
}  # fmt: skip


def claim(data: Path, *, move: bool) -> Path:
    """The folder, claimed until this process ends.

    move: where another demo has it, the next one (`data-2`, `data-3` …) is taken, as with ports.
    Raises Refused where the folder is taken, Unavailable where it cannot be written.
    """
    for number in range(1, _FOLDERS_TRIED if move else 2):
        one = data if number == 1 else data.with_name(f"{data.name}-{number}")
        if _is_ours(one):
            return one
    raise Refused(f"another demo runs on {data}; name another folder with --data")


def _is_ours(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Left open on purpose: the system gives the right back when this process ends.
        handle = os.open(folder / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written ({error.strerror})") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return False
    return True


def clear(folder: Path) -> None:
    """Removes what a demo kept in a folder that is claimed, and nothing that is not a demo's.

    Raises Refused where the folder holds something else.
    """
    kept = {path.name for path in folder.iterdir()}
    if kept - _OWN:
        raise Refused(f"{folder} holds {sorted(kept - _OWN)[0]!r}, which is no demo's; remove it")
    for name in kept - {"demo.lock"}:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
