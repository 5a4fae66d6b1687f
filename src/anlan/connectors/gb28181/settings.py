"""The settings of a listener for GB/T 28181 (`words` in gateway.toml)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from anlan.connectors.gb28181.media.sdp import TRANSPORTS
from anlan.connectors.gb28181.sip.digest import ALGORITHMS, MD5
from anlan.terms.errors import Malformed


@dataclass(frozen=True, slots=True)
class Settings:
    """id: our identifier of 20 digits, where it is not said that by which devices call us · domain:
    the same of the realm · password: of all devices, passwords: of single ones; where there is
    none devices need not register · algorithm: of the digest, qop: whether MD5 has one too · host:
    address and port where devices reach us · media: the media server, with media_port and
    media_transport · catalogue: asked for when a device registers · alarms: subscribed to then,
    positions: each so many seconds, 0 for not at all · gcj02: positions are shifted · silence: who
    says nothing for so many seconds is offline, 0 for not at all.
    """

    id: str = ""
    domain: str = ""
    password: str = ""
    passwords: Mapping[str, Any] = field(default_factory=dict)
    algorithm: str = MD5
    qop: bool = False
    host: str = ""
    media: str = ""
    media_port: int = 10_000
    media_transport: str = "udp"
    catalogue: bool = True
    alarms: bool = False
    positions: int = 0
    gcj02: bool = False
    silence: int = 180

    @property
    def is_guarded(self) -> bool:
        """Whether devices must prove who they are."""
        return bool(self.password or self.passwords)

    def password_of(self, device: str) -> str:
        """Empty for a device that may not come."""
        return str(self.passwords.get(device, self.password))


def settings_of(words: Mapping[str, Any]) -> Settings:
    """Malformed names a setting that there is not, or whose value is none."""
    known = {one.name: one for one in fields(Settings)}
    for name, value in words.items():
        if name not in known:
            raise Malformed(f"there is no setting {name!r} (there are {', '.join(known)})")
        default = getattr(_USUAL, name)
        is_table = isinstance(default, Mapping)
        if not isinstance(value, Mapping) if is_table else type(value) is not type(default):
            raise Malformed(f"{name} must be {_KINDS.get(type(default), 'a table')}")
    found = Settings(**words)
    _check(found)
    return found


_USUAL = Settings()
_KINDS = {str: "a text", int: "a whole number", bool: "true or false"}


def _check(one: Settings) -> None:
    wrong = {
        "id must be 20 digits": bool(one.id) and not (one.id.isdigit() and len(one.id) == 20),
        f"algorithm must be {' or '.join(ALGORITHMS)}": one.algorithm not in ALGORITHMS,
        f"media_transport must be one of {', '.join(TRANSPORTS)}": (
            one.media_transport not in TRANSPORTS
        ),
        "media_port must be a number from 1 to 65535": not 0 < one.media_port < 65_536,
        "positions must be a number of seconds up to 86400": not 0 <= one.positions <= 86_400,
        "silence must be a number of seconds up to 86400": not 0 <= one.silence <= 86_400,
        "passwords must be a table of texts": not all(
            isinstance(value, str) and value for value in one.passwords.values()
        ),
        "domain, host, media must be names or addresses": any(
            not text.isascii() or any(c in text for c in ' <>@;,"\r\n')
            for text in (one.domain, one.host, one.media)
        ),
    }
    for sentence, is_so in wrong.items():
        if is_so:
            raise Malformed(sentence)
