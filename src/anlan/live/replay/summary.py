"""The summary of a replay: counts, span, time taken and the digest of its change lines."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from anlan.live.replay.run import Replayed
from anlan.terms.changes import Kind
from anlan.terms.times import NEVER, format_time


class Digest:
    """SHA-256 of change lines as they pass."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def passing(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The same pieces, taken into the digest."""
        for piece in pieces:
            self._hash.update(piece)
            yield piece

    @property
    def text(self) -> str:
        return self._hash.hexdigest()


def summary_of(replayed: Replayed, *, digest: str, seconds: float) -> dict[str, Any]:
    """The fields of the summary file; rows read are `readings` and all of `refused`."""
    kinds = Counter(replayed.changes["kind"].tolist())
    return {
        "readings": replayed.readings,
        "refused": {code: n for code, n in sorted(replayed.faults.counts.items()) if n},
        "sensors": len(replayed.engine.plan.sensors),
        "changes": {Kind(kind).word: n for kind, n in sorted(kinds.items())},
        "first": _moment(replayed.first),
        "last": _moment(replayed.last),
        "seconds": round(seconds, 3),
        "digest": digest,
    }


def as_bytes(summary: dict[str, Any]) -> bytes:
    """The summary as JSON text."""
    return (json.dumps(summary, ensure_ascii=False, indent=2) + "\n").encode()


def _moment(ms: int) -> str | None:
    return None if ms == NEVER else format_time(ms)
