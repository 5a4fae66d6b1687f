"""Compact: everything that can be sealed is sealed, joined and aged now."""

import contextlib
from pathlib import Path

from anlan.history.log import Log
from anlan.history.parts.manifest import Manifest, read_manifest
from anlan.history.seal import Progress, Retention, let_go, seal
from anlan.terms.errors import Refused


def compact(
    folder: Path, *, retention: Retention | None = None, progress: Progress | None = None
) -> Manifest:
    """Seals all records of an idle store, or the closed segments of one that is being written.

    Raises Malformed where there is no store, Refused where another process is sealing.
    """
    Log.open(folder).close()
    with contextlib.suppress(Refused), Log.open(folder, write=True) as log:
        log.roll()
    let_go(folder, retention)  # first, for this may be what makes room
    seal(folder, retention=retention, progress=progress)
    let_go(folder, retention)
    return read_manifest(folder)
