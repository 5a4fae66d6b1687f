"""Many recipients, far ends that keep a connection, and what a way tells of each."""

import asyncio
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field

from anlan.channels import Message, Receipt
from anlan.channels.bulk import Bulk, To
from tests.wire.channels.conftest import a_message

_OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def to_all(addresses: Iterable[str]) -> list[To]:
    """Recipients at these addresses."""
    return [To(n, f"m1.{n}", address, "zh-hans") for n, address in enumerate(addresses)]


def sent(way: Bulk, to: list[To], message: Message | None = None) -> list[Receipt]:
    """What became of each, in their order; each is told of exactly once."""
    found: dict[int, Receipt] = {}

    def tell(place: int, receipt: Receipt) -> None:
        assert place not in found
        found[place] = receipt

    async def run() -> None:
        await way.send({"zh-hans": message or a_message()}, to, tell)
        await way.close()

    asyncio.run(run())
    return [found[one.place] for one in to]


@dataclass
class Receiver:
    """The script of a web server that keeps connections: `reply` to each request, all kept."""

    reply: str = _OK
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def __call__(self, sock: socket.socket) -> None:
        data = b""
        while True:
            while b"\r\n\r\n" not in data:
                got = sock.recv(65_536)
                if not got:
                    return
                data += got
            head, _, data = data.partition(b"\r\n\r\n")
            first, *lines = head.decode("ascii").split("\r\n")
            pairs = (re.split(r":\s*", line, maxsplit=1) for line in lines)
            headers = {name.lower(): value for name, value in pairs}
            size = int(headers["content-length"])
            while len(data) < size:
                data += sock.recv(65_536)
            self.requests.append((first, headers, data[:size]))
            data = data[size:]
            sock.sendall(self.reply.encode())
