"""A line to a far end that wants to be told what it may see: things, alarms, who is under way."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from anlan.connectors.frames import Teller
from anlan.connectors.news import Item, News
from anlan.live.gateway.lines.line import Line, now_ms

if TYPE_CHECKING:
    from anlan.live.gateway.station import Station

FOREIGN = "foreign_device"
_LATE_S, _LOOK_S, _MOST_UNSENT = 120.0, 1.0, 1 << 16


def news_file(data: Path, account: str) -> Path:
    """Where the site writes what an account may see."""
    return data / "gateway" / "news" / f"{quote(account, safe='')}.json"


class Stand:
    """What accounts may see, as the site wrote it last; None where that is late or was never."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._known: dict[str, tuple[float, float, News | None]] = {}

    def of(self, account: str) -> News | None:
        """What one account may see now."""
        now_s = time.monotonic()
        looked_s, written_s, news = self._known.get(account, (float("-inf"), 0.0, None))
        if now_s - looked_s < _LOOK_S:
            return news
        try:
            path = news_file(self._data, account)
            changed_s = path.stat().st_mtime
            if changed_s != written_s:
                news = News(tuple(Item(**one) for one in json.loads(path.read_bytes())))
            news = news if time.time() - changed_s < _LATE_S else None
        except (OSError, ValueError, TypeError):
            changed_s, news = 0.0, None
        self._known[account] = (now_s, changed_s if news is not None else 0.0, news)
        return news


def account_of(clients: Mapping[str, str], names: list[str], address: str) -> str | None:
    """Whose eyes a far end has: by a name of its certificate, else by its address; None: nobody."""
    for name in names:
        if name in clients:
            return clients[name]
    for place, account in clients.items():
        try:
            if ip_address(address) in ip_network(place, strict=False):
                return account
        except ValueError:
            continue  # the name of a certificate
    return None


def names_in(certificate: Mapping[str, Any] | None) -> list[str]:
    """The common names of a certificate that was verified."""
    subject = (certificate or {}).get("subject", ())
    return [value for part in subject for name, value in part if name == "commonName"]


class Follower(Line):
    """A way back to one far end that is told."""

    def __init__(self, station: "Station", looked_at: set[Any], stand: Stand) -> None:
        super().__init__(station, looked_at)
        self._stand, self._account = stand, ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        clients = self._station.listener.clients
        if self._talk is None:
            return
        if clients:
            names = names_in(transport.get_extra_info("peercert"))
            account = account_of(clients, names, self.address)
            if account is None:
                self._end(FOREIGN)
                return
            self._account = account
        self._tell(cast(Teller, self._talk).begin)

    def look(self, now_s: float) -> None:
        """Tells what is due; not to one who has not read what it was told before."""
        super().look(now_s)
        is_behind = self._transport.get_write_buffer_size() > _MOST_UNSENT
        news = self._stand.of(self._account) if self._account and not is_behind else None
        if news is not None and self._talk is not None and not self._transport.is_closing():
            self._tell(partial(cast(Teller, self._talk).tell, news))

    def _tell(self, worded: Callable[[int], bytes]) -> None:
        try:
            self._say(worded(now_ms()))
        except Exception:  # noqa: BLE001 - one talk that breaks must not end the others
            self._break()
