"""The demo's registry entries and its source key, and readings sent with that key."""

import http.client
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from anlan.history.log import Log, store_in
from anlan.history.registry import (
    Registry,
    group_entry,
    limit_entry,
    limits_entry,
    new_key,
    sensor_entry,
)
from anlan.live.reach import running
from anlan.sandtable import Basin, Reading
from anlan.terms.errors import Malformed, Refused, Unavailable

SOURCE = "sandtable"
_SENSORS = ["99*"]
_WAIT_S = 10.0


def enter(data: Path, basin: Basin) -> str:
    """Tells the running site what the basin has that it does not know; a fresh source key.

    Keys of earlier starts are retired. Unavailable until the site answers.
    """
    service = running(data)
    if service is None:
        raise Unavailable("the live process does not run yet")
    try:
        with Log.open(store_in(data)) as log:
            registry = Registry.from_log(log)
        key, key_entry = new_key(SOURCE, _SENSORS, at=time.time_ns() // 1_000_000)
        old = [{"type": "retire", "source_key": one.id} for one in registry.keys_of(SOURCE)]
        entries = [*_missing(registry, basin), *old, key_entry]
        service.ask("POST", "/api/v1/registry", json.dumps(entries).encode())
    finally:
        service.close()
    return key


def _missing(registry: Registry, basin: Basin) -> list[dict[str, Any]]:
    """Entries of the basin that the registry does not hold as they are."""
    known = {sensor.key: sensor for sensor in registry.sensors}
    entries = [group_entry(g) for g in basin.groups if registry.groups.get(g.key) != g]
    entries += [sensor_entry(s) for s in basin.sensors if known.get(s.key) != s]
    for sensor in basin.sensors:
        wanted = [limit for limit in basin.limits if limit.sensor == sensor.key]
        if _plain(registry.limits_of(sensor.key)) != _plain(wanted):
            entries.append(limits_entry(sensor.key, wanted))
    return entries


def _plain(limits: Iterable[Any]) -> list[dict[str, Any]]:
    return [limit_entry(limit) for limit in limits]


class Sender:
    """Sends readings to the intake at a URL, with a source key."""

    def __init__(self, url: str, key: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_WAIT_S)
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/x-ndjson",
        }

    def send(self, rows: Iterable[Reading]) -> int:
        """Accepted rows; they are durable at its return.

        Unavailable: nothing is known to be stored, sending the same again is safe. Refused: the
        key is not valid any more. Malformed: the intake cannot read the body.
        """
        body = b"".join(json.dumps(row._asdict()).encode() + b"\n" for row in rows)
        if not body:
            return 0
        try:
            self._connection.request("POST", "/api/v1/readings", body, self._headers)
            answer = self._connection.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Unavailable(f"the intake does not answer ({error})") from error
        if answer.status == 200:
            return int(json.loads(told)["accepted"])
        reason = told.decode(errors="replace")
        if answer.status in (429, 503):
            raise Unavailable(reason)
        raise (Refused if answer.status in (401, 403) else Malformed)(reason)

    def close(self) -> None:
        self._connection.close()
