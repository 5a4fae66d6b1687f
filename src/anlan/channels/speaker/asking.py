"""Asks the platform what became of a broadcast that it has taken."""

import itertools
from collections.abc import Callable
from http.client import HTTPException

from anlan.channels import Fault, Receipt, State
from anlan.channels.speaker.ebd.document import asked_state, read_state
from anlan.channels.speaker.ebd.words import Kind, Played
from anlan.channels.speaker.platform import Platform
from anlan.terms.errors import Malformed, Refused


class Asker:
    """One question at a time; clock: what it is now, ms UTC."""

    def __init__(self, platform: Platform, clock: Callable[[], int]) -> None:
        self._platform, self._clock, self._count = platform, clock, itertools.count(1)

    def ask(self, reference: str) -> Receipt | None:
        """The fate of a broadcast; None while it is open. Raises OSError where nobody says."""
        at = self._clock()
        key = f"{reference} {at} {next(self._count)}"
        try:
            answer = self._platform.ask(key, Kind.ASKS_STATE, asked_state(reference), now_ms=at)
            if isinstance(answer, Receipt) or answer.kind is not Kind.STATE:
                return None
            state = read_state(answer.body)
        except (Malformed, Refused, HTTPException, ValueError) as error:
            raise OSError(str(error)) from error
        if state.id != reference:
            return None
        if state.state in (Played.PLAYED, Played.STOPPED):
            return Receipt(state=State.DELIVERED, at=at)
        if state.state is Played.FAILED:
            told = f"the loudspeaker did not play it: {state.said}"
            return Receipt.refused(at, Fault.RECIPIENT, told)
        return None
