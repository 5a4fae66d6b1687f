"""Named output files: all of them complete, or none at all."""

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from anlan.terms.errors import Malformed, Unavailable


@dataclass(frozen=True, slots=True)
class _Written:
    """A finished temporary file beside its target."""

    target: Path
    temporary: Path


class Outputs:
    """Files written beside their targets and renamed together by `commit`."""

    def __init__(self) -> None:
        self._written: list[_Written] = []
        self._direct: list[tuple[Path, bytes]] = []

    def write(self, target: Path, pieces: Iterable[bytes]) -> None:
        """Writes pieces to a temporary file; Unavailable where that fails."""
        if is_stream(target):
            self._direct.append((target, b"".join(pieces)))
            return
        temporary = target.with_name(f".{target.name[:200]}.{os.getpid()}.part")
        self._written.append(_Written(target, temporary))
        try:
            with temporary.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _failed(target, error) from error

    def commit(self) -> None:
        """Puts every file in its place; undoes all when one cannot be."""
        done: list[tuple[Path, Path | None]] = []
        try:
            for one in self._written:
                done.append((one.target, _keep_old(one.target)))
                one.temporary.replace(one.target)
            for target, content in self._direct:
                with target.open("wb") as file:
                    file.write(content)
        except OSError as error:
            _undo(done)
            raise _failed(one.target, error) from error
        for _, old in done:
            if old is not None:
                old.unlink(missing_ok=True)

    def discard(self) -> None:
        """Removes what was not put in place."""
        for one in self._written:
            with contextlib.suppress(OSError):
                one.temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def all_or_none() -> Iterator[Outputs]:
    """Outputs that are committed at the end of the block, or discarded when it fails."""
    outputs = Outputs()
    try:
        yield outputs
        outputs.commit()
    finally:
        outputs.discard()


def check_targets(targets: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raises Malformed where an output cannot be written or is also an input or twice named."""
    taken = {path.resolve() for path in inputs}
    for target in targets:
        if target.is_dir():
            raise Malformed("is a folder", where=str(target))
        if not target.parent.is_dir():
            raise Malformed("its folder does not exist", where=str(target))
        if not os.access(target.parent, os.W_OK) and not is_stream(target):
            raise Malformed("its folder cannot be written", where=str(target))
        if not is_stream(target) and target.resolve() in taken:
            raise Malformed("is named twice", where=str(target))
        taken.add(target.resolve())


def is_stream(target: Path) -> bool:
    """Whether the target is a terminal, pipe or device, which is written straight."""
    try:
        return not stat.S_ISREG(target.stat().st_mode)
    except OSError:
        return False


def _keep_old(target: Path) -> Path | None:
    """A second name of the file that stands there now, so that it can be put back."""
    old = target.with_name(f".{target.name[:200]}.{os.getpid()}.old")
    try:
        os.link(target, old)
    except FileNotFoundError:
        return None
    return old


def _undo(done: list[tuple[Path, Path | None]]) -> None:
    for target, old in done:
        with contextlib.suppress(OSError):
            if old is None:
                target.unlink(missing_ok=True)
            else:
                old.replace(target)


def _failed(target: Path, error: OSError) -> Unavailable:
    return Unavailable(f"{target}: cannot be written ({error.strerror or error})")
