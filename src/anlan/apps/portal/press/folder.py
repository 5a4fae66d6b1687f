"""A folder of files that others read while it is written: each is replaced whole, or not at all."""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MANIFEST, WRITTEN = "manifest.json", "written.json"
_HIDDEN = ".part-"
MOST_MADE = 60
"""Files at one time: some tenths of a second, for whoever makes them has other work as well."""


class Folder:
    """A folder with a manifest: of each file the digest of its content, and what it was made of.

    A file that was made of the same is not made again. Those that are not named before `finish`
    are removed there, after all others are written. is_whole: nothing was left for another time.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._left, self.is_whole = path, MOST_MADE, True
        self._before: dict[str, list[str]] = self._told(MANIFEST).get("files", {})
        self._after: dict[str, list[str]] = {}

    def make(self, name: str, made_of: str, body: Callable[[], bytes]) -> None:
        """Puts a file down, unless it stands there made of this.

        Some at most at one time: of more, the older ones stay as they are for now.
        """
        known = self._before.get(name)
        stands = known is not None and (self._path / name).is_file()
        if known is not None and stands and (known[1] == made_of or not self._left):
            self._after[name] = known
        if known is not None and stands and known[1] == made_of:
            return
        if not self._left:
            self.is_whole = False
            return
        self._left -= 1
        self.put(name, body(), made_of)

    def put(self, name: str, body: bytes, made_of: str = "") -> None:
        """Puts a file down, unless the same stands there."""
        digest = hashlib.sha256(body).hexdigest()
        if self._before.get(name, ("",))[0] != digest or not (self._path / name).is_file():
            self._write(name, body)
        self._after[name] = [digest, made_of]

    def finish(self, about: dict[str, Any]) -> None:
        """Writes the manifest and when it was written, then removes what is of no use."""
        self._write(MANIFEST, _json({**about, "files": self._after}))
        self._write(WRITTEN, _json(about))
        kept = {*self._after, MANIFEST, WRITTEN}
        for old in sorted(self._path.rglob("*"), reverse=True):
            if old.is_file() and old.relative_to(self._path).as_posix() not in kept:
                old.unlink()

    def written(self) -> dict[str, Any]:
        """What was said of the last writing; empty before the first."""
        return self._told(WRITTEN)

    def _told(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self._path / name).read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, name: str, body: bytes) -> None:
        """Beside it, down to the disk, then in its place."""
        path = self._path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(_HIDDEN + path.name)
        with part.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Whether nobody else writes into a folder now; while it lasts nobody will."""
    path.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode() + b"\n"
