"""Files put in place whole: written beside the target, flushed to the disk, renamed."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from anlan.terms.errors import Unavailable


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A path to write to; it becomes the target when the block ends well, else it is removed.

    Raises Unavailable where the file cannot be written.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield part
        flush(part)
        part.replace(target)
        flush(target.parent)
    except OSError as error:
        raise Unavailable(f"{target}: cannot be written ({reason(error)})") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Brings a file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_parts(folder: Path) -> None:
    """Removes what a stopped writer left half-written."""
    for left in folder.glob(".*.part*"):
        with contextlib.suppress(OSError):
            left.unlink()


def reason(error: Exception) -> str:
    """Why the disk refused, in a few words."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)
