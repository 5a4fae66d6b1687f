"""How far the updates have been published: a small file beside the settings."""

import json
from pathlib import Path
from typing import NamedTuple

from anlan.apps.atlas.models import ObservedObject
from anlan.history.disk.files import whole_file
from anlan.history.log import Log


class Cursor(NamedTuple):
    """epoch: of the log · seq: its last record whose readings are published · row: the last row of
    an observed object."""

    epoch: str
    seq: int
    row: int


def newest(log: Log) -> Cursor:
    """Where everything that stands now is behind."""
    last = ObservedObject.objects.order_by("-pk").values_list("pk", flat=True).first()
    return Cursor(log.epoch, log.last(), last or 0)


def kept(path: Path, log: Log) -> Cursor:
    """The cursor in a file; the newest where there is none, or it is of another log."""
    try:
        found = Cursor(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return newest(log)
    return found if found.epoch == log.epoch and found.seq <= log.last() else newest(log)


def keep(path: Path, cursor: Cursor) -> None:
    """Writes it to the disk; Unavailable where that cannot be. A process that dies before repeats
    a little, and leaves nothing out."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with whole_file(path) as part:
        part.write_text(json.dumps(cursor._asdict()))
