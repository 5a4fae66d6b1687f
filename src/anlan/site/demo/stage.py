"""The stage: everything that the demo starts, watches and stops."""

import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

from anlan.live.supervisor import Plan, Site, address_of, listen
from anlan.site.crew.ends import Ends
from anlan.site.crew.hands import Hand, do
from anlan.site.crew.ways.many import senders_of
from anlan.site.demo.ears import ends
from anlan.site.demo.ports import ASKED, of_protocols
from anlan.site.options import Place, options_of

_JOIN_S, _LOOK_S = 10.0, 1.0


class Stage:
    """The live process, the pages, the work, the gateway, the feeder and the ears of a data folder.

    pages: the socket of the pages · days: of the past, where the city is founded · ending: set
    from outside when it is time to end.
    """

    def __init__(
        self,
        data: Path,
        pages: socket.socket,
        *,
        days: int,
        ending: threading.Event,
    ) -> None:
        self._data, self._pages, self._days = data, pages, days
        self._place = Place(data, is_demo=True)
        self.ending = ending

    def run(self) -> int:
        """Plays until `ending` is set: 0; 1 where the live process cannot be started.

        The pages come first: while the city is founded they say that the rest is starting.
        """
        self._place.ready_file.parent.mkdir(parents=True, exist_ok=True)
        self._place.ready_file.unlink(missing_ok=True)
        self._ends = Ends(self._place.ends_file)
        heard_at, self._ports = ends.choose(), of_protocols()
        ends.write_options(self._data, heard_at, address=address_of(self._pages))
        fd = self._pages.fileno()
        web = self._hand("web", {"fd": fd}, fds=(fd,))
        web.start()
        ears = self._hand("ears", {"ends": ends.settings_of(heard_at)})
        ears.start()
        try:
            do("warm", self._data, {}, ending=self.ending)
            since = time.time_ns() // 1_000_000
            if not self.ending.is_set():
                told = {
                    "demo": True, "days": self._days, "screens": ends.screens_at(heard_at),
                    "ports": self._ports,
                }  # fmt: skip
                do("prepare", self._data, told, ending=self.ending)
            return self._play(since)
        finally:
            self.ending.set()
            web.join(_JOIN_S)
            ears.join(_JOIN_S)

    def _hand(self, what: str, settings: dict[str, object], fds: tuple[int, ...] = ()) -> Hand:
        told = {"demo": True, "data": str(self._data), **settings}
        tell = self._ends.of(what)
        return Hand(what, self._data, told, ending=self.ending, tell=tell, fds=fds)

    def _play(self, since: int) -> int:
        if self.ending.is_set():
            return 0
        with listen("127.0.0.1", 0) as intake:
            site = Site(Plan(data=self._data), intake, tell=self._ends.of("live"))
            live = _Runner(site, self.ending)
            told = {"url": address_of(intake), "since": since, "ports": self._ports}
            field = (self._hand("gateway", {}), self._hand("feed", told))
            options = options_of(self._data, is_demo=True)
            senders = [self._hand("mass", {"number": n}) for n in range(senders_of(options))]
            ways = _Late(self._hand("ways", {}), self._ports[ASKED], self.ending)
            crew = (live, self._hand("work", {}), *field, *senders, ways)
            for one in crew:
                one.start()
            try:
                self.ending.wait()
            finally:
                self.ending.set()
                site.end()
                for one in crew:
                    one.join(_JOIN_S)
        return live.status


class _Late(threading.Thread):
    """A hand that begins once somebody answers at a port: who asks before waits long until it asks
    again, and the start is for what is looked at first."""

    def __init__(self, hand: Hand, port: int, ending: threading.Event) -> None:
        super().__init__(name="late", daemon=True)
        self._hand, self._port, self._ending = hand, port, ending

    def run(self) -> None:
        while not self._ending.wait(_LOOK_S):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self._port), timeout=_LOOK_S).close()
                self._hand.run()


class _Runner(threading.Thread):
    """Runs a live site; its end is the end of all."""

    def __init__(self, site: Site, ending: threading.Event) -> None:
        super().__init__(name="live")
        self._site, self._ending = site, ending
        self.status = 0

    def run(self) -> None:
        try:
            self.status = self._site.run()
        finally:
            self._ending.set()
