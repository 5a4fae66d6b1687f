"""The stage: everything that the demo starts, watches and stops."""

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anlan.live.supervisor import Plan, Site, address_of, listen
from anlan.site.demo.child import Child
from anlan.site.demo.feeder import Feeder
from anlan.terms.errors import Unavailable

OVERLAY = Path(__file__).resolve().parents[2] / "sandtable" / "overlay"
"""The packs' gates and windows for a basin where a minute stands for an hour."""
_LOOK_S = 0.1
_AGAIN_S = 1.0
_TRIES = 5
_SOUND_S = 30.0
"""A page that lived so long did not die at its start."""


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
        """Plays until `ending` is set: 0; 1 where a part cannot be started.

        The page comes first: while the kernels are compiled it says that the rest is starting.
        """
        self._data.mkdir(parents=True, exist_ok=True)
        with listen("127.0.0.1", 0) as intake:
            page = _Page(self._page_settings(address_of(intake)), self.ending, tell=self._tell)
            self._kept.close()
            page.start()
            try:
                self._warm()
                return self._play(intake)
            finally:
                self.ending.set()
                page.join()
                page.raise_failure()

    def _page_settings(self, live_url: str) -> dict[str, Any]:
        return {
            "bind": self._host,
            "port": self._port,
            "live_url": live_url,
            "data": str(self._data),
        }

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
        if self.ending.is_set():
            return 0
        site = Site(Plan(data=self._data, packs=OVERLAY), intake, tell=self._tell)
        live = _Runner(site, self.ending)
        feeder = Feeder(self._data, address_of(intake), ending=self.ending, tell=self._tell)
        live.start()
        feeder.start()
        try:
            self.ending.wait()
        finally:
            self.ending.set()
            site.end()
            live.join()
            feeder.join(1.0)
        return live.status


class _Page(threading.Thread):
    """Keeps the page up; one that dies again and again at its start ends the demo."""

    def __init__(
        self, settings: dict[str, Any], ending: threading.Event, *, tell: Callable[[str], None]
    ) -> None:
        super().__init__(name="page")
        self._settings, self._ending, self._tell = settings, ending, tell
        self._failure: Exception | None = None

    def run(self) -> None:
        tries = 0
        try:
            while tries < _TRIES and not self._ending.is_set():
                began = time.monotonic()
                status = self._show()
                tries = 0 if time.monotonic() - began > _SOUND_S else tries + 1
                if not self._ending.wait(_AGAIN_S):
                    self._tell(f"the page ended (status {status}); starting it again")
            if tries == _TRIES:
                self._failure = Unavailable("the page does not stay up; see above")
        except OSError as error:
            self._failure = Unavailable(f"the page cannot be started ({error})")
        finally:
            self._ending.set()

    def _show(self) -> int | None:
        """One life of the page: its exit status."""
        page = Child("page", Path(self._settings["data"]), self._settings)
        while page.ended() is None and not self._ending.wait(_LOOK_S):
            pass
        page.end()
        return page.ended()

    def raise_failure(self) -> None:
        """Raises Unavailable where the page did not stay up."""
        if self._failure is not None:
            raise self._failure


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
