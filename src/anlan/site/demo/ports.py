"""Ports on the loopback that nobody has."""

import socket

PROTOCOLS = ("sl651", "gb26875", "hj212", "jt808")
"""What the city's devices speak; the field gateway of a demo listens for it."""
ASKED = "modbus"
"""What the controllers of the city's plants answer."""


def free(count: int) -> list[int]:
    """So many; all are held until all are found, so that none comes twice."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()


def of_protocols() -> dict[str, int]:
    """One for each protocol."""
    every = (*PROTOCOLS, ASKED)
    return dict(zip(every, free(len(every)), strict=True))
