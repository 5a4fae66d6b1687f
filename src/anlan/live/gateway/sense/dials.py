"""Times of which a frame told only a part: found near the time it came in at."""

from anlan.connectors.frames import Frame
from anlan.terms.readings import Reading

_MOST = 200_000


class Dials:
    """Of one protocol. Values without any time that came together stand a millisecond apart."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def dated(self, frame: Frame, received: int) -> tuple[Reading, ...]:
        """The readings of a frame with dials, at their times."""
        return tuple(
            one._replace(
                time=dial.near(received) if dial.period_ms else self._after(one.sensor, received)
            )
            for one, dial in zip(frame.readings, frame.dials, strict=True)
        )

    def _after(self, sensor: str, received: int) -> int:
        """The reception, or just after the sensor's last."""
        time = max(received, self._last.pop(sensor, received - 1) + 1)
        if len(self._last) >= _MOST:
            del self._last[next(iter(self._last))]
        self._last[sensor] = time
        return time
