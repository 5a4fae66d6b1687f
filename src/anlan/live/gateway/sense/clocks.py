"""Whether the times that a device told can be right: judged against the time they came in at."""

from typing import Any

from anlan.connectors.frames import Frame
from anlan.terms.quality import Quality
from anlan.terms.readings import Reading

UNSET, AHEAD, EIGHT_AHEAD, EIGHT_BEHIND = (
    "clock_unset", "clock_ahead", "clock_8h_ahead", "clock_8h_behind",
)  # fmt: skip
REASONS = {
    UNSET: "the device's clock was never set",
    AHEAD: "the device's clock is ahead",
    EIGHT_AHEAD: "the device's clock is eight hours ahead, as if its zone were added twice",
    EIGHT_BEHIND: "the device's clock is eight hours behind, as if its zone were left out",
}
_YEAR_2000 = 946_684_800_000
_EIGHT_MS, _NEAR_MS, _REPEAT_MS = 8 * 3_600_000, 120_000, 120_000
_MOST = 20_000


class Clocks:
    """Judges frames of one protocol. ahead_ms: so far a device's clock may be before ours."""

    def __init__(self, ahead_ms: int) -> None:
        self._ahead_ms = ahead_ms
        self._behind: dict[str, tuple[int, bool]] = {}
        self._first: dict[bytes, int] = {}

    def judged(self, frame: Frame, received: int) -> tuple[str, tuple[Reading, ...]]:
        """The fault of its clock, empty for none, and the readings.

        Where it is at fault its newest reading is of the time it was received at, the others as
        much before it as the device says, and all are uncertain. A frame that is repeated within
        two minutes has the time of its first copy.
        """
        newest = max([one.time for one in frame.readings])
        code = self._fault(frame.device, newest, received)
        if not code:
            return "", frame.readings
        shift = self._first_received(frame.raw, received) - newest
        return code, tuple(
            one._replace(time=one.time + shift, quality=max(one.quality, Quality.UNCERTAIN))
            for one in frame.readings
        )

    def _fault(self, device: str, newest: int, received: int) -> str:
        if newest < _YEAR_2000:
            return UNSET
        off = newest - received
        if off > self._ahead_ms:
            return EIGHT_AHEAD if abs(off - _EIGHT_MS) <= _NEAR_MS else AHEAD
        return EIGHT_BEHIND if self._is_behind_again(device, newest, off) else ""

    def _is_behind_again(self, device: str, newest: int, off: int) -> bool:
        """Once may be a reading that was kept for eight hours; twice with new times is a clock."""
        before = self._behind.pop(device, None) if self._behind else None
        if abs(off + _EIGHT_MS) > _NEAR_MS:
            return False
        is_again = before is not None and (before[1] or before[0] != newest)
        _put(self._behind, device, (newest, is_again))
        return is_again

    def _first_received(self, raw: bytes, received: int) -> int:
        first = self._first.get(raw)
        if first is None or received - first > _REPEAT_MS:
            self._first.pop(raw, None)
            _put(self._first, raw, received)
            return received
        return first


def _put(where: dict[Any, Any], key: Any, value: Any) -> None:
    """Puts it in; the oldest goes where there is no room."""
    if len(where) >= _MOST:
        del where[next(iter(where))]
    where[key] = value
