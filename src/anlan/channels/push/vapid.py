"""Who asks: a token for each push service, signed with the site's key (RFC 8292)."""

import json

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from anlan.channels.push.browser import text_of
from anlan.channels.push.settings import Settings

_HOLDS_S, _RENEW_S = 12 * 3600, 3600


class Vapid:
    """The value of the Authorization header by origin; each token made once in hours."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._public = settings, settings.public
        self._known: dict[str, tuple[str, int]] = {}

    def of(self, origin: str, now_s: int) -> str:
        """origin: `https://host`, with the port where it is an unusual one."""
        header, until_s = self._known.get(origin, ("", 0))
        if now_s + _RENEW_S > until_s:
            until_s = now_s + _HOLDS_S
            header = f"vapid t={self._token(origin, until_s)},k={self._public}"
            self._known[origin] = header, until_s
        return header

    def _token(self, origin: str, until_s: int) -> str:
        claims = {"aud": origin, "exp": until_s, "sub": self._settings.contact}
        parts = ({"typ": "JWT", "alg": "ES256"}, claims)
        said = ".".join(text_of(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        r, s = decode_dss_signature(self._settings.private.sign(said.encode(), ECDSA(SHA256())))
        return f"{said}.{text_of(r.to_bytes(32) + s.to_bytes(32))}"
