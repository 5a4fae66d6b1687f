"""What is to be published from a cursor on, as far as there is anything now."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

import numpy as np

from anlan.history.codec import decode_readings
from anlan.history.log import Log, Record, RecordKind
from anlan.site.api.things.model.readings import Observed
from anlan.site.api.things.publishing.changed import changed
from anlan.site.api.things.publishing.cursor import Cursor
from anlan.site.api.things.publishing.news import Message, News
from anlan.site.api.things.publishing.settings import Settings

_AT_ONCE, _LATE_MS = 500, 600_000


class Course:
    """Messages, and after those of a part the cursor that stands behind it. A part is as many
    records as have some hundred readings together. What is older than ten minutes when its part
    is begun is no update any more and is left out. base: the address of the service."""

    def __init__(self, log: Log, at: Cursor, settings: Settings, base: str) -> None:
        self._settings, self._base = settings, base
        self._now = datetime.min.replace(tzinfo=UTC)
        self._records = log.records(at.seq, kinds=(RecordKind.READINGS,))
        self._drawn = self._parts(at)

    def next(self, now: datetime) -> Message | Cursor | None:
        """The next of it; None at its end, or after it failed."""
        self._now = now
        return next(self._drawn, None)

    def _parts(self, at: Cursor) -> Iterator[Message | Cursor]:
        while True:
            readings, seq = self._read()
            things = changed(at.row)
            behind = at._replace(seq=seq or at.seq, row=things[-1] if things else at.row)
            if behind == at:
                return
            for start in range(0, max(1, len(readings)), _AT_ONCE):
                some = readings[start : start + _AT_ONCE]
                for audience in self._settings.audiences:
                    news = News(audience, self._base)
                    yield from news.of(some, things if start == 0 else [], self._now)
            yield behind
            at = behind

    def _read(self) -> tuple[list[Observed], int]:
        """Readings of some records, and the last of these; 0 where there is none."""
        rows: list[Observed] = []
        seq, since = 0, round(self._now.timestamp() * 1000) - _LATE_MS
        for record in islice(self._records, _AT_ONCE):
            seq = record.seq
            if record.at >= since:
                rows += _rows(record)
            if len(rows) >= _AT_ONCE:
                break
        return rows, seq


def _rows(record: Record) -> list[Observed]:
    batch = decode_readings(record.body)
    return [
        Observed(handle, time, value if np.isfinite(value) else None, quality, received)
        for handle, time, value, quality, received in zip(
            batch.sensor.tolist(), batch.time.tolist(), batch.value.tolist(),
            batch.quality.tolist(), batch.received.tolist(), strict=True,
        )
    ]  # fmt: skip
