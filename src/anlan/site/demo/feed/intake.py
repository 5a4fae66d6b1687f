"""The demo's source key, and readings sent with it."""

import http.client
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from anlan.history.log import Log, store_in
from anlan.history.registry import Registry, new_key
from anlan.live.reach import running
from anlan.terms.errors import Malformed, Refused, Unavailable

SOURCE = "sandtable"
_SENSORS = ["99*"]
_WAIT_S = 10.0


class Row(NamedTuple):
    """One reading as a source sends it; time in ms UTC, value None when it is missing."""

    sensor: str
    time: int
    value: float | None
    quality: str


def enter(data: Path) -> str:
    """A fresh source key for the city's sensors; those of earlier starts are retired.

    Unavailable until the site answers.
    """
    service = running(data)
    if service is None:
        raise Unavailable("the live process does not run yet")
    try:
        with Log.open(store_in(data)) as log:
            registry = Registry.from_log(log)
        key, key_entry = new_key(SOURCE, _SENSORS, at=time.time_ns() // 1_000_000)
        old = [{"type": "retire", "source_key": one.id} for one in registry.keys_of(SOURCE)]
        service.ask("POST", "/api/v1/registry", json.dumps([*old, key_entry]).encode())
    finally:
        service.close()
    return key


class Sender:
    """Sends readings to the intake at a URL, with a source key."""

    def __init__(self, url: str, key: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_WAIT_S)
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/x-ndjson",
        }

    def send(self, rows: Iterable[Row]) -> int:
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
