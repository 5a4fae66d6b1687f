"""The far ends of mass sending, each a process: push service, webhooks, gateway, mobile apps.

`python -m bench._sinks NAME SETTINGS`: says its port on a line of standard output and serves until
its standard input ends. At each line of that, and at its end, it says in JSON what it has taken,
and what that cost it.
"""

import asyncio
import json
import socket
import sys
import time
from typing import Any

import uvloop
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SAMPLE = 500
AUTH = b"of sixteen bytes"
_CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
_TAKEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Count:
    """Whom was told, how often, and when the first."""

    def __init__(self) -> None:
        self.seen: dict[bytes, int] = {}
        self.requests, self.first_s, self.last_s, self.read = 0, 0.0, 0.0, 0

    def take(self, name: bytes) -> None:
        self.last_s = time.time()
        self.first_s = self.first_s or self.last_s
        self.seen[name] = self.seen.get(name, 0) + 1

    def told(self) -> dict[str, Any]:
        used = time.process_time()
        twice = sum(count - 1 for count in self.seen.values())
        return {
            "recipients": len(self.seen), "twice": twice, "requests": self.requests,
            "first_s": self.first_s, "last_s": self.last_s, "read": self.read, "cpu_s": used,
        }  # fmt: skip


class Web(asyncio.Protocol):
    """One connection of a sender."""

    def __init__(self, taken: Any, answer: bytes, count: Count) -> None:
        self._taken, self._answer, self._count, self._data = taken, answer, count, b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end]
            start = head.find(b"Content-Length: ") + 16
            size = int(head[start : (head.find(b"\r\n", start) + len(head) + 1) % (len(head) + 1)])
            if len(self._data) < end + 4 + size:
                return
            body = self._data[end + 4 : end + 4 + size]
            self._data = self._data[end + 4 + size :]
            self._count.requests += 1
            self._taken(head, body)
            self._transport.write(self._answer)


def own_key() -> EllipticCurvePrivateKey:
    """The key of all browsers of the bench."""
    return derive_private_key(20_261_130, SECP256R1())


def point(key: EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def opened(body: bytes) -> bytes:
    """What a browser reads: RFC 8291, by the library's own HKDF."""
    salt, sender, sealed = body[:16], body[21:86], body[86:]
    key = own_key()
    shared = key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender))
    about = b"WebPush: info\x00" + point(key.public_key()) + sender
    secret = HKDF(SHA256(), 32, AUTH, about).derive(shared)
    content = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
    return AESGCM(content).decrypt(nonce, sealed, None).rstrip(b"\x00")[:-1]


async def _web(name: str, count: Count) -> int:
    def push(head: bytes, body: bytes) -> None:
        count.take(head[5 : head.find(b" ", 5)])
        if len(count.seen) % SAMPLE == 1:
            assert json.loads(opened(body))["status"] == "Actual"
            count.read += 1

    def hook(head: bytes, body: bytes) -> None:
        start = head.find(b"webhook-id: ") + 12
        count.take(head[start : head.find(b"\r\n", start)])

    def gateway(head: bytes, body: bytes) -> None:
        for one in json.loads(body)["to"]:
            count.take(one["number"].encode())

    taken = {"push": push, "webhook": hook, "sms": gateway}[name]
    answer = _TAKEN if name == "sms" else _CREATED
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Web(taken, answer, count), "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    return port


class App(asyncio.Protocol):
    """One live session: MQTT 3.1.1, all topics of areas, each message acknowledged."""

    def __init__(self, number: int, topics: list[str], count: Count, ready: Any) -> None:
        self._number, self._topics, self._count, self._ready = number, topics, count, ready
        self._data = bytearray()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        name = f"app-{self._number}".encode()
        body = b"\x00\x04MQTT\x04\x02\x02\x58" + len(name).to_bytes(2) + name
        transport.write(b"\x10" + _length(len(body)) + body)

    def data_received(self, data: bytes) -> None:
        self._data += data
        acks = bytearray()
        while len(self._data) >= 2:
            size, used = _size(self._data)
            if used == 0 or len(self._data) < used + size:
                break
            kind, body = self._data[0] >> 4, bytes(self._data[used : used + size])
            del self._data[: used + size]
            self._one(kind, body, acks)
        if acks:
            self._transport.write(bytes(acks))

    def _one(self, kind: int, body: bytes, acks: bytearray) -> None:
        if kind == 2:
            topics = b"".join(len(t).to_bytes(2) + t.encode() + b"\x01" for t in self._topics)
            asked = b"\x00\x01" + topics
            self._transport.write(b"\x82" + _length(len(asked)) + asked)
        elif kind == 9:
            self._ready()
        elif kind == 3:
            size = int.from_bytes(body[:2])
            self._count.requests += 1
            self._count.take(self._number.to_bytes(4) + body[2 : 2 + size])
            acks += b"\x40\x02" + body[2 + size : 4 + size]


def _length(size: int) -> bytes:
    found = bytearray()
    while True:
        size, low = divmod(size, 128)
        found.append(low | (0x80 if size else 0))
        if not size:
            return bytes(found)


def _size(data: bytearray) -> tuple[int, int]:
    """Remaining length, and how many octets stand before it; 0 where it is not whole yet."""
    size = 0
    for n in range(1, min(len(data), 5)):
        size |= (data[n] & 0x7F) << (7 * (n - 1))
        if data[n] < 0x80:
            return size, n + 1
    return 0, 0


async def _apps(told: dict[str, Any], count: Count) -> int:
    loop, ready = asyncio.get_running_loop(), 0
    done = asyncio.Event()

    def one_ready() -> None:
        nonlocal ready
        ready += 1
        if ready == told["sessions"]:
            done.set()

    for number in range(told["sessions"]):
        sock = socket.create_connection(("127.0.0.1", told["port"]))
        sock.setblocking(False)
        await loop.create_connection(
            lambda n=number: App(n, told["topics"], count, one_ready),  # type: ignore[misc] # asyncio's
            sock=sock,
        )
    await done.wait()
    return int(told["port"])


async def _serve(name: str, told: dict[str, Any]) -> None:
    count = Count()
    port = await (_apps(told, count) if name == "mqtt" else _web(name, count))
    print(port, flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(count.told()), flush=True)
    print(json.dumps(count.told()), flush=True)


if __name__ == "__main__":
    uvloop.run(_serve(sys.argv[1], json.loads(sys.argv[2])))
