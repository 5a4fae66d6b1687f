"""What happens in the demo: history, then a rainstorm at each start; remembered in its folder."""

import hashlib
import json
import pickle
from functools import cache
from pathlib import Path
from typing import cast

from anlan.sandtable import city as sandtable
from anlan.sandtable.city import City, Script, city, demo

SEED, SIZE = 99, "S"
DAY_MS = 86_400_000
FIRST_RAIN_MS = 10_000
"""From the opening of the pages to the first minute of the storm: the reader shall see it come."""


def city_of(data: Path) -> City:
    """The city, built once for each version of its source and then kept in the folder."""
    path = data / "sandtable" / f"city-{SIZE}-{SEED}-{_source()}.pickle"
    try:
        return cast(City, pickle.loads(path.read_bytes()))  # noqa: S301 - our own file in our own folder
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it can be built again
        built = city(SIZE, SEED)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(built))
    part.replace(path)
    for old in path.parent.glob(f"city-{SIZE}-{SEED}-*.pickle"):
        if old != path:
            old.unlink(missing_ok=True)
    return built


@cache
def _source() -> str:
    """A digest of the source that builds the city."""
    files = sorted(Path(sandtable.__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(one.read_bytes() for one in files)).hexdigest()[:12]


def script_of(data: Path, now: int) -> Script:
    """The script of a data folder as far as it is written; begun at `now` (ms UTC) where it is
    not yet."""
    first, starts = _read(data)
    if first is None:
        first = now
        _write(data, first, starts)
    return demo(first, tuple(starts), SEED)


def storms_of(data: Path) -> tuple[int, ...]:
    """When the storms of a demo's starts begin, as far as is written, ms UTC."""
    return tuple(_read(data)[1])


def add_start(data: Path, now: int) -> None:
    """A storm begins soon after `now`."""
    first, starts = _read(data)
    _write(data, first or now, [*(s for s in starts if s < now), now + FIRST_RAIN_MS])


def _file(data: Path) -> Path:
    return data / "sandtable" / "starts.json"


def _read(data: Path) -> tuple[int | None, list[int]]:
    try:
        found = json.loads(_file(data).read_text())
        return int(found["first"]), [int(start) for start in found["starts"]]
    except (OSError, ValueError, TypeError, KeyError):
        return None, []


def _write(data: Path, first: int, starts: list[int]) -> None:
    path = _file(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"first": first, "starts": starts}))
    part.replace(path)
