"""The site's clock: follows the machine's, and believes a jump only after it has lasted.

Ticks and times of reception come from here. A machine clock that jumps for a moment, steps back
or starts in 1970 must neither make every sensor silent nor refuse every reading.
"""

import time
from collections.abc import Callable

from anlan.terms.times import format_time

FOLLOWED_MS = 2_000
"""A difference up to this is followed at once; a larger one is a jump."""
CONFIRM_MS = 60_000
"""How long a jump must last to be believed."""
_YEAR_2000 = 946_684_800_000


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _steady_ms() -> int:
    """Milliseconds that also pass while the machine sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Clock:
    """Milliseconds UTC.

    floor: the newest time in the log; a machine clock that starts earlier is a jump back.
    `notes` collects a sentence for each jump seen, believed or taken back; take them with
    `take_notes`.
    """

    def __init__(
        self,
        *,
        wall: Callable[[], int] = _wall_ms,
        steady: Callable[[], int] = _steady_ms,
        floor: int = 0,
    ) -> None:
        self._wall, self._steady = wall, steady
        start = wall()
        self._notes: list[str] = []
        self._jump_since: int | None = None
        self._offset = max(start, floor) - steady()
        self._last = max(start, floor)
        self.jump_ms = 0

    def now(self) -> int:
        """The time; it goes back only where a step back of the machine's clock was believed."""
        steady = self._steady()
        wall = self._wall()
        ahead = wall - (steady + self._offset)
        if abs(ahead) <= FOLLOWED_MS:
            if self._jump_since is not None:
                self._notes.append(f"the machine's clock came back after {_span(self.jump_ms)}")
            self._jump_since, self.jump_ms = None, 0
            self._offset += ahead
        else:
            self._judge(ahead, wall, steady)
        self._last = max(self._last, steady + self._offset)
        return self._last

    def _judge(self, ahead: int, wall: int, steady: int) -> None:
        """A jump: believed after it has lasted, unless it leads to before 2000."""
        if self._jump_since is None or abs(ahead - self.jump_ms) > FOLLOWED_MS:
            self._jump_since, self.jump_ms = steady, ahead
            self._notes.append(
                f"the machine's clock says {_told(wall)}, {_span(ahead)} off; going on as before"
            )
        elif steady - self._jump_since >= CONFIRM_MS and wall >= _YEAR_2000:
            self._notes.append(f"the machine's clock stays {_span(ahead)} off; followed from now")
            self._offset += ahead
            self._jump_since, self.jump_ms = None, 0
            self._last = steady + self._offset

    def take_notes(self) -> list[str]:
        """What happened since the last call, oldest first."""
        notes, self._notes = self._notes, []
        return notes


def _told(ms: int) -> str:
    try:
        return format_time(ms)
    except OverflowError:
        return f"{ms} ms"


def _span(ms: int) -> str:
    return f"{ms / 1000:+,.1f} s"
