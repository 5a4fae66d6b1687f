"""Advice for the page: worked out from the store, and kept for a few seconds."""

from anlan.site.page.board import Board
from anlan.site.page.follow import ReadDoor
from anlan.site.page.hints.advice import (
    Advice,
    Course,
    Subject,
    advise,
    gate_of,
    known_of,
    limits_at,
    windows_of,
)
from anlan.terms.sensors import Sensor

SHOWN_MS = 30 * 60_000
_KEPT_MS = 5_000
_MOST = 500


class Adviser:
    """The store's past, and what the detectors say of it; for one thread."""

    def __init__(self, door: ReadDoor) -> None:
        self.door = door
        self._kept: dict[str, tuple[int, Advice | None]] = {}

    def advice(self, board: Board, sensor: Sensor, *, now: int) -> Advice | None:
        """What is said of a sensor now, or was a few seconds ago."""
        kept = self._kept.get(sensor.key)
        if kept is not None and 0 <= now - kept[0] < _KEPT_MS:
            return kept[1]
        if len(self._kept) >= _MOST:
            self._kept.clear()
        found = self._advise(board, sensor, now)
        self._kept[sensor.key] = (now, found)
        return found

    def _advise(self, board: Board, sensor: Sensor, now: int) -> Advice | None:
        handle = board.handle[sensor.key]
        gate = gate_of(sensor, board.rule_sets)
        own = board.limits.get(sensor.key, ())

        def load(low: int, high: int) -> Course:
            raw = self.door.readings(handle, low, high)
            rows = ([r.time for r in raw], [r.value for r in raw], [r.quality for r in raw])
            return known_of(rows, gate)

        subject = Subject(
            sensor=sensor,
            gate=gate,
            limits=lambda at: limits_at(sensor, own, board.rule_sets, at=at),
            shown_ms=SHOWN_MS,
            windows=windows_of(sensor.interval_ms or gate.interval_ms),
        )
        return advise(load, subject, now=now)
