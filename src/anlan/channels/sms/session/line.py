"""The connection itself: opened again when it breaks, asked when it is quiet, one reader."""

import itertools
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Protocol

from anlan.channels.sms.number import Number
from anlan.channels.sms.said import Answer, Bye, Ping, Said, Tongue, Welcome, Word
from anlan.channels.sms.session.frames import Frames
from anlan.channels.sms.session.pace import Pace
from anlan.channels.sms.session.parcel import Parcel, Slot
from anlan.channels.sms.settings import Settings
from anlan.channels.sms.text import Part
from anlan.terms.errors import Malformed

_TICK_S, _LOGIN_S, _LONGEST_PAUSE_S = 0.25, 10.0, 15.0
_SHORTEST_PAUSE_S = 0.5


class Unwelcome(OSError):
    """The centre does not let us in; its status is the argument."""


class Listener(Protocol):
    """Whom the reader tells."""

    def answered(self, slot: Slot) -> None: ...

    def hear(self, word: Word, turn: int) -> bool:
        """Whether it may be acknowledged at once; turn: of the connection that it came by."""


class Line:
    """Keeps a connection from the first `open` on; thread-safe."""

    def __init__(
        self, settings: Settings, tongue: Tongue, listener: Listener, *, clock: Callable[[], int]
    ) -> None:
        self._settings, self._tongue, self._listener = settings, tongue, listener
        self._clock = clock
        self._change = threading.Condition()
        self._writing = threading.Lock()
        self._sequence = itertools.count(1)
        self._pace = Pace(settings.rate)
        self._pending: dict[int, Slot] = {}
        self._sock: socket.socket | None = None
        self._trouble: Exception | None = None
        self._keeper: threading.Thread | None = None
        self._ending, self._wanted = threading.Event(), threading.Event()
        self._turn = 0

    def open(self) -> None:
        """Begins to keep the connection; returns at once, does nothing the second time."""
        with self._change:
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, name="sms", daemon=True)
                self._keeper.start()

    def close(self) -> None:
        """Says goodbye and does not wait for the answer."""
        self._ending.set()
        self._wanted.set()
        with suppress(OSError):
            self._write(self._tongue.goodbye(self._number()))
        self._cut()
        if self._keeper is not None:
            self._keeper.join(5)

    def submit(self, parcel: Parcel, part: Part, to: Number, *, until_s: float) -> Slot:
        """Sends a part as soon as pace and window allow.

        Raises OSError where there is no connection, TimeoutError where it is too late.
        """
        self._pace.wait(until_s)
        with self._change:
            self._change.wait_for(self._has_room, max(0.0, until_s - time.monotonic()))
            if self._sock is None:
                self._wanted.set()  # whoever tries again finds it tried
                raise self._trouble or TimeoutError("there was no connection in time")
            if len(self._pending) >= self._settings.window:
                raise TimeoutError("the centre has not answered those before")
            number, slot = self._number(), Slot(parcel, part.number)
            self._pending[number] = parcel.slots[part.number] = slot
        try:
            self._write(self._tongue.submit(number, to, part))
        except OSError:
            self._cut()
            raise
        return slot

    def thank(self, turn: int, frame: bytes) -> None:
        """Acknowledges what came by the connection of that turn; nothing where it is gone."""
        with suppress(OSError):
            if turn == self._turn:
                self._write(frame)

    def _has_room(self) -> bool:
        """Whether there is no more reason to wait."""
        if self._sock is None:
            return self._trouble is not None
        return len(self._pending) < self._settings.window

    def _number(self) -> int:
        return next(self._sequence) & 0x7FFF_FFFF or next(self._sequence)

    def _write(self, frame: bytes) -> None:
        sock = self._sock
        if sock is None:
            raise ConnectionResetError("the connection is gone")
        with self._writing:
            sock.sendall(frame)

    def _cut(self) -> None:
        """Ends the connection; the reader notices."""
        sock = self._sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _keep(self) -> None:
        """Connects, reads until it breaks, waits a while, and so on."""
        failures = 0
        while not self._ending.is_set():
            turn, trouble = self._turn, Exception("")
            self._set_trouble(None)
            self._wanted.clear()
            try:
                self._live()
            except (OSError, Malformed) as error:
                trouble = error
            # After a login whoever sends waits for the next one; else it is told what is wrong.
            failures = failures + 1 if turn == self._turn else 0
            self._drop(trouble if failures else None)
            self._ending.wait(_SHORTEST_PAUSE_S)
            self._wanted.wait(min(2.0**failures, _LONGEST_PAUSE_S))

    def _set_trouble(self, trouble: Exception | None) -> None:
        with self._change:
            self._trouble = trouble
            self._change.notify_all()

    def _live(self) -> None:
        """One connection from beginning to end, which is always an error."""
        where = (self._settings.host, self._settings.port)
        with socket.create_connection(where, _LOGIN_S) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            frames = Frames()
            sock.sendall(self._tongue.login(self._number(), _moment(self._clock())))
            early = self._welcomed(sock, frames)
            with self._change:
                self._sock, self._turn = sock, self._turn + 1
                self._change.notify_all()
            for frame in early:
                self._take(frame)
            self._listen(sock, frames)

    def _welcomed(self, sock: socket.socket, frames: Frames) -> list[bytes]:
        """Waits for the answer to the login; what came after it in one piece."""
        until_s = time.monotonic() + _LOGIN_S
        while (left_s := until_s - time.monotonic()) > 0:
            sock.settimeout(left_s)
            found = frames.feed(_some(sock))
            for n, frame in enumerate(found):
                said = self._tongue.said(frame)
                if isinstance(said, Welcome):
                    if said.status:
                        raise Unwelcome(said.status)
                    return found[n + 1 :]
        raise TimeoutError("no answer to the login")

    def _listen(self, sock: socket.socket, frames: Frames) -> None:
        """Reads until the connection breaks; asks whether anybody is there when it is quiet."""
        sock.settimeout(self._settings.timeout_s)
        heard_s, is_asked, quiet_s = time.monotonic(), False, self._settings.quiet_s
        while not self._ending.is_set():
            ready, _, _ = select.select([sock], [], [], min(_TICK_S, quiet_s / 4))
            if ready:
                for frame in frames.feed(_some(sock)):
                    self._take(frame)
                heard_s, is_asked = time.monotonic(), False
            silent_s = time.monotonic() - heard_s
            if silent_s > 2 * quiet_s:
                raise TimeoutError("it does not answer whether it is there")
            if silent_s > quiet_s and not is_asked:
                self._write(self._tongue.ping(self._number()))
                is_asked = True
            self._forget_old()

    def _take(self, frame: bytes) -> None:
        """Does what a frame asks for; one that cannot be read is passed over."""
        try:
            said: Said = self._tongue.said(frame)
        except Malformed:
            return
        match said:
            case Answer():
                self._answer(said)
            case Ping():
                self._write(self._tongue.pong(said.sequence))
            case Word() if self._listener.hear(said, self._turn):
                self._write(said.thanks)
            case Bye():
                self._write(self._tongue.farewell(said.sequence))
                raise ConnectionResetError("the centre said goodbye")

    def _answer(self, answer: Answer) -> None:
        with self._change:
            slot = self._pending.pop(answer.sequence, None)
            self._change.notify_all()
        if slot is not None:
            slot.settle(answer)
            self._listener.answered(slot)

    def _forget_old(self) -> None:
        """Gives up waiting for answers that are overdue, so that their parts can go again."""
        since_s = time.monotonic() - self._settings.patience_s
        with self._change:
            old = [number for number, slot in self._pending.items() if slot.sent_s < since_s]
            lost = [self._pending.pop(number) for number in old]
            self._change.notify_all()
        for slot in lost:
            slot.settle(None)

    def _drop(self, trouble: Exception | None) -> None:
        """The connection is gone: nothing that was waiting is answered any more."""
        with self._change:
            lost, self._sock, self._trouble = [*self._pending.values()], None, trouble
            self._pending.clear()
            self._change.notify_all()
        for slot in lost:
            slot.settle(None)


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _some(sock: socket.socket) -> bytes:
    """What has come. Raises ConnectionResetError at the end."""
    octets = sock.recv(65_536)
    if not octets:
        raise ConnectionResetError("the centre broke off")
    return octets
