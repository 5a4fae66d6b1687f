"""A message centre on a real socket: takes parts, reports, hands on what phones write."""

import itertools
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from anlan.channels.sms.session.frames import Frames
from anlan.channels.sms.text import parts
from anlan.sandtable.sinks.sms.faults import Faults, comes_up
from anlan.sandtable.sinks.sms.phones import Got, Phones
from anlan.sandtable.sinks.sms.speech import Bye, Hello, Letter, Ping, Speech, Thanks, Written
from anlan.terms.errors import Malformed

_NONSENSE = b"\x00\x00\x00\x10\x99\x99\x99\x99\x00\x00\x00\x00\x00\x00\x00\x00"


@dataclass
class _Told:
    """Something for the other end, until it is acknowledged; make: its octets by a sequence."""

    make: Callable[[int], bytes]
    sequences: list[int] = field(default_factory=list)


class _Line:
    """One connection that has logged in."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._writing = threading.Lock()

    def write(self, octets: bytes) -> None:
        with self._writing, suppress(OSError):
            self.sock.sendall(octets)

    def cut(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class Centre:
    """Listens as long as it is entered; what is not acknowledged is told again at the next login.

    port: 0 for one that is free · faults: may be changed at any time · logins: how many there were.
    """

    def __init__(self, speech: Speech, phones: Phones, *, port: int = 0, host: str = "127.0.0.1",
                 faults: Faults | None = None) -> None:  # fmt: skip
        self.faults, self.phones, self.logins = faults or Faults(), phones, 0
        self._speech, self._where = speech, (host, port)
        self._names = itertools.count(1_000_000_007)
        self._sequences = itertools.count(1)
        self._counts = {"part": 0, "report": 0}
        self._lock = threading.Lock()
        self._told: dict[int, _Told] = {}
        self._said: dict[int, _Told] = {}
        self._lines: list[_Line] = []
        self._listening: socket.socket | None = None

    def __enter__(self) -> Self:
        self._listening = socket.create_server(self._where)
        self._where = self._listening.getsockname()[:2]
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
        self.cut()

    @property
    def port(self) -> int:
        """Where it listens, also after it was down."""
        return self._where[1]

    @property
    def untold(self) -> int:
        """How much is not acknowledged yet."""
        with self._lock:
            return len(self._told)

    @property
    def lines(self) -> int:
        """How many have logged in; one that hung up counts until all that it sent is taken."""
        with self._lock:
            return len(self._lines)

    def cut(self) -> None:
        """Breaks all connections off."""
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            line.cut()

    def reply(self, phone: str, text: str, *, to: str = "", mark: int = 1) -> None:
        """A phone writes back, in as many parts as it takes."""
        for part in parts(text, mark=mark):
            name = next(self._names)
            one = Written(phone, to, part.body, part.coding, part.total > 1)
            self._tell(partial(self._speech.written, name=name, one=one))

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                sock, _ = listening.accept()
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        """One connection; whoever speaks nonsense is hung up on."""
        line, frames = _Line(sock), Frames()
        with sock, suppress(OSError, Malformed):
            while octets := sock.recv(65_536):
                for frame in frames.feed(octets):
                    self._answer(line, frame)
        with self._lock:
            self._lines = [one for one in self._lines if one is not line]

    def _answer(self, line: _Line, frame: bytes) -> None:
        asked, speech = self._speech.asked(frame), self._speech
        match asked:
            case Hello():
                self._let_in(line, asked)
            case Letter():
                self._take(line, asked)
            case Ping():
                line.write(speech.pong(asked.sequence))
            case Thanks():
                self._forget(asked.sequence)
            case Bye():
                line.write(speech.farewell(asked.sequence))
                line.cut()

    def _let_in(self, line: _Line, asked: Hello) -> None:
        time.sleep(self.faults.login_s)
        if self.faults.dumb:
            return
        is_known = asked.is_known and not self.faults.locked
        line.write(self._speech.welcome(asked.sequence, is_known=is_known))
        if not is_known:
            line.cut()
            return
        with self._lock:
            self.logins += 1
            self._lines.append(line)
            waiting = list(self._told.values())
        for told in waiting:
            self._say(line, told)

    def _take(self, line: _Line, letter: Letter) -> None:
        """A part: to the phones, an answer, and a report; or what the faults make of it."""
        faults, count = self.faults, self._count("part")
        time.sleep(faults.slow_s)
        if faults.nonsense:
            line.write(_NONSENSE)
            return
        if any(one.startswith(faults.refused) for one in letter.to if faults.refused):
            line.write(self._speech.refused(letter.sequence, is_busy=False))
            return
        if comes_up(count, faults.busy_each):
            line.write(self._speech.refused(letter.sequence, is_busy=True))
            return
        name = next(self._names)
        self._deliver(letter)
        if comes_up(count, faults.cut_each):
            line.cut()
        elif not faults.mute:
            line.write(self._speech.taken(letter.sequence, name))
        for to in letter.to if letter.wants_report else ():
            self._report(name, to)

    def _deliver(self, letter: Letter) -> None:
        piece, now_ms = letter.piece, time.time_ns() // 1_000_000
        for to in letter.to:
            if not (self.faults.failing and to.startswith(self.faults.failing)):
                got = Got(to, letter.sender, piece.text, now_ms, piece.mark, piece.number,
                          piece.total, letter.is_flash)  # fmt: skip
                self.phones.take(got)

    def _report(self, name: int, to: str) -> None:
        faults = self.faults
        if comes_up(self._count("report"), faults.lost_each):
            return
        state = "UNDELIV" if faults.failing and to.startswith(faults.failing) else "DELIVRD"
        for _ in range(1 + faults.doubled):
            self._tell(partial(self._speech.report, name=name, to=to, state=state))

    def _tell(self, make: Callable[[int], bytes]) -> None:
        """Says it to whoever is there, and again at the next login until it is acknowledged."""
        told = _Told(make)
        with self._lock:
            self._told[id(told)] = told
            line = self._lines[-1] if self._lines else None
        if line is not None:
            self._say(line, told)

    def _say(self, line: _Line, told: _Told) -> None:
        with self._lock:
            sequence = next(self._sequences)
            told.sequences.append(sequence)
            self._said[sequence] = told
        line.write(told.make(sequence))

    def _forget(self, sequence: int) -> None:
        """What was acknowledged is not told again, under whichever number it was told."""
        with self._lock:
            told = self._said.get(sequence)
            if told is not None:
                self._told.pop(id(told), None)
                for number in told.sequences:
                    self._said.pop(number, None)

    def _count(self, what: str) -> int:
        with self._lock:
            self._counts[what] += 1
            return self._counts[what]
