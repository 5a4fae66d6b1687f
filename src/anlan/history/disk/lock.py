"""One writer only: a lock that the system frees when its holder dies."""

import fcntl
import os
from pathlib import Path

from anlan.history.disk.files import reason
from anlan.terms.errors import Refused, Unavailable


class Lock:
    """The right to write, held until `release` or the end of the process."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def release(self) -> None:
        """Gives the right back."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def take(path: Path, *, what: str) -> Lock:
    """The lock on `path`; Refused names the process that holds it, Unavailable: no such file."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise Unavailable(f"{what} cannot be written ({reason(error)})") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
        os.close(handle)
        raise Refused(f"{what} is already written by process {holder}") from error
    os.ftruncate(handle, 0)
    os.pwrite(handle, b"%d\n" % os.getpid(), 0)
    return Lock(handle)
