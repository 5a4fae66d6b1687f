"""How a call went, and the receipt of each of its ends."""

from dataclasses import dataclass
from enum import Enum

from anlan.channels import Fault, Receipt, State, one_line
from anlan.channels.voice.sip.message import Response

CONFIRMS = "1"
"""The only key that confirms."""
NOT_CONFIRMED = "picked up, not confirmed"


class End(Enum):
    """How a call ended: in a word, whether another try is in vain, and after how long one may be
    made; by the status of SIP where there is one."""

    PICKED_UP = (None, "", 0)
    BUSY = (Fault.BUSY, "the line is busy", 30)
    NO_ANSWER = (Fault.TIMEOUT, "nobody picked up", 45)
    DECLINED = (Fault.RECIPIENT, "the call was declined", -1)
    UNKNOWN = (Fault.RECIPIENT, "there is no such number", -1)
    LOGIN = (Fault.SETTINGS, "the telephone exchange refuses the login", 60)
    OVERLOADED = (Fault.BUSY, "the telephone exchange has no line free", 15)
    NO_SOUND = (Fault.SETTINGS, "the other end knows no sound that we know", 60)
    UNREACHABLE = (Fault.UNREACHABLE, "the telephone exchange cannot be reached", 0)
    STRANGE = (Fault.ANSWER, "the telephone exchange could not place the call", 0)
    STOPPED = (Fault.BUSY, "the call was broken off here", 0)


_PLAIN = {End.BUSY, End.NO_ANSWER, End.DECLINED, End.UNKNOWN}
"""What needs no words of the exchange, so that a page can translate it whole."""
_ENDS = {
    401: End.LOGIN, 403: End.LOGIN, 404: End.UNKNOWN, 407: End.LOGIN, 408: End.NO_ANSWER,
    410: End.UNKNOWN, 415: End.NO_SOUND, 480: End.NO_ANSWER, 484: End.UNKNOWN, 485: End.UNKNOWN,
    486: End.BUSY, 487: End.NO_ANSWER, 488: End.NO_SOUND, 503: End.OVERLOADED, 600: End.BUSY,
    603: End.DECLINED, 604: End.UNKNOWN, 606: End.NO_SOUND, 607: End.DECLINED, 608: End.DECLINED,
}  # fmt: skip


@dataclass(slots=True)
class Course:
    """One call. keys: those that were pressed, in order · said: the far end's own words."""

    end: End = End.STRANGE
    call_id: str = ""
    keys: str = ""
    said: str = ""
    wait_s: int = 0

    @property
    def is_confirmed(self) -> bool:
        """A key press alone confirms; to pick up does not."""
        return CONFIRMS in self.keys

    def refused(self, final: Response) -> "Course":
        """Ended by an answer that is no yes."""
        self.end = _ENDS.get(final.status, End.STRANGE)
        self.said = one_line(f"{final.status} {final.phrase}", 80)
        after = final.first("Retry-After").split(";")[0].split("(")[0].strip()
        self.wait_s = int(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0
        return self


def receipt_of(course: Course, now_ms: int) -> Receipt:
    """What a call means for the message."""
    fault, told, wait_s = course.end.value
    if fault is None:
        state = State.DELIVERED if course.is_confirmed else State.ACCEPTED
        reason = "" if course.is_confirmed else NOT_CONFIRMED
        return Receipt(state=state, at=now_ms, reference=course.call_id, reason=reason)
    is_plain = course.end in _PLAIN or not course.said
    said = told if is_plain else f"{told}: {course.said}"
    if wait_s < 0:
        return Receipt.refused(now_ms, fault, said)
    return Receipt.failed(now_ms, fault, said, wait_s=max(wait_s, course.wait_s))
