"""The identifier of a national message: ZZZZZZDDDUUUXX_YYYYMMDDhhmmss_N, 31 characters.

Region (GB/T 2260), trade of the body (GB/T 4657: 416 weather, 332 water), the body's own
division, an extension, when it was entered (Beijing time), and a number from 0 to 9 among those
entered by one body in one second. Alerts seen in public end before the number.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from anlan.terms.errors import Malformed

source = "突发事件预警信息取值规则及说明, A.1.1 to A.1.3; eleven identifiers of issued alerts"

BEIJING = timezone(timedelta(hours=8))
_UNIT = re.compile(r"\d{14}", re.ASCII)
_WHOLE = re.compile(r"(\d{14})_(\d{14})(?:_(\d))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """Who entered a message and when.

    unit: 14 digits · entered_at: aware, whole seconds · number: 0 to 9, None where it is left out.
    """

    unit: str
    entered_at: datetime
    number: int | None

    @property
    def region(self) -> str:
        """The 6 digits of GB/T 2260."""
        return self.unit[:6]

    @property
    def trade(self) -> str:
        """The 3 digits of GB/T 4657."""
        return self.unit[6:9]

    @property
    def text(self) -> str:
        """As it is written: 31 characters, 29 without a number."""
        number = [] if self.number is None else [str(self.number)]
        return "_".join([self.unit, digits_of(self.entered_at), *number])


def digits_of(moment: datetime) -> str:
    """A moment in the 14 digits of the rules, in Beijing time; Malformed beyond the calendar."""
    try:
        return moment.astimezone(BEIJING).strftime("%Y%m%d%H%M%S").zfill(14)
    except OverflowError as error:
        raise Malformed(f"beyond the calendar: {moment.isoformat()}") from error


def moment_in(digits: str) -> datetime:
    """The moment that 14 digits say; Malformed where there is none."""
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
    except ValueError as error:
        raise Malformed(f"no such moment: {digits}") from error


def make_identifier(unit: str, entered_at: datetime, number: int = 0) -> Identifier:
    """The identifier of a message that a unit enters; Malformed for what is no unit or number."""
    if not is_unit(unit):
        raise Malformed(f"not the code of a unit: {unit!r} (14 digits, a region first)")
    if not 0 <= number <= 9:
        raise Malformed(f"one unit enters at most ten messages a second, from 0 to 9: {number}")
    return Identifier(unit, entered_at.astimezone(BEIJING).replace(microsecond=0), number)


def read_identifier(text: str) -> Identifier:
    """The identifier in a text, with or without its number; Malformed where it is none."""
    match = _WHOLE.fullmatch(text.strip())
    if match is None:
        raise Malformed(
            f"not a national identifier: {text[:60]!r} (ZZZZZZDDDUUUXX_YYYYMMDDhhmmss_N)"
        )
    if not is_unit(match[1]):
        raise Malformed(f"no region stands at the beginning of {match[1]}")
    return Identifier(match[1], moment_in(match[2]), int(match[3]) if match[3] else None)


def is_unit(code: str) -> bool:
    """Whether it is the 14-digit code of a unit, with a province of GB/T 2260 at its beginning.

    99, of no province, is the fictional city's.
    """
    return bool(_UNIT.fullmatch(code)) and "11" <= code[:2] <= "99"


def doubt_of(text: str) -> str | None:
    """Why a text is not the 31 characters that the rules ask for; None where it is."""
    try:
        read = read_identifier(text)
    except Malformed as error:
        return error.message
    return None if read.number is not None else f"without its number it has 29 characters: {text}"
