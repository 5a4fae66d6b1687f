"""Files with values of sensors that are not registered: read again once some of them are."""

import time
from pathlib import Path

from anlan.live.ways.tables.account import MOST_AWAITED, Account
from anlan.live.ways.tables.sending import Sending
from anlan.terms.errors import Unavailable

_EACH_S = 10.0


def account_of(path: Path) -> Path:
    """Where it stands what became of a file."""
    return path.with_name(f"{path.name}.account.csv")


class Waiting:
    """The files in one folder. Who is new here, such as after a start, is read once."""

    def __init__(self, path: Path, sending: Sending) -> None:
        self._path, self._sending = path, sending
        self._awaited: dict[Path, tuple[frozenset[str], int]] = {}
        self._next_s = 0.0

    def place(self, path: Path) -> Path:
        """Where a file may wait: its name, which may name a device, stays."""
        n, free = 1, self._path / path.name
        while free.exists() and free != path:
            n += 1
            free = self._path / str(n) / path.name
        free.parent.mkdir(0o755, parents=True, exist_ok=True)
        return free

    def note(self, path: Path, account: Account) -> None:
        """Notes what a file waits for."""
        self._awaited[path] = (frozenset(account.awaited), len(self._sending.known))

    def due(self) -> list[Path]:
        """The files of whose sensors some were registered, asked for each few seconds."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return []
        self._next_s = now_s + _EACH_S
        return self.ready()

    def ready(self) -> list[Path]:
        """Those that are due, looked at now; none where nobody says which sensors there are."""
        found = sorted(path for path in self._path.rglob("*") if account_of(path).exists())
        self._awaited = {path: self._awaited[path] for path in found if path in self._awaited}
        if not found:
            return []
        try:
            self._sending.look()
        except Unavailable:
            return []
        return [path for path in found if self._is_ready(path)]

    def _is_ready(self, path: Path) -> bool:
        sensors, known = self._awaited.get(path, (frozenset(), -1))
        is_cut = len(sensors) == MOST_AWAITED or known < 0
        more = is_cut and len(self._sending.known) > known
        return more or not sensors.isdisjoint(self._sending.known)
