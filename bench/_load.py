"""Load for the intake bench: a store ready for W1, bodies in each form, and who sends them."""

import io
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from anlan.engine.rules import Gate, LevelRule, Rule, RuleSet
from anlan.history.registry import new_key, rule_set_entry, sensor_entry
from anlan.live.reach import Desk
from anlan.terms.levels import RAISED_LEVELS
from anlan.terms.sensors import Sensor

LIMITS, DEADBAND, ON_S, OFF_S = (60.0, 70.0, 80.0, 90.0), 3.0, 5, 10
_ABOVE = 0.005  # W1 enters above a limit, not at it; values have two decimals
_DAY_MS = 86_400_000
KINDS = {
    "ndjson": "application/x-ndjson",
    "columns": "application/json",
    "arrow": "application/vnd.apache.arrow.stream",
}


def r4() -> RuleSet:
    """Rule R4 with the gate on; silence is not told, for the times lie in the past."""
    levels = tuple(
        LevelRule(
            level=level,
            threshold=limit + _ABOVE,
            deadband=DEADBAND,
            on_delay_ms=ON_S * 1000,
            off_delay_ms=OFF_S * 1000,
        )
        for level, limit in zip(RAISED_LEVELS, LIMITS, strict=True)
    )
    gate = Gate(
        low=-1000,
        high=1000,
        spike="confirm",
        rate_per_h=1e9,
        interval_ms=1000,
        stale_ms=30 * _DAY_MS,
    )
    rule = Rule(key="w1.v.level", quantity="v", levels=levels, takes_limits=True)
    return RuleSet(pack="w1", gates={"v": gate}, rules=(rule,))


def keys_of(sensors: int) -> list[str]:
    """The names of W1's sensors, in order."""
    return [f"S{i:06d}" for i in range(sensors)]


def prepare(data: Path, keys: list[str]) -> str:
    """A store with these sensors under R4; the key of a source that may write them all."""
    text, entry = new_key("bench", ["*"], at=0)
    sensors = [sensor_entry(Sensor(key=k, quantity="v", object=k)) for k in keys]
    with Desk(data) as desk:
        desk.enter([rule_set_entry(r4()), *sensors, entry])
    return text


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """A running service; its address."""
    command = [str(Path(sys.executable).with_name("anlan")), "serve", "--data", str(data)]
    process = subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        if not address:
            raise RuntimeError("the service does not start; stderr says why")
        wait_ready(address)
        yield address
    finally:
        process.terminate()
        process.wait(15)


def wait_ready(address: str) -> None:
    """Returns when the service answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=60).read()  # noqa: S310 - our own service
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the service does not come up")


def body_of(form: str, keys: list[str], times: Any, values: Any) -> bytes:
    """A body of all keys at each of some times; values by time and key."""
    if form == "ndjson":
        heads = [b'{"sensor":"%s","time":' % k.encode() for k in keys]
        return b"".join(
            head + b'%d,"value":%s}\n' % (t, repr(v).encode())
            for t, row in zip(times.tolist(), values.tolist(), strict=True)
            for head, v in zip(heads, row, strict=True)
        )
    names, stamps = keys * len(times), np.repeat(times, len(keys))
    if form == "columns":
        columns = {"sensor": names, "time": stamps.tolist(), "value": values.ravel().tolist()}
        return json.dumps(columns, separators=(",", ":")).encode()
    table = pa.table({"sensor": names, "time": stamps, "value": values.ravel()})
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table)
    return out.getvalue()


class Sender:
    """One connection that is kept."""

    def __init__(self, address: str, key: str, form: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = (
            f"POST /api/v1/readings HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: {KINDS[form]}\r\n"
        )

    def send(self, body: bytes) -> dict[str, Any]:
        """Sends a body and waits for its answer."""
        head = f"{self._head}Content-Length: {len(body)}\r\n\r\n".encode()
        self._socket.sendall(head + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(65536)
        head, _, rest = answer.partition(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(rest) < size:
            rest += self._socket.recv(65536)
        assert head.startswith(b"HTTP/1.1 200"), answer[:500]
        found: dict[str, Any] = json.loads(rest)
        return found


def send_all(address: str, key: str, form: str, shares: list[list[bytes]]) -> float:
    """Each share over its own connection, in order; the seconds until all is acknowledged."""
    senders = [Sender(address, key, form) for _ in shares]

    def one(sender: Sender, bodies: list[bytes]) -> None:
        for body in bodies:
            answer = sender.send(body)
            assert not answer["refused"], answer

    with ThreadPoolExecutor(len(shares)) as pool:
        began = time.perf_counter()
        list(pool.map(one, senders, shares))
        return time.perf_counter() - began
