"""Keys of sources: the log holds only their hash; the key itself is shown once."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from anlan.terms.errors import Malformed

_PREFIX = "anl_"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKey:
    """What a source may write: its own sensors only.

    hash: of the key · sensors: keys or patterns with `*`; empty allows none · rate: readings per
    second, None for no bound · at: when it was made, ms UTC.
    """

    id: str
    source: str
    hash: str
    sensors: tuple[str, ...] = ()
    rate: float | None = None
    at: int | None = None

    def may_write(self, sensor: str) -> bool:
        """Whether this key may write readings of the sensor."""
        return any(sensor == p or ("*" in p and _matches(sensor, p)) for p in self.sensors)

    def is_of(self, text: str) -> bool:
        """Whether the text is this key."""
        return hmac.compare_digest(self.hash, hash_key(text))


def _matches(sensor: str, pattern: str) -> bool:
    # Only the star is a sign: brackets and question marks are common in sensor keys.
    escaped = pattern.replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(sensor, escaped)


def hash_key(text: str) -> str:
    """The hash of a key; keys are random, so a fast hash without salt is enough."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_key(source: str, sensors: Sequence[str], *, at: int) -> tuple[str, dict[str, Any]]:
    """A new key, to be shown once, and its registry entry, which holds only the hash.

    Malformed for a name that is the site's own: what is set aside under it may be stored as any.
    """
    if source == "operator" or source.startswith(("broker:", "gateway:")):
        raise Malformed("the site's own sources are called so", where=source)
    text = _PREFIX + secrets.token_urlsafe(32)
    entry = {
        "type": "source_key",
        "id": secrets.token_hex(4),
        "source": source,
        "hash": hash_key(text),
        "sensors": list(sensors),
        "at": at,
    }
    return text, entry
