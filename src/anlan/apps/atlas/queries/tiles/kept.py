"""Tiles that were made once: in memory for each jurisdiction, on disk where they are public."""

import contextlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path

from django.conf import settings

_MOST_BYTES = 48_000_000


class Kept:
    """The tiles asked for last, up to some bytes."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._guard = threading.Lock()
        self._tiles: OrderedDict[Hashable, bytes] = OrderedDict()
        self._most, self._bytes = most_bytes, 0

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The tile of a key, made where it is not kept."""
        with self._guard:
            found = self._tiles.get(key)
            if found is not None:
                self._tiles.move_to_end(key)
                return found
        made = make()
        with self._guard:
            if key not in self._tiles:
                self._tiles[key] = made
                self._bytes += len(made)
            while self._bytes > self._most and len(self._tiles) > 1:
                self._bytes -= len(self._tiles.popitem(last=False)[1])
        return made

    def clear(self) -> None:
        """Forgets all."""
        with self._guard:
            self._tiles.clear()
            self._bytes = 0


def on_disk(name: str, make: Callable[[], bytes]) -> bytes:
    """A public tile from the data folder, made and put there where it is missing.

    A full disk is no reason to show no map.
    """
    path: Path = settings.PLACE.data / "desk" / "tiles" / name
    with contextlib.suppress(OSError):
        return path.read_bytes()
    made = make()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
        fresh.write_bytes(made)
        fresh.replace(path)
    return made
