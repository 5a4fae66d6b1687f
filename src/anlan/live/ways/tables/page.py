"""Pages of the web that are put into a folder, again and again; and where an address may lead."""

import asyncio
import hashlib
import os
import time
from ipaddress import ip_address
from pathlib import Path

from anlan.channels.web.target import Target, places, target_of
from anlan.connectors.feeds import Known, Place, fetch
from anlan.connectors.folder.map import ENDINGS, Folder
from anlan.terms.errors import AnlanError, Refused, Unavailable

_LONGEST_S = 3_600.0


def find(url: str, allows_private: bool) -> Place:
    """Where an address leads; Refused into the own network, unless the settings allow it."""
    target = target_of(url, allows_private=allows_private)
    if not isinstance(target, Target):
        raise Refused(target)
    found = places(target, allows_private=allows_private)
    if not found:
        raise Unavailable("its name has no address")
    ip = min(found, key=lambda one: ip_address(one.partition("%")[0]).version)
    return Place(target.host, target.authority, target.port, target.path, target.is_safe, ip)


class Fetching:
    """Of one page. trouble: why it cannot be had at present · fails: in a row, of all looks."""

    def __init__(self, folder: Folder) -> None:
        self._folder, self._known, self._last = folder, Known(), ""
        self.trouble, self.fails = "", 0

    @property
    def wait_s(self) -> float:
        """Until the next look: longer after each failure, an hour at most."""
        longer = self._folder.every_s * float(1 << min(max(self.fails - 1, 0), 10))
        return max(self._folder.every_s, min(longer, _LONGEST_S))

    async def run(self) -> None:
        """Looks until it is cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(self.wait_s)

    def look(self) -> Path | None:
        """The file that a page has become; None where it has not changed, or cannot be had."""
        folder = self._folder
        try:
            page = fetch(
                folder.address, lambda url: find(url, folder.is_private), known=self._known
            )
            put = None if page.body is None else self._put(page.body)
        except (AnlanError, OSError) as error:
            self.fails, self.trouble = self.fails + 1, str(error)
            return None
        self._known, self.fails, self.trouble = page.state, 0, ""
        return put

    def _put(self, body: bytes) -> Path | None:
        """Puts a page into the folder, whole; not twice what is the same."""
        digest = hashlib.sha256(body).hexdigest()
        if digest == self._last:
            return None
        name = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{digest[:8]}"
        path = self._folder.path / (name + ENDINGS[self._folder.form][0])
        part = path.with_name(f"{path.name}.part")
        with part.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        self._last = digest
        return path
