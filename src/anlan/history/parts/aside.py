"""Sealed files that are damaged: found out by their sum, moved to quarantine, no longer counted."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from anlan.history.disk.files import reason
from anlan.history.parts.layout import sum_of
from anlan.history.parts.manifest import Part, Step, take_step
from anlan.history.segments.repair import QUARANTINE
from anlan.terms.errors import Unavailable


def damaged(folder: Path, parts: Iterable[Part]) -> list[tuple[Part, str]]:
    """The parts whose file is not as it was written, and why."""
    found = []
    for part in parts:
        why = _fault(folder / part.file, part)
        if why:
            found.append((part, why))
    return found


def _fault(path: Path, part: Part) -> str:
    try:
        if path.stat().st_size != part.bytes:
            return f"{path.stat().st_size} bytes instead of {part.bytes}"
        return "" if sum_of(path) == part.sum else "its checksum is wrong"
    except OSError as error:
        return reason(error)


def set_parts_aside(folder: Path, parts: Iterable[Part]) -> None:
    """Copies the files to quarantine and lets the store go on without them."""
    parts = list(parts)
    try:
        (folder / QUARANTINE).mkdir(exist_ok=True)
        for part in parts:
            source = folder / part.file
            if source.exists():
                shutil.copyfile(source, folder / QUARANTINE / source.name)
    except OSError as error:
        raise Unavailable(f"{folder}: cannot be set aside ({reason(error)})") from error
    take_step(folder, Step(drop=parts))
