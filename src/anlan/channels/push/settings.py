"""Who we are to the push services."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, derive_private_key

from anlan.channels.push.browser import CURVE, octets, text_of
from anlan.channels.push.sealing import point
from anlan.terms.errors import Malformed

_CONTACT = re.compile(r"(mailto:[^\s@]+@[^\s@]+|https://[^\s/?#]+\S*)")
_PLAIN = str.maketrans("+/", "-_")
"""Base64 as most tools write it, to that of the web."""
_DAY_S, _MOST_TTL_S, _OCTETS = 86_400, 28 * 86_400, 32


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The key that names this site to push services (VAPID, RFC 8292), and its patience.

    key: private, 32 octets in base64 as `anlan` and other tools write it · contact: `mailto:` or
    https, where a push service complains · ttl_s: so long a push service keeps a message for a
    browser that is off.

    Raises Malformed naming the field.
    """

    key: str = field(repr=False)
    contact: str
    ttl_s: int = _DAY_S
    allows_private: bool = False
    ca_file: str = ""
    timeout_s: float = 10.0
    per_host: int = 32

    def __post_init__(self) -> None:
        if not _CONTACT.fullmatch(self.contact):
            raise Malformed("mailto:name@domain or https://…", where="contact")
        if not 0 < self.timeout_s <= 300 or not 0 <= self.ttl_s <= _MOST_TTL_S:
            raise Malformed("between 0 and 300 s, up to 28 days", where="timeout_s, ttl_s")
        _ = self.private

    @cached_property
    def private(self) -> EllipticCurvePrivateKey:
        """The key, ready."""
        try:
            number = octets(self.key.translate(_PLAIN))
            if len(number) != _OCTETS:
                raise ValueError("another length")
            return derive_private_key(int.from_bytes(number), CURVE)
        except ValueError as error:
            raise Malformed("32 octets of base64", where="key") from error

    @property
    def public(self) -> str:
        """What a browser must be given when it agrees: `applicationServerKey`."""
        return text_of(point(self.private))
