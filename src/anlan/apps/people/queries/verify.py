"""Whether the audit chain is whole, and what is not."""

from collections.abc import Iterable
from dataclasses import dataclass

from anlan.apps.people.models import AuditHead, AuditLine
from anlan.apps.people.queries.chain import Noted, digest_of


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain is not whole.

    kind: changed, removed, inserted, or rewritten (computed anew, so that only the ordered log
    knows better) · first, last: the numbers of the lines, 0 for the head.
    """

    kind: str
    first: int
    last: int

    def __str__(self) -> str:
        if not self.last:
            return f"the head was {self.kind}"
        if self.first == self.last:
            return f"line {self.first} was {self.kind}"
        return f"lines {self.first} to {self.last} were {self.kind}"


def verify(noted: Iterable[Noted] = ()) -> list[Break]:
    """What was changed, removed or inserted behind the platform's back; empty where all is well.

    noted: the heads in the ordered log. Without them a chain whose lines were all computed anew,
    or whose last lines are gone together with the head, cannot be told from a whole one.
    """
    head = AuditHead.objects.filter(pk=1).first()
    marks = {one.number: one.digest for one in noted}
    if head is not None:
        marks.setdefault(head.number, head.digest)
    walk = _Walk(marks, None if head is None else head.number)
    for line in AuditLine.objects.order_by("number").iterator(chunk_size=2000):
        walk.go(line)
    return walk.end()


class _Walk:
    """One way along the chain, with the breaks so far.

    shift: how far the numbers are off since lines were put in or taken out and the rest was
    numbered anew.
    """

    def __init__(self, marks: dict[int, str], last: int | None) -> None:
        self._marks, self._last = marks, last
        self.breaks: list[Break] = []
        self._number, self._digest, self._before, self._right = 0, "", "", ""
        self._previous: AuditLine | None = None
        self._is_bad = False
        self._shift = self._sound_to = 0

    def go(self, line: AuditLine) -> None:
        """Takes the next line."""
        self._see_shift(line)
        number = line.number - self._shift
        is_after_gap = number > self._number + 1
        if is_after_gap:
            self._settle()
            self.breaks.append(Break("removed", self._number + 1, number - 1))
        own = digest_of(line, self._digest, number)
        # Where only the digest of the line before was changed, this one hangs on what it was.
        fits = is_after_gap or line.digest in (own, digest_of(line, self._right, number))
        self._settle()
        self._before, self._digest, self._number = self._digest, line.digest, number
        self._right = own
        self._previous, self._is_bad = line, not fits
        if self._last is not None and fits and number > self._last:
            self.breaks.append(Break("inserted", line.number, line.number))
        if fits:
            self._compare()

    def _see_shift(self, line: AuditLine) -> None:
        """Whether the line before was put in, or one before that was taken out, unnumbered."""
        previous, number = self._previous, line.number - self._shift
        ends = (self._digest, self._right)
        if previous is None or line.digest in [digest_of(line, end, number) for end in ends]:
            return
        if digest_of(line, self._before, number - 1) == line.digest:
            self.breaks.append(Break("inserted", previous.number, previous.number))
            self._shift, self._number = self._shift + 1, self._number - 1
            self._digest = self._right = self._before
            self._is_bad = False
        elif self._is_bad and digest_of(line, self._digest, number + 1) == line.digest:
            self.breaks.append(Break("removed", self._number, self._number))
            self._shift, self._number = self._shift - 1, self._number + 1
            self._is_bad = False

    def _settle(self) -> None:
        """Says that the line before was changed, where nothing else explains it."""
        if self._is_bad and self._previous is not None:
            number = self._previous.number
            self.breaks.append(Break("changed", number, number))
        self._is_bad = False

    def _compare(self) -> None:
        """Holds the line against the head that was noted there."""
        mark = self._marks.get(self._number)
        if mark is None:
            return
        if mark != self._digest and not any(b.last > self._sound_to for b in self.breaks):
            self.breaks.append(Break("rewritten", self._sound_to + 1, self._number))
        self._sound_to = self._number

    def end(self) -> list[Break]:
        """What is wrong, once there are no more lines."""
        self._settle()
        last = max(self._marks, default=0)
        if self._number < last:
            self.breaks.append(Break("removed", self._number + 1, last))
        if self._last is None and self._number:
            self.breaks.append(Break("removed", 0, 0))
        return _joined(self.breaks)


def _joined(breaks: list[Break]) -> list[Break]:
    """Neighbours of one kind as one, in order."""
    found: list[Break] = []
    for one in sorted(breaks, key=lambda b: (b.first, b.last)):
        if found and found[-1].kind == one.kind and found[-1].last + 1 >= one.first > 0:
            found[-1] = Break(one.kind, found[-1].first, one.last)
        else:
            found.append(one)
    return found
