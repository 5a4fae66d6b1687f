"""Messages of a broker: from a sender through Mosquitto to durable readings, on the same cores.

Single readings with QoS 0 and QoS 1, and 50 readings a message with QoS 1; the sender writes
ready-made packets from a process of its own. ANLAN_BENCH_MESSAGES: how many (default 20,000). No
peer runs here; ThingsBoard publishes 5,000 to 10,000 points a second on PostgreSQL, which stands
beside the readings.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from anlan.history.registry import sensor_entry
from anlan.live.reach import Desk
from anlan.terms.sensors import Sensor
from bench.gateway import _answers, _figure, _process, _stored, _until
from tests.wire.test_mqtt_broker import CONFIG, House

COUNT = int(os.environ.get("ANLAN_BENCH_MESSAGES", "20_000"))
SENSORS, EACH_MS, PIECE = 50, 1_000, 1 << 16
KINDS = {"qos0": (0, 1), "qos1": (1, 1), "qos1_50_readings": (1, SENSORS)}
"""By name: the quality of service, and how many readings a message holds."""
PUBLISHER, PUBLISHED = "ThingsBoard on PostgreSQL, at most, as published and not run here", 10_000
"""Points a second of its page on databases."""


def run() -> Iterator[dict[str, Any]]:
    """For each kind: messages a second until all are durable, and readings."""
    for name, (qos, readings) in KINDS.items():
        count = COUNT if readings == 1 else COUNT // 10
        per_s = _durable(qos, readings, count)
        yield _figure(f"mqtt_{name}_durable", per_s, "messages/s")
        if readings > 1:
            found = _figure(f"mqtt_{name}_readings", per_s * readings, "readings/s")
            ratio = round(found["value"] / PUBLISHED, 2)
            yield found | {"peer": PUBLISHER, "peer_value": PUBLISHED, "ratio": ratio}


def _durable(qos: int, readings: int, count: int) -> float:
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (data / "broker").mkdir()
        house = stack.enter_context(closing(House(data / "broker", CONFIG.read_text())))
        with Desk(data) as desk:
            desk.enter([
                sensor_entry(Sensor(key=f"s{n}", quantity="b.v", object="o"))
                for n in range(SENSORS)
            ])  # fmt: skip
        mapping = data / "mapping.toml"
        mapping.write_text(
            f'[broker]\nhost = "127.0.0.1"\nport = {house.port}\nclient_id = "bench"\n'
            '[[topic]]\nfilter = "readings/#"\nshape = "flat"\n'
        )
        words = ("serve", "--data", str(data), "--port", "0", "--mqtt", str(mapping))
        _process(stack, "anlan.site.cli", *words)
        _until(lambda: _answers(data) and b"bench" in (data / "broker" / "log").read_bytes())
        time.sleep(1)  # the subscription follows the connection
        sender = _process(
            stack, "bench.mqtt", str(house.port), str(qos), str(readings), str(count),
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert sender.stdout is not None
        began = float(sender.stdout.readline())
        _until(lambda: _stored(data) >= count * readings)
        return count / (time.monotonic() - began)


def _send(port: int, qos: int, readings: int, count: int) -> None:
    """Tells when it begins, then publishes and waits for what the broker owes it."""
    first = time.time_ns() // 1_000_000 - count * EACH_MS
    packets = b"".join(_packet(n, first, qos, readings) for n in range(count))
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01b")
        line.recv(4)
        print(time.monotonic(), flush=True)
        owed = 4 * count * qos
        line.setblocking(False)
        sent = 0
        while sent < len(packets) or owed > 0:
            try:
                sent += line.send(packets[sent : sent + PIECE]) if sent < len(packets) else 0
            except BlockingIOError:
                time.sleep(0.001)
            try:
                owed -= len(line.recv(PIECE))
            except BlockingIOError:
                time.sleep(0.001 if sent == len(packets) else 0)


def _packet(n: int, first: int, qos: int, readings: int) -> bytes:
    rows = [
        {"sensor": f"s{(n + k) % SENSORS}", "time": first + n * EACH_MS, "value": n / 8}
        for k in range(readings)
    ]
    payload = json.dumps(rows if readings > 1 else rows[0]).encode()
    number = (n % 65_535 + 1).to_bytes(2, "big") if qos else b""
    body = b"\x00\x0breadings/no" + number + payload
    length, size = bytearray(), len(body)
    while True:
        size, low = divmod(size, 128)
        length.append(low | (128 if size else 0))
        if not size:
            return bytes([0x30 | qos << 1]) + bytes(length) + body


if __name__ == "__main__":
    _send(*map(int, sys.argv[1:5]))
