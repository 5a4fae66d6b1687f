"""What the centre says later: reports put together to one word a message, replies to one text."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from anlan.channels import Fault, Receipt, State
from anlan.channels.heard import Heard
from anlan.channels.sms.number import plain
from anlan.channels.sms.said import Fate, Report, Word
from anlan.channels.sms.session.parcel import Parcel, Slot
from anlan.channels.sms.text import Piece, joined

_MOST_KNOWN, _MOST_PILES = 200_000, 1_000
_MOST_HELD, _MOST_THANKS = 20_000, 100
"""What goes beyond is not held and not acknowledged: the centre says it again."""
_PATIENCE_S = 60.0
"""So long the parts of a reply wait for the rest."""

Thanks = tuple[int, bytes]
"""The turn of a connection, and what is to be said on it."""


@dataclass
class _Held:
    """A word that is not kept yet, and what acknowledges it."""

    heard: Heard
    thanks: list[Thanks]


@dataclass
class _Pile:
    """The parts of a reply that have come."""

    sender: str
    name: str
    since_s: float = field(default_factory=time.monotonic)
    pieces: dict[int, Piece] = field(default_factory=dict)
    thanks: list[Thanks] = field(default_factory=list)


class Ears:
    """Holds what has come until it is kept; thread-safe."""

    def __init__(self, kind: str, clock: Callable[[], int]) -> None:
        self._kind, self._clock = kind, clock
        self._lock = threading.Lock()
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._slots: OrderedDict[str, Slot] = OrderedDict()
        self._piles: OrderedDict[tuple[str, int, int], _Pile] = OrderedDict()

    def answered(self, slot: Slot) -> None:
        """Remembers by which name a part is spoken of; a report may have come before."""
        answer = slot.answer
        if answer is None or answer.status or not answer.reference:
            return
        with self._lock:
            self._slots[answer.reference] = slot
            while len(self._slots) > _MOST_KNOWN:
                self._slots.popitem(last=False)
            for fate in (Fate.DELIVERED, Fate.LOST):
                early = self._held.pop(_name(answer.reference, fate), None)
                if early is not None and early.heard.receipt is not None:
                    slot.parcel.fates[slot.number] = fate
                    self._tell(slot.parcel, early.thanks)

    def hear(self, word: Word, turn: int) -> bool:
        """Takes a word in; whether it may be acknowledged at once, since nothing is lost then."""
        thanks = [(turn, word.thanks)]
        with self._lock:
            if word.report is not None:
                return self._report(word.report, thanks)
            if word.piece is not None:
                self._piece(word, word.piece, thanks)
                return False
        return True

    def heard(self, most: int) -> list[Heard]:
        """What is not taken yet, the oldest first."""
        with self._lock:
            since_s = time.monotonic() - _PATIENCE_S
            for name in [name for name, pile in self._piles.items() if pile.since_s < since_s]:
                self._reply(self._piles.pop(name))
            return [held.heard for held, _ in zip(self._held.values(), range(most), strict=False)]

    def take(self, keys: Sequence[str]) -> list[Thanks]:
        """Forgets what is kept now; what is to be said to the centre."""
        with self._lock:
            held = [self._held.pop(key) for key in keys if key in self._held]
        return [one for each in held for one in each.thanks]

    def _report(self, report: Report, thanks: list[Thanks]) -> bool:
        if report.fate is Fate.ON_ITS_WAY:
            return True
        slot = self._slots.get(report.reference)
        if slot is None:
            # Of a part that is not answered yet, or of before a restart: then it is the whole.
            self._hold(self._receipt(report.reference, report.fate, report.word), thanks)
            return False
        slot.parcel.fates[slot.number] = report.fate
        slot.parcel.word = report.word
        return not self._tell(slot.parcel, thanks)

    def _tell(self, parcel: Parcel, thanks: list[Thanks]) -> bool:
        """Holds the word of the whole where there is one now and room for it; whether it waits."""
        fate = parcel.fate
        if not parcel.is_taken or fate is Fate.ON_ITS_WAY:
            return False
        name = _name(parcel.reference, fate)
        if parcel.told is fate and name not in self._held:
            return False
        if self._hold(self._receipt(parcel.reference, fate, parcel.word), thanks):
            parcel.told = fate
        return True

    def _hold(self, heard: Heard, thanks: list[Thanks]) -> bool:
        """Holds a word until it is kept; False where there is no room for one more."""
        held = self._held.get(heard.key)
        if held is None:
            if len(self._held) >= _MOST_HELD:
                return False
            held = self._held[heard.key] = _Held(heard, [])
        held.thanks += thanks[: _MOST_THANKS - len(held.thanks)]
        return True

    def _piece(self, word: Word, piece: Piece, thanks: list[Thanks]) -> None:
        place = (word.sender, piece.mark, piece.total)
        pile = self._piles.setdefault(
            place, _Pile(word.sender, word.name or self._unnamed(word, piece))
        )
        pile.pieces[piece.number] = piece
        pile.thanks += thanks
        if len(pile.pieces) == piece.total:
            self._reply(self._piles.pop(place))
        while len(self._piles) > _MOST_PILES:
            self._reply(self._piles.popitem(last=False)[1])

    def _reply(self, pile: _Pile) -> None:
        """Holds a reply, whole or with … for what has not come."""
        address = plain(pile.sender) or pile.sender
        text = joined(list(pile.pieces.values()))
        heard = Heard(
            key=f"reply:{pile.name}", kind=self._kind, at=self._clock(), address=address, text=text
        )
        self._hold(heard, pile.thanks)

    def _unnamed(self, word: Word, piece: Piece) -> str:
        """A name for what the centre gives none: of who, what, and the minute that it came."""
        told = f"{word.sender}\n{piece}\n{self._clock() // 60_000}"
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]

    def _receipt(self, reference: str, fate: Fate, word: str) -> Heard:
        """The word of a report, as a receipt."""
        at = self._clock()
        if fate is Fate.DELIVERED:
            receipt = Receipt(state=State.DELIVERED, at=at, reference=reference)
        else:
            reason = f"the mobile network could not deliver it: {word}"
            receipt = Receipt.refused(at, Fault.RECIPIENT, reason)
        name = _name(reference, fate)
        return Heard(key=name, kind=self._kind, at=at, reference=reference, receipt=receipt)


def _name(reference: str, fate: Fate) -> str:
    return f"report:{reference}:{fate.value}"
