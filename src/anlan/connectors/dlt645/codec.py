"""Questions to a meter, and its answers → numbers. Pure."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from anlan.connectors.dlt645.frame import Frame
from anlan.connectors.dlt645.items import Edition, Item
from anlan.terms.errors import Malformed, Unavailable

_ASKS: dict[Edition, int] = {"2007": 0x11, "1997": 0x01}
_ANSWER, _MORE, _WRONG = 0x80, 0x20, 0x40
_READ_ADDRESS, _SET_CLOCK = 0x13, 0x08
_ERRORS: dict[Edition, tuple[str, ...]] = {
    "2007": ("another error", "no such data", "password wrong or not authorised",
             "the speed cannot be changed", "too many year zones", "too many day slots",
             "too many tariffs"),
    "1997": ("illegal data", "wrong identifier", "wrong password", "", "too many year zones",
             "too many day slots", "too many tariffs"),
}  # fmt: skip
"""As the bits of the error word are called, the lowest first."""
_DAY_S = 86_400


class Question(NamedTuple):
    """One item of one meter. di: the identifier, in the order of the tables."""

    address: str
    edition: Edition
    di: str

    @property
    def frame(self) -> Frame:
        return Frame(self.address, _ASKS[self.edition], bytes.fromhex(self.di)[::-1])


class Declined(Unavailable):
    """The meter answered that it will not."""


def answered(question: Question, frame: Frame) -> bytes | None:
    """What a frame answers to a question; None where it is no answer to it, as those of other
    meters, of other items and what came late. Declined where the meter says that it will not,
    Malformed where an answer cannot be taken."""
    control = _ASKS[question.edition] | _ANSWER
    if frame.address != question.address or frame.control & ~(_MORE | _WRONG) != control:
        return None
    if frame.control & _WRONG:
        raise Declined(f"the meter declines: {_why(question.edition, frame.data)}")
    size = len(question.di) // 2
    if frame.data[:size][::-1].hex() != question.di:
        return None
    if frame.control & _MORE:
        raise Malformed("the answer has more than one frame")
    return frame.data[size:]


def answer_to(asked: Frame, address: str, data: bytes | None) -> Frame:
    """What a meter says to a question for an item: its bytes, as they are sent; or, for None, that
    it has none."""
    control = asked.control | _ANSWER
    if data is None:
        return Frame(address, control | _WRONG, b"\x02")
    return Frame(address, control, asked.data + data)


def _why(edition: Edition, data: bytes) -> str:
    bits = data[0] if data else 0
    told = [word for n, word in enumerate(_ERRORS[edition]) if bits >> n & 1 and word]
    return ", ".join(told) or f"error {bits:02X}"


def number_of(
    item: Item, data: bytes, at: int, zone: tzinfo, *, bit: int | None = None
) -> float | None:
    """The number of an answer; None where the meter has none. at: when it was read, ms UTC; of a
    clock the number is how many seconds it is ahead · bit: which of a word is meant, None for all.
    Malformed where the bytes are not as the item says."""
    if len(data) != item.size:
        raise Malformed(f"{len(data)} bytes came, {item.size} are right")
    if item.kind == "bits":
        word = int.from_bytes(data, "little")
        return float(word if bit is None else word >> bit & 1)
    if data == b"\xff" * len(data):
        return None
    if item.kind != "number":
        return _ahead_s(item, data[::-1].hex(), datetime.fromtimestamp(at / 1000, UTC), zone)
    digits, is_minus = bytearray(data[::-1]), False
    if item.is_signed:
        is_minus, digits[0] = digits[0] > 0x7F, digits[0] & 0x7F
    text = digits.hex()
    if not text.isdigit():
        raise Malformed(f"no digits: {data[::-1].hex()}")
    number: float = int(text) / 10**item.decimals
    return -number if is_minus else number


def _ahead_s(item: Item, text: str, at: datetime, zone: tzinfo) -> float:
    """How far a clock is ahead; of a time of day the nearer way round."""
    here = at.astimezone(zone)
    try:
        if item.kind == "time":
            hour, minute, second = _pairs(text)
            clock = time(hour, minute, second)
            ahead = (datetime.combine(here, clock, zone) - here).total_seconds()
            return (ahead + _DAY_S / 2) % _DAY_S - _DAY_S / 2
        year, month, day, _, *clock_s = _pairs(text)
        if item.kind == "date":
            return float((date(2000 + year, month, day) - here.date()) / timedelta(seconds=1))
        hour, minute, second = clock_s
        moment = datetime(2000 + year, month, day, hour, minute, second, tzinfo=zone)
        return (moment - here).total_seconds()
    except ValueError as error:
        raise Malformed(f"no time: {text}") from error


def _pairs(text: str) -> list[int]:
    return [int(text[n : n + 2]) for n in range(0, len(text), 2)]


def address_question() -> Frame:
    """Asks the only meter of a line for its address; by 2007."""
    return Frame("aa" * 6, _READ_ADDRESS, b"")


def address_in(frame: Frame) -> str | None:
    """The address that a meter tells; None where it is no answer to that."""
    if frame.control != _READ_ADDRESS | _ANSWER or len(frame.data) != 6:
        return None
    return frame.data[::-1].hex()


def clock_set(at: int, zone: tzinfo) -> Frame:
    """Tells all meters of a line the time; nobody answers it, and none takes it more than once a
    day or where it is off by more than five minutes."""
    here = datetime.fromtimestamp(at / 1000, zone)
    return Frame("99" * 6, _SET_CLOCK, bytes.fromhex(here.strftime("%y%m%d%H%M%S"))[::-1])
