"""How much one device, one address and all together may do."""

import resource
from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import NamedTuple

FULL = "too_many_connections"
OWN_FILES = 256
"""Files that a process needs beside its connections."""


class Rate:
    """So many a second; what was saved in two seconds may come at once."""

    __slots__ = ("_at", "_left", "_per_s")

    def __init__(self, per_s: float, now_s: float) -> None:
        self._per_s, self._left, self._at = per_s, 2 * per_s, now_s

    def wait_s(self, n: int, now_s: float) -> float:
        """Takes n; how long nothing more should be taken after it, 0 for not at all."""
        per_s = self._per_s
        left = self._left + (now_s - self._at) * per_s
        self._left = left = (left if left < 2 * per_s else 2 * per_s) - n
        self._at = now_s
        return 0.0 if left >= 0 else -left / per_s


class Most(NamedTuple):
    """How many connections there may be: in all, and of one address."""

    in_all: int
    per_address: int


def raise_files(wanted: int) -> int:
    """Lets this process open as many files as it wants, or as many as it may; how many that is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = resource.RLIM_INFINITY
    if soft == endless or soft >= wanted:
        return wanted
    if hard != endless and hard < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
        except (ValueError, OSError):  # only an administrator may
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            return hard
        return wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def shares(most: Sequence[int], files: int) -> list[int]:
    """How many connections each listener may have, so that all find a file; at least one."""
    room = files - OWN_FILES
    wanted = sum(most)
    return list(most) if wanted <= room else [max(1, one * room // wanted) for one in most]


class Crowd:
    """Who is connected. networks: whence alone; empty for everywhere."""

    def __init__(self, most: Most, networks: list[IPv4Network | IPv6Network]) -> None:
        self._most, self._networks = most, networks
        self._by_address: Counter[str] = Counter()
        self.size = 0

    def reason_against(self, address: str) -> str:
        """The code why one more of this address may not come in; empty where it may."""
        if self._networks and not any(ip_address(address) in one for one in self._networks):
            return "foreign_address"
        if self.size >= self._most.in_all:
            return FULL
        if self._by_address[address] >= self._most.per_address:
            return "too_many_of_address"
        return ""

    def enter(self, address: str) -> None:
        self.size += 1
        self._by_address[address] += 1

    def leave(self, address: str) -> None:
        self.size -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]
