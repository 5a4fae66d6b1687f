"""Loudspeakers: they wake, play what they are given, and stop when it is withdrawn."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from anlan.channels.speaker.ebd.words import Broadcast, Fate, Terminal
from anlan.channels.speaker.ebd.words import Played as State
from anlan.sandtable.sinks.speaker.faults import Faults


@dataclass
class Played:
    """A broadcast at one terminal; until_s: of the monotonic clock, when it ends by itself."""

    terminal: str
    said: Broadcast
    until_s: float
    stopped: bool = False


class Terminals:
    """All terminals of the platform; thread-safe. play_s: how long any broadcast takes."""

    def __init__(self, codes: Iterable[str], *, play_s: float = 0.0) -> None:
        self._codes, self._play_s = tuple(codes), play_s
        self._change = threading.Condition()
        self._played: list[Played] = []

    def reached(self, said: Broadcast) -> list[str]:
        """The terminals that a broadcast is for: of that code, or below it."""
        return [code for code in self._codes if code.startswith(said.areas)]

    def take(self, said: Broadcast) -> None:
        """Wakes those it is for; what it replaces ends. One that came before changes nothing."""
        with self._change:
            if any(one.said.id == said.id for one in self._played):
                return
            for one in self._played:
                if one.said.id in said.replaces and one.until_s > time.monotonic():
                    one.stopped = True
            until_s = time.monotonic() + (0.0 if said.is_cancel else self._play_s)
            self._played += [Played(code, said, until_s) for code in self.reached(said)]
            self._change.notify_all()

    def played(self) -> list[Played]:
        """Everything that was taken, in order."""
        with self._change:
            return list(self._played)

    def wait(self, count: int, most_s: float = 10.0) -> bool:
        """Until so much was taken; whether it was in time."""
        with self._change:
            return self._change.wait_for(lambda: len(self._played) >= count, most_s)

    def fates(self, name: str, faults: Faults) -> list[Fate]:
        """How far a broadcast is at each terminal."""
        rows = [one for one in self.played() if one.said.id == name]
        return [Fate(one.terminal, *_fate(one, faults)) for one in rows]

    def states(self, faults: Faults) -> list[Terminal]:
        """Which terminals work."""
        return [Terminal(code, not _begins(code, faults.silent)) for code in self._codes]


def _fate(one: Played, faults: Faults) -> tuple[State, str]:
    if _begins(one.terminal, faults.silent):
        return State.WAITING, "终端无响应"
    if _begins(one.terminal, faults.failing):
        return State.FAILED, "功放故障"
    if one.stopped:
        return State.STOPPED, "已停播"
    is_over = one.until_s <= time.monotonic()
    return (State.PLAYED, "播发成功") if is_over else (State.PLAYING, "播发中")


def _begins(code: str, heads: tuple[str, ...]) -> bool:
    return bool(heads) and code.startswith(heads)
