"""A message on its way as parts: which were sent, what was answered, what became of them."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from anlan.channels.sms.said import Answer, Fate

_MOST = 50_000


@dataclass(eq=False)
class Slot:
    """One part that was sent. is_lost: no answer can come any more."""

    parcel: "Parcel"
    number: int
    sent_s: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    is_lost: bool = False

    @property
    def must_go_again(self) -> bool:
        """Whether another try has to send this part: not while an answer may come."""
        return self.is_lost or (self.answer is not None and self.answer.status != 0)

    def settle(self, answer: Answer | None) -> None:
        """The answer, or None where none can come any more."""
        self.answer, self.is_lost = answer, answer is None
        self.done.set()


@dataclass(eq=False)
class Parcel:
    """The parts of one message to one number. told: what was said of the whole already."""

    total: int
    slots: dict[int, Slot] = field(default_factory=dict)
    fates: dict[int, Fate] = field(default_factory=dict)
    word: str = ""
    told: Fate | None = None

    @property
    def reference(self) -> str:
        """What the centre calls the first part; empty until it has said so."""
        first = self.slots.get(1)
        answer = first.answer if first else None
        return answer.reference if answer and answer.reference.strip("0") else ""

    @property
    def is_taken(self) -> bool:
        """Whether the centre has accepted all of it."""
        answers = [slot.answer for slot in self.slots.values()]
        return len(answers) == self.total and all(a is not None and not a.status for a in answers)

    @property
    def fate(self) -> Fate:
        """Of the whole: delivered when all parts are, lost when one is."""
        fates = self.fates.values()
        if Fate.LOST in fates:
            return Fate.LOST
        return Fate.DELIVERED if len(fates) == self.total else Fate.ON_ITS_WAY


class Parcels:
    """The last messages, so that another try sends only the parts that lack."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Parcel] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, key: str, to: str, total: int) -> Parcel:
        """The parcel of a message to a number."""
        with self._lock:
            parcel = self._known.setdefault((key, to), Parcel(total))
            self._known.move_to_end((key, to))
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
            return parcel
