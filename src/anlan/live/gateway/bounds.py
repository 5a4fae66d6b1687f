"""How much one device, one address and all together may do."""

import logging
import resource
from collections import Counter
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import NamedTuple

FULL = "too_many_connections"
OWN_FILES = 256
"""Files that a process needs beside its connections."""
_log = logging.getLogger("anlan.gateway")


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


class Files:
    """The open files of a process, which the connections of its listeners share: each is one."""

    def __init__(self, files: int) -> None:
        self._files, self._room = files, max(1, files - OWN_FILES)
        self._is_told = False
        self.taken = 0

    def has_room(self) -> bool:
        """Whether one more may come; the first time that none may is told in the log."""
        if self.taken < self._room:
            return True
        if not self._is_told:
            self._is_told = True
            _log.warning(
                "only %d files may be open here, too few for more than %d connections: others are "
                "turned away; raise the limit (LimitNOFILE= of the unit, or ulimit -n)",
                self._files, self.taken,
            )  # fmt: skip
        return False


class Crowd:
    """Who is connected. networks: whence alone; empty for everywhere · files: shared with other
    crowds, None where connections are no files."""

    def __init__(
        self, most: Most, networks: list[IPv4Network | IPv6Network], files: Files | None = None
    ) -> None:
        self._most, self._networks = most, networks
        self._files = files or Files(most.in_all + OWN_FILES)
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
        return "" if self._files.has_room() else FULL

    def enter(self, address: str) -> None:
        self.size += 1
        self._files.taken += 1
        self._by_address[address] += 1

    def leave(self, address: str) -> None:
        self.size -= 1
        self._files.taken -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]
