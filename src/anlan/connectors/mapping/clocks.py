"""Times as devices write them: ms or s since 1970, ISO 8601, or by a pattern."""

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from anlan.terms.errors import Malformed
from anlan.terms.rows import NUMBER, shown, time_in
from anlan.terms.times import FIRST_MS, LAST_MS

ARRIVAL = "arrival"
UNITS = ("ms", "s", "iso", ARRIVAL)
_OFFSET = re.compile(r"([+-])([01][0-9]):([0-5][0-9])")
_LONGEST = 64


class Clock(NamedTuple):
    """How a time is written. unit: one of UNITS, or a pattern of strptime · zone: of times without
    one; None where each must have its own."""

    unit: str = "ms"
    zone: tzinfo | None = None

    def ms(self, cell: Any, name: str) -> int:
        """Milliseconds UTC; Malformed where the cell is no such time."""
        if "%" in self.unit:
            return self._by_pattern(cell, name)
        if self.unit == "s":
            if isinstance(cell, str) and re.fullmatch(NUMBER, cell.strip()[:_LONGEST]):
                cell = float(cell)
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                return of_seconds(cell, name)
        elif self.zone is not None and isinstance(cell, str) and len(cell) <= _LONGEST:
            return self._by_zone(cell.strip(), name)
        return time_in(cell, name)

    def _by_pattern(self, cell: Any, name: str) -> int:
        """A number may be written by a pattern too, as in 20260701080000."""
        is_digits = isinstance(cell, int) and not isinstance(cell, bool) and 0 <= cell < 10**18
        text = str(cell) if is_digits else cell
        try:
            if isinstance(text, str) and len(text) <= _LONGEST:
                found = datetime.strptime(text.strip(), self.unit)  # noqa: DTZ007 - zoned next
                return self._zoned(found, name)
        except (ValueError, OverflowError):
            pass
        raise Malformed(f"{name} is not written as {self.unit}: {shown(cell)}")

    def _by_zone(self, cell: str, name: str) -> int:
        """Digits alone are a number, though 1780010112000 may be read as a time of 1780; eight of
        them are most likely a date, and no device means the first day of 1970."""
        if re.fullmatch("[0-9]{8}", cell):
            raise Malformed(f"{name} may be a date: a pattern such as %Y%m%d says so: {cell}")
        if re.fullmatch(NUMBER, cell):
            return time_in(cell, name)
        try:
            found = datetime.fromisoformat(cell)
        except ValueError:
            return time_in(cell, name)
        return self._zoned(found, name)

    def _zoned(self, found: datetime, name: str) -> int:
        if found.tzinfo is None:
            if self.zone is None:
                raise Malformed(f"{name} has no zone, and the mapping names none")
            found = found.replace(tzinfo=self.zone)
        try:
            return time_in(round(found.timestamp() * 1000), name)
        except (OverflowError, ValueError):
            raise Malformed(f"{name} lies outside the years 1 to 9999") from None


def of_seconds(seconds: float, name: str) -> int:
    """Milliseconds of seconds since 1970; their parts are rounded."""
    if not FIRST_MS <= seconds * 1000 <= LAST_MS:  # so is what is not finite
        raise Malformed(f"{name} lies outside the years 1 to 9999: {shown(seconds)}")
    return round(seconds * 1000)


def zone_of(text: str) -> tzinfo:
    """The zone of `+08:00` or of a name such as `Asia/Shanghai`."""
    found = _OFFSET.fullmatch(text)
    if found is None:
        try:
            return ZoneInfo(text)
        except (ValueError, OSError, KeyError) as error:
            raise Malformed(f"zone {text!r} is neither +08:00 nor a name") from error
    span = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-span if found[1] == "-" else span)
