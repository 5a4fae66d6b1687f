"""Where a message may go in the web: the parts of its address, and no way into the own network.

A name is looked up once, every address it has is judged, and the connection goes to an address
that was judged: a name that changes its mind between the two leads nowhere.
"""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from anlan.terms.errors import Refused

KIND = "this channel writes to web addresses only"
SHAPE = "this is not a web address: write https://host/path"
SIGNS = "signs other than Latin ones must be written with % in a web address"
LOGIN = "a web address must not hold a name or a password"
FORBIDDEN = "addresses of the own machine or network are not allowed by the settings"

REASONS = (KIND, SHAPE, SIGNS, LOGIN, FORBIDDEN)
"""Every sentence that the check of an address can give."""

_MOST = 2_000
_TRANSLATED = IPv6Network("64:ff9b::/96")
_PORTS = {"http": 80, "https": 443}

Ip = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a web address; host in Latin letters, path with its query."""

    host: str
    port: int
    path: str
    is_safe: bool

    @property
    def authority(self) -> str:
        """The host as the Host header names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = _PORTS["https" if self.is_safe else "http"]
        return host if self.port == usual else f"{host}:{self.port}"


def target_of(url: str, *, allows_private: bool) -> Target | str:
    """The parts of an address, or the sentence why it is none; nobody is asked."""
    if len(url) > _MOST or not re.match(r"https?://[^/?#]", url, re.IGNORECASE):
        return SHAPE
    try:
        parts = urlsplit(url)
        host, port = _latin(parts.hostname or ""), parts.port
    except ValueError:
        return SHAPE
    if not host or port == 0 or parts.fragment:
        return SHAPE
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if re.search(r"[^\x21-\x7e]", path) or re.search(r"[\s\x00-\x1f\x7f]", url):
        return SIGNS
    if "@" in parts.netloc:
        return LOGIN
    if not allows_private and _is_literal(host) and not is_public(ip_address(host)):
        return FORBIDDEN
    return Target(host, port or _PORTS[parts.scheme], path, parts.scheme == "https")


def places(target: Target, *, allows_private: bool) -> list[str]:
    """The addresses of the host, as its name says now.

    Raises Refused when one of them may not be written to, OSError when there is none.
    """
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    for address in addresses:
        if not allows_private and not is_public(ip_address(address.partition("%")[0])):
            raise Refused(f"{FORBIDDEN}: {target.host} is {address}")
    return addresses


def is_public(address: Ip) -> bool:
    """Whether an address is the world's, also when it is written inside another."""
    if isinstance(address, IPv6Address):
        inner = _carried(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    unusual = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not unusual


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, if it stands for one."""
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _latin(host: str) -> str:
    """The host as DNS knows it. Raises ValueError for what is none."""
    if ":" in host:
        return str(IPv6Address(host))
    latin = host.encode("idna").decode().removesuffix(".")
    if not re.fullmatch(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?", latin):
        raise ValueError(host)
    return latin


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
