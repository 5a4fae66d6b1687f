"""What the registry says, made ready for intake: which keys there are, who may write them."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from anlan.history.registry import Registry, SourceKey, hash_key
from anlan.live.decode.keytable import KeyTable
from anlan.terms.sensors import Sensor


class Access:
    """What a caller may do.

    allowed: by handle, whether it may write the sensor (None: every one) · rate: readings per
    second, None for no bound · is_operator: holds the token of the data folder.
    """

    def __init__(
        self,
        key: str,
        source: str,
        *,
        allowed: Any = None,
        rate: float | None = None,
        is_operator: bool = False,
    ) -> None:
        self.key, self.source = key, source
        self.allowed, self.rate, self.is_operator = allowed, rate, is_operator

    def may_write(self, handles: Any) -> Any:
        """By row, whether it may; None where it may throughout."""
        if self.allowed is None:
            return None
        mask = self.allowed[handles]
        return None if mask.all() else mask


OPERATOR = Access("operator", "operator", is_operator=True)
MQTT = Access("mqtt", "broker:mqtt")
"""What comes by the site's own MQTT mapping; the mapping says which sensors."""
GATEWAY = "gateway:"
"""Begins the sources that are protocols of devices; the gateway's settings say which sensors."""


class View:
    """The registry at one moment; a new one is made after each edit."""

    def __init__(self, registry: Registry) -> None:
        self.sensors: list[Sensor] = list(registry.sensors)
        self.handle: Mapping[str, int] = dict(registry.handle)
        self.retired = frozenset(registry.retired)
        self.table = KeyTable((k, h) for k, h in self.handle.items() if k not in self.retired)
        self._keys = {key.hash: key for key in registry.keys.values()}
        self._access: dict[str, Access] = {}

    def access(self, text: str) -> Access | None:
        """What the holder of a source key may do; None where it is no valid key."""
        hashed = hash_key(text)
        key = self._keys.get(hashed)
        if key is None:
            return None
        if hashed not in self._access:
            allowed = self._allowed([key])
            self._access[hashed] = Access(key.id, key.source, allowed=allowed, rate=key.rate)
        return self._access[hashed]

    def access_of(self, source: str) -> Access | None:
        """What a source may write, being the site's own or with any of its keys; None where it has
        none."""
        if source in (OPERATOR.source, MQTT.source) or source.startswith(GATEWAY):
            return Access("", source)
        keys = [key for key in self._keys.values() if key.source == source]
        return Access("", source, allowed=self._allowed(keys)) if keys else None

    def _allowed(self, keys: Iterable[SourceKey]) -> Any:
        keys = list(keys)
        if any("*" in key.sensors for key in keys):
            return None
        return np.array([any(k.may_write(s.key) for k in keys) for s in self.sensors], bool)
