"""Beside the beat: snapshots now and then, and sealing of days that are over."""

import logging
import subprocess
import threading
import time

from anlan.history.log import store_in
from anlan.history.seal import seal_beside
from anlan.live.loop.heart import Heart
from anlan.live.loop.snapshot import Snapshot, save
from anlan.terms.errors import Unavailable

_log = logging.getLogger("anlan.live")
SNAPSHOT_S = 60.0
_PATIENCE = 100.0
"""A snapshot holds the beat up; the next one comes no sooner than so many times as long after."""
_DAY_MS = 86_400_000
_MOST_CLOSED = 64  # segments, of up to 32 MiB; more are sealed before the day is over


class Keeper:
    """Called by the beating thread between two groups."""

    def __init__(self, heart: Heart) -> None:
        self._heart = heart
        self._next = time.monotonic() + SNAPSHOT_S
        self._writing: threading.Thread | None = None
        self._sealing: subprocess.Popen[bytes] | None = None
        self._day: int | None = None
        self._kept_seq = heart.taken_up_from
        self.trouble: str | None = None

    def look(self, now: int) -> None:
        """Does what is due."""
        if time.monotonic() < self._next or self._heart.waits:
            return
        began = time.monotonic()
        self._keep()
        self._seal_if_due(now)
        took = time.monotonic() - began
        self._next = time.monotonic() + max(SNAPSHOT_S, _PATIENCE * took)

    def _keep(self) -> None:
        """Takes a snapshot; writing it to the disk is another thread's work."""
        if self._writing is not None and self._writing.is_alive():
            return
        snapshot = self._heart.snapshot()
        self._writing = threading.Thread(target=self._save, args=(snapshot,), name="snapshot")
        self._writing.start()

    def _save(self, snapshot: Snapshot) -> None:
        try:
            save(self._heart.folder, snapshot)
            self._kept_seq = snapshot.seq
            self.trouble = None
        except Unavailable as error:
            self.trouble = str(error)

    def _seal_if_due(self, now: int) -> None:
        if self._sealing is not None and self._sealing.poll() is None:
            return
        self._hear_sealer()
        day = now // _DAY_MS
        closed = len(list(self._heart.log.segments_folder.glob("*.sqlite"))) - 1
        is_due = closed > 0 and (day != self._day or closed > _MOST_CLOSED)
        if is_due and self._kept_seq:
            self._day = day
            # What the snapshot does not hold yet stays in the log, where a restart reads quickly.
            self._sealing = seal_beside(store_in(self._heart.data), until=self._kept_seq)

    def _hear_sealer(self) -> None:
        """Says why the last sealing failed, if it did."""
        done, self._sealing = self._sealing, None
        if done is not None:
            said = done.communicate()[1].decode(errors="replace").strip()
            if done.returncode:
                _log.warning("sealing failed: %s", said.rpartition("\n")[2], extra={"told": said})

    def end(self) -> None:
        """Waits for what is being written, and lets sealing go."""
        if self._writing is not None:
            self._writing.join()
        if self._sealing is not None and self._sealing.poll() is None:
            self._sealing.terminate()
            self._sealing.communicate()
