"""The platform: takes packages, judges signature and form, and answers with packages."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from lxml import etree

from anlan.channels.speaker.ebd.document import (
    answer_body,
    read_asked_state,
    read_broadcast,
    state_body,
    terminals_body,
)
from anlan.channels.speaker.ebd.package import Package, packed, unpacked
from anlan.channels.speaker.ebd.signature import Seal
from anlan.channels.speaker.ebd.words import (
    TAKEN,
    Answer,
    Fate,
    Head,
    Kind,
    Played,
    State,
    number_of,
)
from anlan.sandtable.sinks.speaker.faults import Faults
from anlan.sandtable.sinks.speaker.terminals import Terminals
from anlan.terms.errors import Malformed

BAD_FORM, BAD_SIGNATURE, NOBODY = 2, 3, 4
_ORDER = (Played.FAILED, Played.WAITING, Played.PLAYING, Played.STOPPED, Played.PLAYED)


class Platform:
    """Answers packages. public: the key that must have signed them · seal: what signs answers."""

    def __init__(self, terminals: Terminals, *, public: bytes, seal: Seal, code: str) -> None:
        self.terminals, self.faults = terminals, Faults()
        self._public, self._seal, self._code = public, seal, code
        self._count = itertools.count(1)

    def answer(self, tar: bytes) -> bytes:
        """The package that answers a package."""
        try:
            package = unpacked(tar, self._public)
        except Malformed as error:
            code = BAD_SIGNATURE if "signature" in str(error) else BAD_FORM
            return self._packed("", Kind.ANSWER, answer_body(Answer(code, str(error))))
        if not package.is_trusted:
            told = Answer(BAD_SIGNATURE, "the package is not signed")
            return self._packed(package.head.id, Kind.ANSWER, answer_body(told))
        try:
            return self._packed(package.head.id, *self._said(package))
        except Malformed as error:
            told = Answer(BAD_FORM, str(error))
            return self._packed(package.head.id, Kind.ANSWER, answer_body(told))

    def _said(self, package: Package) -> tuple[Kind, etree._Element]:
        """Kind and body of the answer."""
        now, faults = datetime.now(UTC), self.faults
        match package.kind:
            case Kind.BROADCAST:
                said = read_broadcast(package.body, package.sound)
                if not self.terminals.reached(said):
                    return Kind.ANSWER, answer_body(Answer(NOBODY, "no such terminal"))
                self.terminals.take(said)
                return Kind.ANSWER, answer_body(Answer(TAKEN, "接收成功"))
            case Kind.ASKS_STATE:
                state = self._state(read_asked_state(package.body))
                return Kind.STATE, state_body(state, now)
            case Kind.ASKS_TERMINALS:
                return Kind.TERMINALS, terminals_body(self.terminals.states(faults), now)
        raise Malformed(f"nothing to be asked: {package.kind}")

    def _state(self, name: str) -> State:
        fates: Sequence[Fate] = self.terminals.fates(name, self.faults)
        whole = min((one.state for one in fates), key=_ORDER.index, default=Played.UNTOUCHED)
        said = next((one.said for one in fates if one.state is whole), "未受理")
        state = State(name, whole, said, (*fates, *(fates if self.faults.doubled else ())))
        return replace(state, id=f"{name}0") if self.faults.strange else state

    def _packed(self, related: str, kind: Kind, body: etree._Element) -> bytes:
        name = number_of(self._code, str(next(self._count)))
        head = Head(id=name, source=self._code, target=self._code, at=datetime.now(UTC),
                    related=related)  # fmt: skip
        return packed(head, kind, body, seal=self._seal)
