"""Sessions that wait a moment for the next mail: a warning makes hundreds, and a safe connection
costs more than a mail does."""

import select
import smtplib
import socket
import ssl
import threading
import time

from anlan.channels.email.session import Session
from anlan.channels.email.settings import Settings

IDLE_S, MOST_MAILS = 2.0, 50
"""How long one waits, how many mails one carries: servers end those that stay or talk on."""
_BROKEN = (OSError, smtplib.SMTPException, ValueError)


class Sessions:
    """Kept ones and fresh ones; thread-safe."""

    def __init__(self, settings: Settings, context: ssl.SSLContext) -> None:
        self._settings, self._context = settings, context
        self._guard = threading.Lock()
        self._kept: list[tuple[float, Session]] = []
        self._is_watched = False

    def begin(self, sender: str) -> tuple[Session, int, bytes]:
        """A session, and what the server says to a mail of this sender.

        A kept one that has gone or had enough meanwhile took nothing: a fresh one is asked. Raises
        what a session raises.
        """
        while (kept := self._taken()) is not None:
            try:
                kept.renew()
                code, told = kept.mail(sender)
            except _BROKEN:
                kept.close()
                continue
            if code == 250:
                return kept, code, told
            kept.leave()
        fresh = Session(self._settings, self._context)
        try:
            fresh.open()
            return fresh, *fresh.mail(sender)
        except BaseException:
            fresh.leave()
            raise

    def keep(self, session: Session) -> None:
        """Keeps a session whose mail was taken for a moment; one that has carried enough leaves."""
        session.mails += 1
        if session.mails >= MOST_MAILS:
            session.leave()
            return
        with self._guard:
            self._kept.append((time.monotonic(), session))
            if not self._is_watched:
                self._is_watched = True
                self._watch()

    def close(self) -> None:
        """Says goodbye to all that wait."""
        while (session := self._taken()) is not None:
            session.leave()

    def _watch(self) -> None:
        watch = threading.Timer(IDLE_S, self._end_idle)
        watch.daemon = True
        watch.start()

    def _end_idle(self) -> None:
        """Says goodbye to those that nobody has wanted."""
        oldest_s = time.monotonic() - IDLE_S
        with self._guard:
            gone = [session for since_s, session in self._kept if since_s <= oldest_s]
            self._kept = [one for one in self._kept if one[0] > oldest_s]
            self._is_watched = bool(self._kept)
            if self._is_watched:
                self._watch()
        for session in gone:
            session.leave()

    def _taken(self) -> Session | None:
        """The one that was used last and to which nothing was said since: that is its goodbye."""
        while True:
            with self._guard:
                if not self._kept:
                    return None
                _, session = self._kept.pop()
            if session.sock is not None and not _was_told(session.sock):
                return session
            session.close()


def _was_told(sock: socket.socket) -> bool:
    """Whether something came unasked; by `poll`, as a sender to very many has many sockets."""
    waiting = select.poll()
    waiting.register(sock, select.POLLIN)
    return bool(waiting.poll(0))
