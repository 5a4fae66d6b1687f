"""Values of a file to the intake: each once, where their sensors are registered; the rest wait."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from anlan.live.decode.decoded import unknown
from anlan.live.gateway.store import Store
from anlan.live.ways.tables.account import Account, Refusal
from anlan.terms.readings import Reading

SOURCE = "gateway:files"
_LISTED, _SHOWN, _MOST_SHOWN = 100, 10, 5_000
_Lined = list[tuple[int, Reading]]
"""Readings, each with its line."""


class Answering(Store, Protocol):
    """A store that says what became of each reading, and which sensors there are."""

    def answer(self, source: str, readings: Sequence[Reading]) -> dict[str, Any]:
        """The intake's answer, of which the first 100 refusals are listed."""
        ...

    def sensors(self, after: int) -> tuple[list[str], int | None]:
        """Keys of registered sensors, a page of them, and where the next begins."""
        ...


class Sending:
    """To one store. known: the sensors that were registered when it was looked last."""

    def __init__(self, store: Answering) -> None:
        self._store, self._after = store, 0
        self.known: set[str] = set()

    def look(self) -> None:
        """Asks which sensors are registered since; Unavailable where nobody answers."""
        after: int | None = self._after
        while after is not None:
            self._after = after  # the last page is asked for again: it grows
            keys, after = self._store.sensors(after)
            self.known.update(keys)

    def send(self, found: _Lined, account: Account) -> list[Refusal]:
        """Stores what can be stored; the refused."""
        ready = [one for one in found if one[1].sensor in self.known]
        new = [one for one in found if one[1].sensor not in self.known]
        shown = [reading for _, reading in new if account.wait(reading.sensor) < _SHOWN]
        room = max(0, _MOST_SHOWN - account.shown)
        self._ask(shown[:room], account)
        account.shown += len(shown[:room])
        return [*self._stored(ready, account), *(_waits(*one) for one in new)]

    def _ask(self, readings: list[Reading], account: Account) -> dict[str, Any]:
        if not readings:
            return {"refused": []}
        told = self._store.answer(SOURCE, readings)
        account.taken += told["accepted"]
        account.again += told["duplicates"]
        return told

    def _stored(self, found: _Lined, account: Account) -> list[Refusal]:
        """Where more are refused than an answer lists, it is asked in parts."""
        told = self._ask([reading for _, reading in found], account)
        return [
            Refusal(found[start + row["index"]][0], row["code"], row["reason"])
            for answer, start in self._parts(told, found)
            for row in answer["refused"]
        ]

    def _parts(self, told: dict[str, Any], found: _Lined) -> Iterator[tuple[dict[str, Any], int]]:
        if sum(told.get("refused_counts", {}).values()) <= len(told["refused"]):
            yield told, 0
            return
        for start in range(0, len(found), _LISTED):
            part = [reading for _, reading in found[start : start + _LISTED]]
            yield self._store.answer(SOURCE, part), start


def _waits(line: int, reading: Reading) -> Refusal:
    fault = unknown(0, reading.sensor, b"")
    return Refusal(line, fault.code, fault.reason)
