"""What the gateway may tell far ends that listen: a file for each account its settings name."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from anlan.apps.atlas import acts as atlas
from anlan.apps.atlas.meaning import packs
from anlan.apps.atlas.queries import objects, sensors
from anlan.apps.people.asker import Person
from anlan.apps.people.models import User
from anlan.apps.people.queries import person_of
from anlan.apps.watch.queries import alarms
from anlan.apps.watch.sentence import sentence
from anlan.connectors.news import Item
from anlan.live.gateway.devices.kept import FILE
from anlan.live.gateway.lines.follower import news_file
from anlan.live.gateway.settings import Listener, read
from anlan.site.api.answers.newest import Newest

_MOST = 2_000
_FRESH = timedelta(minutes=10)
_LON, _LAT = "lon", "lat"


class Listeners:
    """Keeps the files of the accounts; newest: the readings that positions are taken from."""

    def __init__(self, data: Path, newest: Newest | None = None) -> None:
        self._data, self._newest = data, newest or Newest()
        self._changed, self._accounts = 0, frozenset[str]()

    def write(self, now: datetime) -> bool:
        """Writes what each account may see now; never has more to do at once."""
        accounts = self._named()
        users = User.objects.filter(key__in=accounts, is_active=True).order_by("key")
        kept = set()
        for user in users:
            path = news_file(self._data, user.key)
            _write(path, [asdict(one) for one in self.items(person_of(user, now))])
            kept.add(path)
        folder = self._data / "gateway" / "news"
        for path in folder.glob("*.json") if folder.is_dir() else ():
            if path not in kept:  # closed, or named no longer: it is told nothing more
                path.unlink()
        return False

    def items(self, asker: Person) -> list[Item]:
        """Alarms, the worst first; things; and who is under way."""
        found = chain(_alarms(asker), _things(asker), self._members(asker))
        return list({(one.kind, one.key): one for one in found}.values())

    def _named(self) -> frozenset[str]:
        path = self._data / FILE
        changed = path.stat().st_mtime_ns if path.exists() else 0
        if changed != self._changed:
            self._accounts = frozenset(_accounts(read(path))) if changed else frozenset()
            self._changed = changed
        return self._accounts

    def _members(self, asker: Person) -> Iterator[Item]:
        """Where what moves was last, by its newest longitude and latitude, while they are fresh."""
        if not asker.may(atlas.SEE):
            return
        # A quantity bears its pack's name where a pack declares it.
        known = [f"{pack}.{one}" for pack in packs() for one in (_LON, _LAT)]
        rows = sensors(asker).filter(quantity__in=(*known, _LON, _LAT)).order_by("key")
        pairs: dict[str, dict[str, Any]] = {}
        for row in rows[: 2 * _MOST]:
            name = row.quantity.rpartition(".")[2]
            pairs.setdefault(row.object_key, {})[name] = row
        whole = {key: pair for key, pair in pairs.items() if len(pair) == 2}
        names = dict(objects(asker).filter(key__in=whole).values_list("key", "name"))
        handles = [row.handle for pair in whole.values() for row in pair.values()]
        readings = self._newest.of(handles) or {}
        for key, pair in whole.items():
            lon, lat = (readings.get(pair[one].handle) for one in (_LON, _LAT))
            at = min(lon[0], lat[0]) if lon and lat else 0
            is_fresh = at > (asker.now - _FRESH).timestamp() * 1000
            if is_fresh and lon and lat and lon[1] is not None and lat[1] is not None:
                yield Item(key=_device(pair[_LAT].key), kind="member", name=names.get(key) or key,
                           lon=lon[1], lat=lat[1], at=at)  # fmt: skip


def _device(sensor: str) -> str:
    """What a far end calls itself, where its sensors are called as settings have it unsaid."""
    return sensor.removesuffix(f".{_LAT}")


def _alarms(asker: Person) -> Iterator[Item]:
    rows = alarms(asker).filter(closed_at=None, level__gt=0, lon__isnull=False)
    for row in rows.order_by("-urgency", "-raised_at", "-pk")[:_MOST]:
        text = f"{sentence(row)} · {row.sensor_key or row.rule}"
        yield Item(key=row.key, kind="alarm", name=row.object_name, lon=float(row.lon or 0),
                   lat=float(row.lat or 0), at=_ms(row.raised_at), text=text, level=row.level,
                   status=row.status)  # fmt: skip


def _things(asker: Person) -> Iterator[Item]:
    if not asker.may(atlas.SEE):
        return
    for row in objects(asker).filter(shape_w__isnull=False).order_by("region", "key")[:_MOST]:
        place = row.shape.representative_point()
        yield Item(key=row.key, kind="object", name=row.name, lon=place.x, lat=place.y,
                   at=_ms(row.since), text=row.address)  # fmt: skip


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _accounts(listeners: tuple[Listener, ...]) -> Iterator[str]:
    for one in listeners:
        if one.speech.tells:
            yield from map(str, one.clients.values())


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.touch(0o600)
    part.write_text(json.dumps(rows, ensure_ascii=False))
    part.replace(path)
