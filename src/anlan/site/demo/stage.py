"""The stage: everything that the demo starts, watches and stops."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path

from anlan.live.supervisor import Plan, Site, address_of, listen
from anlan.site.demo.child import Child
from anlan.site.demo.feeder import Feeder
from anlan.terms.errors import Unavailable

OVERLAY = Path(__file__).resolve().parents[2] / "sandtable" / "overlay"
"""The packs' gates and windows for a basin where a minute stands for an hour."""
_LOOK_S = 0.1
_AGAIN_S = 1.0
_TRIES = 5


class Stage:
    """The live process, the page and the feeder of one data folder.

    kept: the socket that keeps the page's port until the page takes it · ending: set from
    outside when it is time to end.
    """

    def __init__(
        self,
        data: Path,
        kept: socket.socket,
        *,
        ending: threading.Event,
        tell: Callable[[str], None],
    ) -> None:
        self._data, self._kept, self._tell = data, kept, tell
        self._host, self._port = kept.getsockname()[:2]
        self.ending = ending

    def run(self) -> int:
        """Plays until `ending` is set: 0; 1 where a part cannot be started."""
        self._data.mkdir(parents=True, exist_ok=True)
        self._warm()
        if self.ending.is_set():
            return 0
        with listen("127.0.0.1", 0) as intake:
            return self._play(intake)

    def _warm(self) -> None:
        """Compiles the kernels; a minute the first time, then a second or two."""
        child = Child("warm", self._data, {})
        try:
            while child.ended() is None and not self.ending.wait(_LOOK_S):
                pass
            if child.ended():
                raise Unavailable("the kernels cannot be compiled; see above")
        finally:
            child.end()

    def _play(self, intake: socket.socket) -> int:
        url = address_of(intake)
        site = Site(Plan(data=self._data, packs=OVERLAY), intake, tell=self._tell)
        live = _Runner(site, self.ending)
        feeder = Feeder(self._data, url, ending=self.ending, tell=self._tell)
        live.start()
        feeder.start()
        try:
            self._show(url, site)
        finally:
            self.ending.set()
            site.end()
            live.join()
            feeder.join(1.0)
        return live.status

    def _show(self, url: str, site: Site) -> None:
        """Keeps the page up; a page that dies again and again at its start ends the demo."""
        settings = {
            "bind": self._host,
            "port": self._port,
            "live_url": url,
            "data": str(self._data),
        }
        self._kept.close()
        for _ in range(_TRIES):
            page = Child("page", self._data, settings)
            while page.ended() is None and not self.ending.wait(_LOOK_S):
                pass
            if self.ending.is_set():
                site.end()  # at the same time, not one after the other
            page.end()
            if self.ending.wait(_AGAIN_S):
                return
            self._tell(f"the page ended (status {page.ended()}); starting it again")
        raise Unavailable("the page does not stay up; see above")


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
